//! The macros of `go-runtime`: Go's concurrency statements for Rust.
//!
//! Use them through `go-runtime`, which re-exports them: their expansions name its items. The documentation of each
//! macro says what it means; the order of things is the same in all of them:
//!
//! - *parse*: from tokens to a tree; keeps going after an error;
//! - *check*: what the grammar allows and the meaning does not;
//! - *expand*: from the tree to Rust; cannot fail.
//!
//! After an error a macro expands to its errors in a form that fits where the macro stands, so that nothing else is
//! reported because of them.
#![forbid(unsafe_code)]

mod attr;
mod chan;
mod debug;
mod defer;
mod diag;
mod go;
mod golang;
mod paths;
mod recover;
mod select;
mod syntax;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Expands a function-like macro.
fn call(
    name: &str,
    expand: impl FnOnce(proc_macro2::TokenStream) -> proc_macro2::TokenStream,
    tokens: TokenStream,
) -> TokenStream {
    let tokens = proc_macro2::TokenStream::from(tokens);
    if syntax::is_nothing(&tokens) {
        return TokenStream::new();
    }
    let expansion = expand(tokens);
    debug::show(name, &expansion);
    expansion.into()
}

/// Expands an attribute.
fn attribute(attribute: attr::Attribute, options: TokenStream, item: TokenStream) -> TokenStream {
    let expansion = attr::expand(attribute, options.into(), item.into());
    debug::show(attribute.name(), &expansion);
    expansion.into()
}

/// Starts a goroutine.
#[proc_macro]
pub fn go(tokens: TokenStream) -> TokenStream {
    call("go!", go::expand, tokens)
}

/// Makes a channel, names a channel's type, or does one channel operation.
#[proc_macro]
pub fn chan(tokens: TokenStream) -> TokenStream {
    call("chan!", chan::expand, tokens)
}

/// Waits for several channel operations and futures, and does one of them.
#[proc_macro]
pub fn select(tokens: TokenStream) -> TokenStream {
    call("select!", select::expand, tokens)
}

/// Runs a call at the end of the Go function, or of the block in an ordinary function.
#[proc_macro]
pub fn defer(tokens: TokenStream) -> TokenStream {
    call("defer!", defer::expand, tokens)
}

/// The panic of the Go function that deferred this call, which thereby ends.
#[proc_macro]
pub fn recover(tokens: TokenStream) -> TokenStream {
    call("recover!", recover::expand, tokens)
}

/// Items whose functions are written in Go's own statements.
#[proc_macro]
pub fn golang(tokens: TokenStream) -> TokenStream {
    call("golang!", golang::expand, tokens)
}

/// Makes an `async fn`, or those of an `impl` block or a trait, Go functions.
#[proc_macro_attribute]
pub fn func(options: TokenStream, item: TokenStream) -> TokenStream {
    attribute(attr::Attribute::Func, options, item)
}

/// Makes `async fn main` a program with Go's process rules.
#[proc_macro_attribute]
pub fn main(options: TokenStream, item: TokenStream) -> TokenStream {
    attribute(attr::Attribute::Main, options, item)
}

/// Makes an `async fn` a test with Go's process rules.
#[proc_macro_attribute]
pub fn test(options: TokenStream, item: TokenStream) -> TokenStream {
    attribute(attr::Attribute::Test, options, item)
}
