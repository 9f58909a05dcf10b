//! A done channel: closing it tells every goroutine at once to stop.

use go::prelude::*;

golang! {
    fn listen(done: Receiver<()>, ready: sync::WaitGroup, ended: sync::WaitGroup) {
        defer ended.done();
        ready.done();
        <-done;
    }

    pub(crate) fn main() {
        done := chan!(());
        ready, ended := sync::WaitGroup::new(), sync::WaitGroup::new();
        for range 6 {
            ready.add(1);
            ended.add(1);
            go listen(done, ready, ended);
        }
        ready.wait();
        select {
            case <-done:
                println!("too early");
            default:
                println!("all listen");
        }
        done.close();
        ended.wait();
        _, ok := <-done;
        println!("all ended, more: {ok}");
    }
}
