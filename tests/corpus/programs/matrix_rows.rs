//! A matrix product by rows: a goroutine for each row of the result.

use std::sync::Arc;

use go::prelude::*;

golang! {
    type Matrix = Vec<Vec<i32>>;

    #[derive(Default)]
    struct Row {
        index: usize,
        values: Vec<i32>,
    }

    fn product(a: Arc<Matrix>, b: Arc<Matrix>, i: usize, rows: Sender<Row>) {
        values := vec![0; b[0].len()];
        for j := range b[0].len() {
            for k := range b.len() {
                values[j] += a[i][k] * b[k][j];
            }
        }
        rows <- Row { index: i, values };
    }

    fn show(values: &[i32]) {
        for _, v := range values {
            print!("{v} ");
        }
        println!();
    }

    pub(crate) fn main() {
        a := Arc::new(vec![vec![1, 2, 3], vec![4, 5, 6], vec![7, 8, 9], vec![2, 0, 1]]);
        b := Arc::new(vec![vec![1, 0], vec![2, 1], vec![0, 3]]);
        rows := chan!(Row);
        for i := range a.len() {
            go product(a, b, i, rows);
        }
        c := vec![Vec::new(); a.len()];
        for range a.len() {
            r := <-rows;
            c[r.index] = r.values;
        }
        for _, values := range c {
            show(&values);
        }
    }
}
