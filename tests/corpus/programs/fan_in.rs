//! Fan-in: a select merges two talkers into one channel; each one's lines keep their order.

use std::collections::HashMap;

use go::prelude::*;

golang! {
    #[derive(Default)]
    struct Line {
        name: &'static str,
        number: i32,
    }

    fn talk(name: &'static str, n: i32) -> Receiver<Line> {
        c := chan!(Line);
        go {
            for i := range n {
                c <- Line { name, number: i };
            }
            c.close();
        }
        c.receiver()
    }

    fn fan_in(a: Receiver<Line>, b: Receiver<Line>) -> Receiver<Line> {
        out := chan!(Line);
        go move a, b {
            defer out.close();
            while !a.is_nil() || !b.is_nil() {
                select {
                    case l, ok := <-a:
                        if !ok {
                            a = Receiver::default();
                            continue;
                        }
                        out <- l;
                    case l, ok := <-b:
                        if !ok {
                            b = Receiver::default();
                            continue;
                        }
                        out <- l;
                }
            }
        }
        out.receiver()
    }

    pub(crate) fn main() {
        next := HashMap::new();
        total := 0;
        for l := range fan_in(talk("ann", 5), talk("bob", 7)) {
            if *next.entry(l.name).or_insert(0) != l.number {
                println!("out of order: {} {}", l.name, l.number);
            }
            *next.entry(l.name).or_default() += 1;
            total += 1;
        }
        println!("ann {} bob {} total {total}", next["ann"], next["bob"]);
    }
}
