//! Channels and select: `test/chan`, `test/ken`, `runtime/chan_test.go`, `reflect` and the race detector's tests.

mod chancap;
mod chans;
mod doubleselect;
mod fifo;
mod fixedbugs;
mod goroutines;
mod ken_chan;
mod ken_chan1;
mod nonblock;
mod race_chan;
mod race_select;
mod race_sync;
mod race_wait_group;
mod reflect_all;
mod runtime_chan;
mod select;
mod select2;
mod select4;
mod select7;
mod select8;
mod sendstmt;
mod sieve1;
mod zerosize;
