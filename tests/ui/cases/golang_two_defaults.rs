//! A select with two defaults and a case that neither sends nor receives.
use go::prelude::*;

golang! {
    fn work(ch: Chan<i32>) {
        select {
        case ch.len():
        default:
        default:
        }
    }
}

fn main() {}
