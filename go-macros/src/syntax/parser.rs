//! From tokens to syn's tree with nodes in it.
//!
//! Three steps. A pass over the tokens writes Go's operators in a way that syn parses with the right precedence: a
//! receive becomes an attribute of its operand, a send a double assignment, the statements with `:=` become nodes at
//! once. Then syn parses. Then the tree is searched for these marks and for macros, which become nodes too.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Expr, ExprAssign, Macro, Stmt, Token};

use super::token;
use super::tree::{Assign, Define, Name, Node, Recv, Send, Tree};
use crate::diag::Errors;

/// The attribute that marks a receive's operand.
const RECV: &str = "__go_recv";
/// The variable in the middle of the double assignment that is a send.
const SEND: &str = "__go_send";

/// Where tokens stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a block.
    Statements,
    /// In an expression.
    Expression,
}

/// What one macro call is parsed into.
#[derive(Default)]
pub(crate) struct Parser {
    /// The nodes.
    pub(crate) tree: Tree,
    /// What is wrong.
    pub(crate) errors: Errors,
    /// Whether Go's statements are written without `!`, as in `golang!`.
    pub(crate) dialect: bool,
}

impl Parser {
    /// Parses statements. After an error what is returned is only good for finding more errors.
    pub(crate) fn statements(&mut self, tokens: TokenStream) -> Vec<Stmt> {
        let before = self.errors.len();
        let marked = self.mark(tokens, Place::Statements);
        let sound = self.errors.len() == before;
        let mut stmts = match Block::parse_within.parse2(marked.clone()) {
            Ok(stmts) => stmts,
            Err(error) => self.recover(marked, error, sound),
        };
        for stmt in &mut stmts {
            Adopt { parser: self }.visit_stmt_mut(stmt);
        }
        if self.dialect {
            self.nothing_new(&stmts);
        }
        stmts
    }

    /// Looks at each statement by itself: notes the errors and returns those that parse.
    fn recover(&mut self, marked: TokenStream, error: syn::Error, report: bool) -> Vec<Stmt> {
        let tokens: Vec<TokenTree> = marked.into_iter().collect();
        let before = self.errors.len();
        let mut stmts = Vec::new();
        for statement in token::split(&tokens, ';').into_iter().filter(|statement| !statement.is_empty()) {
            let mut end = Punct::new(';', Spacing::Alone);
            end.set_span(token::span_at(statement, statement.len()));
            let mut statement = token::stream(statement);
            statement.extend([TokenTree::Punct(end)]);
            match Block::parse_within.parse2(statement) {
                Ok(parsed) => stmts.extend(parsed),
                Err(error) if report => self.errors.push_syntax(error),
                Err(_) => {}
            }
        }
        if report && self.errors.len() == before {
            self.errors.push_syntax(error);
        }
        stmts
    }

    /// Parses one expression.
    pub(crate) fn expr(&mut self, tokens: TokenStream) -> Option<Expr> {
        let before = self.errors.len();
        let marked = self.mark(tokens, Place::Expression);
        let sound = self.errors.len() == before;
        match syn::parse2::<Expr>(marked) {
            Ok(mut expr) => {
                Adopt { parser: self }.visit_expr_mut(&mut expr);
                Some(expr)
            }
            Err(error) => {
                if sound {
                    self.errors.push_syntax(error);
                }
                None
            }
        }
    }

    /// Parses expressions with commas between them.
    pub(crate) fn exprs(&mut self, tokens: TokenStream) -> Option<Vec<Expr>> {
        let before = self.errors.len();
        let marked = self.mark(tokens, Place::Expression);
        let sound = self.errors.len() == before;
        match Punctuated::<Expr, Token![,]>::parse_terminated.parse2(marked) {
            Ok(exprs) => {
                let mut exprs: Vec<Expr> = exprs.into_iter().collect();
                for expr in &mut exprs {
                    Adopt { parser: self }.visit_expr_mut(expr);
                }
                Some(exprs)
            }
            Err(error) => {
                if sound {
                    self.errors.push_syntax(error);
                }
                None
            }
        }
    }

    /// Parses `tokens` if they are an expression; otherwise nothing is noted.
    pub(crate) fn try_expr(&mut self, tokens: TokenStream) -> Option<Expr> {
        let (errors, nodes) = (self.errors.len(), self.tree.len());
        let expr = self.expr(tokens);
        if expr.is_none() {
            self.errors.truncate(errors);
            self.tree.truncate(nodes);
        }
        expr
    }

    /// Parses what is left and right of `:=`.
    pub(crate) fn define(&mut self, op: Span, names: &[TokenTree], values: &[TokenTree]) -> Option<Define> {
        let names = self.names(op, names)?;
        if values.is_empty() {
            self.errors.push(op, "`:=` has no value on its right", "write the value: `v := <-ch`");
            return None;
        }
        let values = self.exprs(token::stream(values))?;
        self.balanced(op, names.len(), &values)?;
        Some(Define { names, values })
    }

    /// Parses what is left and right of `=`.
    pub(crate) fn assign(&mut self, op: Span, targets: &[TokenTree], values: &[TokenTree]) -> Option<Assign> {
        if values.is_empty() {
            self.errors.push(op, "`=` has no value on its right", "write the value: `v = <-ch`");
            return None;
        }
        let targets = self.exprs(token::stream(targets))?;
        let values = self.exprs(token::stream(values))?;
        self.balanced(op, targets.len(), &values)?;
        Some(Assign { op, targets, values })
    }

    /// Checks that there is one value for each variable, or one for all.
    fn balanced(&mut self, op: Span, variables: usize, values: &[Expr]) -> Option<()> {
        if values.len() == variables || values.len() == 1 {
            return Some(());
        }
        let message =
            format!("assignment mismatch: {variables} variable{} but {} values", plural(variables), values.len());
        self.errors.push(op, &message, "write one value for each variable, or one call that returns all of them");
        None
    }

    /// The names to the left of `:=`.
    pub(crate) fn names(&mut self, op: Span, tokens: &[TokenTree]) -> Option<Vec<Name>> {
        if tokens.is_empty() {
            self.errors.push(op, "`:=` has no variable on its left", "name the new variable: `v := <-ch`");
            return None;
        }
        let mut names = Vec::new();
        for name in token::split(tokens, ',') {
            // Go's variables are mutable, so `mut` says nothing new.
            let name = if token::is_ident(name.first(), "mut") { &name[1..] } else { name };
            match name {
                [TokenTree::Ident(ident)] if ident == "_" => names.push(Name::Nothing(ident.span())),
                [TokenTree::Ident(ident)] if !token::is_keyword(ident) && ident != "self" => {
                    names.push(Name::Variable(ident.clone()));
                }
                other => {
                    let span = other.first().map_or(op, TokenTree::span);
                    self.not_a_name(span);
                    return None;
                }
            }
        }
        Some(names)
    }

    /// Reports what is not a name.
    fn not_a_name(&mut self, span: Span) {
        let help = "to assign to something that exists, write `=`: `x.field = <-ch`";
        self.errors.push(span, "only new variables can stand on the left of `:=`", help);
    }

    /// Writes the operators in a way that syn can parse.
    fn mark(&mut self, input: TokenStream, place: Place) -> TokenStream {
        self.marked(input, place).tokens.into_iter().collect()
    }

    /// As [`Parser::mark`], for statements that were written in place of others.
    pub(super) fn mark_more(&mut self, input: TokenStream) -> Vec<TokenTree> {
        self.marked(input, Place::Statements).tokens
    }

    /// As [`Parser::mark`].
    fn marked(&mut self, input: TokenStream, place: Place) -> Marked {
        let tokens: Vec<TokenTree> = input.into_iter().collect();
        let mut out = Marked { tokens: Vec::with_capacity(tokens.len()), changed: false };
        let mut i = 0;
        while i < tokens.len() {
            if place == Place::Statements
                && token::starts_statement(&tokens, i)
                && let Some(next) = self.mark_assign(&tokens, i, &mut out)
            {
                i = next;
                continue;
            }
            if place == Place::Statements
                && let Some(next) = self.mark_loop(&tokens, i, &mut out)
            {
                i = next;
                continue;
            }
            if self.dialect
                && let Some(next) = self.mark_word(&tokens, i, place, &mut out)
            {
                i = next;
                continue;
            }
            i = if token::is_define(&tokens, i) {
                self.mark_define(&tokens, i, place, &mut out)
            } else if token::is_arrow(&tokens, i) {
                self.mark_arrow(&tokens, i, &mut out)
            } else {
                let token = match &tokens[i] {
                    TokenTree::Group(group) if !token::is_raw_group(&tokens, i) => self.mark_group(group, &mut out),
                    other => other.clone(),
                };
                out.tokens.push(token);
                i + 1
            };
        }
        out
    }

    /// Marks the inside of a group.
    fn mark_group(&mut self, group: &Group, out: &mut Marked) -> TokenTree {
        let place = if group.delimiter() == Delimiter::Brace { Place::Statements } else { Place::Expression };
        let inside = self.marked(group.stream(), place);
        if !inside.changed {
            return TokenTree::Group(group.clone());
        }
        out.changed = true;
        let mut marked = Group::new(group.delimiter(), inside.tokens.into_iter().collect());
        marked.set_span(group.span());
        TokenTree::Group(marked)
    }

    /// Marks `<-` at `i`: where to go on.
    fn mark_arrow(&mut self, tokens: &[TokenTree], i: usize, out: &mut Marked) -> usize {
        let op = tokens[i].span();
        let before = token::what_is_before(tokens, i);
        if before == token::Before::Path {
            out.tokens.extend_from_slice(&tokens[i..i + 2]);
            return i + 2;
        }
        out.changed = true;
        let next = tokens.get(i + 2);
        let ends = match next {
            None => true,
            Some(TokenTree::Punct(punct)) => ",;=?".contains(punct.as_char()),
            Some(_) => false,
        };
        match (before, ends) {
            (token::Before::Operand, true) => self.errors.push(op, "nothing is sent", "write the value: `ch <- v`"),
            (_, true) => {
                self.errors.push(op, "`<-` has nothing to receive from", "name the channel or the future: `<-ch`")
            }
            (token::Before::Operand, false) => {
                let name = Ident::new(SEND, op);
                out.tokens.extend(quote_spanned!(op=> = #name =));
            }
            (_, false) => {
                let name = Ident::new(RECV, op);
                out.tokens.extend(quote_spanned!(op=> #[#name]));
            }
        }
        i + 2
    }

    /// Makes a node of the statement whose `:=` is at `i`: where to go on.
    fn mark_define(&mut self, tokens: &[TokenTree], i: usize, place: Place, out: &mut Marked) -> usize {
        let op = tokens[i].span();
        out.changed = true;
        let start = (0..i).rev().take_while(|j| is_in_names(tokens, *j)).last().unwrap_or(i);
        let end = token::end_of_statement(tokens, i);
        let clean = place == Place::Statements && start < i && token::starts_statement(tokens, start);
        if !clean {
            self.misplaced_define(tokens, start, i, place);
            return end;
        }
        out.tokens.truncate(out.tokens.len() - (i - start));
        if let Some(define) = self.define(op, &tokens[start..i], &tokens[i + 2..end]) {
            let node = self.tree.add(op, Node::Define(define));
            out.tokens.extend(node);
            if end == tokens.len() {
                out.tokens.push(TokenTree::Punct(Punct::new(';', Spacing::Alone)));
            }
        }
        end
    }

    /// Reports a `:=` that is not a statement's.
    fn misplaced_define(&mut self, tokens: &[TokenTree], start: usize, i: usize, place: Place) {
        let op = tokens[i].span();
        match token::before(tokens, start) {
            Some(TokenTree::Ident(word)) if word == "let" => {
                self.errors.push(word.span(), "`:=` declares by itself", "remove `let`, or write `=` for `:=`");
            }
            Some(TokenTree::Ident(word)) if ["if", "while", "match", "for", "in"].iter().any(|head| word == head) => {
                let help = format!("write it on a line of its own before the `{word}`");
                self.errors.push(op, &format!("`:=` cannot stand in the head of `{word}`"), &help);
            }
            Some(left) if place == Place::Statements && start < i => {
                if token::what_is_before(tokens, start) == token::Before::Operand {
                    self.errors.push(left.span(), "a `;` is missing after this", "end the statement before with `;`");
                } else {
                    self.not_a_name(token::span_at(tokens, start));
                }
            }
            _ if place == Place::Statements => match token::before(tokens, i) {
                Some(left) if !token::is_punct(Some(left), ';') => self.not_a_name(left.span()),
                _ => drop(self.names(op, &[])),
            },
            _ => {
                let help = "write it on a line of its own, before the expression";
                self.errors.push(op, "`:=` is a statement and cannot stand in an expression", help);
            }
        }
    }

    /// Makes a node of Go's loop at `i`: where to go on.
    fn mark_loop(&mut self, tokens: &[TokenTree], i: usize, out: &mut Marked) -> Option<usize> {
        let (node, labelled, next) = self.range(tokens, i)?;
        out.changed = true;
        let label = if labelled { 3 } else { 0 };
        out.tokens.truncate(out.tokens.len().saturating_sub(label));
        out.tokens.extend(node);
        Some(next)
    }

    /// Writes one of the dialect's words at `i` in a way that syn can parse: where to go on.
    fn mark_word(&mut self, tokens: &[TokenTree], i: usize, place: Place, out: &mut Marked) -> Option<usize> {
        let is_labelled = i >= 3 && token::is_punct(tokens.get(i - 1), ':') && token::is_punct(tokens.get(i - 3), '\'');
        let starts = place == Place::Statements && (token::starts_statement(tokens, i) || is_labelled);
        let statement = starts.then(|| self.mark_statement(tokens, i, &mut out.tokens)).flatten();
        let next = statement.or_else(|| self.mark_count(tokens, i, place, &mut out.tokens));
        let next = next.or_else(|| self.mark_expression(tokens, i, &mut out.tokens))?;
        out.changed = true;
        Some(next)
    }

    /// Makes a node of the statement at `i` if it is `a, b = …;`: where to go on.
    fn mark_assign(&mut self, tokens: &[TokenTree], i: usize, out: &mut Marked) -> Option<usize> {
        let equals = list_assignment(tokens, i)?;
        let end = token::end_of_statement(tokens, equals);
        if end == tokens.len() {
            // Without a `;` it may be the inside of an enum or of a pattern.
            return None;
        }
        out.changed = true;
        let op = tokens[equals].span();
        if let Some(assign) = self.assign(op, &tokens[i..equals], &tokens[equals + 1..end]) {
            let node = self.tree.add(op, Node::Assign(assign));
            out.tokens.extend(node);
        }
        Some(end)
    }
}

/// Tokens with the operators marked.
struct Marked {
    /// The tokens.
    tokens: Vec<TokenTree>,
    /// Whether they differ from the user's.
    changed: bool,
}

/// The ending of a plural.
fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// Whether the token at `j` may belong to the names to the left of `:=`.
fn is_in_names(tokens: &[TokenTree], j: usize) -> bool {
    match &tokens[j] {
        TokenTree::Ident(ident) => {
            // Two names in a row are no list: the first one belongs to something else.
            let follows_name = matches!(tokens.get(j + 1), Some(TokenTree::Ident(_)));
            ident == "mut" || (!token::is_keyword(ident) && !follows_name)
        }
        TokenTree::Punct(punct) => punct.as_char() == ',',
        _ => false,
    }
}

/// Where the `=` of the statement `a, b = …` that starts at `i` stands.
pub(crate) fn list_assignment(tokens: &[TokenTree], i: usize) -> Option<usize> {
    match &tokens[i] {
        TokenTree::Ident(ident) if !token::is_keyword(ident) => {}
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {}
        TokenTree::Punct(punct) if punct.as_char() == '*' => {}
        _ => return None,
    }
    let mut is_list = false;
    for j in i..tokens.len() {
        match &tokens[j] {
            _ if token::is_assign(tokens, j) => return is_list.then_some(j),
            _ if token::is_define(tokens, j) || token::is_arrow(tokens, j) => return None,
            TokenTree::Punct(punct) if punct.as_char() == ',' => is_list = true,
            TokenTree::Punct(punct) if ";=!".contains(punct.as_char()) => return None,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return None,
            TokenTree::Ident(ident) if token::is_keyword(ident) => return None,
            _ => {}
        }
    }
    None
}

/// Turns marks and macros into nodes.
struct Adopt<'p> {
    /// Where the nodes go.
    parser: &'p mut Parser,
}

impl VisitMut for Adopt<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        let marks = attributes(expr).map(take_marks).unwrap_or_default();
        if let Expr::Macro(mac) = expr
            && let Some(node) = self.adopt_macro(&mac.mac)
        {
            mac.mac = node;
        }
        if let Expr::Assign(assign) = expr
            && let Some(op) = send_mark(assign)
        {
            let Expr::Assign(assign) = std::mem::replace(expr, Expr::PLACEHOLDER) else {
                unreachable!("it was matched")
            };
            let Expr::Assign(inner) = *assign.right else { unreachable!("it was matched") };
            let send = Send { op, channel: *assign.left, value: *inner.right };
            *expr = self.parser.tree.add_expr(op, Node::Send(send));
        }
        for op in marks.into_iter().rev() {
            let operand = std::mem::replace(expr, Expr::PLACEHOLDER);
            *expr = self.parser.tree.add_expr(op, Node::Recv(Recv { op, operand }));
        }
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        visit_mut::visit_stmt_mut(self, stmt);
        let Stmt::Macro(mac) = stmt else { return };
        let marks = take_marks(&mut mac.attrs);
        if let Some(node) = self.adopt_macro(&mac.mac) {
            mac.mac = node;
        }
        if marks.is_empty() {
            return;
        }
        let mut expr = Expr::Macro(syn::ExprMacro { attrs: Vec::new(), mac: mac.mac.clone() });
        for op in marks.into_iter().rev() {
            expr = self.parser.tree.add_expr(op, Node::Recv(Recv { op, operand: expr }));
        }
        *stmt = Stmt::Expr(expr, mac.semi_token);
    }
}

impl Adopt<'_> {
    /// The node that a macro call becomes.
    fn adopt_macro(&mut self, mac: &Macro) -> Option<Macro> {
        let span = mac.path.segments.last().map_or_else(Span::call_site, |segment| segment.ident.span());
        let node = self.parser.macro_call(mac)?;
        Some(self.parser.tree.add_macro(span, node))
    }
}

/// Where the operator of a send stands, if the assignment is one.
fn send_mark(assign: &ExprAssign) -> Option<Span> {
    match &*assign.right {
        Expr::Assign(inner) => match &*inner.left {
            Expr::Path(path) if path.path.is_ident(SEND) => path.path.get_ident().map(Ident::span),
            _ => None,
        },
        _ => None,
    }
}

/// Removes the marks of receives: where their operators stand, the outermost first.
fn take_marks(attrs: &mut Vec<Attribute>) -> Vec<Span> {
    let is_mark = |attr: &Attribute| attr.path().is_ident(RECV);
    let marks = attrs.iter().filter(|attr| is_mark(attr)).map(|attr| attr.pound_token.span).collect();
    attrs.retain(|attr| !is_mark(attr));
    marks
}

/// The attributes of an expression.
pub(super) fn attributes(expr: &mut Expr) -> Option<&mut Vec<Attribute>> {
    macro_rules! of {
        ($($variant:ident)*) => {
            match expr {
                $(Expr::$variant(expr) => Some(&mut expr.attrs),)*
                _ => None,
            }
        };
    }
    of! {
        Array Assign Async Await Binary Block Break Call Cast Closure Const Continue Field ForLoop Group If Index Infer
        Let Lit Loop Macro Match MethodCall Paren Path Range RawAddr Reference Repeat Return Struct Try TryBlock Tuple
        Unary Unsafe While Yield
    }
}
