//! A range over channels: what is buffered still comes after the close.

use go::prelude::*;

golang! {
    pub(crate) fn main() {
        queue := chan!(&str, 3);
        queue <- "one";
        queue <- "two";
        queue <- "three";
        queue.close();
        for e := range queue {
            println!("{e}");
        }
        matrix := chan!(chan i32, 2);
        for i := range 2 {
            row := chan!(i32, 3);
            for j := range 3 {
                row <- 10 * i + j;
            }
            row.close();
            matrix <- row;
        }
        matrix.close();
        for row := range matrix {
            for n := range row {
                print!("{n} ");
            }
            println!();
        }
    }
}
