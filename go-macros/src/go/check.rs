//! What a goroutine cannot do.

use syn::visit::{self, Visit};
use syn::{Expr, ExprAsync, ExprClosure, ExprTry, Item, Stmt};

use super::{Form, Go, Moved};
use crate::diag::Errors;
use crate::syntax::{Call, Check, Free, Node, Waiting, is_variable, visit_node};

impl Go {
    /// Checks the statement and what is in it.
    pub(crate) fn check<'t>(&'t self, check: &mut Check<'t, '_>) {
        let (moved, stmts) = match &self.form {
            Form::Call(call) => {
                call.visit(check);
                return borrows(call, check.errors);
            }
            Form::Block { moved, stmts } => (moved, stmts),
        };
        check.within(Waiting::Possible, |check| check.stmts(stmts));
        let mut leaves = Leaves { tree: check.tree, errors: check.errors };
        stmts.iter().for_each(|stmt| leaves.visit_stmt(stmt));
        let handed_over: &[_] = match moved {
            Moved::Everything => return,
            Moved::Names(names) => names,
            Moved::Nothing => &[],
        };
        let mut free = Free::new(check.tree);
        free.scope(|free| free.stmts(stmts));
        for changed in free.changed.iter().filter(|changed| !handed_over.contains(&changed.ident)) {
            let name = &changed.ident;
            let message = format!("a goroutine cannot change `{name}`, a variable of the code around it");
            let help = format!(
                "use an atomic (`sync::atomic::Int64` in an `Arc` or a `static`), a mutex (`sync::Mutex`), or send the value \
                 on a channel;\n      if nobody else needs `{name}` any more, hand it over: `go!(move {name} {{ .. }})`"
            );
            check.errors.push(changed.span, &message, &help);
        }
        if let Some(span) = free.this.filter(|_| !handed_over.iter().any(|name| name == "self")) {
            let help = "clone the handle before, `let this = self.clone();`, and use `this`; or start a method: `go!(this.run())`";
            check.errors.push(span, "`self` is not shared with a goroutine by itself", help);
        }
    }
}

/// Checks that no argument borrows a local variable.
fn borrows(call: &Call, errors: &mut Errors) {
    for arg in &call.args {
        let Expr::Reference(reference) = &arg.expr else { continue };
        let Expr::Path(path) = &*reference.expr else { continue };
        if let Some(ident) = path.path.get_ident().filter(|ident| is_variable(ident)) {
            let help = format!("share a handle, such as an `Arc`, or hand the value over: `move {ident}`");
            let message = format!("a goroutine cannot borrow `{ident}`: it may run longer than the variable lives");
            errors.push(reference.and_token.span, &message, &help);
        }
    }
}

/// Looks for `?` in a goroutine.
struct Leaves<'t, 'e> {
    /// The nodes.
    tree: &'t crate::syntax::Tree,
    /// Where the errors go.
    errors: &'e mut Errors,
}

impl<'t> Leaves<'t, '_> {
    /// A node, if it belongs to this goroutine.
    fn node(&mut self, node: &'t Node) {
        match node {
            Node::Go(go) if matches!(go.form, Form::Block { .. }) => {}
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
        let help = "handle the error here, or send it on a channel: `errs <- err;`";
        self.errors.push(question.question_token.span, "`?` has nowhere to return to: a goroutine has no result", help);
        visit::visit_expr_try(self, question);
    }

    fn visit_expr_closure(&mut self, _closure: &'t ExprClosure) {}

    fn visit_expr_async(&mut self, _block: &'t ExprAsync) {}

    fn visit_item(&mut self, _item: &'t Item) {}
}
