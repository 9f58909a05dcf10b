//! Operations that do not wait: a select with a default.

use go::prelude::*;

golang! {
    fn try_recv(c: Receiver<&'static str>) {
        select {
            case m, ok := <-c:
                println!("received {m:?} {ok}");
            default:
                println!("nothing to receive");
        }
    }

    fn try_send(c: Sender<&'static str>, m: &'static str) {
        select {
            case c <- m:
                println!("sent {m}");
            default:
                println!("no room for {m}");
        }
    }

    pub(crate) fn main() {
        messages := chan!(&'static str);
        try_recv(messages.clone());
        try_send(messages.clone(), "hi");
        buffered := chan!(&'static str, 1);
        try_send(buffered.clone(), "first");
        try_send(buffered.clone(), "second");
        try_recv(buffered.clone());
        try_recv(buffered.clone());
        buffered.close();
        try_recv(buffered.clone());
        try_send(Sender::default(), "never");
        try_recv(Receiver::default());
    }
}
