//! `defer!`: a call at the end of the block.

mod check;
mod expand;
mod parse;

use proc_macro2::{Span, TokenStream};
use syn::Stmt;
use syn::visit::Visit;

use crate::syntax::{Call, Check, Delimiters, Free, Lower, Parser};

/// A defer statement.
pub(crate) struct Defer {
    /// Where `defer` stands.
    span: Span,
    /// What runs at the end.
    form: Form,
}

/// What runs at the end.
enum Form {
    /// A block.
    Block {
        /// Whether the block owns what it names.
        moved: bool,
        /// The block's statements.
        stmts: Vec<Stmt>,
    },
    /// A call.
    Call(Call),
}

impl Defer {
    /// Where it stands.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// Visits every expression and statement.
    pub(crate) fn visit<'t, V: Visit<'t>>(&'t self, visitor: &mut V) {
        match &self.form {
            Form::Block { stmts, .. } => stmts.iter().for_each(|stmt| visitor.visit_stmt(stmt)),
            Form::Call(call) => call.visit(visitor),
        }
    }

    /// The variables that it names.
    pub(crate) fn free<'t>(&'t self, free: &mut Free<'t>) {
        match &self.form {
            Form::Block { stmts, .. } => free.scope(|free| free.stmts(stmts)),
            Form::Call(call) => call.free(free),
        }
    }
}

/// The entry point.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut parser = Parser::default();
    let defer = Defer::parse(&mut parser, tokens, Delimiters::of_call(), Span::call_site());
    let Parser { tree, mut errors } = parser;
    if let Some(defer) = defer.filter(|_| errors.is_empty()) {
        defer.check(&mut Check::new(&tree, &mut errors));
        if errors.is_empty() {
            return defer.expand(&mut Lower::new(tree));
        }
    }
    errors.into_expression()
}
