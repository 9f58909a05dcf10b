//! The dependency is called `golang` here, and a module of the crate is called `go`.
#![deny(warnings)]
#![forbid(unsafe_code)]

#[cfg(test)]
mod go {
    //! In the way of whoever says `go::`.
}

#[cfg(test)]
mod tests {
    use golang::{chan, defer, go, select, Chan};

    static LIMIT: Chan<i32> = chan!(i32, 1);

    /// A field of a channel's type.
    struct Pipe {
        /// The receiving side.
        output: chan!(<-chan i32),
    }

    async fn send(value: i32, ch: Chan<i32>) {
        chan!(ch <- value);
    }

    #[golang::test]
    async fn every_macro() {
        let ch = chan!(i32, 2);
        let pipe = Pipe { output: ch.receiver() };
        go! {
            defer!(ch.close());
            ch <- 1;
            v, ok := <-LIMIT;
            ch <- if ok { v + 1 } else { 0 };
        }
        go!(send(4, LIMIT));
        let mut sum = 0;
        loop {
            select! {
                case v, ok := <-pipe.output:
                    if !ok { break; }
                    sum += v;
                    continue;
                case <-golang::time::sleep(golang::time::HOUR):
                    unreachable!();
            }
            break;
        }
        assert_eq!(sum, 6);
    }
}
