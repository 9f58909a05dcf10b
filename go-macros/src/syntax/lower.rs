//! From the tree to Rust. Nothing fails here: what could was checked.
//!
//! # Invariants
//! 1. Every node is taken out of the arena exactly once.
//! 2. Tokens that a run-time error or a compile error may name carry the place of the user's operator; everything else is
//!    at `mixed_site`, so that the user's names and lints do not meet it.

use std::collections::HashSet;
use std::rc::Rc;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Block, Expr, ExprAsync, ExprAwait, ExprBreak, ExprClosure, ExprForLoop, ExprIf, ExprLoop, ExprMacro,
    ExprMethodCall, ExprParen, ExprWhile, Item, Lifetime, Macro, Pat, ReturnType, Stmt, Token, token,
};

use super::blocks::Around;
use super::free::binds;
use super::function::{Function, Returns, is_func, is_go_function};
use super::later::names_in_condition;
use super::tree::{Args, Assign, Define, Name, Node, Piece, Recv, Send, Tree, Value};
use super::waits::{Names, starts, takes_futures};
use crate::paths::Paths;

/// The argument with which a macro of this crate expands to nothing.
const NOTHING: &str = "__go_nothing";

/// Whether a macro of this crate is called only to be called.
pub(crate) fn is_nothing(tokens: &TokenStream) -> bool {
    matches!(tokens.clone().into_iter().next(), Some(TokenTree::Ident(ident)) if ident == NOTHING)
}

/// What a bare `break` or `continue` leaves.
enum Target {
    /// A loop, or the end of what can be left: Rust's own rules hold.
    Rust,
    /// A select.
    Select {
        /// The label of its block.
        label: Lifetime,
        /// Whether a `break` or `continue` needs the label.
        is_used: bool,
        /// Whether a body continues the loop around.
        continues: bool,
    },
}

/// How the bodies of a select leave it.
pub(crate) struct Leaving {
    /// The label of the block around the bodies.
    pub(crate) label: Lifetime,
    /// What continues the loop around the select, if a body does.
    pub(crate) continue_outside: Option<TokenStream>,
}

/// The expansion of one macro call.
pub(crate) struct Lower {
    /// The nodes.
    pub(crate) tree: Tree,
    /// The name of the runtime crate.
    paths: Paths,
    /// What can be left, the innermost last.
    targets: Vec<Target>,
    /// What the code being expanded knows of its Go function.
    pub(crate) function: Function,
    /// The names of what waits by itself, in the dialect.
    pub(crate) names: Option<Rc<Names>>,
    /// Whether the code being expanded can wait.
    pub(super) can_wait: bool,
    /// The blocks of the function around the code being expanded, the innermost last.
    pub(super) around: Vec<Around>,
    /// The names that the next block begins with.
    pub(super) head: HashSet<String>,
    /// How many names were made.
    made: usize,
    /// How often a `break` or `continue` was rewritten.
    rewritten: usize,
}

impl Lower {
    /// Nothing expanded yet.
    pub(crate) fn new(tree: Tree) -> Lower {
        Lower {
            tree,
            paths: Paths::new(),
            targets: Vec::new(),
            function: Function::default(),
            names: None,
            can_wait: true,
            around: Vec::new(),
            head: HashSet::new(),
            made: 0,
            rewritten: 0,
        }
    }

    /// The module of the names that expansions use.
    pub(crate) fn private(&self, span: Span) -> TokenStream {
        self.paths.private(span)
    }

    /// Brings the methods that expansions call into scope.
    ///
    /// The first time it also calls the macros that are expanded together with the one around them, with nothing to do:
    /// without it the compiler would find their imports unused.
    pub(crate) fn traits(&mut self) -> TokenStream {
        let span = Span::mixed_site();
        let private = self.private(span);
        let paths = std::mem::take(&mut self.tree.paths);
        let nothing = Ident::new(NOTHING, span);
        quote_spanned!(span=> #[allow(unused_imports)] use #private::traits::*; #(#paths!(#nothing);)*)
    }

    /// A name that no other one in this expansion equals.
    pub(crate) fn name(&mut self, stem: &str) -> Ident {
        self.name_at(stem, Span::mixed_site())
    }

    /// As [`Lower::name`], with the user's place, for what is wrong with its type.
    pub(crate) fn name_at(&mut self, stem: &str, place: Span) -> Ident {
        self.made += 1;
        Ident::new(&format!("__go_{stem}{}", self.made - 1), Span::mixed_site().located_at(place))
    }

    /// Lowers an expression.
    pub(crate) fn expr(&mut self, mut expr: Expr) -> Expr {
        self.visit_expr_mut(&mut expr);
        expr
    }

    /// Lowers statements.
    pub(crate) fn stmts(&mut self, mut stmts: Vec<Stmt>) -> TokenStream {
        self.block(&mut stmts);
        quote!(#(#stmts)*)
    }

    /// Lowers statements whose value nobody wants.
    pub(crate) fn effects(&mut self, mut stmts: Vec<Stmt>) -> TokenStream {
        if let Some(Stmt::Expr(_, semi @ None)) = stmts.last_mut() {
            *semi = Some(Token![;](Span::mixed_site()));
        }
        self.stmts(stmts)
    }

    /// Lowers what `inside` visits where no `break` or `continue` leaves anything outside.
    pub(crate) fn bounded<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.targets.push(Target::Rust);
        let result = inside(self);
        self.targets.pop();
        result
    }

    /// Lowers the bodies of a select; the second value says how they leave it if they do so before their end.
    pub(crate) fn bodies<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> (R, Option<Leaving>) {
        self.made += 1;
        let label = Lifetime::new(&format!("'__go_select{}", self.made - 1), Span::mixed_site());
        self.targets.push(Target::Select { label, is_used: false, continues: false });
        let result = inside(self);
        let Some(Target::Select { label, is_used: true, continues }) = self.targets.pop() else {
            return (result, None);
        };
        let continue_outside = continues.then(|| {
            let span = Span::mixed_site();
            let outside = Expr::Continue(syn::ExprContinue {
                attrs: Vec::new(),
                continue_token: Token![continue](span),
                label: None,
            });
            self.expr(outside).into_token_stream()
        });
        (result, Some(Leaving { label, continue_outside }))
    }

    /// A method call on `receiver`, placed at the user's `span`.
    fn method(receiver: Expr, method: &str, args: Punctuated<Expr, Token![,]>, span: Span) -> Expr {
        let receiver = no_statement(receiver);
        Expr::MethodCall(ExprMethodCall {
            attrs: Vec::new(),
            receiver: Box::new(receiver),
            dot_token: Token![.](span),
            method: Ident::new(method, span),
            turbofish: None,
            paren_token: token::Paren(span),
            args,
        })
    }

    /// `receiver.method().await`
    fn awaited(receiver: Expr, method: &str, args: Punctuated<Expr, Token![,]>, span: Span) -> Expr {
        Expr::Await(ExprAwait {
            attrs: Vec::new(),
            base: Box::new(Lower::method(receiver, method, args, span)),
            dot_token: Token![.](span),
            await_token: Token![await](span),
        })
    }

    /// `<-x`
    pub(crate) fn recv(&mut self, recv: Recv) -> Expr {
        Lower::awaited(self.expr(recv.operand), "__go_recv", Punctuated::new(), recv.op)
    }

    /// `<-x;`
    fn recv_discard(&mut self, recv: Recv) -> Expr {
        Lower::awaited(self.expr(recv.operand), "__go_recv_discard", Punctuated::new(), recv.op)
    }

    /// `v, ok := <-x`
    fn recv_ok(&mut self, recv: Recv) -> Expr {
        Lower::awaited(self.expr(recv.operand), "__go_recv_ok", Punctuated::new(), recv.op)
    }

    /// `ch <- v`
    pub(crate) fn send(&mut self, send: Send) -> Expr {
        let channel = self.expr(send.channel);
        let value = self.expr(without_parens(send.value));
        Lower::awaited(channel, "__go_send", Punctuated::from_iter([value]), send.op)
    }

    /// `case <-x`
    pub(crate) fn recv_case(&mut self, recv: Recv) -> Expr {
        Lower::method(self.expr(recv.operand), "__go_case", Punctuated::new(), recv.op)
    }

    /// `case ch <- v`
    pub(crate) fn send_case(&mut self, send: Send) -> Expr {
        let channel = self.expr(send.channel);
        let value = self.expr(without_parens(send.value));
        Lower::method(channel, "__go_send_case", Punctuated::from_iter([value]), send.op)
    }

    /// The one value, or the tuple of values, on the right of `:=` or `=`.
    fn values(&mut self, count: usize, mut values: Vec<Expr>) -> TokenStream {
        if values.len() == 1 {
            let Some(value) = values.pop() else { unreachable!("it has one") };
            let value = without_parens(value);
            return match (count, self.tree.take_recv(&value)) {
                (2, Some(recv)) => self.recv_ok(recv).into_token_stream(),
                (_, Some(recv)) => self.recv(recv).into_token_stream(),
                (_, None) => self.expr(value).into_token_stream(),
            };
        }
        let values: Vec<Expr> = values.into_iter().map(|value| self.expr(value)).collect();
        let span = Span::mixed_site();
        quote_spanned!(span=> (#(#values,)*))
    }

    /// `v, ok := x`, with its `;`.
    pub(crate) fn define(&mut self, define: Define) -> TokenStream {
        let pattern = pattern(&define.names);
        let values = self.values(define.names.len(), define.values);
        let span = Span::mixed_site();
        quote_spanned!(span=> #[allow(unused_mut)] let #pattern = #values;)
    }

    /// As [`Lower::define`] where the methods are not in scope: they are for the values only.
    pub(crate) fn define_alone(&mut self, define: Define) -> TokenStream {
        let pattern = pattern(&define.names);
        let values = self.values(define.names.len(), define.values);
        let (span, traits) = (Span::mixed_site(), self.traits());
        quote_spanned!(span=> #[allow(unused_mut)] let #pattern = { #traits #values };)
    }

    /// `<-x;`
    pub(crate) fn recv_statement(&mut self, recv: Recv, semi: Option<Token![;]>) -> Stmt {
        Stmt::Expr(self.recv_discard(recv), semi)
    }

    /// `v, ok = x`, without a `;`.
    pub(crate) fn assign(&mut self, assign: Assign) -> TokenStream {
        let count = assign.targets.len();
        if let ([Expr::Infer(_)], [value]) = (&assign.targets[..], &assign.values[..])
            && let Some(recv) = self.tree.take_recv(value)
        {
            return self.recv_discard(recv).into_token_stream();
        }
        let values = self.values(count, assign.values);
        let targets: Vec<Expr> = assign.targets.into_iter().map(|target| self.expr(target)).collect();
        let (op, span) = (assign.op, Span::mixed_site());
        let equals = Token![=](op);
        match &targets[..] {
            [target] => quote!(#target #equals #values),
            targets => quote_spanned!(span=> (#(#targets),*) #equals #values),
        }
    }

    /// Somebody else's macro.
    pub(crate) fn args(&mut self, args: Args) -> Macro {
        let Args { mut mac, pieces, evaluates, .. } = args;
        let mut tokens = TokenStream::new();
        let takes_futures = !evaluates || mac.path.segments.last().is_some_and(|last| takes_futures(&last.ident));
        let could_wait = self.can_wait;
        self.can_wait &= !takes_futures;
        for piece in pieces {
            match piece {
                Piece::Tokens(piece) => tokens.extend(piece),
                Piece::Value(value) => tokens.extend(self.argument(value)),
                Piece::Named { name, value } => {
                    tokens.extend(name);
                    tokens.extend(self.argument(value));
                }
                Piece::Block { span, stmts } => {
                    let stmts = self.stmts(stmts);
                    tokens.extend(quote_spanned!(span=> { #stmts }));
                }
            }
        }
        self.can_wait = could_wait;
        mac.tokens = tokens;
        mac
    }

    /// An argument of somebody else's macro: the user's own tokens if nothing in them has to change.
    pub(crate) fn argument(&mut self, value: Value) -> TokenStream {
        let rewritten = self.rewritten;
        let expr = self.expr(value.expr);
        if value.has_nodes || self.rewritten > rewritten { expr.into_token_stream() } else { value.tokens }
    }

    /// Notes that the user's own tokens will not do any more.
    pub(super) fn count_rewritten(&mut self) {
        self.rewritten += 1;
    }

    /// Lowers an expression; if it is a call that waits by itself, the waiting is left to somebody else.
    fn started(&mut self, expr: &mut Expr) {
        match self.waits(expr) {
            Some(_) => visit_mut::visit_expr_mut(self, expr),
            None => self.visit_expr_mut(expr),
        }
    }

    /// A node in expression position.
    fn node(&mut self, node: Node) -> Expr {
        match node {
            Node::Recv(recv) => self.recv(recv),
            Node::Send(send) => self.send(send),
            Node::Define(define) => Expr::Verbatim(self.define(define)),
            Node::Assign(assign) => Expr::Verbatim(self.assign(assign)),
            Node::Args(args) => Expr::Macro(ExprMacro { attrs: Vec::new(), mac: self.args(args) }),
            Node::Go(go) => Expr::Verbatim(go.expand(self)),
            Node::Select(select) => Expr::Verbatim(select.expand(self)),
            Node::Defer(defer) => {
                let statements = defer.expand(self);
                Expr::Verbatim(quote_spanned!(Span::mixed_site()=> { #statements }))
            }
            Node::Chan(chan) => chan.expand_inside(self),
            Node::Recover(recover) => Expr::Verbatim(recover.expand(self)),
            Node::Range(range) => Expr::Verbatim(range.expand(self)),
            Node::Taken => Expr::Verbatim(TokenStream::new()),
        }
    }

    /// A bare `break` or `continue` that leaves a select.
    fn leave(&mut self, way: Way, value: Option<Box<Expr>>) -> Option<Expr> {
        let span = Span::mixed_site();
        let private = self.paths.private(span);
        let Some(Target::Select { label, is_used, continues }) = self.targets.last_mut() else { return None };
        *is_used = true;
        *continues |= way == Way::Continue;
        let label = label.clone();
        self.rewritten += 1;
        let flow = match (way, value) {
            (Way::Continue, _) => quote_spanned!(span=> #private::Flow::Continue(())),
            (Way::Break, None) => quote_spanned!(span=> #private::Flow::Value(())),
            (Way::Break, Some(value)) => quote_spanned!(span=> #private::Flow::Value(#value)),
        };
        Some(Expr::Break(ExprBreak {
            attrs: Vec::new(),
            break_token: Token![break](span),
            label: Some(label),
            expr: Some(Box::new(Expr::Verbatim(flow))),
        }))
    }
}

/// The two ways out of a select before the end of a body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// `break`
    Break,
    /// `continue`
    Continue,
}

/// The pattern of the new variables, each mutable as Go's are.
pub(crate) fn pattern(names: &[Name]) -> TokenStream {
    let span = Span::mixed_site();
    let names: Vec<TokenStream> = names
        .iter()
        .map(|name| match name {
            Name::Variable(ident) => quote_spanned!(span=> mut #ident),
            Name::Nothing(span) => quote_spanned!(*span=> _),
        })
        .collect();
    match &names[..] {
        [name] => name.clone(),
        names => {
            let first = names.first().and_then(|name| name.clone().into_iter().last());
            let here = first.map_or(span, |first| span.located_at(first.span()));
            quote_spanned!(here=> (#(#names),*))
        }
    }
}

/// The expression, in parentheses if it would be a statement of its own where a statement can start.
fn no_statement(expr: Expr) -> Expr {
    match expr {
        Expr::Verbatim(_) | Expr::Block(_) | Expr::Unsafe(_) | Expr::Match(_) | Expr::If(_) => Expr::Paren(ExprParen {
            attrs: Vec::new(),
            paren_token: token::Paren(Span::mixed_site()),
            expr: Box::new(expr),
        }),
        other => other,
    }
}

/// The expression without the parentheses around it, which Rust finds superfluous where we put it.
fn without_parens(expr: Expr) -> Expr {
    match expr {
        Expr::Paren(paren) if paren.attrs.is_empty() => without_parens(*paren.expr),
        other => other,
    }
}

impl VisitMut for Lower {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Some(node) = self.tree.take_expr(expr) {
            *expr = no_statement(self.node(node));
            return;
        }
        match expr {
            Expr::Assign(assign) if matches!(*assign.left, Expr::Infer(_)) => {
                if let Some(recv) = self.tree.take_recv(&assign.right) {
                    *expr = self.recv_discard(recv);
                    return;
                }
            }
            Expr::Break(leave) if leave.label.is_none() => {
                visit_mut::visit_expr_break_mut(self, leave);
                let value = leave.expr.clone();
                if let Some(lowered) = self.leave(Way::Break, value) {
                    *expr = lowered;
                }
                return;
            }
            Expr::Continue(leave) if leave.label.is_none() => {
                if let Some(lowered) = self.leave(Way::Continue, None) {
                    *expr = lowered;
                }
                return;
            }
            Expr::Return(leave) if leave.expr.is_none() => {
                if let Some(result) = &self.function.result {
                    let span = Span::mixed_site();
                    leave.expr = Some(Box::new(Expr::Verbatim(quote_spanned!(span=> #result.take()))));
                    self.rewritten += 1;
                }
                return;
            }
            _ => {}
        }
        let wait = self.waits(expr);
        match expr {
            Expr::MethodCall(call) if self.names.is_some() && starts(call) => {
                self.visit_expr_mut(&mut call.receiver);
                call.args.iter_mut().for_each(|task| self.started(task));
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
        if let Some((wait, at)) = wait {
            let call = std::mem::replace(expr, Expr::PLACEHOLDER);
            *expr = self.waiting(call, wait, at);
        }
    }

    fn visit_expr_await_mut(&mut self, wait: &mut ExprAwait) {
        // Who says so waits only once.
        self.started(&mut wait.base);
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Macro(mac) => {
                let Some(node) = self.tree.take_macro(&mac.mac) else { return };
                let attrs = std::mem::take(&mut mac.attrs);
                let semi = mac.semi_token;
                *stmt = match node {
                    Node::Args(args) => {
                        mac.mac = self.args(args);
                        mac.attrs = attrs;
                        return;
                    }
                    Node::Recv(recv) if semi.is_some() => self.recv_statement(recv, semi),
                    Node::Define(define) => Stmt::Expr(Expr::Verbatim(self.define(define)), None),
                    Node::Defer(defer) => Stmt::Expr(Expr::Verbatim(defer.expand(self)), None),
                    Node::Chan(chan) => chan.expand_statement(self, semi),
                    other => Stmt::Expr(self.node(other), semi),
                };
                if !attrs.is_empty() {
                    let lowered = quote!(#(#attrs)* #stmt);
                    *stmt = Stmt::Expr(Expr::Verbatim(lowered), None);
                }
            }
            Stmt::Expr(expr, semi) => match self.tree.take_expr(expr) {
                Some(Node::Recv(recv)) if semi.is_some() => *stmt = self.recv_statement(recv, *semi),
                Some(node) => *expr = self.node(node),
                None => self.visit_expr_mut(expr),
            },
            Stmt::Local(local) if matches!(local.pat, Pat::Wild(_)) => {
                let recv = local.init.as_ref().and_then(|init| self.tree.take_recv(&init.expr));
                match recv {
                    Some(recv) => *stmt = self.recv_statement(recv, Some(local.semi_token)),
                    None => visit_mut::visit_local_mut(self, local),
                }
            }
            _ => visit_mut::visit_stmt_mut(self, stmt),
        }
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        self.block(&mut block.stmts);
    }

    fn visit_expr_if_mut(&mut self, branch: &mut ExprIf) {
        self.visit_expr_mut(&mut branch.cond);
        self.begin_with(names_in_condition(&branch.cond));
        self.visit_block_mut(&mut branch.then_branch);
        if let Some((_, otherwise)) = &mut branch.else_branch {
            self.visit_expr_mut(otherwise);
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        visit_mut::visit_pat_mut(self, &mut arm.pat);
        self.begin_with(binds(&arm.pat));
        self.visit_expr_mut(&mut arm.body);
        self.head.clear();
    }

    fn visit_expr_loop_mut(&mut self, repeat: &mut ExprLoop) {
        self.bounded(|lower| lower.visit_block_mut(&mut repeat.body));
    }

    fn visit_expr_while_mut(&mut self, repeat: &mut ExprWhile) {
        self.bounded(|lower| {
            lower.visit_expr_mut(&mut repeat.cond);
            lower.begin_with(names_in_condition(&repeat.cond));
            lower.visit_block_mut(&mut repeat.body);
        });
    }

    fn visit_expr_for_loop_mut(&mut self, repeat: &mut ExprForLoop) {
        self.visit_expr_mut(&mut repeat.expr);
        self.begin_with(binds(&repeat.pat));
        self.bounded(|lower| lower.visit_block_mut(&mut repeat.body));
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        let is_go = closure.asyncness.is_some() && (self.names.is_some() || is_go_function(&closure.attrs));
        let could_wait = std::mem::replace(&mut self.can_wait, closure.asyncness.is_some());
        if !is_go {
            self.outside(Function::default(), |lower| lower.visit_expr_mut(&mut closure.body));
            self.can_wait = could_wait;
            return;
        }
        closure.attrs.retain(|attr| !is_func(attr));
        self.rewritten += 1;
        let stmts = match std::mem::replace(&mut *closure.body, Expr::PLACEHOLDER) {
            Expr::Block(body) if body.attrs.is_empty() && body.label.is_none() => body.block.stmts,
            other => vec![Stmt::Expr(other, None)],
        };
        let returns = match &closure.output {
            ReturnType::Default => Returns::of_statements(&stmts),
            output => Returns::of(output),
        };
        self.begin_with(closure.inputs.iter().flat_map(binds));
        let body = self.go_function(stmts, &returns, Function::default());
        *closure.body = Expr::Verbatim(quote_spanned!(Span::mixed_site()=> { #body }));
        self.can_wait = could_wait;
    }

    fn visit_expr_async_mut(&mut self, block: &mut ExprAsync) {
        let could_wait = std::mem::replace(&mut self.can_wait, true);
        self.outside(Function::default(), |lower| lower.visit_block_mut(&mut block.block));
        self.can_wait = could_wait;
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        let names = self.names.take();
        self.outside(Function::default(), |lower| visit_mut::visit_item_mut(lower, item));
        self.names = names;
    }
}
