//! The algorithm of the reader/writer lock: Go's.
//!
//! A writer first takes an ordinary lock, which keeps the other writers out, then announces itself, which keeps new
//! readers out, then waits for the readers that are in. When it is done it lets in every reader that waits, and only
//! then the next writer; so neither side starves.
//!
//! # Invariants
//! 1. Whoever has set `writer` has the writers' lock.
//! 2. In the monitor's queue are readers, and at most one writer: the one that announced itself. It is at the front.
//! 3. A reader is queued only while `writer` is set. The writer is queued only while `active > 0`.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::mutex_core::{LockFuture, MutexCore};
use crate::goroutine::WaitReason;
use crate::goroutine::inspect::Source;
use crate::waiter::{Inside, Monitor, Wait, WaitOp};

/// Marks a reader in the queue.
const READER: u32 = 0;
/// Marks a writer in the queue.
const WRITER: u32 = 1;

/// A reader/writer lock without data.
pub(super) struct RwCore {
    /// Keeps the writers apart.
    writers: MutexCore,
    /// The readers, and the writer that announced itself.
    gate: Monitor<Gate>,
}

/// The gate's state.
pub(super) struct Gate {
    /// How many readers are in.
    active: u32,
    /// What the writer does.
    writer: Writer,
}

/// What the writer that has the writers' lock does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    /// There is none.
    None,
    /// It waits for the readers.
    Announced,
    /// It has the lock.
    Inside,
}

/// Lets a reader in if no writer is there.
fn enter(inside: &mut Inside<'_, Gate>) -> bool {
    let free = inside.writer == Writer::None;
    inside.active += u32::from(free);
    free
}

/// One reader goes out; the writer that waits for the last goes in.
fn leave(inside: &mut Inside<'_, Gate>) {
    inside.active -= 1;
    if inside.active == 0 && inside.writer == Writer::Announced {
        // A writer that is just looking (and so is not granted) finds the gate as it is left here.
        if inside.grant_first_of(|tag| tag == WRITER) {
            inside.writer = Writer::Inside;
        }
    }
}

/// The writer goes out; every reader that waits goes in.
fn open(inside: &mut Inside<'_, Gate>) {
    inside.writer = Writer::None;
    while inside.grant_first_of(|tag| tag == READER) {
        inside.active += 1;
    }
}

/// The writer announces itself, and goes in if no reader is in.
fn announce(inside: &mut Inside<'_, Gate>) -> bool {
    let free = inside.active == 0;
    inside.writer = if free { Writer::Inside } else { Writer::Announced };
    free
}

impl RwCore {
    /// A free lock.
    pub(super) const fn new() -> RwCore {
        RwCore { writers: MutexCore::new(), gate: Monitor::new(Gate { active: 0, writer: Writer::None }) }
    }

    /// Goes in as a reader if no writer has or wants the lock.
    pub(super) fn try_rlock(&self) -> bool {
        self.gate.with(enter)
    }

    /// Waits to go in as a reader.
    pub(super) fn rlock(&self, place: &'static Location<'static>) -> RLockFuture<'_> {
        let wait = self.gate.wait(WaitOp {
            reason: WaitReason::RwMutexRLock,
            place,
            tag: READER,
            front: false,
            attempt: enter,
            undo: leave,
        });
        RLockFuture { wait }
    }

    /// Goes out as a reader; false if no reader is in.
    pub(super) fn runlock(&self) -> bool {
        self.gate.with(|inside| {
            let any = inside.active > 0;
            if any {
                leave(inside);
            }
            any
        })
    }

    /// Takes the lock if nobody has it.
    pub(super) fn try_lock(&self) -> bool {
        if !self.writers.try_lock() {
            return false;
        }
        let free = self.gate.with(|inside| inside.active == 0 && announce(inside));
        if !free {
            self.writers.unlock();
        }
        free
    }

    /// Waits for the lock.
    pub(super) fn lock(&self, place: &'static Location<'static>) -> RwLockFuture<'_> {
        RwLockFuture { core: self, place, step: Step::Writers(self.writers.lock(place)) }
    }

    /// Gives the lock back; false if no writer has it.
    pub(super) fn unlock(&self) -> bool {
        let inside = self.gate.with(|inside| {
            let held = inside.writer == Writer::Inside;
            if held {
                open(inside);
            }
            held
        });
        if inside {
            self.writers.unlock();
        }
        inside
    }
}

impl RLockFuture<'_> {
    /// After a poll that ended pending: see [`Wait::tell`].
    pub(super) fn tell(self: Pin<&mut Self>, cx: &Context<'_>, source: impl FnOnce() -> Source) {
        // SAFETY: the wait is pinned with this future.
        unsafe { self.map_unchecked_mut(|this| &mut this.wait) }.tell(cx, source);
    }
}

impl RwLockFuture<'_> {
    /// After a poll that ended pending: see [`Wait::tell`].
    pub(super) fn tell(self: Pin<&mut Self>, cx: &Context<'_>, source: impl FnOnce() -> Source) {
        // SAFETY: nothing is moved out of the pinned future, and the waits are pinned with it.
        unsafe {
            match &mut self.get_unchecked_mut().step {
                Step::Writers(lock) => Pin::new_unchecked(lock).tell(cx, source),
                Step::Readers(wait) => Pin::new_unchecked(wait).tell(cx, source),
                Step::Done => {}
            }
        }
    }
}

/// The future of a reader.
pub(super) struct RLockFuture<'a> {
    /// The wait.
    wait: Wait<'a, Gate>,
}

impl Future for RLockFuture<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: the wait is pinned with this future.
        unsafe { self.map_unchecked_mut(|this| &mut this.wait) }.poll(cx).map(drop)
    }
}

/// The future of a writer.
///
/// # Cancel safety
/// A writer that announced itself and is dropped goes out again: the readers that waited for it go in.
pub(super) struct RwLockFuture<'a> {
    /// The lock.
    core: &'a RwCore,
    /// Where the program waits.
    place: &'static Location<'static>,
    /// How far it has come.
    step: Step<'a>,
}

/// How far a writer has come.
enum Step<'a> {
    /// It waits for the other writers.
    Writers(LockFuture<'a>),
    /// It has the writers' lock and waits for the readers.
    Readers(Wait<'a, Gate>),
    /// It has the lock.
    Done,
}

impl Future for RwLockFuture<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: nothing is moved out of the pinned future; a step is replaced only once it is over.
        let this = unsafe { self.get_unchecked_mut() };
        loop {
            match &mut this.step {
                Step::Writers(lock) => {
                    // SAFETY: pinned with this future.
                    ready!(unsafe { Pin::new_unchecked(lock) }.poll(cx));
                    this.step = Step::Readers(this.core.gate.wait(WaitOp {
                        reason: WaitReason::RwMutexLock,
                        place: this.place,
                        tag: WRITER,
                        front: true,
                        attempt: announce,
                        undo: |_| {},
                    }));
                }
                Step::Readers(wait) => {
                    // SAFETY: pinned with this future.
                    ready!(unsafe { Pin::new_unchecked(wait) }.poll(cx));
                    this.step = Step::Done;
                    return Poll::Ready(());
                }
                Step::Done => return Poll::Ready(()),
            }
        }
    }
}

impl Drop for RwLockFuture<'_> {
    fn drop(&mut self) {
        if let Step::Readers(wait) = &mut self.step {
            wait.leave();
            self.core.gate.with(open);
            self.core.writers.unlock();
        }
    }
}
