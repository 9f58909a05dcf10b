//! The variables that a piece of code names but does not define, as Rust's scopes go.
//!
//! A name counts if it may be a local variable: an identifier that does not start with a capital letter, in expression
//! position. The callee of `name(..)` does not: it is nearly always a function.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{
    Arm, Attribute, BinOp, Block, Expr, ExprBinary, ExprCall, ExprClosure, ExprForLoop, ExprIf, ExprLet, ExprPath,
    ExprReference, ExprWhile, Item, Local, Member, Pat, PatIdent, Stmt, Type,
};

use super::tree::{Args, Name, Node, Piece, Tree, visit_node};

/// A variable that is changed where it is not defined.
pub(crate) struct Changed {
    /// The variable.
    pub(crate) ident: Ident,
    /// Where it is changed.
    pub(crate) span: Span,
}

/// A variable that is not defined where it is named.
pub(crate) struct Variable {
    /// The variable, where it is named first.
    pub(crate) ident: Ident,
}

/// The variables found so far.
pub(crate) struct Free<'t> {
    /// The nodes.
    tree: &'t Tree,
    /// The names defined in the scopes around, the innermost last.
    scopes: Vec<HashSet<String>>,
    /// The variables, each once.
    pub(crate) variables: Vec<Variable>,
    /// Where they are changed.
    pub(crate) changed: Vec<Changed>,
    /// Where `self` is named first.
    pub(crate) this: Option<Span>,
    /// Whether the code is inside a macro of another grammar, which may define any name: there only a channel that an
    /// operator acts on is taken for a variable from outside.
    only_channels: bool,
}

impl<'t> Free<'t> {
    /// Nothing found yet.
    pub(crate) fn new(tree: &'t Tree) -> Free<'t> {
        Free {
            tree,
            scopes: vec![HashSet::new()],
            variables: Vec::new(),
            changed: Vec::new(),
            this: None,
            only_channels: false,
        }
    }

    /// Notes that `name` is used.
    pub(crate) fn uses(&mut self, ident: &Ident) {
        if ident == "self" {
            self.this.get_or_insert(ident.span());
            return;
        }
        let is_new = self.variables.iter().all(|known| known.ident != *ident);
        if is_new && !self.only_channels && is_variable(ident) && !self.is_defined(ident) {
            self.variables.push(Variable { ident: ident.clone() });
        }
    }

    /// Whether a scope around defines the name.
    fn is_defined(&self, ident: &Ident) -> bool {
        let name = ident.to_string();
        self.scopes.iter().any(|scope| scope.contains(&name))
    }

    /// Defines a name in the innermost scope.
    fn define(&mut self, ident: &Ident) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(ident.to_string());
        }
    }

    /// Defines the names to the left of `:=`.
    pub(crate) fn define_names(&mut self, names: &[Name]) {
        for name in names {
            if let Name::Variable(ident) = name {
                self.define(ident);
            }
        }
    }

    /// Defines the names after `let` in the tokens of somebody else's macro, such as `pin! { let x = f(); }`.
    fn define_lets(&mut self, tokens: TokenStream) {
        let mut after_let = false;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if ident == "let" => after_let = true,
                TokenTree::Ident(ident) if ident == "mut" => {}
                TokenTree::Ident(ident) if after_let => {
                    self.define(&ident);
                    after_let = false;
                }
                _ => after_let = false,
            }
        }
    }

    /// Defines the names in a pattern.
    fn define_pattern(&mut self, pat: &Pat) {
        Binds { free: self }.visit_pat(pat);
    }

    /// Runs `inside` in a scope of its own.
    pub(crate) fn scope(&mut self, inside: impl FnOnce(&mut Self)) {
        self.scopes.push(HashSet::new());
        inside(self);
        self.scopes.pop();
    }

    /// Statements in the innermost scope.
    pub(crate) fn stmts(&mut self, stmts: &'t [Stmt]) {
        for stmt in stmts {
            if let Stmt::Item(item) = stmt
                && let Some(ident) = value_of_item(item)
            {
                self.define(ident);
            }
        }
        stmts.iter().for_each(|stmt| self.visit_stmt(stmt));
    }

    /// Notes that a place is assigned to.
    pub(crate) fn changes(&mut self, place: &Expr, span: Span) {
        match place {
            Expr::Path(path) => {
                if let Some(ident) = path.path.get_ident()
                    && is_variable(ident)
                    && !self.is_defined(ident)
                {
                    self.changed.push(Changed { ident: ident.clone(), span });
                }
            }
            Expr::Field(field) => self.changes(&field.base, span),
            Expr::Index(index) => self.changes(&index.expr, span),
            Expr::Paren(paren) => self.changes(&paren.expr, span),
            Expr::Group(group) => self.changes(&group.expr, span),
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|place| self.changes(place, span)),
            _ => {}
        }
    }

    /// A node.
    fn node(&mut self, node: &'t Node) {
        match node {
            Node::Define(define) => {
                visit_node(self, node);
                self.define_names(&define.names);
            }
            Node::Assign(assign) => {
                visit_node(self, node);
                assign.targets.iter().for_each(|target| self.changes(target, assign.op));
            }
            Node::Args(args) => self.args(args),
            Node::Go(go) => go.free(self),
            Node::Select(select) => select.free(self),
            Node::Defer(defer) => defer.free(self),
            Node::Chan(chan) => chan.free(self),
            Node::Recv(recv) => self.channel(&recv.operand),
            Node::Send(send) => {
                self.channel(&send.channel);
                self.visit_expr(&send.value);
            }
            Node::Range(range) => {
                self.visit_expr(&range.operand);
                self.scope(|free| {
                    free.define_names(&range.names);
                    free.stmts(&range.body);
                });
            }
            Node::Recover(_) | Node::Taken => {}
        }
    }

    /// What an operator acts on.
    fn channel(&mut self, channel: &'t Expr) {
        let outer = std::mem::replace(&mut self.only_channels, false);
        self.visit_expr(channel);
        self.only_channels = outer;
    }

    /// The arguments of somebody else's macro.
    pub(crate) fn args(&mut self, args: &'t Args) {
        for piece in &args.pieces {
            match piece {
                Piece::Tokens(_) => {}
                Piece::Value(value) | Piece::Named { value, .. } => {
                    if args.evaluates || value.has_nodes {
                        self.visit_expr(&value.expr);
                    }
                }
                Piece::Block { stmts, .. } => {
                    let outer = std::mem::replace(&mut self.only_channels, true);
                    self.scope(|free| free.stmts(stmts));
                    self.only_channels = outer;
                }
            }
        }
        args.format_variables().iter().for_each(|ident| self.uses(ident));
        self.define_lets(args.mac.tokens.clone());
    }
}

/// Whether the name may be a local variable's.
pub(crate) fn is_variable(ident: &Ident) -> bool {
    let name = ident.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    let first = name.chars().find(|c| *c != '_');
    first.is_some_and(|first| !first.is_uppercase()) && !["self", "super", "crate"].contains(&name)
}

/// The name in the value namespace that an item defines.
fn value_of_item(item: &Item) -> Option<&Ident> {
    match item {
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Const(item) => Some(&item.ident),
        Item::Static(item) => Some(&item.ident),
        _ => None,
    }
}

impl<'t> Visit<'t> for Free<'t> {
    fn visit_block(&mut self, block: &'t Block) {
        self.scope(|free| free.stmts(&block.stmts));
    }

    fn visit_stmt(&mut self, stmt: &'t Stmt) {
        if let Stmt::Macro(mac) = stmt {
            match self.tree.of_macro(&mac.mac) {
                Some(node) => self.node(node),
                None => self.define_lets(mac.mac.tokens.clone()),
            }
            return;
        }
        visit::visit_stmt(self, stmt);
    }

    fn visit_local(&mut self, local: &'t Local) {
        if let Some(init) = &local.init {
            visit::visit_local_init(self, init);
        }
        self.define_pattern(&local.pat);
    }

    fn visit_expr(&mut self, expr: &'t Expr) {
        if let Some(node) = self.tree.of_expr(expr) {
            self.node(node);
            return;
        }
        if let Expr::Assign(assign) = expr {
            self.changes(&assign.left, assign.eq_token.span);
        }
        visit::visit_expr(self, expr);
    }

    fn visit_expr_path(&mut self, path: &'t ExprPath) {
        if let (None, Some(ident)) = (&path.qself, path.path.get_ident()) {
            self.uses(ident);
        }
    }

    fn visit_expr_call(&mut self, call: &'t ExprCall) {
        match &*call.func {
            Expr::Path(_) => {}
            func => self.visit_expr(func),
        }
        call.args.iter().for_each(|arg| self.visit_expr(arg));
    }

    fn visit_expr_binary(&mut self, binary: &'t ExprBinary) {
        if is_compound(&binary.op) {
            self.changes(&binary.left, span_of(&binary.op));
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_reference(&mut self, reference: &'t ExprReference) {
        if let Some(word) = &reference.mutability {
            self.changes(&reference.expr, word.span);
        }
        visit::visit_expr_reference(self, reference);
    }

    fn visit_expr_closure(&mut self, closure: &'t ExprClosure) {
        self.scope(|free| {
            closure.inputs.iter().for_each(|input| free.define_pattern(input));
            free.visit_expr(&closure.body);
        });
    }

    fn visit_arm(&mut self, arm: &'t Arm) {
        self.scope(|free| {
            free.define_pattern(&arm.pat);
            if let Pat::Guard(guarded) = &arm.pat {
                free.visit_expr(&guarded.guard);
            }
            free.visit_expr(&arm.body);
        });
    }

    fn visit_expr_let(&mut self, condition: &'t ExprLet) {
        self.visit_expr(&condition.expr);
        self.define_pattern(&condition.pat);
    }

    fn visit_expr_if(&mut self, branch: &'t ExprIf) {
        self.scope(|free| {
            free.visit_expr(&branch.cond);
            free.visit_block(&branch.then_branch);
        });
        if let Some((_, otherwise)) = &branch.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_while(&mut self, repeat: &'t ExprWhile) {
        self.scope(|free| {
            free.visit_expr(&repeat.cond);
            free.visit_block(&repeat.body);
        });
    }

    fn visit_expr_for_loop(&mut self, repeat: &'t ExprForLoop) {
        self.visit_expr(&repeat.expr);
        self.scope(|free| {
            free.define_pattern(&repeat.pat);
            free.visit_block(&repeat.body);
        });
    }

    fn visit_member(&mut self, _member: &'t Member) {}

    fn visit_item(&mut self, _item: &'t Item) {}

    fn visit_type(&mut self, _ty: &'t Type) {}

    fn visit_pat(&mut self, _pat: &'t Pat) {}

    fn visit_attribute(&mut self, _attr: &'t Attribute) {}
}

/// The names that a pattern binds.
pub(crate) fn binds(pat: &Pat) -> Vec<String> {
    /// The search.
    struct Names {
        /// What was found.
        found: Vec<String>,
    }
    impl<'p> Visit<'p> for Names {
        fn visit_pat_ident(&mut self, pat: &'p PatIdent) {
            self.found.push(pat.ident.to_string());
            visit::visit_pat_ident(self, pat);
        }
        fn visit_expr(&mut self, _expr: &'p Expr) {}
    }
    let mut names = Names { found: Vec::new() };
    names.visit_pat(pat);
    names.found
}

/// Defines the names in a pattern.
struct Binds<'f, 't> {
    /// Where to.
    free: &'f mut Free<'t>,
}

impl<'p> Visit<'p> for Binds<'_, '_> {
    fn visit_pat_ident(&mut self, pat: &'p PatIdent) {
        self.free.define(&pat.ident);
        visit::visit_pat_ident(self, pat);
    }

    fn visit_expr(&mut self, _expr: &'p Expr) {}
}

/// Whether the operator assigns.
fn is_compound(op: &BinOp) -> bool {
    use BinOp::{
        AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign, ShlAssign, ShrAssign,
        SubAssign,
    };
    matches!(
        op,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

/// Where the operator stands.
fn span_of(op: &BinOp) -> Span {
    syn::spanned::Spanned::span(op)
}
