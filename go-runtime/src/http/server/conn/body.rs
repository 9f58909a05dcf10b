//! Whether the body of a connection's request was read to its end.
//!
//! hyper reads the next request as soon as it has read this one's body, of which its reader may know the end only later, and a
//! reader may keep a body longer than its request lasts. So the end of a body counts for its own request only.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::http::exchange::Exchange;

/// A body that hyper skips.
const SKIPPED: usize = 2;
/// The bit that tells a body in chunks.
const CHUNKED: usize = 1;

/// Whose body it is: no two bodies that somebody still reads have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http::server) struct Mark {
    /// Where the exchange lies, and [`CHUNKED`].
    number: usize,
}

impl Mark {
    /// The body of the request of this exchange, which its reader keeps as long as the mark.
    pub(in crate::http::server) fn new(exchange: &Arc<Exchange>, is_chunked: bool) -> Mark {
        // The address of something with a pointer inside is even, and not 2.
        Mark { number: Arc::as_ptr(exchange).addr() | if is_chunked { CHUNKED } else { 0 } }
    }
}

/// What body a request has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http::server) enum HasBody {
    /// None.
    No,
    /// One that was read with its head, and that hyper skips if it reads the request once more.
    Plain,
    /// One that hyper reads.
    Yes(Mark),
}

/// The body that was not read to its end, if there is one.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// A [`Mark`]'s number, [`SKIPPED`], or 0 for none.
    body: AtomicUsize,
}

// Relaxed everywhere: a body's reader wakes the connection's goroutine afterwards or is polled by it, which orders the two.
impl Unread {
    /// A request has come.
    pub(super) fn set(&self, body: HasBody) {
        let unread = match body {
            HasBody::No => 0,
            HasBody::Plain => SKIPPED,
            HasBody::Yes(mark) => mark.number,
        };
        self.body.store(unread, Ordering::Relaxed);
    }

    /// A body was read to its end; whether it is that of the request that came last.
    pub(super) fn is_read(&self, mark: Mark) -> bool {
        self.body.compare_exchange(mark.number, 0, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Whether there is one.
    pub(super) fn is_some(&self) -> bool {
        self.body.load(Ordering::Relaxed) != 0
    }

    /// Whether there is one in chunks.
    pub(super) fn is_chunked(&self) -> bool {
        self.body.load(Ordering::Relaxed) & CHUNKED != 0
    }
}
