//! Programs a Go user would write. This package has no library code of its own: start with `cargo run --example tour`.
//!
//! `seed` holds ports of small Go programs, a Rust line for a Go line and a comment where a line has to differ. Not
//! commented, because they are the same in every port:
//!
//! - `.await` stands where a call waits; Go waits without saying so;
//! - `let x = …` is `x := …`, and a package variable is a `static`, with its type and in upper case;
//! - names are in Rust's case, `println!("{x}")` is `fmt.Println(x)`, `x.close()` is `close(x)`, `0..n` is `range n`.
