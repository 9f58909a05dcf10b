//! Go's x/sync: `errgroup`, `semaphore`, `singleflight`.

mod errgroup;
mod semaphore;
mod singleflight;
