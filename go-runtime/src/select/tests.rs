//! Unit tests of the engine, polled by hand.
