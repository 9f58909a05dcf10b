//! The user's own `Option`, `Result`, `std`, `go` and the like.
#![allow(
    clippy::wrong_self_convention,
    dead_code,
    non_camel_case_types,
    non_snake_case,
    reason = "the names are there to be in the way"
)]

struct Option;
struct Some;
struct None;
struct Result;
struct Ok;
struct Err;
struct Box;
struct Vec;
struct String;
struct Send;
struct Sync;
struct Copy;
struct Clone;
struct Default;
struct Future;
struct IntoFuture;
struct Pin;
struct Poll;
struct Chan;
struct Sender;
struct Receiver;
struct Capture;
struct Called;
struct Share;
struct Case0;
struct T0;
struct Flow;
enum bool {}
enum u32 {}
enum usize {}
enum i128 {}
mod go {}
mod std {}
mod core {}
mod alloc {}
mod tokio {}
mod __private {}
fn drop() {}
fn pin() {}
fn select() {}

macro_rules! hostile {
    ($($name:ident)*) => {
        $(
            #[allow(unused_macros, reason = "that nothing uses them is what is tested")]
            macro_rules! $name {
                () => {
                    compile_error!("an expansion calls a macro by a name that the user defined")
                };
            }
        )*
    };
}
hostile!(concat module_path stringify pin matches assert unreachable panic);

/// Methods of everything, by the names that the library's types have.
trait Everything: Sized {
    fn case(self) {}
    fn output(self) {}
    fn as_mut(self) {}
    fn value(self) {}
    fn finish(self) {}
    fn share(&self) {}
    fn clone(&self) {}
    fn into_future(self) {}
    fn send(&self) {}
    fn recv(&self) {}
}
impl<T> Everything for T {}

#[::go::test]
async fn every_macro() {
    use ::go::{chan, defer, go, select};
    let ch = chan!(i32, 1);
    let done = chan!((), 2);
    go! {
        defer!(done.close());
        defer! { let _ = 1; }
        for i in 0..3 {
            ch <- i;
        }
        v := 4;
        v += 1;
        ch <- v;
        done <- ();
    }
    let mut sum = 0;
    loop {
        select! {
            case v, ok := <-ch:
                ::std::assert!(ok);
                if v == 0 { continue; }
                if v == 1 { sum += 100; break; }
                sum += v;
            case <-done:
                if sum > 0 { break; }
        }
        if sum > 106 {
            break;
        }
    }
    ::std::assert_eq!(sum, 107);
    chan!(_, ok := <-done);
    let _ = ok;
    async fn worker(n: i32, out: ::go::Chan<i32>) {
        chan!(out <- n);
    }
    fn at_once(_n: i32) {}
    go!(worker(5, ch));
    go!(at_once(5));
    defer!(at_once(5));
    ::std::assert_eq!(chan!(<-ch), 5);
    let text = "five";
    go! {
        ::std::println!("{text} {}", select! { default: 5 });
        ch <- 6;
    }
    ::std::assert_eq!(chan!(<-ch), 6);
}

#[test]
fn types() {
    let _: ::go::chan!(chan i32) = ::go::chan!(i32);
    let _: ::go::chan!(<-chan i32) = ::go::chan!(i32, 1).receiver();
    let n: ::std::primitive::u8 = 3;
    let _: ::go::chan!(chan<- i32) = ::go::chan!(i32, n).sender();
}
