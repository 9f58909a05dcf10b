//! `main` with arguments, and a test with some.
use go::prelude::*;

golang! {
    fn main(args: Vec<String>) {
        println!("{args:?}");
    }

    #[test]
    fn works(n: i32) { assert_eq!(n, 3); }
}
