//! The choice among the ready cases is uniform.

use std::collections::HashSet;
use std::pin::pin;
use std::task::Poll;

use super::super::engine::{self, select_default};
use super::super::future::FutureCase;
use super::super::storage::cases_of;
use super::super::{Op, cases, recv, send, try_cases};
use super::{holding, receive};
use crate::chan::Chan;
use crate::goroutine;
use crate::waiter::hand::{Task, now};

/// How often each choice is made.
const ROUNDS: usize = 6000;

/// Fixes the random numbers; `GO_TEST_SEED` gives those of a run that failed.
fn seeded() -> u64 {
    let seed = match std::env::var("GO_TEST_SEED") {
        Ok(seed) => seed.parse().expect("GO_TEST_SEED is a number"),
        Err(_) => (0..4).fold(0, |seed, _| seed << 16 | u64::from(goroutine::random(1 << 16))),
    };
    goroutine::set_seed(seed);
    seed
}

/// Makes the same choice many times: exactly the cases `ready` may be chosen, each equally often.
#[track_caller]
fn assert_uniform(cases: usize, ready: &[usize], mut choose: impl FnMut() -> usize) {
    let seed = seeded();
    let mut counts = vec![0usize; cases];
    for _ in 0..ROUNDS {
        counts[choose()] += 1;
    }
    let expected = ROUNDS as f64 / ready.len() as f64;
    let square: f64 = ready.iter().map(|i| (counts[*i] as f64 - expected).powi(2) / expected).sum();
    let total: usize = ready.iter().map(|i| counts[*i]).sum();
    // Chi square of up to seven degrees of freedom exceeds 50 once in some ten million runs. A scan from a random start
    // gives thousands.
    assert!(square < 50.0 && total == ROUNDS, "{counts:?} with GO_TEST_SEED={seed}: chi square {square:.1}");
}

#[test]
fn ready_cases_are_chosen_equally_often() {
    for n in [2, 3, 8] {
        let channels: Vec<Chan<usize>> = (0..n).map(|i| holding(&[i])).collect();
        let all: Vec<usize> = (0..n).collect();
        assert_uniform(n, &all, || {
            let mut ops: Vec<_> = channels.iter().map(recv).collect();
            let chosen = now(cases(&mut ops));
            now(channels[chosen].send(chosen));
            chosen
        });
        assert_uniform(n, &all, || {
            let mut ops: Vec<_> = channels.iter().map(recv).collect();
            let chosen = try_cases(&mut ops).expect("all are ready");
            now(channels[chosen].send(chosen));
            chosen
        });
    }
}

#[test]
fn cases_that_are_never_ready_do_not_skew_the_choice() {
    // Where the never ready stand in front, a scan from a random start finds the case after them too often.
    let (never, nil, one, two) = (Chan::new(), Chan::nil(), holding(&[1]), holding(&[2]));
    for (order, ready) in
        [([0, 0, 1, 2], [2, 3]), ([1, 0, 0, 2], [0, 3]), ([3, 0, 2, 1], [2, 3]), ([0, 1, 3, 2], [1, 3])]
    {
        let pool = [&never, &one, &two, &nil];
        assert_uniform(4, &ready, || {
            let mut ops: Vec<Op<'_, i32>> = order.iter().map(|i| recv(pool[*i])).collect();
            let chosen = now(cases(&mut ops));
            let value = ops[chosen].received().expect("the channels are open");
            now(pool[order[chosen]].send(value));
            chosen
        });
    }
}

#[test]
fn sends_receives_and_closed_channels_are_chosen_equally_often() {
    let (full, room, closed) = (holding(&[1]), Chan::buffered(1), Chan::new());
    closed.close();
    assert_uniform(3, &[0, 1, 2], || {
        let mut ops = [recv(&full), send(&room, 2), recv(&closed)];
        let chosen = now(cases(&mut ops));
        match chosen {
            0 => now(full.send(1)),
            1 => assert_eq!(room.try_recv(), Ok(2)),
            _ => {}
        }
        chosen
    });
}

#[test]
fn one_channel_in_several_cases_is_chosen_through_each() {
    let ch = holding(&[1, 2]);
    assert_uniform(3, &[0, 1, 2], || {
        let mut ops = [recv(&ch), recv(&ch), recv(&ch)];
        let chosen = now(cases(&mut ops));
        now(ch.send(1));
        chosen
    });
}

#[test]
fn a_parked_select_is_served_through_each_case_of_one_channel() {
    let ch = Chan::new();
    assert_uniform(3, &[0, 1, 2], || {
        let mut ops = [send(&ch, 0), send(&ch, 1), send(&ch, 2)];
        let mut task = Task::parked(cases(&mut ops));
        let received = ch.try_recv().expect("a parked send");
        assert_eq!(task.poll(), Poll::Ready(received));
        received
    });
}

#[test]
fn futures_and_channels_are_chosen_equally_often() {
    let (full, never) = (holding(&[1]), Chan::<u8>::new());
    assert_uniform(4, &[1, 2, 3], || {
        let place = std::panic::Location::caller();
        let mut a = pin!(receive(&never));
        let mut b = pin!(receive(&full));
        let mut c = pin!(FutureCase::new(std::future::ready(1), place));
        let mut d = pin!(FutureCase::new(std::future::ready(2), place));
        let storage = cases_of::<4>().case(a.as_mut()).case(b.as_mut()).case(c.as_mut()).case(d.as_mut());
        let chosen = if full.len() == 1 { now(engine::select(storage)) } else { now(select_default(storage)) };
        if chosen == 1 {
            now(full.send(1));
        }
        chosen
    });
}

#[test]
fn waiting_futures_are_polled_in_every_order() {
    seeded();
    let mut orders = HashSet::new();
    let polled = std::cell::RefCell::new(Vec::new());
    let place = std::panic::Location::caller();
    let watch = |name: char| {
        let polled = &polled;
        FutureCase::new(
            std::future::poll_fn(move |_| {
                polled.borrow_mut().push(name);
                Poll::<()>::Pending
            }),
            place,
        )
    };
    let mut a = pin!(watch('a'));
    let mut b = pin!(watch('b'));
    let mut c = pin!(watch('c'));
    let mut select = pin!(engine::select(cases_of::<3>().case(a.as_mut()).case(b.as_mut()).case(c.as_mut())));
    for _ in 0..200 {
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(select.as_mut().poll(&mut cx).is_pending());
        orders.insert(std::mem::take(&mut *polled.borrow_mut()));
    }
    assert_eq!(orders.len(), 6, "{orders:?}");
    assert!(orders.iter().all(|order| order.len() == 3), "each is polled once in each poll of the select");
}
