//! From a go statement to Rust.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Stmt;

use super::{Form, Go};
use crate::syntax::{Call, Free, Keeping, Lower, Moved, Returns};

/// How the operands of a call are kept: the goroutine must own them.
const KEEPING: Keeping = Keeping {
    wrapper: "Capture",
    refs: 4,
    argument: "__go_capture",
    receiver: "__go_capture",
    callee: ("Callee", 3, "__go_callee"),
    of_macro: ("Capture", 4, "__go_capture"),
};

impl Go {
    /// Expands the statement to an expression of type `()`.
    pub(crate) fn expand(self, lower: &mut Lower) -> TokenStream {
        match self.form {
            Form::Block { moved, stmts } => block(lower, self.span, &moved, stmts),
            Form::Call(call) => run(lower, self.span, call),
        }
    }
}

/// A goroutine that runs a block.
fn block(lower: &mut Lower, place: Span, moved: &Moved, stmts: Vec<Stmt>) -> TokenStream {
    let span = Span::mixed_site();
    let traits = lower.traits();
    let named = moved.names();
    let shared: Vec<Ident> = if matches!(moved, Moved::Everything) {
        Vec::new()
    } else {
        let mut free = Free::new(&lower.tree);
        free.scope(|free| free.stmts(&stmts));
        let variables = free.variables.into_iter().map(|variable| variable.ident);
        variables.filter(|ident| !named.contains(ident)).collect()
    };
    let captures = shared.iter().map(|ident| {
        let capture = lower.wrapped(ident, ident.span(), ("Capture", 4, "__go_capture"));
        quote_spanned!(span=> #[allow(unused_variables)] let #ident = #capture;)
    });
    // What is handed over may be changed, whether or not it could be changed before.
    let owned = named
        .iter()
        .filter(|ident| *ident != "self")
        .map(|ident| quote_spanned!(span=> #[allow(unused_mut, unused_variables)] let mut #ident = #ident;));
    let (captures, owned): (Vec<_>, Vec<_>) = (captures.collect(), owned.collect());
    let stmts = lower.function(stmts, &Returns::Unit);
    let go = Ident::new("go", place);
    let private = lower.private(span.located_at(place));
    let start = quote_spanned! {span.located_at(place)=>
        #private::#go(#private::anonymous(), async move {
            #(#owned)*
            #stmts
        });
    };
    quote_spanned!(span=> { #traits #(#captures)* #start })
}

/// A goroutine that runs a call.
fn run(lower: &mut Lower, place: Span, call: Call) -> TokenStream {
    let span = Span::mixed_site();
    let (private, traits) = (lower.private(span), lower.traits());
    let prepared = lower.prepare(call, &KEEPING);
    let (before, call, name) = (prepared.before, prepared.call, prepared.name);
    let go = Ident::new("go", place);
    let body = if prepared.is_macro {
        quote_spanned!(span=> #call;)
    } else {
        quote_spanned! {span=>
            let __go_result = #call;
            let __go_kind = (&&#private::Called(&__go_result)).__go_kind();
            __go_kind.finish(__go_result).await;
        }
    };
    let private = lower.private(span.located_at(place));
    let start = quote_spanned!(span.located_at(place)=> #private::#go(#name, async move { #body }););
    quote_spanned!(span=> { #traits #before #start })
}
