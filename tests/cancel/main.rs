//! Futures dropped at every poll: nothing is lost, nothing is doubled, nothing changes its place.
//!
//! `schedule` runs random schedules by hand, on one thread, beside a model that says what must come out of every step;
//! `threads` does the same with real threads, where only the accounts at the end can be checked; `monitors` does it for
//! `sync`. A failure prints its seed; `GO_TEST_SEED=n` runs that schedule again (the selects choose anew, and threads meet
//! as they please), `GO_TEST_ROUNDS=n` runs more of them.

mod ledger;
mod model;
mod monitors;
mod poll;
mod random;
mod schedule;
mod threads;
