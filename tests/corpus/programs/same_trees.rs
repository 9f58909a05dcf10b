//! A concurrent walk of binary trees: two trees are the same if their walks send the same values.

use go::prelude::*;

golang! {
    type Link = Option<Box<Tree>>;

    struct Tree {
        left: Link,
        value: i32,
        right: Link,
    }

    fn insert(t: Link, v: i32) -> Link {
        let Some(mut t) = t else {
            return Some(Box::new(Tree { left: None, value: v, right: None }));
        };
        if v < t.value {
            t.left = insert(t.left, v);
        } else {
            t.right = insert(t.right, v);
        }
        Some(t)
    }

    fn build(values: &[i32]) -> Link {
        t := None;
        for _, v := range values {
            t = insert(t, v);
        }
        t
    }

    fn walk(t: &Link, ch: &Chan<i32>) {
        let Some(t) = t else {
            return;
        };
        walk(&t.left, ch);
        ch <- t.value;
        walk(&t.right, ch);
    }

    fn walker(t: Link) -> Receiver<i32> {
        ch := chan!(i32);
        go move t {
            walk(&t, &ch);
            ch.close();
        }
        ch.receiver()
    }

    fn same(a: Link, b: Link) -> bool {
        ca, cb := walker(a), walker(b);
        for {
            va, oka := <-ca;
            vb, okb := <-cb;
            if oka != okb || va != vb {
                return false;
            }
            if !oka {
                return true;
            }
        }
    }

    pub(crate) fn main() {
        for v := range walker(build(&[5, 2, 8, 1, 9, 3])) {
            print!("{v} ");
        }
        println!();
        println!("{}", same(build(&[1, 2, 3, 5, 8]), build(&[8, 3, 5, 1, 2])));
        println!("{}", same(build(&[1, 2, 3, 5, 8]), build(&[8, 3, 5, 1, 4])));
        println!("{}", same(build(&[1, 2]), build(&[1, 2, 3])));
    }
}
