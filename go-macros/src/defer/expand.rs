//! From a defer statement to Rust: an entry in the Go function's frame, or a guard in an ordinary block.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Stmt;

use super::{Defer, Form};
use crate::syntax::{Call, Function, Keeping, Lower, Moved, Returns};

/// How the operands of a guard's call are kept: they need not live longer than the block.
const GUARDED: Keeping = Keeping {
    wrapper: "Keep",
    refs: 3,
    argument: "__go_keep",
    receiver: "__go_borrow",
    callee: ("Function", 2, "__go_function"),
    of_macro: ("Keep", 3, "__go_borrow"),
};

/// How the operands of a frame's call are kept: they live until the function's end.
const FRAMED: Keeping = Keeping {
    wrapper: "Keep",
    refs: 3,
    argument: "__go_keep",
    receiver: "__go_borrow",
    callee: ("Framed", 3, "__go_framed"),
    of_macro: ("Printed", 4, "__go_printed"),
};

impl Defer {
    /// Expands the statement to statements.
    pub(crate) fn expand(self, lower: &mut Lower) -> TokenStream {
        let place = self.span;
        match (lower.function.frame.clone(), self.form) {
            (Some(frame), Form::Block { moved, stmts }) => deferred_block(lower, place, &frame, &moved, stmts),
            (Some(frame), Form::Call(call)) => deferred_call(lower, place, &frame, call),
            (None, Form::Block { moved, stmts }) => guarded_block(lower, &moved, stmts),
            (None, Form::Call(call)) => guarded_call(lower, call),
        }
    }
}

/// A block in the frame.
fn deferred_block(lower: &mut Lower, place: Span, frame: &Ident, moved: &Moved, stmts: Vec<Stmt>) -> TokenStream {
    let span = Span::mixed_site();
    let (private, traits) = (lower.private(span), lower.traits());
    let named = moved.names();
    let captured = match moved {
        Moved::Everything => Vec::new(),
        _ => super::captured(&lower.tree, named, &stmts),
    };
    let (mut captures, mut holds) = (TokenStream::new(), TokenStream::new());
    for ident in &captured {
        let capture = lower.wrapped(ident, ident.span(), ("Deferring", 4, "__go_defer"));
        captures.extend(quote_spanned!(span=> #[allow(unused_variables)] let #ident = #capture;));
        let hold = lower.name("hold");
        let held = lower.wrapped(ident, ident.span(), ("Held", 3, "__go_hold"));
        holds.extend(if lower.hoist(ident, &hold) {
            quote_spanned!(span=> #hold = ::core::option::Option::Some({ #traits #held });)
        } else {
            quote_spanned!(span=> let #hold = { #traits #held };)
        });
    }
    let owned = named.iter().filter(|ident| *ident != "self");
    let owned: TokenStream = owned
        .map(|ident| quote_spanned!(span=> #[allow(unused_mut, unused_variables)] let mut #ident = #ident;))
        .collect();
    let deferred = lower.name("deferred");
    let function = Function { deferred: Some(deferred.clone()), ..Function::default() };
    let stmts = lower.go_function(stmts, &Returns::Unit, function);
    let entry = quote_spanned! {span.located_at(place)=>
        #frame.defer(move |#deferred: #private::Deferred| async move {
            #owned
            #stmts
        });
    };
    quote_spanned!(span=> { #traits #captures #entry } #holds)
}

/// A call in the frame.
fn deferred_call(lower: &mut Lower, place: Span, frame: &Ident, call: Call) -> TokenStream {
    let span = Span::mixed_site();
    let (private, traits) = (lower.private(span), lower.traits());
    let prepared = lower.prepare(call, &FRAMED);
    let (before, call, target) = (prepared.before, prepared.call, prepared.target);
    let here = span.located_at(place);
    if prepared.is_macro {
        let entry = quote_spanned!(here=> #frame.defer(move |_: #private::Deferred| async move { #call; }););
        return quote_spanned!(span=> { #traits #before #entry });
    }
    let entry = quote_spanned! {here=>
        #frame.defer(move |__go_deferred: #private::Deferred| async move {
            let __go_result = #call;
            let __go_kind = (&&#private::Called(&__go_result)).__go_kind();
            __go_kind.finish_deferred(__go_deferred, __go_target, __go_result).await;
        });
    };
    quote_spanned!(span=> { #traits #before let __go_target = #target; #entry })
}

/// A block in a guard.
fn guarded_block(lower: &mut Lower, moved: &Moved, stmts: Vec<Stmt>) -> TokenStream {
    let span = Span::mixed_site();
    let (private, traits) = (lower.private(span), lower.traits());
    let guard = lower.name("defer");
    let moved = (!matches!(moved, Moved::Nothing)).then(|| Ident::new("move", span));
    let stmts = lower.outside(Function::default(), |lower| lower.effects(stmts));
    quote_spanned!(span=> let #guard = #private::defer(#moved || { #traits #stmts });)
}

/// A call in a guard.
fn guarded_call(lower: &mut Lower, call: Call) -> TokenStream {
    let span = Span::mixed_site();
    let (private, traits) = (lower.private(span), lower.traits());
    let guard = lower.name("defer");
    let prepared = lower.prepare(call, &GUARDED);
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
