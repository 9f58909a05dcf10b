//! Once: many call, one initialises, all see what it did.

use go::prelude::*;

golang! {
    static ONCE: sync::Once = sync::Once::new();
    static CONFIG: sync::Mutex<&str> = sync::Mutex::new("");

    fn load() {
        println!("loading");
        *CONFIG.lock() = "loaded";
    }

    fn get() -> &'static str {
        ONCE.call(load);
        *CONFIG.lock()
    }

    pub(crate) fn main() {
        wg := sync::WaitGroup::new();
        seen := chan!(&'static str, 10);
        for range 10 {
            wg.add(1);
            go {
                defer wg.done();
                seen <- get();
            }
        }
        wg.wait();
        seen.close();
        count := 0;
        for s := range seen {
            if s == "loaded" {
                count += 1;
            }
        }
        println!("{count} saw it");
        value := sync::once_value(|| {
            println!("computing");
            42
        });
        println!("{}", <-value() + <-value());
    }
}
