//! Statements of Go that have another form.
use go::prelude::*;

golang! {
    fn one(x: i32) {
        var y = 3;
    }

    fn two(x: i32) {
        switch x {
            1 => {}
        }
    }

    fn three() {
        goto end;
    }
}

fn main() {}
