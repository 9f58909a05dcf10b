//! Where every value went.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A value is somewhere between its sender and its receiver.
const UNDERWAY: u8 = 0;
/// A value was received.
const RECEIVED: u8 = 1;
/// A value was dropped: its send was cancelled before it was taken.
const DROPPED: u8 = 2;

/// The accounts of all values of a test.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Each value's account, by its number.
    accounts: Mutex<Vec<Arc<AtomicU8>>>,
    /// How many were dropped.
    dropped: AtomicUsize,
}

/// A value to send.
#[derive(Debug)]
pub(crate) struct Token {
    /// Its number.
    pub(crate) number: usize,
    /// Its account.
    account: Arc<AtomicU8>,
    /// The accounts of all.
    ledger: Arc<Ledger>,
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is still somewhere.
    Underway,
    /// It was received.
    Received,
    /// It was dropped unsent.
    Dropped,
}

impl Ledger {
    /// A new value.
    pub(crate) fn token(self: &Arc<Ledger>) -> Token {
        let account = Arc::new(AtomicU8::new(UNDERWAY));
        let mut accounts = self.accounts.lock().expect("no panic under the lock");
        accounts.push(Arc::clone(&account));
        Token { number: accounts.len() - 1, account, ledger: Arc::clone(self) }
    }

    /// What became of the value `number`.
    pub(crate) fn fate(&self, number: usize) -> Fate {
        let accounts = self.accounts.lock().expect("no panic under the lock");
        match accounts[number].load(Ordering::SeqCst) {
            UNDERWAY => Fate::Underway,
            RECEIVED => Fate::Received,
            _ => Fate::Dropped,
        }
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.accounts.lock().expect("no panic under the lock").len()
    }

    /// How many values were dropped.
    pub(crate) fn dropped(&self) -> usize {
        self.dropped.load(Ordering::SeqCst)
    }
}

impl Token {
    /// Books the value as received; its number.
    pub(crate) fn receive(self) -> usize {
        assert_eq!(self.account.swap(RECEIVED, Ordering::SeqCst), UNDERWAY, "value {} received twice", self.number);
        self.number
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        let before = self.account.load(Ordering::SeqCst);
        if before != RECEIVED {
            assert_eq!(before, UNDERWAY, "value {} dropped twice", self.number);
            self.account.store(DROPPED, Ordering::SeqCst);
            self.ledger.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }
}
