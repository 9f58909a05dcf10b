//! Polling under a catch, and panics on their way from one frame to the next.

use std::any::Any;
use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use super::PanicValue;
use crate::panics::{self, Place};
use crate::rt::{self, Step};
use crate::shim::Lock;

/// A panic that is under way.
#[derive(Debug)]
pub(crate) struct Panic {
    /// What it carries.
    pub(crate) value: PanicValue,
    /// Where the program panicked, and the backtrace if one was asked for.
    pub(crate) seen: Option<panics::Seen>,
    /// The panics before it that it put an end to, oldest first.
    pub(crate) before: Vec<Link>,
    /// Whether it was thrown with the value of a panic that had been recovered.
    pub(crate) repanicked: bool,
    /// The `runtime::goexit` that it interrupted, which goes on when it is recovered.
    pub(crate) exit: Option<Box<dyn Any + Send>>,
    /// Counts it while it is under way.
    pub(crate) counted: Counted,
}

/// How many panics are under way: neither recovered nor reported, as far as is known here.
static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);

/// One panic of [`UNDER_WAY`], from when it is caught until it is recovered or reported.
#[derive(Debug)]
pub(crate) struct Counted(());

impl Counted {
    /// One more.
    pub(crate) fn new() -> Counted {
        // Relaxed: who asks was let go by a deferred call of the panic's, which came later.
        UNDER_WAY.fetch_add(1, Ordering::Relaxed);
        Counted(())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        UNDER_WAY.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The polls in which a panic was thrown on to a frame where it has not been caught yet; `None` for one outside of a
/// goroutine, which nobody will report.
///
/// The program may catch such a panic itself, and then nobody comes to take it out. But it unwinds within one poll: once
/// that is over, it is not on its way any more.
static CROSSINGS: Lock<Vec<Option<Step>>> = Lock::new(Vec::new());

/// One panic of [`CROSSINGS`], from when it is thrown on until it is caught, or until the thread throws another one.
struct Crossing {
    /// The poll.
    step: Option<Step>,
}

impl Crossing {
    /// The current thread throws a panic on.
    fn new() -> Crossing {
        let step = Step::current();
        CROSSINGS.lock().push(step);
        Crossing { step }
    }
}

impl Drop for Crossing {
    fn drop(&mut self) {
        let mut crossings = CROSSINGS.lock();
        // Two of the same poll are alike.
        if let Some(at) = crossings.iter().position(|step| *step == self.step) {
            crossings.swap_remove(at);
        }
    }
}

/// Whether a panic of a goroutine's unwinds somewhere, its deferred calls run, or its report is being made.
pub(crate) fn is_panicking() -> bool {
    let crossings = CROSSINGS.lock();
    let swallowed = crossings.iter().filter(|step| step.is_none_or(|step| step.is_over())).count();
    // Under the lock: what is in the list is among those counted until it has been taken out.
    UNDER_WAY.load(Ordering::Relaxed) > swallowed
}

/// A panic that another one put an end to.
#[derive(Debug)]
pub(crate) struct Link {
    /// What Go prints of its value.
    pub(crate) text: String,
    /// Whether it had been recovered.
    pub(crate) recovered: bool,
    /// Whether it was thrown with the value of a panic that had been recovered.
    pub(crate) repanicked: bool,
}

/// Why a future did not end by itself.
#[derive(Debug)]
pub(crate) enum Caught {
    /// It panicked.
    Panic(Box<Panic>),
    /// It called `runtime::goexit`, or a fatal error ends a test: nothing to report, nothing to recover.
    Exit(Box<dyn Any + Send>),
}

thread_local! {
    /// A panic between the frame that throws it on and the next one: the payload has no room for what is known of it.
    static UNDERWAY: RefCell<Option<Underway>> = const { RefCell::new(None) };
}

/// What is known of a payload that unwinds.
struct Underway {
    /// The payload's address, by which it is recognised.
    address: usize,
    /// It is on its way. Dropped before the panic, which is counted for longer than it is here.
    _crossing: Crossing,
    /// What is known.
    panic: Box<Panic>,
}

/// Where a payload lies.
fn address(payload: &(dyn Any + Send)) -> usize {
    std::ptr::from_ref(payload).cast::<()>().addr()
}

/// What a payload that was caught stands for.
pub(crate) fn caught(payload: Box<dyn Any + Send>) -> Caught {
    if rt::is_exit(&*payload) {
        return Caught::Exit(payload);
    }
    // What is kept may be stale, if somebody else has caught the panic it belongs to.
    let known = UNDERWAY.try_with(|underway| underway.borrow_mut().take()).ok().flatten();
    match known.filter(|known| known.address == address(&*payload)) {
        Some(known) => {
            known.panic.value.put_back(payload);
            Caught::Panic(known.panic)
        }
        None => {
            // First of all: making the value's text may panic too.
            let seen = panics::seen();
            let value = PanicValue::from_payload(payload);
            Caught::Panic(Box::new(Panic::new(value, seen)))
        }
    }
}

/// The value of a panic on its way whose payload this is.
pub(super) fn underway(payload: &(dyn Any + Send)) -> Option<PanicValue> {
    let known = UNDERWAY.try_with(|underway| {
        let underway = underway.borrow();
        let known = underway.as_ref().filter(|known| known.address == address(payload))?;
        Some(known.panic.value.clone())
    });
    known.ok().flatten()
}

/// Throws a caught panic on to the next frame. The payload is the one that the program panicked with, so that an ordinary
/// `catch_unwind` on the way finds what it expects.
pub(crate) fn rethrow(caught: Caught) -> ! {
    let payload = match caught {
        Caught::Exit(payload) => payload,
        Caught::Panic(panic) => {
            let payload = panic.value.clone().into_payload();
            let known = Underway { address: address(&*payload), _crossing: Crossing::new(), panic };
            // A thread that is being torn down loses the history, not the value.
            let _ = UNDERWAY.try_with(|underway| *underway.borrow_mut() = Some(known));
            payload
        }
    };
    resume_unwind(payload)
}

impl Panic {
    /// A panic of its own, the first one.
    pub(super) fn new(value: PanicValue, seen: Option<panics::Seen>) -> Panic {
        Panic { value, seen, before: Vec::new(), repanicked: false, exit: None, counted: Counted::new() }
    }

    /// The place of the panic.
    pub(crate) fn place(&self) -> Option<&Place> {
        self.seen.as_ref().and_then(|seen| seen.place.as_ref())
    }
}

/// A future polled under a catch.
pub(crate) struct Catch<F> {
    /// The future.
    future: F,
}

impl<F> Catch<F> {
    /// `future` under a catch.
    pub(crate) fn new(future: F) -> Catch<F> {
        Catch { future }
    }
}

impl<F: Future> Future for Catch<F> {
    type Output = Result<F::Output, Caught>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the future is pinned with this one and never moved.
        let future = unsafe { self.map_unchecked_mut(|this| &mut this.future) };
        match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(payload) => Poll::Ready(Err(caught(payload))),
        }
    }
}
