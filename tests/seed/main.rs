//! The suite `seed`: each program in `examples/seed` does what its Go program did, by stdout, the first lines of stderr
//! and the exit code. The folder `data` has what real Go did, recorded:
//!
//! - `.out`: stdout; `.norm`: stderr with addresses and paths replaced; both empty if the file is not there;
//! - `.code`: the exit code;
//! - `.dist`: what came out how often, where that varies from run to run.

mod expected;
mod programs;
mod tour;
