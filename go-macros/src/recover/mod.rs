//! `recover!()`: the panic of the function that deferred this call.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::diag::Errors;
use crate::syntax::{Check, Lower, Parser, Scope};

/// The call of a `recover!`.
pub(crate) struct Recover {
    /// Where `recover` stands.
    span: Span,
}

/// What to do where nothing can be recovered.
const WAY_OUT: &str = "recover in the block that is deferred: `defer! { if let Some(r) = recover!() { .. } }`, in a function \
                       marked `#[go::func]`";

impl Recover {
    /// Parses the tokens of `recover!`.
    pub(crate) fn parse(parser: &mut Parser, tokens: TokenStream, span: Span) -> Option<Recover> {
        if let Some(token) = tokens.into_iter().next() {
            parser.errors.push(token.span(), "`recover!` has no arguments", "write `recover!()`");
            return None;
        }
        Some(Recover { span })
    }

    /// Checks where the call stands.
    pub(crate) fn check(&self, check: &mut Check<'_, '_>) {
        let (message, help) = match check.scope {
            Scope::Deferred | Scope::Function => return,
            Scope::Nested => (
                "`recover!` in a function inside the deferred block recovers nothing",
                "call it in the deferred block itself, and use its value here: `let r = recover!();`",
            ),
            Scope::Body => ("`recover!` recovers nothing here: this function is deferred by nobody", WAY_OUT),
            Scope::Rust => ("`recover!` is for the deferred calls of a Go function", WAY_OUT),
        };
        check.errors.push(self.span, message, help);
    }

    /// Expands the call to an expression.
    pub(crate) fn expand(self, lower: &mut Lower) -> TokenStream {
        let span = Span::mixed_site();
        let private = lower.private(span);
        match &lower.function.deferred {
            Some(deferred) => quote_spanned!(span=> #private::recover(&#deferred)),
            // Only after an error that was reported.
            None => quote_spanned!(span=> ::core::option::Option::None),
        }
    }
}

/// The entry point: a call that no Go function has expanded.
pub(crate) fn expand(_tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    errors.push(Span::call_site(), "`recover!` is for the deferred calls of a Go function", WAY_OUT);
    errors.into_expression()
}
