//! A stateful goroutine: one owns a map, others read and write it by requests that carry a reply channel.

use std::collections::HashMap;

use go::prelude::*;

golang! {
    #[derive(Clone, Default)]
    struct ReadOp {
        key: &'static str,
        resp: Chan<i32>,
    }

    #[derive(Clone, Default)]
    struct AddOp {
        key: &'static str,
        n: i32,
        resp: Chan<bool>,
    }

    fn owner(reads: Receiver<ReadOp>, adds: Receiver<AddOp>) {
        state := HashMap::new();
        for {
            select {
                case r := <-reads:
                    r.resp <- state.get(r.key).copied().unwrap_or_default();
                case a := <-adds:
                    *state.entry(a.key).or_default() += a.n;
                    a.resp <- true;
            }
        }
    }

    pub(crate) fn main() {
        reads := chan!(ReadOp);
        adds := chan!(AddOp);
        go owner(reads, adds);
        wg := sync::WaitGroup::new();
        for i in 1..=10 {
            wg.add(1);
            go {
                defer wg.done();
                key := "odd";
                if i % 2 == 0 {
                    key = "even";
                }
                a := AddOp { key, n: i, resp: chan!(bool) };
                adds <- a.clone();
                <-a.resp;
            }
        }
        wg.wait();
        for _, key := range ["even", "odd", "none"] {
            r := ReadOp { key, resp: chan!(i32) };
            reads <- r.clone();
            println!("{key} {}", <-r.resp);
        }
    }
}
