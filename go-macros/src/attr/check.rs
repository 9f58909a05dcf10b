//! What the function of an attribute must be.

use syn::ItemFn;
use syn::spanned::Spanned as _;

use super::Attribute;
use crate::diag::Errors;

/// Checks the function.
pub(crate) fn check(attribute: Attribute, function: &ItemFn, errors: &mut Errors) {
    let sig = &function.sig;
    let name = attribute.name();
    if attribute == Attribute::Main && sig.ident != "main" {
        let help = "call it `main`; there is one in a program";
        errors.push(sig.ident.span(), &format!("`{name}` is for the function `main`"), help);
    }
    if sig.asyncness.is_none() {
        let help = format!("write `async fn {}`", sig.ident);
        errors.push(sig.fn_token.span, &format!("the function of `{name}` is a goroutine and must be async"), &help);
    }
    if let Some(input) = sig.inputs.first() {
        let help = match attribute {
            Attribute::Main => "read the command line with `std::env::args()`",
            Attribute::Test | Attribute::Func => "a test is called without arguments: make the value inside",
        };
        errors.push(input.span(), &format!("the function of `{name}` has no arguments"), help);
    }
    if let Some(parameter) = sig.generics.params.first() {
        errors.push(parameter.span(), &format!("the function of `{name}` has no generic parameters"), "remove them");
    }
    if attribute == Attribute::Test
        && let Some(test) = function.attrs.iter().find(|attr| attr.path().is_ident("test"))
    {
        errors.push(test.span(), "`#[go::test]` makes the function a test by itself", "remove `#[test]`");
    }
}
