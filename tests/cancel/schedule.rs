//! Random schedules on one thread: each step's outcome is what the model says.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use futures_core::Stream;
use go::{Chan, Receiver, select};

use crate::ledger::{Fate, Ledger, Token};
use crate::model::{Case, Model, OpId, Outcome};
use crate::poll::{Count, poll};
use crate::random::{Random, rounds};

/// How a future ended.
struct Ended {
    /// The case that was chosen.
    case: usize,
    /// The value, if one was received.
    received: Option<Token>,
}

/// An operation under way.
struct Op {
    /// Its number.
    id: OpId,
    /// Its cases.
    cases: Vec<Case>,
    /// The future.
    future: Pin<Box<dyn Future<Output = Ended>>>,
    /// Counts the wakes of the last waker.
    count: Arc<Count>,
    /// The count before the last poll; `None` if there was none.
    wakes_before: Option<usize>,
    /// Whether it is in the model's queues.
    queued: bool,
    /// Whether it is a stream, which queues nowhere and looks again when it is woken.
    stream: bool,
}

/// A world of channels and operations.
struct World<'a> {
    /// The source of all choices.
    random: &'a mut Random,
    /// What must come out.
    model: Model,
    /// What did.
    ledger: Arc<Ledger>,
    /// The channels.
    channels: Vec<Chan<Token>>,
    /// The operations under way.
    ops: Vec<Op>,
    /// How many operations there were.
    started: OpId,
    /// How many values must have been dropped so far.
    dropped: usize,
    /// Whether each value was sent for sure.
    sent: Vec<usize>,
}

impl World<'_> {
    /// A random channel that is open, and its number.
    fn channel(&mut self) -> usize {
        self.random.below(self.channels.len())
    }

    /// A new value for `channel`.
    fn send_case(&mut self, channel: usize) -> (Case, Token) {
        let token = self.ledger.token();
        (Case::Send { channel, value: token.number }, token)
    }

    /// Adds an operation that was not polled yet.
    fn add(&mut self, cases: Vec<Case>, stream: bool, future: impl Future<Output = Ended> + 'static) {
        let id = self.started;
        self.started += 1;
        let count = Arc::default();
        self.ops.push(Op { id, cases, future: Box::pin(future), count, wakes_before: None, queued: false, stream });
    }

    /// Starts a random operation.
    fn start(&mut self) {
        let at = self.channel();
        let ch = self.channels[at].clone();
        match self.random.below(8) {
            0 | 1 => {
                let (case, token) = self.send_case(at);
                self.add(vec![case], false, async move {
                    ch.send(token).await;
                    Ended { case: 0, received: None }
                });
            }
            2 | 3 => self.add(vec![Case::Recv { channel: at }], false, async move {
                Ended { case: 0, received: ch.recv().await }
            }),
            4 => {
                let mut stream: Receiver<Token> = ch.receiver();
                self.add(vec![Case::Recv { channel: at }], true, async move {
                    Ended { case: 0, received: poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await }
                });
            }
            _ => self.start_select(),
        }
    }

    /// Starts a select of random cases.
    fn start_select(&mut self) {
        let mut cases = Vec::new();
        let mut parts = Vec::new();
        for _ in 0..1 + self.random.below(5) {
            let at = self.channel();
            if self.random.one_in(8) {
                cases.push(Case::Nil);
                parts.push((Chan::nil(), None));
            } else if self.random.one_in(2) || sends_to(&cases, at) {
                // Which of two sends to one channel a peer finds is left to chance, so there is but one.
                cases.push(Case::Recv { channel: at });
                parts.push((self.channels[at].clone(), None));
            } else {
                let (case, token) = self.send_case(at);
                cases.push(case);
                parts.push((self.channels[at].clone(), Some(token)));
            }
        }
        self.add(cases, false, async move {
            let mut ops: Vec<_> = parts
                .iter_mut()
                .map(|(ch, token)| match token.take() {
                    Some(token) => select::send(ch, token),
                    None => select::recv(ch),
                })
                .collect();
            let case = select::cases(&mut ops).await;
            Ended { case, received: ops[case].received() }
        });
    }

    /// Polls the operation in the place `at`.
    fn poll(&mut self, at: usize) {
        let op = &mut self.ops[at];
        if self.random.one_in(2) {
            op.count = Arc::default();
        }
        op.wakes_before = Some(op.count.wakes());
        let (future, count) = (op.future.as_mut(), Arc::clone(&op.count));
        let polled = catch_unwind(AssertUnwindSafe(|| poll(future, &count)));
        let (id, queued, stream, cases) = (op.id, op.queued, op.stream, op.cases.clone());
        // What the model says of the operation, and of its case if it has ended.
        let (end, ready) = if queued {
            (self.model.end(id), Vec::new())
        } else {
            let ready: Vec<usize> = (0..cases.len()).filter(|i| self.model.is_ready(cases[*i])).collect();
            (None, ready)
        };
        let ended = match polled {
            Ok(Poll::Pending) => {
                assert!(end.is_none() && ready.is_empty(), "operation {id} waits: {cases:?}, {end:?}, ready {ready:?}");
                if !queued && !stream {
                    self.model.wait(id, cases);
                    self.ops[at].queued = true;
                }
                return;
            }
            Ok(Poll::Ready(ended)) => Some(ended),
            Err(panic) => {
                let error = panic.downcast_ref::<go::runtime::Error>().expect("a run-time error of Go's");
                assert_eq!(error.to_string(), "send on closed channel");
                None
            }
        };
        let (case, outcome) = match (end, &ended) {
            (Some(end), _) => {
                self.model.notice(id);
                (end.case, end.outcome)
            }
            (None, Some(ended)) => {
                assert!(
                    ready.contains(&ended.case),
                    "operation {id} chose {} of {cases:?}, ready {ready:?}",
                    ended.case
                );
                (ended.case, self.model.commit(cases[ended.case]))
            }
            (None, None) => {
                let refused =
                    |i: &&usize| matches!(cases[**i], Case::Send { channel, .. } if self.model.is_closed(channel));
                (*ready.iter().find(refused).expect("a closed channel to send to"), Outcome::Refused)
            }
        };
        match (outcome, ended) {
            // Of several receives from one channel any may be the one.
            (Outcome::Received { value }, Some(Ended { case: chosen, received: Some(token) })) => {
                assert_eq!((cases[chosen], token.receive()), (cases[case], value), "operation {id}");
            }
            (Outcome::Drained, Some(Ended { case: chosen, received: None })) => {
                assert_eq!(cases[chosen], cases[case], "operation {id}");
            }
            (Outcome::Sent, Some(Ended { case: chosen, received: None })) => {
                assert_eq!(chosen, case);
                let Case::Send { value, .. } = cases[case] else { panic!("a receive has sent") };
                self.sent.push(value);
            }
            (Outcome::Refused, None) => {}
            (outcome, ended) => {
                let received = ended.and_then(|ended| ended.received).map(Token::receive);
                panic!("operation {id}: {outcome:?} expected, received {received:?}");
            }
        }
        // What a send case has not sent goes with the future.
        let unsent = cases
            .iter()
            .enumerate()
            .filter(|(i, what)| matches!(what, Case::Send { .. }) && !(*i == case && outcome == Outcome::Sent));
        self.dropped += unsent.count();
        drop(self.ops.swap_remove(at));
    }

    /// Drops the operation in the place `at`.
    fn drop_op(&mut self, at: usize) {
        let op = self.ops.swap_remove(at);
        let unsent = if op.queued {
            self.model.drop_op(op.id).len()
        } else {
            op.cases.iter().filter(|case| matches!(case, Case::Send { .. })).count()
        };
        self.dropped += unsent;
        drop(op);
    }

    /// An attempt that does not wait.
    fn attempt(&mut self) {
        let at = self.channel();
        if self.random.one_in(2) {
            let case = Case::Recv { channel: at };
            let expected = self.model.is_ready(case).then(|| self.model.commit(case));
            let received = match self.channels[at].try_recv() {
                Ok(token) => Some(Outcome::Received { value: token.receive() }),
                Err(go::TryRecvError::Closed) => Some(Outcome::Drained),
                Err(go::TryRecvError::Empty) => None,
            };
            assert_eq!(received, expected);
        } else if !self.model.is_closed(at) {
            let (case, token) = self.send_case(at);
            let number = token.number;
            let expected = self.model.is_ready(case).then(|| self.model.commit(case));
            match self.channels[at].try_send(token) {
                Ok(()) => {
                    assert_eq!(expected, Some(Outcome::Sent));
                    self.sent.push(number);
                }
                Err(back) => {
                    assert_eq!((back.value.number, expected), (number, None));
                    self.dropped += 1;
                }
            }
        }
    }

    /// What must hold after every step.
    fn check(&self) {
        for (at, ch) in self.channels.iter().enumerate() {
            assert_eq!(ch.len(), self.model.len(at), "channel {at}");
        }
        for op in &self.ops {
            let Some(before) = op.wakes_before else { continue };
            let due = match op.cases[0] {
                Case::Recv { channel } if op.stream => self.model.can_receive(channel),
                _ => self.model.end(op.id).is_some(),
            };
            assert!(!due || op.count.wakes() > before, "operation {} {:?} was not woken", op.id, op.cases);
        }
        assert_eq!(self.ledger.dropped(), self.dropped, "values dropped");
    }

    /// Ends everything and settles the accounts.
    fn finish(mut self) {
        while !self.ops.is_empty() {
            let at = self.random.below(self.ops.len());
            if self.random.one_in(3) {
                self.poll(at)
            } else {
                self.drop_op(at)
            }
            self.check();
        }
        for at in 0..self.channels.len() {
            while let Ok(token) = self.channels[at].try_recv() {
                let case = Case::Recv { channel: at };
                assert_eq!(self.model.commit(case), Outcome::Received { value: token.receive() });
            }
            let case = Case::Recv { channel: at };
            assert!(self.model.is_closed(at) || !self.model.is_ready(case));
        }
        self.check();
        for number in 0..self.ledger.len() {
            assert_ne!(self.ledger.fate(number), Fate::Underway, "value {number} is nowhere");
        }
        for number in self.sent {
            assert_eq!(self.ledger.fate(number), Fate::Received, "value {number} was sent");
        }
    }
}

/// Whether one of `cases` sends to the channel `at`.
fn sends_to(cases: &[Case], at: usize) -> bool {
    cases.iter().any(|case| matches!(case, Case::Send { channel, .. } if *channel == at))
}

/// One schedule.
fn schedule(random: &mut Random) {
    let mut model = Model::default();
    let channels: Vec<Chan<Token>> = (0..2 + random.below(3))
        .map(|_| {
            let capacity = *random.pick(&[0, 0, 0, 1, 2, 5]);
            model.channel(capacity);
            Chan::buffered(capacity)
        })
        .collect();
    let steps = 20 + random.below(200);
    // Some worlds are mostly of waiting operations, some mostly of attempts.
    let patience = 1 + random.below(6);
    let closing = random.one_in(3);
    let mut world = World {
        random,
        model,
        ledger: Arc::default(),
        channels,
        ops: Vec::new(),
        started: 0,
        dropped: 0,
        sent: Vec::new(),
    };
    for _ in 0..steps {
        match world.random.below(10 + patience) {
            0 => world.attempt(),
            1 | 2 if !world.ops.is_empty() => {
                let at = world.random.below(world.ops.len());
                world.drop_op(at);
            }
            3..6 => {
                // A new operation's first poll often follows at once.
                world.start();
                let at = world.ops.len() - 1;
                world.poll(at);
            }
            6 => world.start(),
            7 if closing && world.random.one_in(20) => {
                let at = world.channel();
                if !world.model.is_closed(at) {
                    world.model.close(at);
                    world.channels[at].close();
                }
            }
            _ if !world.ops.is_empty() => {
                let at = world.random.below(world.ops.len());
                world.poll(at);
            }
            _ => {}
        }
        world.check();
    }
    world.finish();
}

#[test]
fn every_step_of_a_random_schedule_is_what_the_model_says() {
    rounds(3000, schedule);
}
