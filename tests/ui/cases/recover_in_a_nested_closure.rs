//! `recover!` in a function inside the deferred block, where Go's is nil.
use go::prelude::*;

#[go::func]
async fn serve() {
    defer! {
        let show = || println!("{:?}", recover!());
        show();
        async { recover!(); }.await;
        let r = recover!();
        println!("{r:?}");
    }
}

fn main() {}
