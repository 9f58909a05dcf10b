//! `?` where there is nothing to return an error to: in a goroutine, in a deferred block.

use syn::visit::{self, Visit};
use syn::{Expr, ExprAsync, ExprClosure, ExprTry, Item, Stmt};

use super::check::Check;
use super::tree::{Node, Tree, visit_node};
use crate::diag::Errors;

/// Looks for `?` in statements that have no result.
pub(crate) struct Leaves<'t, 'e> {
    /// The nodes.
    tree: &'t Tree,
    /// Where the errors go.
    errors: &'e mut Errors,
    /// Why there is nowhere to return to.
    why: &'static str,
}

impl<'t> Leaves<'t, '_> {
    /// Reports every `?`; `why` says what has no result.
    pub(crate) fn check(check: &mut Check<'t, '_>, stmts: &'t [Stmt], why: &'static str) {
        let mut leaves = Leaves { tree: check.tree, errors: &mut *check.errors, why };
        stmts.iter().for_each(|stmt| leaves.visit_stmt(stmt));
    }

    /// A node, if it belongs to this code.
    fn node(&mut self, node: &'t Node) {
        match node {
            Node::Go(go) => go.call().into_iter().for_each(|call| call.visit(self)),
            Node::Defer(defer) => defer.call().into_iter().for_each(|call| call.visit(self)),
            other => visit_node(self, other),
        }
    }
}

impl<'t> Visit<'t> for Leaves<'t, '_> {
    fn visit_stmt(&mut self, stmt: &'t Stmt) {
        match stmt {
            Stmt::Macro(mac) => {
                if let Some(node) = self.tree.of_macro(&mac.mac) {
                    self.node(node);
                }
            }
            _ => visit::visit_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'t Expr) {
        match self.tree.of_expr(expr) {
            Some(node) => self.node(node),
            None => visit::visit_expr(self, expr),
        }
    }

    fn visit_expr_try(&mut self, question: &'t ExprTry) {
        let message = format!("`?` has nowhere to return to: {}", self.why);
        let help = "handle the error here, or send it on a channel: `errs <- err;`";
        self.errors.push(question.question_token.span, &message, help);
        visit::visit_expr_try(self, question);
    }

    fn visit_expr_closure(&mut self, _closure: &'t ExprClosure) {}

    fn visit_expr_async(&mut self, _block: &'t ExprAsync) {}

    fn visit_item(&mut self, _item: &'t Item) {}
}
