//! `select!`: Go's select statement.

mod check;
mod clause;
mod expand;
mod parse;

use proc_macro2::{Span, TokenStream};
use syn::Stmt;
use syn::visit::Visit;

use crate::syntax::{Check, Free, Lower, Parser};
use clause::{Clause, Target};

/// A select statement.
pub(crate) struct Select {
    /// Where `select` stands.
    span: Span,
    /// The cases, without the default.
    cases: Vec<Case>,
    /// The statements of the default case.
    default: Option<Vec<Stmt>>,
}

/// One case.
struct Case {
    /// What it waits for.
    clause: Clause,
    /// What runs if it is chosen.
    body: Vec<Stmt>,
}

impl Select {
    /// Visits every expression and statement: first the operands of all cases, as they are evaluated.
    pub(crate) fn visit<'t, V: Visit<'t>>(&'t self, visitor: &mut V) {
        self.cases.iter().for_each(|case| case.clause.visit_operands(visitor));
        for case in &self.cases {
            case.clause.visit_targets(visitor);
            case.body.iter().for_each(|stmt| visitor.visit_stmt(stmt));
        }
        self.default.iter().flatten().for_each(|stmt| visitor.visit_stmt(stmt));
    }

    /// The variables that it names.
    pub(crate) fn free<'t>(&'t self, free: &mut Free<'t>) {
        self.cases.iter().for_each(|case| case.clause.visit_operands(free));
        for case in &self.cases {
            free.scope(|free| {
                case.clause.visit_targets(free);
                match &case.clause {
                    Clause::Recv { target: Target::New(names), .. } => free.define_names(names),
                    Clause::Recv { target: Target::Places { op, places }, .. } => {
                        places.iter().for_each(|place| free.changes(place, *op));
                    }
                    Clause::Recv { target: Target::Nothing, .. } | Clause::Send(_) => {}
                }
                free.stmts(&case.body);
            });
        }
        if let Some(default) = &self.default {
            free.scope(|free| free.stmts(default));
        }
    }
}

/// The entry point.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut parser = Parser::default();
    let select = Select::parse(&mut parser, tokens, Span::call_site());
    let Parser { tree, mut errors, .. } = parser;
    if let Some(select) = select.filter(|_| errors.is_empty()) {
        select.check(&mut Check::new(&tree, &mut errors));
        if errors.is_empty() {
            return select.expand(&mut Lower::new(tree));
        }
    }
    errors.into_expression()
}
