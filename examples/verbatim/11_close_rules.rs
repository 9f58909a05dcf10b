//! 11 in Go's own statements: the rules of a closed channel.
use go::prelude::*;

golang! {
    fn r#try(name: &str, f: impl Future<Output = ()> + Send) {
        defer {
            if let Some(r) = recover() {
                println!("{name}: panic: {r} ({})", r.go_type_name());
            }
        }
        f.await;
    }

    fn main() {
        c := chan!(i32, 3);
        c <- 1;
        c <- 2;
        c.close();
        r#try("1 send on closed", async { c <- 3; });
        v, ok := <-c;
        println!("2 {v} {ok}");
        v, ok = <-c;
        println!("2 {v} {ok}");
        v, ok = <-c;
        println!("3 {v} {ok} {} {}", c.len(), c.cap());
        s := chan!(String);
        s.close();
        println!("3 {:?}", <-s);
        r#try("4 close of closed", async { c.close(); });
        r#try("4 close of nil", async { n := Chan::<i32>::nil(); n.close(); });
    }
}
