//! The goroutine that runs on this thread, as the core sees it: its record, its budget, its waker.
//!
//! The core (channels, select, `sync`) knows nothing of tokio or of the executor; both sides meet here. The executor
//! calls [`enter`] around each poll; the core calls [`waker_of`], [`poll_budget`] and [`park`].

pub(crate) mod clock;
mod current;
pub(crate) mod inspect;
mod names;
mod reason;
mod record;
pub(crate) mod spare;

pub(crate) use current::set_foreign_budget;
pub(crate) use current::{Current, enter, exempt, is_inside, record};
pub(crate) use current::{
    fresh_seed, own_waker_of, own_waker_to_park, owner_of, park, pay, poll_budget, random, set_seed, waker_of,
};
pub(crate) use reason::WaitReason;
#[cfg(all(test, feature = "http"))]
pub(crate) use record::Spawned;
pub(crate) use record::{Creator, Origin, Record, Registered};
