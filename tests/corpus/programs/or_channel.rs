//! The or-channel: closes as soon as one of many is closed; made of itself, by halves.

use go::prelude::*;

golang! {
    fn or(channels: Vec<Receiver<i32>>) -> Receiver<i32> {
        if channels.len() == 1 {
            return channels[0].clone();
        }
        done := chan!(i32);
        go move channels {
            defer done.close();
            middle := channels.len() / 2;
            select {
                case <-or(channels[..middle].to_vec()):
                case <-or(channels[middle..].to_vec()):
            }
        }
        done.receiver()
    }

    fn after(d: time::Duration) -> Receiver<i32> {
        c := chan!(i32);
        go {
            defer c.close();
            time::sleep(d);
        }
        c.receiver()
    }

    pub(crate) fn main() {
        start := time::now();
        <-or(vec![
            after(time::HOUR),
            after(time::MINUTE),
            after(10 * time::MILLISECOND),
            after(2 * time::MINUTE),
            Receiver::default(),
        ]);
        println!("one was enough: {}", time::since(start) < 30 * time::SECOND);
    }
}
