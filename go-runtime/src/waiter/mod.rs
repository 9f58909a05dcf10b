//! Parking: how an operation waits for its peer, and how a peer wakes exactly one operation.
//!
//! - [`Waiter`]: one waiting operation (a send, a receive, or a whole select), claimed by one compare-and-swap;
//! - [`Node`] and [`List`]: its places in the FIFO queues of channels and monitors, linked through the waiting future
//!   itself, so that waiting allocates nothing;
//! - [`Monitor`]: a state and one such queue under one lock, of which `sync` is made;
//! - [`block_on`]: waiting on an ordinary thread.

mod block_on;
#[cfg(all(test, not(go_loom)))]
pub(crate) mod hand;
mod list;
mod monitor;
mod state;
#[cfg(all(test, not(go_loom)))]
mod tests;

pub(crate) use block_on::block_on;
pub(crate) use list::{Handed, List, Node, ONLY};
pub(crate) use monitor::{Ended, Inside, Monitor, Wait, WaitOp};
pub(crate) use state::{Poke, Waiter};
