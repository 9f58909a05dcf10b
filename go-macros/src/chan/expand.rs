//! From a `chan!` to Rust.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Stmt, Token, Type};

use super::{Chan, Form, Handle};
use crate::paths::Paths;
use crate::syntax::Lower;

impl Handle {
    /// The type.
    pub(super) fn into_type(self) -> Type {
        let span = self.span;
        let private = Paths::new().private(span);
        let (name, value) = (Ident::new(self.name, span), self.value);
        // The `::` does no harm in a type, and in an expression the error is that a type is no value.
        Type::Verbatim(quote_spanned!(span=> #private::#name::<#value>))
    }
}

impl Chan {
    /// Expands the macro call.
    pub(crate) fn expand(self, lower: &mut Lower) -> TokenStream {
        let span = Span::mixed_site();
        match self.form {
            Form::Define(define) => lower.define_alone(define),
            Form::Make { capacity: None, .. } | Form::Type(_) => self.expand_inside(lower).into_token_stream(),
            _ => {
                let traits = lower.traits();
                let inside = self.expand_inside(lower);
                quote_spanned!(span=> { #traits #inside })
            }
        }
    }

    /// Expands a call inside another macro of this crate, where the methods are in scope.
    pub(crate) fn expand_inside(self, lower: &mut Lower) -> Expr {
        let span = self.span;
        let private = lower.private(span);
        match self.form {
            Form::Make { value, capacity: None } => {
                Expr::Verbatim(quote_spanned!(span=> #private::Chan::<#value>::new()))
            }
            Form::Make { value, capacity: Some(capacity) } => {
                let is_plain =
                    matches!(&capacity, Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(n), .. }) if n.suffix().is_empty());
                let capacity = lower.expr(capacity);
                let mixed = Span::mixed_site();
                let capacity = if is_plain {
                    capacity.into_token_stream()
                } else {
                    quote_spanned!(mixed=> (#capacity) as #private::Capacity)
                };
                Expr::Verbatim(quote_spanned!(span=> #private::make_chan::<#value>(#capacity)))
            }
            Form::Type(handle) => Expr::Verbatim(handle.into_type().into_token_stream()),
            Form::Send(send) => lower.send(send),
            Form::Recv(recv) => lower.recv(recv),
            Form::Define(define) => Expr::Verbatim(lower.define(define)),
            Form::Assign(assign) => Expr::Verbatim(lower.assign(assign)),
        }
    }

    /// Expands a call that is a statement inside another macro of this crate.
    pub(crate) fn expand_statement(self, lower: &mut Lower, semi: Option<Token![;]>) -> Stmt {
        match self.form {
            Form::Define(define) => Stmt::Expr(Expr::Verbatim(lower.define(define)), None),
            Form::Recv(recv) if semi.is_some() => lower.recv_statement(recv, semi),
            _ => Stmt::Expr(self.expand_inside(lower), semi),
        }
    }
}
