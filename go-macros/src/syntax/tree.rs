//! What syn's tree has no place for: Go's operators and the macros of this crate inside each other.
//!
//! Each is a [`Node`] in an arena; in syn's tree a call of the macro `__go_node` stands for it, so that syn's own types,
//! visitors and printers can be used for all of Rust.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::visit::Visit;
use syn::{Expr, ExprLit, Lit, LitStr, Macro, Path, Stmt};

use super::format;
use super::range::Range;
use crate::chan::Chan;
use crate::defer::Defer;
use crate::go::Go;
use crate::recover::Recover;
use crate::select::Select;

/// The macro that stands for a node in syn's tree.
const NODE: &str = "__go_node";

/// One construct that Rust does not have.
pub(crate) enum Node {
    /// `<-x`
    Recv(Recv),
    /// `ch <- v`
    Send(Send),
    /// `v, ok := x`
    Define(Define),
    /// `v, ok = x`
    Assign(Assign),
    /// A macro of somebody else's whose arguments are expressions.
    Args(Args),
    /// `go!`
    Go(Box<Go>),
    /// `select!`
    Select(Box<Select>),
    /// `defer!`
    Defer(Box<Defer>),
    /// `chan!`
    Chan(Box<Chan>),
    /// `recover!`
    Recover(Recover),
    /// `for v := range x { .. }`
    Range(Box<Range>),
    /// It was expanded already.
    Taken,
}

/// `<-x`
pub(crate) struct Recv {
    /// The place of the operator.
    pub(crate) op: Span,
    /// What is received from.
    pub(crate) operand: Expr,
}

/// `ch <- v`
pub(crate) struct Send {
    /// The place of the operator.
    pub(crate) op: Span,
    /// The channel.
    pub(crate) channel: Expr,
    /// What is sent.
    pub(crate) value: Expr,
}

/// A name to the left of `:=`.
pub(crate) enum Name {
    /// A new variable.
    Variable(Ident),
    /// `_`
    Nothing(Span),
}

/// `v, ok := x`
pub(crate) struct Define {
    /// The new variables.
    pub(crate) names: Vec<Name>,
    /// The values: one for each name, or one for all.
    pub(crate) values: Vec<Expr>,
}

/// `v, ok = x`, and `v = x` where `x` is a receive
pub(crate) struct Assign {
    /// The place of the `=`.
    pub(crate) op: Span,
    /// What is assigned to.
    pub(crate) targets: Vec<Expr>,
    /// The values: one for each target, or one for all.
    pub(crate) values: Vec<Expr>,
}

/// A macro of somebody else's.
pub(crate) struct Args {
    /// The call; its tokens are in `pieces`.
    pub(crate) mac: Macro,
    /// The arguments and what stands between them.
    pub(crate) pieces: Vec<Piece>,
    /// Whether the arguments are known to be evaluated, so that the names in them are variables.
    pub(crate) evaluates: bool,
    /// If one of the arguments is a format string: how many arguments stand before it.
    pub(crate) before_format: Option<usize>,
}

/// A part of a macro's arguments.
pub(crate) enum Piece {
    /// Not understood, or a separator.
    Tokens(TokenStream),
    /// An argument.
    Value(Value),
    /// A named argument, `name = value`.
    Named {
        /// The name and the `=`.
        name: TokenStream,
        /// The argument.
        value: Value,
    },
    /// Statements in braces.
    Block {
        /// The place of the braces.
        span: Span,
        /// The statements.
        stmts: Vec<Stmt>,
    },
}

/// An argument.
pub(crate) struct Value {
    /// As the user wrote it.
    pub(crate) tokens: TokenStream,
    /// As it was understood.
    pub(crate) expr: Expr,
    /// Whether it holds a node: then the user's tokens will not do.
    pub(crate) has_nodes: bool,
}

impl Args {
    /// The format string, and the names of the named arguments.
    pub(crate) fn format(&self) -> Option<LitStr> {
        let arguments = self.pieces.iter().filter(|piece| !matches!(piece, Piece::Tokens(_)));
        arguments.skip(self.before_format?).find_map(|piece| match piece {
            Piece::Value(value) => text(&value.expr),
            _ => None,
        })
    }

    /// The variables that the format string names.
    pub(crate) fn format_variables(&self) -> Vec<Ident> {
        let Some(text) = self.format() else { return Vec::new() };
        let named: Vec<String> = self.pieces.iter().filter_map(Piece::name).collect();
        let names = format::names(&text.value()).into_iter().filter(|name| !named.contains(name));
        names.filter_map(|name| syn::parse_str::<Ident>(&name).ok()).map(|name| with_span(name, text.span())).collect()
    }
}

/// The string literal that an expression is; one that a `macro_rules!` macro passes on is in a group of its own.
fn text(expr: &Expr) -> Option<LitStr> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
        Expr::Group(group) => text(&group.expr),
        _ => None,
    }
}

/// The identifier at another place.
fn with_span(mut ident: Ident, span: Span) -> Ident {
    ident.set_span(span);
    ident
}

impl Piece {
    /// The name of a named argument.
    fn name(&self) -> Option<String> {
        match self {
            Piece::Named { name, .. } => name.clone().into_iter().next().map(|name| name.to_string()),
            _ => None,
        }
    }
}

/// The arena.
#[derive(Default)]
pub(crate) struct Tree {
    /// The nodes.
    nodes: Vec<Node>,
    /// How the macros of this crate are called that are expanded together with the one around them.
    pub(crate) paths: Vec<Path>,
}

impl Tree {
    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Forgets all but the first `len` nodes.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.nodes.truncate(len);
    }

    /// Adds a node: the tokens that stand for it.
    pub(crate) fn add(&mut self, span: Span, node: Node) -> TokenStream {
        self.nodes.push(node);
        let name = Ident::new(NODE, span);
        let index = Literal::usize_unsuffixed(self.nodes.len() - 1);
        quote_spanned!(span=> #name!(#index))
    }

    /// Adds a node: the macro call that stands for it.
    pub(crate) fn add_macro(&mut self, span: Span, node: Node) -> Macro {
        let tokens = self.add(span, node);
        match syn::parse2(tokens) {
            Ok(mac) => mac,
            Err(_) => unreachable!("a macro call parses"),
        }
    }

    /// Adds a node: the expression that stands for it.
    pub(crate) fn add_expr(&mut self, span: Span, node: Node) -> Expr {
        Expr::Macro(syn::ExprMacro { attrs: Vec::new(), mac: self.add_macro(span, node) })
    }

    /// The number of the node that a macro call stands for.
    fn index(&self, mac: &Macro) -> Option<usize> {
        if !mac.path.is_ident(NODE) {
            return None;
        }
        match mac.tokens.clone().into_iter().next() {
            Some(TokenTree::Literal(number)) => number.to_string().parse().ok().filter(|n| *n < self.nodes.len()),
            _ => None,
        }
    }

    /// The node that a macro call stands for.
    pub(crate) fn of_macro(&self, mac: &Macro) -> Option<&Node> {
        self.index(mac).map(|index| &self.nodes[index])
    }

    /// The node that an expression is.
    pub(crate) fn of_expr(&self, expr: &Expr) -> Option<&Node> {
        match expr {
            Expr::Macro(mac) => self.of_macro(&mac.mac),
            Expr::Group(group) => self.of_expr(&group.expr),
            _ => None,
        }
    }

    /// Takes the node that a macro call stands for.
    pub(crate) fn take_macro(&mut self, mac: &Macro) -> Option<Node> {
        self.index(mac).map(|index| std::mem::replace(&mut self.nodes[index], Node::Taken))
    }

    /// Takes the node that an expression is.
    pub(crate) fn take_expr(&mut self, expr: &Expr) -> Option<Node> {
        match expr {
            Expr::Macro(mac) => self.take_macro(&mac.mac),
            Expr::Group(group) => self.take_expr(&group.expr),
            _ => None,
        }
    }

    /// Takes the send that an expression is.
    pub(crate) fn take_send(&mut self, expr: &Expr) -> Option<Send> {
        if !matches!(self.of_expr(expr), Some(Node::Send(_))) {
            return None;
        }
        match self.take_expr(expr) {
            Some(Node::Send(send)) => Some(send),
            _ => None,
        }
    }

    /// Takes the receive that an expression is.
    pub(crate) fn take_recv(&mut self, expr: &Expr) -> Option<Recv> {
        if !matches!(self.of_expr(expr), Some(Node::Recv(_))) {
            return None;
        }
        match self.take_expr(expr) {
            Some(Node::Recv(recv)) => Some(recv),
            _ => None,
        }
    }
}

/// Visits every expression and statement of a node, in the order in which they are evaluated.
pub(crate) fn visit_node<'t, V: Visit<'t>>(visitor: &mut V, node: &'t Node) {
    match node {
        Node::Recv(recv) => visitor.visit_expr(&recv.operand),
        Node::Send(send) => {
            visitor.visit_expr(&send.channel);
            visitor.visit_expr(&send.value);
        }
        Node::Define(define) => define.values.iter().for_each(|value| visitor.visit_expr(value)),
        Node::Assign(assign) => {
            assign.values.iter().for_each(|value| visitor.visit_expr(value));
            assign.targets.iter().for_each(|target| visitor.visit_expr(target));
        }
        Node::Args(args) => {
            for piece in &args.pieces {
                match piece {
                    Piece::Tokens(_) => {}
                    Piece::Value(value) | Piece::Named { value, .. } => visitor.visit_expr(&value.expr),
                    Piece::Block { stmts, .. } => stmts.iter().for_each(|stmt| visitor.visit_stmt(stmt)),
                }
            }
        }
        Node::Go(go) => go.visit(visitor),
        Node::Select(select) => select.visit(visitor),
        Node::Defer(defer) => defer.visit(visitor),
        Node::Chan(chan) => chan.visit(visitor),
        Node::Range(range) => range.visit(visitor),
        Node::Recover(_) | Node::Taken => {}
    }
}
