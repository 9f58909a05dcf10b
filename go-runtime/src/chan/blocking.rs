//! Channel operations for ordinary threads.

use super::{Chan, Receiver, Sender};
use crate::waiter;

/// The blocking send.
macro_rules! send_blocking {
    ($name:ident) => {
        impl<T> $name<T> {
            /// As [`send`](Self::send), for an ordinary thread: the thread sleeps while it waits.
            ///
            /// Do not call it in a goroutine or in another task: it would stop the whole worker.
            ///
            /// # Panics
            /// With Go's `send on closed channel`.
            #[track_caller]
            pub fn send_blocking(&self, value: T) {
                waiter::block_on(self.send(value));
            }
        }
    };
}

/// The blocking receive.
macro_rules! recv_blocking {
    ($name:ident) => {
        impl<T> $name<T> {
            /// As [`recv`](Self::recv), for an ordinary thread: the thread sleeps while it waits.
            ///
            /// Do not call it in a goroutine or in another task: it would stop the whole worker.
            ///
            /// # Examples
            /// ```
            /// use go::prelude::*;
            ///
            /// let ch = Chan::new();
            /// let tx = ch.sender();
            /// let thread = std::thread::spawn(move || tx.send_blocking(1));
            /// assert_eq!(ch.recv_blocking(), Some(1));
            /// thread.join().unwrap();
            /// ```
            #[track_caller]
            pub fn recv_blocking(&self) -> Option<T> {
                waiter::block_on(self.recv())
            }
        }
    };
}

send_blocking!(Chan);
send_blocking!(Sender);
recv_blocking!(Chan);
recv_blocking!(Receiver);
