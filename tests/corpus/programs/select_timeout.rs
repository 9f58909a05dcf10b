//! A select with a timeout: the first answer is late, the second comes in time.

use go::prelude::*;

golang! {
    fn ask(answer: &'static str, after: time::Duration) -> Receiver<&'static str> {
        c := chan!(&'static str, 1);
        go {
            time::sleep(after);
            c <- answer;
        }
        c.receiver()
    }

    pub(crate) fn main() {
        select {
            case a := <-ask("one", time::MINUTE):
                println!("{a}");
            case <-time::after(20 * time::MILLISECOND):
                println!("timeout 1");
        }
        select {
            case a := <-ask("two", 5 * time::MILLISECOND):
                println!("{a}");
            case <-time::after(time::MINUTE):
                println!("timeout 2");
        }
    }
}
