//! What a deferred block would not notice: changes, after the statement, of a variable that it names.
//!
//! In Go a deferred function literal sees the variable as it is at the end. Here the block has a handle or a copy, so such a
//! change would be lost silently. What this search cannot see (`&mut` taken by a method call) the borrow checker does: the
//! expansion borrows the variable until the end of the block around the statement.

use std::collections::HashSet;

use proc_macro2::{Ident, Span};
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprAsync, ExprClosure, ExprForLoop, ExprIf, ExprLoop, ExprWhile, Item, Local, Pat, Stmt};

use super::check::Check;
use super::free::{Free, binds};
use super::tree::{Name, Node, Tree, visit_node};
use crate::diag::Errors;

/// The statements of one block around the code being looked at.
struct Around<'t> {
    /// All of them if they are run again and again.
    repeated: &'t [Stmt],
    /// Those after the one being looked at.
    rest: &'t [Stmt],
    /// The names that the block has defined so far.
    defined: HashSet<String>,
}

/// The search.
struct Later<'t, 'e> {
    /// The nodes.
    tree: &'t Tree,
    /// Where the errors go.
    errors: &'e mut Errors,
    /// The blocks around, the innermost last.
    around: Vec<Around<'t>>,
    /// Where errors were reported.
    reported: Vec<(Ident, Span)>,
}

impl<'t> Check<'t, '_> {
    /// Reports the changes that the deferred blocks of a Go function would not notice.
    pub(crate) fn unseen_changes(&mut self, stmts: &'t [Stmt]) {
        let mut later = Later { tree: self.tree, errors: &mut *self.errors, around: Vec::new(), reported: Vec::new() };
        later.block(stmts, false, HashSet::new());
    }
}

impl<'t> Later<'t, '_> {
    /// Statements of a block; `defined` are the names that its head defines.
    fn block(&mut self, stmts: &'t [Stmt], repeats: bool, defined: HashSet<String>) {
        let repeated = if repeats { stmts } else { &[] };
        self.around.push(Around { repeated, rest: stmts, defined });
        for (i, stmt) in stmts.iter().enumerate() {
            if let Some(around) = self.around.last_mut() {
                around.rest = &stmts[i + 1..];
            }
            self.visit_stmt(stmt);
        }
        self.around.pop();
    }

    /// Defines a name in the innermost block.
    fn define(&mut self, name: &Ident) {
        if let Some(around) = self.around.last_mut() {
            around.defined.insert(name.to_string());
        }
    }

    /// A node.
    fn node(&mut self, node: &'t Node) {
        match node {
            Node::Go(go) => return go.call().into_iter().for_each(|call| call.visit(self)),
            Node::Defer(defer) => {
                if let Some(captured) = defer.captured(self.tree) {
                    captured.iter().for_each(|name| self.captured(name));
                }
                return;
            }
            Node::Range(range) => {
                self.visit_expr(&range.operand);
                let names = range.names.iter().filter_map(|name| match name {
                    Name::Variable(ident) => Some(ident.to_string()),
                    Name::Nothing(_) => None,
                });
                return self.block(&range.body, true, names.collect());
            }
            _ => visit_node(self, node),
        }
        if let Node::Define(define) = node {
            for name in &define.names {
                if let Name::Variable(ident) = name {
                    self.define(ident);
                }
            }
        }
    }

    /// Looks for changes of a variable that a deferred block captures.
    fn captured(&mut self, name: &Ident) {
        for around in self.around.iter().rev() {
            let is_defined = around.defined.contains(&name.to_string());
            let repeated = if is_defined { &[] } else { around.repeated };
            for stmts in [around.rest, repeated] {
                let mut free = Free::new(self.tree);
                free.scope(|free| free.stmts(stmts));
                for changed in free.changed.into_iter().filter(|changed| changed.ident == *name) {
                    let place = format!("{:?}", changed.span);
                    if self.reported.iter().any(|(_, span)| format!("{span:?}") == place) {
                        continue;
                    }
                    self.reported.push((changed.ident, changed.span));
                    let message = format!("the deferred block above has its own `{name}` and does not see this change");
                    let help = format!(
                        "share the variable (an atomic or a `sync::Mutex` in an `Arc`, or the function's result: \
                         `#[go::func(result = {name})]`);\n      to use the value that it has at the `defer!`, say so: \
                         `defer!(move {name} {{ .. }})`"
                    );
                    self.errors.push(changed.span, &message, &help);
                }
            }
            if is_defined {
                return;
            }
        }
    }

    /// The names in a pattern.
    fn names(pat: &Pat) -> HashSet<String> {
        binds(pat).into_iter().collect()
    }
}

/// The names that a condition defines.
pub(super) fn names_in_condition(cond: &Expr) -> HashSet<String> {
    match cond {
        Expr::Let(cond) => binds(&cond.pat).into_iter().collect(),
        Expr::Binary(binary) => {
            let mut names = names_in_condition(&binary.left);
            names.extend(names_in_condition(&binary.right));
            names
        }
        _ => HashSet::new(),
    }
}

impl<'t> Visit<'t> for Later<'t, '_> {
    fn visit_block(&mut self, block: &'t Block) {
        self.block(&block.stmts, false, HashSet::new());
    }

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

    fn visit_local(&mut self, local: &'t Local) {
        visit::visit_local(self, local);
        if let Some(around) = self.around.last_mut() {
            around.defined.extend(binds(&local.pat));
        }
    }

    fn visit_expr_loop(&mut self, repeat: &'t ExprLoop) {
        self.block(&repeat.body.stmts, true, HashSet::new());
    }

    fn visit_expr_while(&mut self, repeat: &'t ExprWhile) {
        self.visit_expr(&repeat.cond);
        self.block(&repeat.body.stmts, true, names_in_condition(&repeat.cond));
    }

    fn visit_expr_for_loop(&mut self, repeat: &'t ExprForLoop) {
        self.visit_expr(&repeat.expr);
        self.block(&repeat.body.stmts, true, Later::names(&repeat.pat));
    }

    fn visit_expr_if(&mut self, branch: &'t ExprIf) {
        self.visit_expr(&branch.cond);
        self.block(&branch.then_branch.stmts, false, names_in_condition(&branch.cond));
        if let Some((_, otherwise)) = &branch.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_arm(&mut self, arm: &'t syn::Arm) {
        self.around.push(Around { repeated: &[], rest: &[], defined: Later::names(&arm.pat) });
        self.visit_expr(&arm.body);
        self.around.pop();
    }

    fn visit_expr_closure(&mut self, _closure: &'t ExprClosure) {}

    fn visit_expr_async(&mut self, _block: &'t ExprAsync) {}

    fn visit_item(&mut self, _item: &'t Item) {}
}
