//! Real threads whose operations are dropped after a few polls: the accounts balance at the end.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_core::Stream;
use go::{Chan, select};

use crate::ledger::{Fate, Ledger, Token};
use crate::poll::{block_on, poll_at_most};
use crate::random::{Random, rounds};

/// A thread that sends and receives at random, patient or not; the values that it sent for sure.
fn anything(random: &mut Random, ledger: &Arc<Ledger>, channels: &[Chan<Token>], operations: usize) -> Vec<usize> {
    let mut sent = Vec::new();
    for _ in 0..operations {
        let ch = random.pick(channels);
        let polls = random.below(4);
        match random.below(5) {
            0 => {
                let token = ledger.token();
                let number = token.number;
                if poll_at_most(ch.send(token), polls).is_some() {
                    sent.push(number);
                }
            }
            1 => {
                let _ = poll_at_most(ch.recv(), polls).flatten().map(Token::receive);
            }
            2 => {
                let mut stream = ch.receiver();
                let next = poll_fn(|cx| Pin::new(&mut stream).poll_next(cx));
                let _ = poll_at_most(next, polls).flatten().map(Token::receive);
            }
            _ => {
                let mut numbers = Vec::new();
                let mut ops: Vec<_> = (0..1 + random.below(4))
                    .map(|_| {
                        let ch = random.pick(channels);
                        if random.one_in(2) {
                            numbers.push(None);
                            return select::recv(ch);
                        }
                        let token = ledger.token();
                        numbers.push(Some(token.number));
                        select::send(ch, token)
                    })
                    .collect();
                if let Some(chosen) = poll_at_most(select::cases(&mut ops), polls) {
                    let _ = ops[chosen].received().map(Token::receive);
                    sent.extend(numbers[chosen]);
                }
            }
        }
    }
    sent
}

#[test]
fn every_value_is_accounted_for_once() {
    rounds(40, |random| {
        let ledger = Arc::new(Ledger::default());
        let channels: Vec<Chan<Token>> = [0, 0, 1, 4].map(Chan::buffered).into();
        let seeds: Vec<u64> = (0..4).map(|_| random.below(1 << 30) as u64).collect();
        let sent: Vec<usize> = std::thread::scope(|scope| {
            let threads: Vec<_> = seeds
                .iter()
                .map(|seed| scope.spawn(|| anything(&mut Random::new(*seed), &ledger, &channels, 500)))
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("a thread ends")).collect()
        });
        for ch in &channels {
            ch.close();
            while let Ok(token) = ch.try_recv() {
                token.receive();
            }
        }
        for number in 0..ledger.len() {
            assert_ne!(ledger.fate(number), Fate::Underway, "value {number} is nowhere");
        }
        for number in sent {
            assert_eq!(ledger.fate(number), Fate::Received, "value {number} was sent");
        }
    });
}

/// How a consumer receives.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// `ch.recv()`
    Recv,
    /// A select with a second channel that nobody uses.
    Select,
    /// A stream.
    Stream,
}

/// Receives once, or gives up after `polls` polls; `None` in the inner option once closed.
fn receive(ch: &Chan<usize>, form: Form, polls: usize) -> Option<Option<usize>> {
    match form {
        Form::Recv => poll_at_most(ch.recv(), polls),
        Form::Select => {
            let other = Chan::new();
            let mut ops = [select::recv(&other), select::recv(ch)];
            let chosen = poll_at_most(select::cases(&mut ops), polls)?;
            assert_eq!(chosen, 1);
            Some(ops[1].received())
        }
        Form::Stream => {
            let mut stream = ch.receiver();
            poll_at_most(poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)), polls)
        }
    }
}

#[test]
fn a_consumer_that_gives_up_now_and_then_sees_everything_in_order() {
    rounds(10, |random| {
        for capacity in [0, 1, 3] {
            let ch = Chan::buffered(capacity);
            let producer = {
                let ch = ch.clone();
                std::thread::spawn(move || {
                    for value in 0..2000 {
                        block_on(ch.send(value));
                    }
                    ch.close();
                })
            };
            let mut seen = 0;
            loop {
                let form = *random.pick(&[Form::Recv, Form::Select, Form::Stream]);
                match receive(&ch, form, random.below(4)) {
                    Some(Some(value)) => {
                        assert_eq!(value, seen, "capacity {capacity}");
                        seen += 1;
                    }
                    Some(None) => break,
                    None => {}
                }
            }
            // A value may have been given back after the close.
            assert_eq!((seen, ch.try_recv()), (2000, Err(go::TryRecvError::Closed)));
            producer.join().expect("the producer ends");
        }
    });
}

#[test]
fn many_consumers_that_give_up_miss_nothing() {
    rounds(10, |random| {
        let ch: Chan<usize> = Chan::buffered(random.below(3));
        let (sum, count) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let seeds: Vec<u64> = (0..3).map(|_| random.below(1 << 30) as u64).collect();
        std::thread::scope(|scope| {
            for seed in seeds {
                let (ch, sum, count) = (&ch, &sum, &count);
                scope.spawn(move || {
                    let mut random = Random::new(seed);
                    while count.load(Ordering::SeqCst) < 3000 {
                        let form = *random.pick(&[Form::Recv, Form::Select, Form::Stream]);
                        if let Some(Some(value)) = receive(ch, form, random.below(4)) {
                            sum.fetch_add(value, Ordering::SeqCst);
                            count.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                });
            }
            for value in 0..3000 {
                block_on(ch.send(value));
            }
        });
        assert_eq!(sum.load(Ordering::SeqCst), (0..3000).sum::<usize>());
        assert_eq!((ch.try_recv(), count.load(Ordering::SeqCst)), (Err(go::TryRecvError::Empty), 3000));
    });
}
