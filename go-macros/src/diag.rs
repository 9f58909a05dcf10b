//! The errors of one macro call: all of them, each with its repair.

use proc_macro2::{Span, TokenStream};
use quote::quote;

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Errors {
    /// In the order in which they were found.
    list: Vec<syn::Error>,
}

impl Errors {
    /// Notes an error at `span` and how to repair it.
    pub(crate) fn push(&mut self, span: Span, message: &str, help: &str) {
        self.list.push(syn::Error::new(span, format!("{message}\nhelp: {help}")));
    }

    /// Notes an error of the Rust parser.
    pub(crate) fn push_syntax(&mut self, error: syn::Error) {
        self.list.extend(error);
    }

    /// Takes over the errors of a part.
    pub(crate) fn extend(&mut self, part: Errors) {
        self.list.extend(part.list);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Forgets all but the first `len` errors: the others only follow from them.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.list.truncate(len);
    }

    /// The errors as an expression of a type that fits everywhere, so that nothing else is reported because of them.
    pub(crate) fn into_expression(self) -> TokenStream {
        let mut calls: Vec<TokenStream> = self.list.iter().map(syn::Error::to_compile_error).collect();
        match (calls.len(), calls.pop()) {
            (1, Some(only)) => only,
            (_, Some(last)) => quote!({ #(#calls)* #last }),
            (_, None) => TokenStream::new(),
        }
    }

    /// The errors as one call, which also stands for a type.
    pub(crate) fn into_one(self) -> TokenStream {
        self.list.first().map(syn::Error::to_compile_error).unwrap_or_default()
    }

    /// The errors as items.
    pub(crate) fn into_items(self) -> TokenStream {
        self.list.iter().map(syn::Error::to_compile_error).collect()
    }
}
