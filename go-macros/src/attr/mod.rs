//! `#[go::main]` and `#[go::test]`: a function that becomes the first goroutine.

mod check;
mod expand;
mod options;

use proc_macro2::TokenStream;
use syn::ItemFn;

use crate::diag::Errors;
use options::Options;

/// Which attribute it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attribute {
    /// `#[go::main]`
    Main,
    /// `#[go::test]`
    Test,
}

impl Attribute {
    /// How it is written.
    fn name(self) -> &'static str {
        match self {
            Attribute::Main => "#[go::main]",
            Attribute::Test => "#[go::test]",
        }
    }
}

/// The entry point.
pub(crate) fn expand(attribute: Attribute, options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let function = match syn::parse2::<ItemFn>(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let help = match attribute {
                Attribute::Main => "put it on `async fn main()`",
                Attribute::Test => "put it on an `async fn`",
            };
            errors.push(error.span(), &format!("`{}` is for a function", attribute.name()), help);
            let errors = errors.into_items();
            return quote::quote!(#errors #item);
        }
    };
    let options = Options::parse(attribute, options, &mut errors);
    check::check(attribute, &function, &mut errors);
    if errors.is_empty() {
        expand::expand(attribute, &options, function)
    } else {
        expand::stub(attribute, errors, function)
    }
}
