//! Values and timeouts of contexts: handed down a chain of calls, the nearest wins.

use go::prelude::*;

golang! {
    #[derive(PartialEq, Eq)]
    struct Key(&'static str);

    fn show(ctx: &Context, k: Key) {
        if let Some(v) = ctx.value::<&str>(&k) {
            println!("{} is {v}", k.0);
            return;
        }
        println!("no {}", k.0);
    }

    fn slow(ctx: &Context, d: time::Duration) -> Option<context::Error> {
        select {
            case <-time::after(d):
                None
            case <-ctx.done():
                ctx.err()
        }
    }

    pub(crate) fn main() {
        ctx := context::with_value(&context::background(), Key("user"), "ann");
        ctx = context::with_value(&ctx, Key("request"), "r1");
        inner := context::with_value(&ctx, Key("user"), "bob");
        show(&ctx, Key("user"));
        show(&inner, Key("user"));
        show(&inner, Key("request"));
        show(&inner, Key("session"));
        short, cancel := context::with_timeout(&inner, 20 * time::MILLISECOND);
        defer cancel();
        deadline := short.deadline();
        println!("has a deadline: {}", deadline.is_some());
        println!("{}", slow(&short, time::MINUTE).expect("it has timed out"));
        long, cancel := context::with_timeout(&inner, time::MINUTE);
        defer cancel();
        println!("{}", slow(&long, time::MILLISECOND).is_none());
        show(&short, Key("user"));
    }
}
