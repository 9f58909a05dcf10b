//! Workers that survive: a panic in one task is recovered and becomes its error.

use std::sync::Arc;

use go::prelude::*;

golang! {
    #[go::func(result = err)]
    fn safely(n: usize) -> Option<errors::Error> {
        defer {
            if let Some(r) = recover() {
                err.set(Some(errors::new(format!("task {n}: {r}"))));
            }
        }
        risky(n);
        None
    }

    fn risky(n: usize) {
        if n.is_multiple_of(3) {
            panic!("bad number");
        }
    }

    pub(crate) fn main() {
        errs := Arc::new(sync::Mutex::new(vec![None; 7]));
        wg := sync::WaitGroup::new();
        for n := range errs.lock().len() {
            wg.add(1);
            go {
                defer wg.done();
                err := safely(n);
                errs := errs.lock();
                errs[n] = err;
            }
        }
        wg.wait();
        for n, err := range *errs.lock() {
            if let Some(err) = err {
                println!("{err}");
                continue;
            }
            println!("task {n} is done");
        }
    }
}
