//! The blocks around the code being expanded, and what a block begins with for the sake of a statement further in.
//!
//! A deferred block has copies of variables, which therefore must not change until the function's end. Where the variable is
//! another block's than the `defer!`, the borrow that says so is kept in that block.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{Expr, Stmt};

use super::dialect::FIRST;
use super::free::binds;
use super::lower::Lower;
use super::tree::{Name, Node, Tree};

/// A block around the code being expanded.
#[derive(Default)]
pub(super) struct Around {
    /// The names that it has defined so far.
    defined: HashSet<String>,
    /// What goes before the statement that is being expanded.
    before: TokenStream,
}

/// The names among these.
fn variables(names: &[Name]) -> Vec<String> {
    let name = |name: &Name| match name {
        Name::Variable(ident) => Some(ident.to_string()),
        Name::Nothing(_) => None,
    };
    names.iter().filter_map(name).collect()
}

/// The names that a statement defines.
fn defines(tree: &Tree, stmt: &Stmt) -> Vec<String> {
    match stmt {
        Stmt::Local(local) => binds(&local.pat),
        Stmt::Macro(mac) => match tree.of_macro(&mac.mac) {
            Some(Node::Define(define)) => variables(&define.names),
            Some(Node::Chan(chan)) => chan.names().map_or_else(Vec::new, variables),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

impl Lower {
    /// The names that the next block begins with: a function's parameters, a loop's variables.
    pub(crate) fn begin_with(&mut self, names: impl IntoIterator<Item = String>) {
        self.head = names.into_iter().collect();
    }

    /// As [`Lower::begin_with`].
    pub(crate) fn begin_with_names(&mut self, names: &[Name]) {
        self.begin_with(variables(names));
    }

    /// Lowers the statements of a block.
    pub(super) fn block(&mut self, stmts: &mut Vec<Stmt>) {
        let defined = std::mem::take(&mut self.head);
        self.around.push(Around { defined, ..Around::default() });
        for mut stmt in std::mem::take(stmts) {
            let names = defines(&self.tree, &stmt);
            syn::visit_mut::VisitMut::visit_stmt_mut(self, &mut stmt);
            if let Some(around) = self.around.last_mut() {
                let before = std::mem::take(&mut around.before);
                if !before.is_empty() {
                    stmts.push(Stmt::Expr(Expr::Verbatim(before), None));
                }
                around.defined.extend(names);
            }
            stmts.push(stmt);
        }
        self.around.pop();
    }

    /// Declares `hold` in the block that defines the variable `name`; false if that is the innermost one, or unknown.
    pub(crate) fn hoist(&mut self, name: &Ident, hold: &Ident) -> bool {
        let name = name.to_string();
        let Some(mut at) = self.around.iter().rposition(|around| around.defined.contains(&name)) else { return false };
        // The variable of a loop with three clauses is another one in each round.
        at += usize::from(self.around[at].defined.contains(FIRST));
        if at + 1 >= self.around.len() {
            return false;
        }
        let span = Span::mixed_site();
        self.around[at].before.extend(quote_spanned!(span=> let mut #hold = ::core::option::Option::None;));
        true
    }
}
