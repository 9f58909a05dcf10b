//! The errors of one macro call: all of them, each with its repair.

use proc_macro2::{Span, TokenStream};
use quote::quote;

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Errors {
    /// In the order in which they were found.
    list: Vec<syn::Error>,
    /// Whether they are about code in the dialect: then they name its statements and not the macros.
    is_dialect: bool,
}

/// The statements of the dialect that are macros elsewhere.
const STATEMENTS: &[&str] = &["defer", "go", "recover", "select"];

/// The text with the statements of the dialect for the macros: `go!(f(x))` becomes `go f(x);` and `recover!()` `recover()`.
fn in_dialect(text: &str) -> String {
    // Every function is one here.
    let mut out = text.replace(", in a function marked `#[go::func]`", "");
    for word in STATEMENTS {
        let call = format!("{word}!");
        while let Some(at) = out.find(&call) {
            let after = &out[at + call.len()..];
            let end = after.starts_with('(').then(|| closing(after)).flatten();
            let replacement = match end {
                Some(end) if *word != "recover" => {
                    let inside = &after[1..end];
                    let semi = if inside.ends_with('}') { "" } else { ";" };
                    format!("{word} {inside}{semi}{}", &after[end + 1..])
                }
                _ => format!("{word}{after}"),
            };
            out.replace_range(at.., &replacement);
        }
    }
    out
}

/// Where the bracket closes with which the text begins.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, c)| {
        depth += usize::from(c == '(');
        depth -= usize::from(c == ')');
        (depth == 0).then_some(at)
    })
}

impl Errors {
    /// No errors about code in the dialect, or about other code.
    pub(crate) fn of_dialect(is_dialect: bool) -> Errors {
        Errors { list: Vec::new(), is_dialect }
    }

    /// Notes an error at `span` and how to repair it.
    pub(crate) fn push(&mut self, span: Span, message: &str, help: &str) {
        let text = format!("{message}\nhelp: {help}");
        let text = if self.is_dialect { in_dialect(&text) } else { text };
        self.list.push(syn::Error::new(span, text));
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
