//! `chan!`: making a channel, its types, and one channel operation.

mod check;
mod expand;
mod parse;

use proc_macro2::{Span, TokenStream};
use syn::visit::Visit;
use syn::{Expr, Type};

use crate::syntax::{Assign, Check, Define, Free, Lower, Name, Parser, Recv, Send};

/// The call of a `chan!`.
pub(crate) struct Chan {
    /// Where `chan` stands.
    span: Span,
    /// What it means.
    form: Form,
}

/// What a `chan!` means.
enum Form {
    /// `T` or `T, n`: a new channel.
    Make {
        /// The type of the values.
        value: Type,
        /// The capacity.
        capacity: Option<Expr>,
    },
    /// `chan T`, `<-chan T`, `chan<- T`: a type.
    Type(Handle),
    /// `ch <- v`
    Send(Send),
    /// `<-x`
    Recv(Recv),
    /// `v := <-x`
    Define(Define),
    /// `v = <-x`
    Assign(Assign),
}

/// The type of a channel.
struct Handle {
    /// Which handle it is.
    name: &'static str,
    /// Where it is named.
    span: Span,
    /// The type of the values.
    value: Type,
}

impl Chan {
    /// Where it stands if it defines variables.
    pub(crate) fn definition(&self) -> Option<Span> {
        matches!(self.form, Form::Define(_)).then_some(self.span)
    }

    /// The variables that it defines.
    pub(crate) fn names(&self) -> Option<&[Name]> {
        match &self.form {
            Form::Define(define) => Some(&define.names),
            _ => None,
        }
    }

    /// Visits every expression, in the order in which they are evaluated.
    pub(crate) fn visit<'t, V: Visit<'t>>(&'t self, visitor: &mut V) {
        match &self.form {
            Form::Make { capacity, .. } => capacity.iter().for_each(|capacity| visitor.visit_expr(capacity)),
            Form::Type(_) => {}
            Form::Send(send) => {
                visitor.visit_expr(&send.channel);
                visitor.visit_expr(&send.value);
            }
            Form::Recv(recv) => visitor.visit_expr(&recv.operand),
            Form::Define(define) => define.values.iter().for_each(|value| visitor.visit_expr(value)),
            Form::Assign(assign) => {
                assign.values.iter().for_each(|value| visitor.visit_expr(value));
                assign.targets.iter().for_each(|target| visitor.visit_expr(target));
            }
        }
    }

    /// The variables that it names.
    pub(crate) fn free<'t>(&'t self, free: &mut Free<'t>) {
        self.visit(free);
        match &self.form {
            Form::Define(define) => free.define_names(&define.names),
            Form::Assign(assign) => assign.targets.iter().for_each(|target| free.changes(target, assign.op)),
            _ => {}
        }
    }
}

/// The entry point.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut parser = Parser::default();
    let is_type = parse::starts_as_type(&tokens);
    let names = parse::names_on_the_left(&tokens);
    let chan = Chan::parse(&mut parser, tokens, Span::call_site());
    let Parser { tree, mut errors, .. } = parser;
    if let Some(chan) = chan.filter(|_| errors.is_empty()) {
        chan.check(&mut Check::new(&tree, &mut errors));
        if errors.is_empty() {
            return chan.expand(&mut Lower::new(tree));
        }
    }
    if is_type {
        return errors.into_one();
    }
    let error = errors.into_expression();
    match names {
        Some(names) => quote::quote!(let #names = #error;),
        None => error,
    }
}
