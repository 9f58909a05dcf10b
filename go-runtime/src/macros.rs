//! The macros and what they mean. They come from `go-macros`; their documentation stands here, where its examples
//! compile.
//!
//! # The grammar
//! Inside the braces of every macro, at any depth, Go's operators work bare:
//!
//! | statement or expression | meaning |
//! | --- | --- |
//! | `ch <- v;` | sends, waiting; binds weakest, so `ch <- a \|\| b` sends one `bool` |
//! | `<-ch` | receives, waiting; binds as Go's unary operator does: `<-a + <-b`, `<-self.jobs[0]` |
//! | `v := <-ch;` `v, ok := <-ch;` | new variables, mutable as Go's are |
//! | `x = <-ch;` `x, ok = <-ch;` `_ = <-ch;` | assigns to what exists |
//! | `a, b := f();` `a, b := 1, 2;` `a, b = b, a;` | several at once |
//!
//! A closed and drained channel yields the zero value, `Default`; a receive whose value is dropped needs none. `<-x`
//! also waits for any Rust future and for anything with `IntoFuture`. In a closure the operators need `async |..|`.

/// Starts a goroutine.
///
/// | form | meaning |
/// | --- | --- |
/// | `go! { … }` | runs the block |
/// | `go!(f(a, b))`, `go!(x.run(a))` | runs the call; callee, receiver and arguments are evaluated now, in the caller |
/// | `go!(move { … })` | hands all variables over that the block names |
/// | `go!(move conn, buf { … })` | hands these over; they may be changed |
/// | `go!(handle(move conn))`, `go!(move conn.serve())` | hands an argument over, or all operands |
///
/// **The capture rule.** Variables named in a block, and places passed as arguments, are *shared*: handles (everything
/// that implements [`Share`](crate::Share): channels, contexts, wait groups, `Arc<T>`) are cloned, `Copy` values are
/// copied, both as immutable bindings. Anything else is an error that says to write `move`. What a format string names
/// counts: `println!("{x}")`. Names that start with a capital letter are constants and statics, which need no capture.
///
/// Two things the rule does not reach, because a macro does not see types: a variable that the block only *calls*,
/// `handle(x)`, is moved, and so is one that only the arguments of an unknown macro name.
///
/// The value of the block is dropped; `return` ends the goroutine; `?` is an error, because a goroutine has no result.
/// The macro is an expression of the type `()`.
///
/// # Go
/// The `go` statement. A Go closure shares all variables, and two goroutines that change one of them race; here that
/// does not compile. The loop variable is fresh in every iteration, as since Go 1.22.
///
/// # Panics
/// Outside a tokio runtime.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// async fn square(n: u64, out: chan!(chan<- u64)) {
///     chan!(out <- n * n);
/// }
///
/// #[go::main]
/// async fn main() {
///     let squares = chan!(u64);
///     for n in 1..=3 {
///         go!(square(n, squares.sender()));
///     }
///     let total = chan!(u64);
///     go! {
///         sum := 0;
///         for _ in 0..3 {
///             sum += <-squares;
///         }
///         total <- sum;
///     }
///     assert_eq!(chan!(<-total), 14);
///
///     let name = String::from("gopher");
///     let greeting = chan!(String);
///     go!(move name {
///         name.insert_str(0, "hello ");
///         greeting <- name;
///     });
///     assert_eq!(chan!(<-greeting), "hello gopher");
/// }
/// ```
pub use go_macros::go;

/// Makes a channel, does one channel operation, or names a channel's type.
///
/// | form | meaning |
/// | --- | --- |
/// | `chan!(T)`, `chan!(T, n)` | a new channel, unbuffered or with a buffer; also in a `static` or a `const` |
/// | `chan!(ch <- v)` | sends, waiting |
/// | `chan!(<-ch)` | receives, waiting |
/// | `chan!(v := <-ch);`, `chan!(v, ok := <-ch);` | receives into new variables |
/// | `chan!(x = <-ch);`, `chan!(x, ok = <-ch);` | receives into what exists |
/// | `chan!(chan T)`, `chan!(<-chan T)`, `chan!(chan<- T)` | the types [`Chan<T>`](crate::Chan), [`Receiver<T>`](crate::Receiver), [`Sender<T>`](crate::Sender) |
///
/// The operations wait, so they belong into `async` code.
///
/// # Go
/// `make(chan T, n)`, the operators `ch <- v` and `<-ch`, and channel types. `make(chan chan int)` is
/// `chan!(chan!(chan i64))`, because `chan!(chan i64)` is a type.
///
/// # Panics
/// With Go's texts: a send on a closed channel, and a capacity that is negative or absurd; the latter at compile time
/// in a constant.
///
/// # Cancel safety
/// A future that is dropped while it waits has sent and received nothing.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// static LIMIT: Chan<()> = chan!((), 2);
///
/// struct Pipe {
///     input: chan!(chan<- u32),
///     output: chan!(<-chan u32),
/// }
///
/// #[go::main]
/// async fn main() {
///     let ch = chan!(u32, 2);
///     let pipe = Pipe { input: ch.sender(), output: ch.receiver() };
///     chan!(LIMIT <- ());
///     chan!(pipe.input <- 1 + 1);
///     pipe.input.close();
///     chan!(v, ok := <-pipe.output);
///     assert!(ok && v == 2);
///     assert_eq!(chan!(<-pipe.output), 0, "closed and drained: the zero value");
///     chan!(_, ok := <-pipe.output);
///     assert!(!ok);
/// }
/// ```
pub use go_macros::chan;

/// Waits until one of several channel operations or futures is ready, and does that one.
///
/// ```text
/// select! {
/// case <-ctx.done():            statements
/// case v := <-ch:               new variables, seen by the statements of this case
/// case v, ok := <-ch:
/// case self.last = <-ch:        any place; evaluated only if this case is chosen
/// case out <- f(x):             a send
/// case r := <-future:           any future, or `&mut future` to keep it
/// default:                      if nothing is ready
/// }
/// ```
///
/// The channels and the values to send are evaluated once, when the select starts, in the order of the source, also
/// those of cases that are not chosen. If several cases are ready, one of them is chosen at random, each with the same
/// probability. `case … => expression,` is accepted beside `case …:`. The nil channel is never ready. Any number of
/// cases is allowed; for a number known only at run time there is [`select::cases`](crate::select::cases).
///
/// The select is an expression: its value is that of the chosen case's statements. A `break` without a label leaves the
/// select only; `continue`, `return`, `?` and labels mean what they mean around it. `select! {}` waits for ever and
/// fits every type.
///
/// # Go
/// The `select` statement. `biased`, as other libraries have it, is not offered.
///
/// # Panics
/// If it sends on a closed channel, also with a `default`.
///
/// # Cancel safety
/// A select that is dropped while it waits has done none of its operations.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() {
///     let (evens, odds, quit) = (chan!(u32), chan!(u32), chan!(()));
///     go! {
///         for n in 0..6 {
///             if n % 2 == 0 { evens <- n; } else { odds <- n; }
///         }
///         quit.close();
///     }
///     let mut sums = [0, 0];
///     'receive: loop {
///         select! {
///         case n := <-evens:
///             sums[0] += n;
///         case n := <-odds:
///             sums[1] += n;
///         case <-quit:
///             break 'receive;
///         case <-time::after(time::SECOND):
///             panic!("too slow");
///         }
///     }
///     assert_eq!(sums, [6, 9]);
///
///     let waiting = select! {
///         case n := <-evens => Some(n),
///         default => None,
///     };
///     assert_eq!(waiting, None);
/// }
/// ```
pub use go_macros::select;

/// Runs a call or a block at the end of the Go function, or of the block in an ordinary function.
///
/// Several run in reverse order, on every way out: at the end, on `return` and `?`, at a panic and at
/// [`runtime::goexit`](crate::runtime::goexit).
///
/// **In a Go function** (the block of [`go!`], [`#[go::main]`](main), [`#[go::test]`](test), [`#[go::func]`](func)) it
/// belongs to the function, also inside loops and branches, as in Go:
/// - `defer!(f(x));` evaluates callee, receiver and arguments now and calls later; of `a.b().c()` only `c` is called
///   later. The call may wait: it is awaited. Handles are shared, `Copy` values are copied, `move x` hands over; what a
///   macro prints is cloned. Anything else is borrowed, which only a parameter lives long enough for.
/// - `defer! { … }` evaluates everything later, and may wait. It takes along what it names by the rule of [`go!`]:
///   handles are shared, `Copy` values are copied, `defer!(move x { … })` hands over. What it has copied must not change
///   afterwards, since Go's block would see the change: that does not compile.
///
/// **In an ordinary function**, a closure or an `async` block it runs at the end of the block and cannot wait; a
/// deferred block borrows what it names, as a closure does; `defer!(move { … })` owns it.
///
/// # Go
/// The `defer` statement. `return` in a deferred block ends that block, as in a function literal.
///
/// # Cancel safety
/// When a Go function's future is dropped before its end, what it has deferred runs then, as far as it comes without
/// waiting.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// async fn log(out: Chan<u32>, n: u32) {
///     chan!(out <- n);
/// }
///
/// #[go::func]
/// async fn work(out: Chan<u32>) {
///     let mut n = 1;
///     defer!(log(out, n)); // 1: evaluated here, awaited at the end
///     n += 1;
///     for i in 5..7 {
///         defer! { out <- i; } // at the end of the function, not of the loop
///     }
///     log(out.clone(), n).await;
/// }
///
/// #[go::main]
/// async fn main() {
///     let out = chan!(u32, 4);
///     work(out.clone()).await;
///     assert_eq!([2, 6, 5, 1].map(Some), [out.recv().await, out.recv().await, out.recv().await, out.recv().await]);
/// }
/// ```
pub use go_macros::defer;

/// The panic under way, which thereby ends; `None` if there is none.
///
/// Allowed directly in a deferred block of a Go function, and in the body of a [`#[go::func]`](func), which recovers if
/// it is itself the deferred call: `defer!(handler(x));`. A function called from there recovers nothing. After a recovery
/// the function that panicked returns: its named result as it is, or the zero value of its type (`Default`, `Ok` of it,
/// `None`).
///
/// The value is a [`PanicValue`](crate::PanicValue): it prints what Go would print, and
/// [`repanic`](crate::PanicValue::repanic) panics with it again.
///
/// # Go
/// `recover()`. Where Go's would always be nil, in a function literal inside the deferred one, this does not compile.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::func]
/// async fn divide(a: i32, b: i32) -> i32 {
///     defer! {
///         if let Some(r) = recover!() {
///             println!("recovered: {r}");
///         }
///     }
///     a / b
/// }
///
/// #[go::main]
/// async fn main() {
///     assert_eq!(divide(7, 2).await, 3);
///     assert_eq!(divide(7, 0).await, 0);
/// }
/// ```
pub use go_macros::recover;

/// Makes an `async fn` a Go function: with [`defer!`] for the function's end, [`recover!`], and Go's parameters.
///
/// On a free function, a method, and an `impl` block or a trait, where it means all `async` functions. A closure is
/// marked inside another Go function: `let f = #[go::func] async |x| { … };`. The blocks of [`go!`] and the functions of
/// [`#[go::main]`](main) and [`#[go::test]`](test) are Go functions by themselves. A body that defers nothing stays as it
/// is and costs nothing.
///
/// - **Named results.** `#[go::func(result = err)]` makes the result a variable, a [`Named`](crate::Named), that begins as
///   the zero value and that deferred blocks change: `err.set(..)`, `err.get()`, `err.update(|e| ..)`. `return x` sets it;
///   a bare `return` and the end of the body return it as it is.
/// - **Directional parameters** (`Receiver<T>`, `Sender<T>`, `chan!(<-chan T)`, `chan!(chan<- T)`) take a `Chan` as well:
///   they become `impl Into<..>`. Not so in a trait and its implementations, nor in a method without `pub` that has the
///   attribute itself, whose signature may be a trait's: mark the `impl` block instead.
///
/// # Go
/// Every function.
///
/// # Panics
/// A function that recovers and whose result has neither a name nor a zero value panics anew.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::func(result = err)]
/// async fn produce(n: u32, out: Sender<u32>) -> Result<(), String> {
///     defer!(out.close());
///     defer! {
///         if let Some(r) = recover!() {
///             err.set(Err(r.to_string()));
///         }
///     }
///     for i in 0..n {
///         chan!(out <- 12 / (2 - i));
///     }
/// }
///
/// #[go::main]
/// async fn main() {
///     let ch = chan!(u32, 3);
///     assert_eq!(produce(3, ch.clone()).await, Err("attempt to divide by zero".to_owned()));
///     assert_eq!([ch.recv().await, ch.recv().await, ch.recv().await], [Some(6), Some(12), None]);
/// }
/// ```
pub use go_macros::func;

/// Makes `async fn main` a program with Go's process rules.
///
/// `main` is goroutine 1. When it returns, the process ends at once: other goroutines are not waited for, and their
/// deferred calls do not run. A panic that nobody recovers, in any goroutine, ends the process with Go's report and
/// exit code 2; so does a deadlock. The result may be anything that Rust's own `main` may return. `GOMAXPROCS` sets the
/// number of threads.
///
/// # Go
/// `func main()`
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// #[go::main]
/// async fn main() -> Result<(), std::num::ParseIntError> {
///     let ch = chan!(&'static str, 1);
///     chan!(ch <- "17");
///     let n: i32 = chan!(<-ch).parse()?;
///     assert_eq!(n, 17);
///     Ok(())
/// }
/// ```
pub use go_macros::main;

/// Makes an `async fn` a test with Go's process rules: what would end the process fails the test.
///
/// Time is virtual: when every goroutine waits, the clock jumps to the next timer. `#[go::test(real_time)]` uses the
/// real clock, `#[go::test(workers = 2)]` runs goroutines on that many threads instead of on the test's own. Other
/// attributes, such as `#[should_panic]` and `#[ignore]`, work as with Rust's `#[test]`, which this one adds.
///
/// When the test's function has returned, the other goroutines must end by themselves: the clock stands still, and the
/// test fails with a report if goroutines are still blocked half a second later. Where that is meant,
/// `#[go::test(allow_leaks)]` allows it.
///
/// # Go
/// `func TestX(t *testing.T)` in a bubble of `testing/synctest`.
///
/// # Examples
/// ```
/// # mod tests {
/// use go::prelude::*;
///
/// #[go::test(allow_leaks)]
/// async fn a_late_answer_is_not_waited_for() {
///     let answer = chan!(u32);
///     go! {
///         time::sleep(time::HOUR).await;
///         answer <- 42;
///     }
///     select! {
///     case <-answer:
///         panic!("it did not come late");
///     case <-time::after(time::MINUTE):
///     }
/// }
/// # }
/// ```
pub use go_macros::test;

/// Items whose functions are written in Go's own statements.
///
/// ```text
/// go f(x);   go { … }   go move x { … }        defer f(x);   defer { … }   defer move x { … }
/// select { case … }     recover()              ch <- v;   <-ch   v := <-ch;   v, ok := <-ch;
/// for v := range ch { … }   for i := range n { … }   for i, v := range list { … }   for range n { … }
/// for { … }   for cond { … }   for i := 0; i < n; i++ { … }   i++;   i--;
/// static A, B: T = …;
/// ```
///
/// Everything else is Rust. What a block means:
///
/// - **Every `fn` is a Go function** ([`#[go::func]`](func)) and `async` without saying so: free functions, methods, a
///   trait's and its implementations', and `async |..|` closures. A `const fn` stays Rust's, and so does a plain `fn` in
///   the implementation of a trait from elsewhere (`Display`). `fn main` is the program, a `#[test]` is a
///   [`#[go::test]`](test); `#[go::func(result = err)]` names a result.
/// - **Calls wait by themselves**, without `.await`:
///   - functions of the block, `f(x)`, `Self::f(x)`, `Type::f(x)`, and those brought in by `import path::name;`;
///   - methods by their name: those of the block, those named by `import path::Type::method;`, and the library's `recv`,
///     `send`, `wait`, `lock`, `lock_owned`, `rlock`, `acquire`, `call`, `call_func`, an errgroup's `go`, and HTTP's. A
///     method of another type that has one of these names and returns no future is called as always;
///   - `time::sleep(d)`, `runtime::gosched()`, `runtime::leaked()` and the functions of `http`.
///
///   The guide's chapter "Porting from Go" has the table. The call in `wg.go(f(x))` is started instead. Any other future says `.await`; one that is forgotten is a compile error. In a closure that is not `async` and in
///   the arguments of `join!`, `try_join!` and of macros that this one does not know, nothing waits by itself.
/// - Functions that call themselves, perhaps by way of others, return their future in a box.
///
/// # Go
/// A Go file.
///
/// # Examples
/// ```
/// use go::prelude::*;
///
/// golang! {
///     fn worker(id: usize, jobs: Receiver<usize>, results: Sender<usize>) {
///         for j := range jobs {
///             results <- j * 10 + id;
///         }
///     }
///
///     fn main() {
///         jobs := chan!(usize, 3);
///         results := chan!(usize, 3);
///         go worker(1, jobs, results);
///         for j := range 3 {
///             jobs <- j;
///         }
///         jobs.close();
///         let mut sum = 0;
///         for range 3 {
///             sum += <-results;
///         }
///         assert_eq!(sum, 33);
///     }
/// }
/// ```
pub use go_macros::golang;
