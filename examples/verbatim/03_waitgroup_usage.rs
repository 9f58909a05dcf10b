//! 03 in Go's own statements: goroutines of a block and of a function.
use go::prelude::*;

golang! {
    static WG: sync::WaitGroup = sync::WaitGroup::new();

    fn say(id: &str) {
        time::sleep(time::SECOND);
        println!("I am done! id: {id}");
        WG.done();
    }

    fn main() {
        WG.add(2);

        // a goroutine may be a block
        go {
            println!("Hello");
            WG.done();
        }

        go say("world");
        WG.wait();
        println!("exit");
    }
}
