//! From a defer statement to Rust: a guard.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use super::{Defer, Form};
use crate::syntax::{Keeping, Lower};

/// How the operands of a call are kept: they need not live longer than the block.
const KEEPING: Keeping = Keeping {
    wrapper: "Keep",
    refs: 3,
    argument: "__go_keep",
    receiver: "__go_borrow",
    callee: ("Function", 2, "__go_function"),
};

impl Defer {
    /// Expands the statement to definitions.
    pub(crate) fn expand(self, lower: &mut Lower) -> TokenStream {
        let span = Span::mixed_site();
        let (private, traits) = (lower.private(span), lower.traits());
        let guard = lower.name("defer");
        match self.form {
            Form::Block { moved, stmts } => {
                let moved = moved.then(|| Ident::new("move", span));
                let stmts = lower.bounded(|lower| lower.effects(stmts));
                quote_spanned!(span=> let #guard = #private::defer(#moved || { #traits #stmts });)
            }
            Form::Call(call) => {
                let prepared = lower.prepare(call, &KEEPING);
                let (before, call) = (prepared.before, prepared.call);
                let body = if prepared.is_macro {
                    quote_spanned!(span=> #call;)
                } else {
                    let result = Ident::new("__go_result", span);
                    let finish = lower.wrapped(&result, prepared.span, ("Called", 2, "__go_deferred"));
                    quote_spanned!(span=> let #result = #call; #finish;)
                };
                quote_spanned!(span=> #before let #guard = #private::defer(move || { #traits #body });)
            }
        }
    }
}
