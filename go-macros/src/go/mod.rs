//! `go!`: the go statement.

mod check;
mod expand;
mod parse;

use proc_macro2::{Span, TokenStream};
use syn::Stmt;
use syn::visit::Visit;

use crate::syntax::{Call, Check, Delimiters, Free, Lower, Moved, Parser};

/// A go statement.
pub(crate) struct Go {
    /// Where `go` stands.
    span: Span,
    /// What the goroutine runs.
    form: Form,
}

/// What a goroutine runs.
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

impl Go {
    /// The call, unless the goroutine runs a block.
    pub(crate) fn call(&self) -> Option<&Call> {
        match &self.form {
            Form::Call(call) => Some(call),
            Form::Block { .. } => None,
        }
    }

    /// Visits every expression and statement, in the order in which they are evaluated.
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
                // What the inner goroutine changes is its own business.
                let changed = free.changed.len();
                free.scope(|free| free.stmts(stmts));
                free.changed.truncate(changed);
            }
            Form::Call(call) => call.free(free),
        }
    }
}

/// The entry point.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut parser = Parser::default();
    let go = Go::parse(&mut parser, tokens, Delimiters::of_call(), Span::call_site());
    let Parser { tree, mut errors, .. } = parser;
    match go {
        Some(go) if errors.is_empty() => {
            go.check(&mut Check::new(&tree, &mut errors));
            if !errors.is_empty() {
                return errors.into_expression();
            }
            go.expand(&mut Lower::new(tree))
        }
        _ => errors.into_expression(),
    }
}
