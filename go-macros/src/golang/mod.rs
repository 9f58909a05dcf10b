//! `golang!`: items whose functions are written in Go's statements.
//!
//! The bodies of functions are set aside before syn sees the items, so that what is wrong in one of them concerns that
//! function only. *parse* finds the items, *names* what waits by itself, *expand* writes each function as a Go function.

mod expand;
mod names;
mod parse;

use proc_macro2::TokenStream;

use crate::diag::Errors;
use parse::Block;

/// The entry point.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let block = Block::parse(tokens, &mut errors);
    let names = names::names(&block);
    let items = expand::items(&block, names);
    let errors = errors.into_items();
    quote::quote!(#errors #items)
}
