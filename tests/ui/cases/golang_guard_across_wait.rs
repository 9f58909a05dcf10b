//! The guard of a lock that must stay on its thread, held across a wait.
use std::sync::{Arc, Mutex};

use go::prelude::*;

golang! {
    fn total(sum: Arc<Mutex<i32>>, numbers: Chan<i32>) {
        go {
            let mut held = sum.lock().unwrap();
            for v := range numbers { *held += v; }
        }
    }
}

fn main() {}
