//! `#[go::main]` and `#[go::test]`: a function that becomes the first goroutine. `#[go::func]`: a Go function.

pub(crate) mod check;
pub(crate) mod expand;
pub(crate) mod func;
pub(crate) mod function;
pub(crate) mod options;

use proc_macro2::{TokenStream, TokenTree};
use syn::ItemFn;

use crate::diag::Errors;
use crate::syntax::{Scope, token};
use func::FuncOptions;
use function::{Expanded, Setting, statements};
use options::Options;

/// Which attribute it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attribute {
    /// `#[go::main]`
    Main,
    /// `#[go::test]`
    Test,
    /// `#[go::func]`
    Func,
}

impl Attribute {
    /// How it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Attribute::Main => "#[go::main]",
            Attribute::Test => "#[go::test]",
            Attribute::Func => "#[go::func]",
        }
    }
}

/// The entry point.
pub(crate) fn expand(attribute: Attribute, options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if attribute == Attribute::Func {
        let options = FuncOptions::parse(options.clone(), &mut errors);
        func::check(&options, &item, &mut errors);
        if errors.is_empty()
            && let Some(expanded) = func::expand(&options, item.clone())
        {
            return expanded;
        }
        if !errors.is_empty() {
            let errors = errors.into_items();
            return quote::quote!(#errors #item);
        }
    }
    let function = match syn::parse2::<ItemFn>(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
            if tokens.iter().any(|token| token::is_ident(Some(token), "fn")) {
                return unreadable(attribute, error, &tokens);
            }
            let help = match attribute {
                Attribute::Main => "put it on `async fn main()`",
                Attribute::Test | Attribute::Func => "put it on an `async fn`",
            };
            errors.push(error.span(), &format!("`{}` is for a function", attribute.name()), help);
            let errors = errors.into_items();
            return quote::quote!(#errors #item);
        }
    };
    let options = Options::parse(attribute, options, &mut errors);
    check::check(attribute, &function, &mut errors);
    let mut function = function;
    if errors.is_empty() {
        let setting = Setting { scope: Scope::Body, result: None, converts: false, dialect: None };
        let body = function::expand(&setting, &mut function.sig, statements(&function.block), &mut errors);
        if errors.is_empty() {
            return expand::expand(attribute, &options, function, body.map(Expanded::into_tokens));
        }
        // What is wrong is inside: without it, nothing more is reported because of it.
        function.block = syn::parse_quote!({ ::core::unreachable!() });
    }
    expand::stub(attribute, errors, function)
}

/// A function that is no Rust: most likely because of Go's operators, which an attribute is too late for.
fn unreadable(attribute: Attribute, error: syn::Error, tokens: &[TokenTree]) -> TokenStream {
    let mut errors = Errors::default();
    match token::first_operator(tokens) {
        Some(span) => {
            let help = "write `chan!(ch <- v);`, `chan!(v := <-ch);`, or put the statements into `go! { .. }`";
            errors.push(span, "Go's operators work inside the macros of this crate only", help);
        }
        None => errors.push_syntax(error),
    }
    let errors = errors.into_items();
    let main = (attribute == Attribute::Main).then(|| {
        quote::quote!(
            fn main() {}
        )
    });
    quote::quote!(#errors #main)
}
