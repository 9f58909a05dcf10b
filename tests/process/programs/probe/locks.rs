//! The probes `s…`: groups and locks used wrongly. One module a program of Go's, under its name.

/// A group that is done too often.
pub(crate) mod s01_negative_wg {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let wg = sync::WaitGroup::new();
        wg.done();
    }
}

/// A group counted below zero.
pub(crate) mod s01b_negative_wg_add {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let wg = sync::WaitGroup::new();
        wg.add(2);
        wg.add(-3);
    }
}

/// Add and Wait at the same time; Go's program did not provoke the report in 15 s either, this one tries for 2.
pub(crate) mod s02_wg_misuse_add_wait {
    use std::time::{Duration, Instant};

    use go::prelude::*;
    use go::sync::atomic::Int32;

    #[go::main]
    pub(crate) async fn main() {
        let end = Instant::now() + Duration::from_secs(2);
        while Instant::now() < end {
            let wg = sync::WaitGroup::new();
            wg.add(1);
            let here = std::sync::Arc::new(Int32::new(0));
            let done = chan!(bool, 2);
            go! {
                here.add(1);
                while here.load() != 3 {
                    runtime::gosched().await;
                }
                wg.wait().await;
                done <- true;
            }
            go! {
                here.add(1);
                while here.load() != 3 {
                    runtime::gosched().await;
                }
                wg.add(1);
                wg.done();
                done <- true;
            }
            here.add(1);
            while here.load() != 3 {
                runtime::gosched().await;
            }
            wg.done();
            chan!(<-done);
            chan!(<-done);
        }
        eprintln!("not provoked");
    }
}

/// A group counted up while somebody waits, and then to zero.
pub(crate) mod s03_wg_add_from_zero_with_waiter {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let wg = sync::WaitGroup::new();
        wg.add(1);
        let done = chan!(bool);
        go! { wg.wait().await; done <- true; }
        wg.add(2);
        wg.add(-3);
        eprintln!("{}", chan!(<-done));
    }
}

/// A mutex unlocked that is not locked.
pub(crate) mod s04_unlock_unlocked {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let mu = sync::RawMutex::new();
        mu.unlock();
    }
}

/// A reader's unlock without a lock.
pub(crate) mod s05_runlock_unlocked {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let mu = sync::RawRwMutex::new();
        mu.runlock();
    }
}

/// A writer's unlock without a lock.
pub(crate) mod s06_rw_unlock_unlocked {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let mu = sync::RawRwMutex::new();
        mu.unlock();
    }
}

/// A writer's unlock of a reader's lock.
pub(crate) mod s06b_rw_unlock_when_rlocked {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let mu = sync::RawRwMutex::new();
        mu.rlock().await;
        mu.unlock();
    }
}

/// A reader's unlock of a writer's lock.
pub(crate) mod s06c_runlock_when_locked {
    use go::prelude::*;

    #[go::main]
    pub(crate) async fn main() {
        let mu = sync::RawRwMutex::new();
        mu.lock().await;
        mu.runlock();
    }
}
