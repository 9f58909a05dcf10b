//! Ping-pong: two players hit one ball back and forth over an unbuffered channel.

use go::prelude::*;

golang! {
    #[derive(Default)]
    struct Ball {
        hits: i32,
    }

    fn player(name: &'static str, table: Chan<Ball>, done: Sender<&'static str>) {
        for {
            b, ok := <-table;
            if !ok {
                return;
            }
            b.hits += 1;
            println!("{name} {}", b.hits);
            if b.hits == 8 {
                table.close();
                done <- name;
                return;
            }
            table <- b;
        }
    }

    pub(crate) fn main() {
        table := chan!(Ball);
        done := chan!(&'static str);
        go player("ping", table, done);
        table <- Ball::default();
        go player("pong", table, done);
        println!("last hit by {}", <-done);
    }
}
