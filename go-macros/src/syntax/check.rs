//! What the grammar allows and the meaning does not: waiting where nothing can wait, a send used as a value.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{
    Arm, Expr, ExprAsync, ExprAwait, ExprClosure, ExprConst, ImplItemFn, Item, ItemFn, Signature, Stmt, TraitItemFn,
};

use super::function::is_go_function;
use super::tree::{Node, Tree, visit_node};
use super::waits::{Names, Wait, starts};
use crate::diag::Errors;

/// Whether code can wait.
#[derive(Clone)]
pub(crate) enum Waiting {
    /// As far as can be seen.
    Possible,
    /// It is in a closure that is not `async`.
    Closure,
    /// It is in a function that is not `async`.
    Function(String),
    /// It is deferred in an ordinary function.
    Deferred,
    /// It is evaluated at compile time.
    Constant,
}

/// What kind of function the code belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scope {
    /// An ordinary function, a closure, an `async` block.
    Rust,
    /// One of these inside a deferred block.
    Nested,
    /// A Go function that can be deferred itself.
    Function,
    /// A Go function that nobody defers: a goroutine's block, `main`, a test.
    Body,
    /// A block that a Go function defers.
    Deferred,
}

impl Scope {
    /// Whether `defer!` is the function's.
    pub(crate) fn is_go(self) -> bool {
        matches!(self, Scope::Function | Scope::Body | Scope::Deferred)
    }

    /// The scope of a closure or an `async` block.
    fn inner(self) -> Scope {
        match self {
            Scope::Deferred | Scope::Nested => Scope::Nested,
            Scope::Rust | Scope::Function | Scope::Body => Scope::Rust,
        }
    }
}

/// The check of one macro call.
pub(crate) struct Check<'t, 'e> {
    /// The nodes.
    pub(crate) tree: &'t Tree,
    /// Where the errors go.
    pub(crate) errors: &'e mut Errors,
    /// Whether the code being looked at can wait.
    waiting: Waiting,
    /// What kind of function it belongs to.
    pub(crate) scope: Scope,
    /// The names of what waits by itself, in the dialect.
    pub(crate) names: Option<&'t Names>,
}

impl<'t, 'e> Check<'t, 'e> {
    /// Nothing checked yet.
    pub(crate) fn new(tree: &'t Tree, errors: &'e mut Errors) -> Check<'t, 'e> {
        Check { tree, errors, waiting: Waiting::Possible, scope: Scope::Rust, names: None }
    }

    /// Checks what `inside` visits in another context.
    pub(crate) fn within(&mut self, waiting: Waiting, scope: Scope, inside: impl FnOnce(&mut Self)) {
        let waiting = std::mem::replace(&mut self.waiting, waiting);
        let scope = std::mem::replace(&mut self.scope, scope);
        inside(self);
        (self.waiting, self.scope) = (waiting, scope);
    }

    /// Notes that code waits.
    pub(crate) fn waits(&mut self, span: Span) {
        match &self.waiting {
            Waiting::Possible => {}
            Waiting::Closure => {
                self.errors.push(span, "this closure cannot wait", "make it `async |..| ..` and await its calls");
            }
            Waiting::Function(name) => {
                let help = format!("make it `async fn {name}`");
                self.errors.push(span, &format!("the function `{name}` is not async and cannot wait"), &help);
            }
            Waiting::Deferred => {
                let help = "mark the function `#[go::func]`: there a deferred call may wait";
                self.errors.push(span, "a deferred call cannot wait in an ordinary function", help);
            }
            Waiting::Constant => {
                self.errors.push(span, "a constant cannot wait", "receive into a variable before");
            }
        }
    }

    /// Statements.
    pub(crate) fn stmts(&mut self, stmts: &'t [Stmt]) {
        stmts.iter().for_each(|stmt| self.visit_stmt(stmt));
    }

    /// An expression of which only the effect counts, such as a match arm.
    pub(crate) fn effect(&mut self, expr: &'t Expr) {
        match self.tree.of_expr(expr) {
            Some(node) => self.node(node),
            None => self.visit_expr(expr),
        }
    }

    /// A node in statement position.
    pub(crate) fn node(&mut self, node: &'t Node) {
        match node {
            Node::Recv(recv) => self.waits(recv.op),
            Node::Send(send) => self.waits(send.op),
            Node::Go(go) => return go.check(self),
            Node::Select(select) => return select.check(self),
            Node::Defer(defer) => return defer.check(self),
            Node::Chan(chan) => return chan.check(self),
            Node::Recover(recover) => return recover.check(self),
            Node::Range(range) if !range.counts() => self.waits(range.span),
            Node::Range(_) => {}
            Node::Define(_) | Node::Assign(_) | Node::Args(_) | Node::Taken => {}
        }
        visit_node(self, node);
    }

    /// The body of a nested function.
    fn function(&mut self, sig: &Signature, inside: impl FnOnce(&mut Self)) {
        let waiting =
            if sig.asyncness.is_some() { Waiting::Possible } else { Waiting::Function(sig.ident.to_string()) };
        self.within(waiting, Scope::Rust, inside);
    }
}

impl<'t> Visit<'t> for Check<'t, '_> {
    fn visit_stmt(&mut self, stmt: &'t Stmt) {
        match stmt {
            Stmt::Macro(mac) => {
                if let Some(node) = self.tree.of_macro(&mac.mac) {
                    self.node(node);
                }
            }
            Stmt::Expr(expr, _) => self.effect(expr),
            Stmt::Local(_) | Stmt::Item(_) => visit::visit_stmt(self, stmt),
        }
    }

    fn visit_arm(&mut self, arm: &'t Arm) {
        self.visit_pat(&arm.pat);
        self.effect(&arm.body);
    }

    fn visit_expr(&mut self, expr: &'t Expr) {
        let Some(node) = self.tree.of_expr(expr) else { return visit::visit_expr(self, expr) };
        let statement = match node {
            Node::Defer(defer) => Some((defer.span(), "`defer!`")),
            Node::Chan(chan) => chan.definition().map(|op| (op, "`:=`")),
            _ => None,
        };
        if let Some((span, what)) = statement {
            let message = format!("{what} is a statement and has no value");
            self.errors.push(span, &message, "put it on a line of its own");
        }
        if let Node::Send(send) = node {
            let help = match &send.value {
                Expr::Lit(_) => {
                    "put it on a line of its own; to compare with a negative number, write a space: `a < -b`"
                }
                _ => "put it on a line of its own",
            };
            self.errors.push(send.op, "a send is a statement and has no value", help);
        }
        self.node(node);
    }

    fn visit_expr_await(&mut self, wait: &'t ExprAwait) {
        if matches!(self.waiting, Waiting::Deferred) {
            self.waits(wait.await_token.span);
        }
        visit::visit_expr_await(self, wait);
    }

    fn visit_expr_call(&mut self, call: &'t syn::ExprCall) {
        if self.names.is_some_and(|names| names.of_call(call) == Some(Wait::Always)) {
            self.waits(syn::spanned::Spanned::span(&call.func));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'t syn::ExprMethodCall) {
        if self.names.is_none() || !starts(call) {
            return visit::visit_expr_method_call(self, call);
        }
        self.visit_expr(&call.receiver);
        for task in &call.args {
            match task {
                Expr::Call(task) => visit::visit_expr_call(self, task),
                other => self.visit_expr(other),
            }
        }
    }

    fn visit_expr_closure(&mut self, closure: &'t ExprClosure) {
        let waiting = if closure.asyncness.is_some() { Waiting::Possible } else { Waiting::Closure };
        let is_go = closure.asyncness.is_some() && (self.names.is_some() || is_go_function(&closure.attrs));
        let scope = if is_go { Scope::Function } else { self.scope.inner() };
        if is_go && let Expr::Block(body) = &*closure.body {
            self.unseen_changes(&body.block.stmts);
        }
        self.within(waiting, scope, |check| check.effect(&closure.body));
    }

    fn visit_expr_async(&mut self, block: &'t ExprAsync) {
        self.within(Waiting::Possible, self.scope.inner(), |check| check.stmts(&block.block.stmts));
    }

    fn visit_expr_const(&mut self, block: &'t ExprConst) {
        self.within(Waiting::Constant, Scope::Rust, |check| check.stmts(&block.block.stmts));
    }

    fn visit_item(&mut self, item: &'t Item) {
        let names = self.names.take();
        self.within(Waiting::Constant, Scope::Rust, |check| visit::visit_item(check, item));
        self.names = names;
    }

    fn visit_item_fn(&mut self, item: &'t ItemFn) {
        self.function(&item.sig, |check| check.stmts(&item.block.stmts));
    }

    fn visit_impl_item_fn(&mut self, item: &'t ImplItemFn) {
        self.function(&item.sig, |check| check.stmts(&item.block.stmts));
    }

    fn visit_trait_item_fn(&mut self, item: &'t TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, |check| check.stmts(&block.stmts));
        }
    }
}
