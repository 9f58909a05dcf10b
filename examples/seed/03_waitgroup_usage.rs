//! 03: two goroutines, one from a block and one from a function, and main waits for both.
use go::prelude::*;

static WG: sync::WaitGroup = sync::WaitGroup::new();

async fn say(id: &str) {
    time::sleep(time::SECOND).await;
    println!("I am done! id: {id}");
    WG.done();
}

#[go::main]
async fn main() {
    WG.add(2);

    // a goroutine can run a block
    go! {
        println!("Hello");
        WG.done();
    }
    go!(say("world"));

    WG.wait().await;
    println!("exit");
}

/*
Output:
Hello
I am done! id: world
exit

*/
