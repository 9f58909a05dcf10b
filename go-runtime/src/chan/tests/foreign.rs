//! Wakers of foreign code, goroutines that change, types that must not move.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use crate::chan::{Chan, Receiver, Recv, Send as SendFuture, Sender, TryRecvError};
use crate::goroutine::{self, Creator, Current, Origin, Record};
use crate::waiter::hand::{Count, nosy, now, poll_with};

/// Asserts that a type has not got an auto trait: with it, the method's type parameter would be ambiguous.
macro_rules! assert_not {
    ($type:ty: $auto:path) => {{
        trait Ambiguous<A> {
            fn check() {}
        }
        impl<T: ?Sized> Ambiguous<()> for T {}
        struct HasIt;
        impl<T: ?Sized + $auto> Ambiguous<HasIt> for T {}
        <$type as Ambiguous<_>>::check();
    }};
}

/// Asserts that a type is `Send` and `Sync`.
fn assert_shared<T: Send + Sync>() {}

#[test]
fn a_channel_may_go_where_its_values_may() {
    assert_shared::<Chan<std::cell::Cell<i32>>>();
    assert_shared::<Sender<std::cell::Cell<i32>>>();
    assert_shared::<Receiver<std::cell::Cell<i32>>>();
    assert_shared::<Recv<'_, std::cell::Cell<i32>>>();
    assert_shared::<SendFuture<'_, std::cell::Cell<i32>>>();
    assert_not!(Chan<Rc<i32>>: Send);
    assert_not!(Chan<Rc<i32>>: Sync);
    assert_not!(Sender<Rc<i32>>: Send);
    assert_not!(Receiver<Rc<i32>>: Sync);
    assert_not!(Recv<'_, Rc<i32>>: Send);
    assert_not!(SendFuture<'_, Rc<i32>>: Send);
}

#[test]
fn an_operation_that_is_queued_does_not_move() {
    assert_not!(Recv<'_, i32>: Unpin);
    assert_not!(SendFuture<'_, i32>: Unpin);
    assert_not!(crate::select::Cases<'_, crate::select::Op<'_, i32>>: Unpin);
    assert_not!(crate::waiter::Waiter: Unpin);
    assert_not!(crate::waiter::Wait<'_, ()>: Unpin);
}

/// A waker that looks at `ch` whenever it is cloned, woken or dropped.
fn looking_at(ch: &Chan<u32>) -> Waker {
    let ch = ch.clone();
    nosy(move || {
        // Each takes the channel's lock. Neither changes anything: an `Err` is all there is to get.
        assert!(ch.len() <= ch.cap());
        drop(ch.clone().receiver());
    })
}

#[test]
fn no_foreign_code_runs_under_the_lock() {
    // With the lock held, the waker's look at the channel would wait for ever.
    for capacity in [0, 1] {
        let ch = Chan::buffered(capacity);
        let mut recv = pin!(ch.recv());
        assert!(poll_with(recv.as_mut(), &looking_at(&ch)).is_pending());
        assert!(poll_with(recv.as_mut(), &looking_at(&ch)).is_pending());
        now(ch.send(1));
        assert_eq!(poll_with(recv.as_mut(), &looking_at(&ch)), Poll::Ready(Some(1)));
        for i in 0..capacity as u32 {
            now(ch.send(i));
        }
        {
            let mut send = pin!(ch.send(2));
            assert!(poll_with(send.as_mut(), &looking_at(&ch)).is_pending());
            assert!(poll_with(send.as_mut(), &looking_at(&ch)).is_pending());
            assert!(ch.try_recv().is_ok());
            assert_eq!(poll_with(send.as_mut(), &looking_at(&ch)), Poll::Ready(()));
        }
        while ch.try_recv().is_ok() {}
        let mut stream = ch.receiver();
        for _ in 0..2 {
            let waker = looking_at(&ch);
            for _ in 0..2 {
                assert!(Pin::new(&mut stream).poll_next(&mut Context::from_waker(&waker)).is_pending());
            }
        }
        ch.close();
    }
}

#[test]
fn a_panic_in_a_streams_waker_leaves_no_send_behind() {
    let ch: Chan<u32> = Chan::new();
    let mut stream = ch.receiver();
    {
        let armed = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let waker = {
            let armed = Arc::clone(&armed);
            nosy(move || assert!(!armed.swap(false, std::sync::atomic::Ordering::Relaxed), "the waker's own bug"))
        };
        assert!(Pin::new(&mut stream).poll_next(&mut Context::from_waker(&waker)).is_pending());
        armed.store(true, std::sync::atomic::Ordering::Relaxed);
        let mut send = Box::pin(ch.send(1));
        assert!(catch_unwind(AssertUnwindSafe(|| poll_with(send.as_mut(), Waker::noop()))).is_err());
        // The send is queued, and knows it: dropping it takes it out.
        drop(send);
    }
    assert_eq!(ch.try_recv(), Err(TryRecvError::Empty));
}

/// Polls `future` as a goroutine with `record`, whose executor's waker counts in `count`.
fn poll_inside<F: Future>(future: Pin<&mut F>, record: &'static Record, count: &Arc<Count>) -> Poll<F::Output> {
    let inner = ManuallyDrop::new(Waker::from(Arc::clone(count)));
    // What the executor hands out as its own is told from clones by the data pointer: an object of this call's.
    let outer = nosy(|| {});
    // SAFETY: data and functions are those of one waker.
    let current = unsafe { Current::new(inner.vtable()) };
    current.set_outer(outer.data());
    // SAFETY: the waker outlives the call, and polling does not panic here.
    let (polled, lent) =
        goroutine::enter(&current, || unsafe { current.poll(record, inner.data(), || poll_with(future, &outer)) });
    if !lent {
        drop(ManuallyDrop::into_inner(inner));
    }
    polled
}

/// A record for a goroutine with this number.
fn record(id: u64) -> &'static Record {
    let place = std::panic::Location::caller();
    Record::take(id, std::ptr::null(), Origin { name: "main.main", place, creator: Creator::function("") })
}

#[test]
fn a_goroutine_is_told_from_the_one_that_had_its_record_before() {
    let ch = Chan::new();
    let mut recv = pin!(ch.recv());
    let (first, second) = (Arc::default(), Arc::default());
    let before = record(7);
    assert!(poll_inside(recv.as_mut(), before, &first).is_pending());
    before.release();
    // The same number and the same record, as two runtimes of one process may have them.
    let after = record(7);
    assert!(std::ptr::eq(before, after), "the record is used again");
    assert!(poll_inside(recv.as_mut(), after, &second).is_pending());
    now(ch.send(1));
    let wakes = |count: &Arc<Count>| count.wakes.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!((wakes(&first), wakes(&second)), (0, 1));
    after.release();
}

#[test]
fn a_thread_that_waits_does_not_pay() {
    let ch = Chan::buffered(1);
    let task = record(8);
    let count = Arc::default();
    let spend = async {
        let mut cx = Context::from_waker(Waker::noop());
        while goroutine::poll_budget(&mut cx).is_ready() {}
        // The goroutine has nothing left, and while it blocks its thread nobody gives it more.
        ch.send_blocking(4);
        assert_eq!(ch.recv_blocking(), Some(4));
        assert!(goroutine::poll_budget(&mut cx).is_pending());
    };
    assert_eq!(poll_inside(pin!(spend), task, &count), Poll::Ready(()));
    task.release();
}
