//! `defer!`: a call at the end of the Go function; in an ordinary function, at the end of the block.

mod check;
mod expand;
mod parse;

use proc_macro2::{Ident, Span, TokenStream};
use syn::Stmt;
use syn::visit::Visit;

use crate::syntax::{Call, Check, Delimiters, Free, Lower, Moved, Parser, Tree};

/// A defer statement.
pub(crate) struct Defer {
    /// Where `defer` stands.
    span: Span,
    /// What runs at the end.
    form: Form,
    /// Where `.await` stands after the call.
    awaited: Option<Span>,
}

/// What runs at the end.
enum Form {
    /// A block.
    Block {
        /// What is handed over.
        moved: Moved,
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

    /// The call, unless a block is deferred.
    pub(crate) fn call(&self) -> Option<&Call> {
        match &self.form {
            Form::Call(call) => Some(call),
            Form::Block { .. } => None,
        }
    }

    /// The variables that a deferred block shares with the code around it.
    pub(crate) fn captured(&self, tree: &Tree) -> Option<Vec<Ident>> {
        match &self.form {
            Form::Block { moved: Moved::Everything, .. } | Form::Call(_) => None,
            Form::Block { moved, stmts } => Some(captured(tree, moved.names(), stmts)),
        }
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
            Form::Block { moved, stmts } => {
                moved.names().iter().for_each(|name| free.uses(name));
                free.scope(|free| free.stmts(stmts));
            }
            Form::Call(call) => call.free(free),
        }
    }
}

/// The variables that a block names, without those that are handed over.
fn captured(tree: &Tree, moved: &[Ident], stmts: &[Stmt]) -> Vec<Ident> {
    let mut free = Free::new(tree);
    free.scope(|free| free.stmts(stmts));
    let variables = free.variables.into_iter().map(|variable| variable.ident);
    variables.filter(|ident| !moved.contains(ident)).collect()
}

/// The entry point.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut parser = Parser::default();
    let defer = Defer::parse(&mut parser, tokens, Delimiters::of_call(), Span::call_site());
    let Parser { tree, mut errors, .. } = parser;
    if let Some(defer) = defer.filter(|_| errors.is_empty()) {
        defer.check(&mut Check::new(&tree, &mut errors));
        if errors.is_empty() {
            return defer.expand(&mut Lower::new(tree));
        }
    }
    errors.into_expression()
}
