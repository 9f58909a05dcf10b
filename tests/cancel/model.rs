//! What Go's channels do, in plain data: the model that the schedules are checked against.
//!
//! An operation is a select; a plain send or receive is a select of one case. The model knows nothing of futures: an
//! operation is started, is perhaps served by another one, and is taken notice of or dropped.

use std::collections::{HashMap, VecDeque};

/// The number of an operation.
pub(crate) type OpId = usize;

/// One case of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// Receive from the channel.
    Recv {
        /// The channel.
        channel: usize,
    },
    /// Send a value to the channel.
    Send {
        /// The channel.
        channel: usize,
        /// The value.
        value: usize,
    },
    /// The nil channel.
    Nil,
}

/// What came of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A value was received.
    Received {
        /// The value.
        value: usize,
    },
    /// A receive met the close.
    Drained,
    /// A value was sent.
    Sent,
    /// A send met the close: Go's panic.
    Refused,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    /// The case.
    pub(crate) case: usize,
    /// What came of it.
    pub(crate) outcome: Outcome,
    /// The number of the hand-over, if a value was handed to the operation while it waited.
    handed: Option<usize>,
}

/// A place in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// The operation.
    op: OpId,
    /// Which of its cases.
    case: usize,
}

/// A buffered value.
#[derive(Debug, Clone, Copy)]
struct Buffered {
    /// The value.
    value: usize,
    /// The number of its hand-over, if it was given back.
    handed: Option<usize>,
}

/// A channel.
#[derive(Debug, Default)]
struct Channel {
    /// The capacity.
    capacity: usize,
    /// Whether it is closed.
    closed: bool,
    /// The buffered values.
    buffer: VecDeque<Buffered>,
    /// The waiting receives.
    receivers: VecDeque<Place>,
    /// The waiting sends.
    senders: VecDeque<Place>,
}

/// All channels and operations.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// The channels.
    channels: Vec<Channel>,
    /// The cases of each operation that was started and not yet taken notice of.
    ops: HashMap<OpId, Vec<Case>>,
    /// How the operations ended that were served and have not taken notice yet.
    ended: HashMap<OpId, End>,
    /// How many values were handed to waiting receives.
    handed: usize,
}

impl Model {
    /// Adds a channel; its number.
    pub(crate) fn channel(&mut self, capacity: usize) -> usize {
        self.channels.push(Channel { capacity, ..Channel::default() });
        self.channels.len() - 1
    }

    /// `len(ch)`
    pub(crate) fn len(&self, channel: usize) -> usize {
        self.channels[channel].buffer.len().min(self.channels[channel].capacity)
    }

    /// Whether the channel is closed.
    pub(crate) fn is_closed(&self, channel: usize) -> bool {
        self.channels[channel].closed
    }

    /// Whether a receive would not wait.
    pub(crate) fn can_receive(&self, channel: usize) -> bool {
        let ch = &self.channels[channel];
        ch.closed || !ch.buffer.is_empty() || !ch.senders.is_empty()
    }

    /// Whether `case` can go on now.
    pub(crate) fn is_ready(&self, case: Case) -> bool {
        match case {
            Case::Recv { channel } => self.can_receive(channel),
            Case::Send { channel, .. } => {
                let ch = &self.channels[channel];
                ch.closed || !ch.receivers.is_empty() || ch.buffer.len() < ch.capacity
            }
            Case::Nil => false,
        }
    }

    /// Commits `case`, which is ready.
    pub(crate) fn commit(&mut self, case: Case) -> Outcome {
        match case {
            Case::Recv { channel } => self.receive(channel),
            Case::Send { channel, value } => self.send(channel, value),
            Case::Nil => panic!("the nil channel is never ready"),
        }
    }

    /// Queues an operation none of whose cases is ready.
    pub(crate) fn wait(&mut self, op: OpId, cases: Vec<Case>) {
        for (case, what) in cases.iter().enumerate() {
            let place = Place { op, case };
            match *what {
                Case::Recv { channel } => self.channels[channel].receivers.push_back(place),
                Case::Send { channel, .. } => self.channels[channel].senders.push_back(place),
                Case::Nil => {}
            }
        }
        self.ops.insert(op, cases);
    }

    /// How the operation ended, if it was served.
    pub(crate) fn end(&self, op: OpId) -> Option<End> {
        self.ended.get(&op).copied()
    }

    /// The operation takes notice of its end.
    pub(crate) fn notice(&mut self, op: OpId) {
        assert!(self.ops.remove(&op).is_some() && self.ended.remove(&op).is_some());
    }

    /// The operation is dropped: the values of its sends that go with it.
    pub(crate) fn drop_op(&mut self, op: OpId) -> Vec<usize> {
        let Some(cases) = self.ops.remove(&op) else { return Vec::new() };
        self.unlink(op);
        let end = self.ended.remove(&op);
        if let Some(End { case, outcome: Outcome::Received { value }, handed }) = end {
            let Case::Recv { channel } = cases[case] else { panic!("a send has received") };
            self.give_back(channel, value, handed.expect("it was waiting"));
        }
        let sent = |at: usize| end.is_some_and(|end| end.case == at && end.outcome == Outcome::Sent);
        let unsent = cases.iter().enumerate().filter(|(at, _)| !sent(*at));
        unsent.filter_map(|(_, case)| if let Case::Send { value, .. } = case { Some(*value) } else { None }).collect()
    }

    /// `close(ch)`
    pub(crate) fn close(&mut self, channel: usize) {
        self.channels[channel].closed = true;
        while let Some(place) = self.channels[channel].receivers.front().copied() {
            self.serve(place, Outcome::Drained, None);
        }
        while let Some(place) = self.channels[channel].senders.front().copied() {
            self.serve(place, Outcome::Refused, None);
        }
    }

    /// A receive.
    fn receive(&mut self, channel: usize) -> Outcome {
        if let Some(first) = self.channels[channel].buffer.pop_front() {
            if self.channels[channel].buffer.len() < self.channels[channel].capacity
                && let Some(place) = self.channels[channel].senders.front().copied()
            {
                let value = self.value(place);
                self.serve(place, Outcome::Sent, None);
                self.channels[channel].buffer.push_back(Buffered { value, handed: None });
            }
            return Outcome::Received { value: first.value };
        }
        if let Some(place) = self.channels[channel].senders.front().copied() {
            let value = self.value(place);
            self.serve(place, Outcome::Sent, None);
            return Outcome::Received { value };
        }
        assert!(self.channels[channel].closed);
        Outcome::Drained
    }

    /// A send.
    fn send(&mut self, channel: usize, value: usize) -> Outcome {
        if self.channels[channel].closed {
            return Outcome::Refused;
        }
        if let Some(place) = self.channels[channel].receivers.front().copied() {
            self.serve(place, Outcome::Received { value }, Some(self.handed));
            self.handed += 1;
        } else {
            self.channels[channel].buffer.push_back(Buffered { value, handed: None });
        }
        Outcome::Sent
    }

    /// A value comes back from a receive that was dropped.
    fn give_back(&mut self, channel: usize, value: usize, handed: usize) {
        if let Some(place) = self.channels[channel].receivers.front().copied() {
            return self.serve(place, Outcome::Received { value }, Some(handed));
        }
        let buffer = &mut self.channels[channel].buffer;
        let later = |other: &Buffered| other.handed.is_none_or(|other| other > handed);
        let at = buffer.iter().position(later).unwrap_or(buffer.len());
        buffer.insert(at, Buffered { value, handed: Some(handed) });
    }

    /// The value that waits at `place`.
    fn value(&self, place: Place) -> usize {
        match self.ops[&place.op][place.case] {
            Case::Send { value, .. } => value,
            other => panic!("{other:?} is among the senders"),
        }
    }

    /// Ends the operation that waits at `place`.
    fn serve(&mut self, place: Place, outcome: Outcome, handed: Option<usize>) {
        self.unlink(place.op);
        self.ended.insert(place.op, End { case: place.case, outcome, handed });
    }

    /// Takes an operation out of every queue.
    fn unlink(&mut self, op: OpId) {
        for ch in &mut self.channels {
            ch.receivers.retain(|place| place.op != op);
            ch.senders.retain(|place| place.op != op);
        }
    }
}
