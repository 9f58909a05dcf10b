//! A concurrent merge sort: each half is sorted by a goroutine of its own and sent back.

use go::prelude::*;

golang! {
    fn merge(a: Vec<i32>, b: Vec<i32>) -> Vec<i32> {
        out := Vec::new();
        i, j := 0, 0;
        while i < a.len() && j < b.len() {
            if a[i] <= b[j] {
                out.push(a[i]);
                i += 1;
            } else {
                out.push(b[j]);
                j += 1;
            }
        }
        out.extend_from_slice(&a[i..]);
        out.extend_from_slice(&b[j..]);
        out
    }

    fn merge_sort(values: Vec<i32>, out: Sender<Vec<i32>>) {
        if values.len() <= 1 {
            out <- values;
            return;
        }
        middle := values.len() / 2;
        left, right := chan!(Vec<i32>), chan!(Vec<i32>);
        go merge_sort(values[..middle].to_vec(), left);
        go merge_sort(values[middle..].to_vec(), right);
        out <- merge(<-left, <-right);
    }

    fn show(values: &[i32]) {
        for _, v := range values {
            print!("{v} ");
        }
        println!();
    }

    pub(crate) fn main() {
        values := Vec::new();
        x := 17;
        for range 24 {
            x = (x * 61 + 29) % 101;
            values.push(x);
        }
        show(&values);
        out := chan!(Vec<i32>);
        go merge_sort(move values, out);
        show(&<-out);
    }
}
