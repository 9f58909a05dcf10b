//! Methods that change a variable after a deferred block in an inner block has taken its copy.
use go::prelude::*;

#[go::func]
async fn branch(print: bool) {
    let mut list = [3, 1, 2];
    if print {
        defer! { println!("{list:?}"); }
    }
    list.sort();
}

#[go::func]
async fn rounds(mut list: [i32; 3]) {
    for i in 0..3 {
        list.rotate_left(i);
        defer! { println!("{list:?}"); }
    }
}

golang! {
    fn dialect(jobs: Receiver<i32>) {
        seen := [false; 4];
        for job := range jobs {
            if job > 3 {
                defer { println!("{seen:?}"); }
            }
            seen.reverse();
        }
    }
}

fn main() {}
