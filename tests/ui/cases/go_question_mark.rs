//! `?` in a goroutine.
use go::prelude::*;

#[go::main]
async fn main() -> Result<(), std::num::ParseIntError> {
    let ch = chan!(i32);
    go! {
        let n: i32 = "12".parse()?;
        ch <- n;
    }
    println!("{}", chan!(<-ch));
    Ok(())
}
