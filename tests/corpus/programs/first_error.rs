//! A group of tasks: the first error is kept and the others are cancelled.

use std::sync::Arc;

use go::prelude::*;

golang! {
    struct Group {
        wg: sync::WaitGroup,
        once: sync::Once,
        cancel: context::CancelFunc,
        errs: Chan<String>,
    }

    impl Group {
        fn run(self: Arc<Self>, ctx: Context, n: u32) {
            defer self.wg.done();
            if let Err(err) = task(&ctx, n) {
                self.once.call(async || {
                    self.errs <- err;
                    (self.cancel)();
                });
            }
        }
    }

    fn task(ctx: &Context, n: u32) -> Result<(), String> {
        if n == 3 {
            return Err("task 3 failed".to_owned());
        }
        select {
            case <-ctx.done():
                Err("cancelled".to_owned())
            case <-time::after(n * time::MINUTE):
                Ok(())
        }
    }

    pub(crate) fn main() {
        ctx, cancel := context::with_cancel(&context::background());
        g := Arc::new(Group { wg: sync::WaitGroup::new(), once: sync::Once::new(), cancel, errs: chan!(String, 1) });
        for n in 1..=5 {
            g.wg.add(1);
            go g.run(ctx, n);
        }
        g.wg.wait();
        g.errs.close();
        for err := range g.errs {
            println!("error: {err}");
        }
        println!("context: {}", ctx.err().expect("it was cancelled"));
    }
}
