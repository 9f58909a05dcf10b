//! The macros inside a block: ours become nodes, the arguments of other people's are searched for Go's operators.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::{Macro, MacroDelimiter};

use super::dialect;
use super::parser::Parser;
use super::token;
use super::tree::{Args, Node, Piece, Value};
use crate::chan::Chan;
use crate::defer::Defer;
use crate::go::Go;
use crate::recover::Recover;
use crate::select::Select;

/// The delimiters of a macro call: braces make a block, parentheses a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Delimiters {
    /// `{ … }`
    Braces,
    /// `( … )` or `[ … ]`
    Parentheses,
    /// They cannot be seen.
    Unknown,
}

impl Delimiters {
    /// The delimiters of a call inside a block.
    fn of(delimiter: &MacroDelimiter) -> Delimiters {
        match delimiter {
            MacroDelimiter::Brace(_) => Delimiters::Braces,
            _ => Delimiters::Parentheses,
        }
    }

    /// The delimiters of the call that is being expanded, which a macro is not told: its source shows them.
    pub(crate) fn of_call() -> Delimiters {
        let Some(source) = Span::call_site().source_text() else { return Delimiters::Unknown };
        let after_bang = source.split_once('!').map(|(_, rest)| rest.trim_start());
        match after_bang.and_then(|rest| rest.chars().next()) {
            Some('{') => Delimiters::Braces,
            Some('(' | '[') => Delimiters::Parentheses,
            _ => Delimiters::Unknown,
        }
    }
}

/// Macros with a format string, and how many arguments stand before it.
const FORMATS: &[(&str, usize)] = &[
    ("anyhow", 0),
    ("assert", 1),
    ("assert_eq", 2),
    ("assert_ne", 2),
    ("bail", 0),
    ("debug", 0),
    ("debug_assert", 1),
    ("debug_assert_eq", 2),
    ("debug_assert_ne", 2),
    ("ensure", 1),
    ("eprint", 0),
    ("eprintln", 0),
    ("error", 0),
    ("fatal", 0),
    ("format", 0),
    ("format_args", 0),
    ("info", 0),
    ("panic", 0),
    ("print", 0),
    ("println", 0),
    ("todo", 0),
    ("trace", 0),
    ("unimplemented", 0),
    ("unreachable", 0),
    ("warn", 0),
    ("write", 1),
    ("writeln", 1),
];
/// Other macros whose arguments are values.
const VALUES: &[&str] = &["dbg", "join", "try_join", "vec"];
/// Macros whose first argument is a value and whose second is a pattern.
const PATTERNS: &[&str] = &["matches", "assert_matches", "debug_assert_matches"];
/// Crates whose macros share a name with ours.
const OTHERS: &[&str] = &["crossbeam", "crossbeam_channel", "futures", "futures_util", "scopeguard", "tokio"];

impl Parser {
    /// What the call of a macro inside a block is; nothing if its tokens stay as they are.
    pub(super) fn macro_call(&mut self, mac: &Macro) -> Option<Node> {
        if self.tree.of_macro(mac).is_some() {
            return None;
        }
        let name = mac.path.segments.last()?.ident.to_string();
        let (name, is_statement) = dialect::unmarked(&name);
        let span = mac.path.segments.last()?.ident.span();
        let is_other = mac.path.segments.len() > 1
            && mac.path.segments.first().is_some_and(|first| OTHERS.iter().any(|other| first.ident == other));
        let delimiters = Delimiters::of(&mac.delimiter);
        let tokens = mac.tokens.clone();
        if !is_other
            && !is_statement
            && ["go", "chan", "defer", "recover", "select"].contains(&name)
            && !self.tree.paths.contains(&mac.path)
        {
            self.tree.paths.push(mac.path.clone());
        }
        match name {
            "go" if !is_other => Go::parse(self, tokens, delimiters, span).map(|go| Node::Go(Box::new(go))),
            "chan" if !is_other => Chan::parse(self, tokens, span).map(|chan| Node::Chan(Box::new(chan))),
            "defer" if !is_other => {
                Defer::parse(self, tokens, delimiters, span).map(|defer| Node::Defer(Box::new(defer)))
            }
            "recover" if !is_other => Recover::parse(self, tokens, span).map(Node::Recover),
            "select" if !is_other && (is_statement || Select::is_ours(&tokens)) => {
                Select::parse(self, tokens, span).map(|select| Node::Select(Box::new(select)))
            }
            _ => self.args(mac, name).map(Node::Args),
        }
    }

    /// The arguments of somebody else's macro; nothing if none is an expression.
    pub(crate) fn args(&mut self, mac: &Macro, name: &str) -> Option<Args> {
        let is_pattern = PATTERNS.contains(&name);
        let before_format = FORMATS.iter().find(|(format, _)| *format == name).map(|(_, before)| *before);
        let evaluates = before_format.is_some() || is_pattern || VALUES.contains(&name);
        let tokens: Vec<TokenTree> = mac.tokens.clone().into_iter().collect();
        let mut pieces = Vec::new();
        let mut rest = &tokens[..];
        let mut understood = 0;
        while !rest.is_empty() {
            if is_pattern && understood > 0 {
                pieces.push(Piece::Tokens(token::stream(rest)));
                break;
            }
            let (parsed, len) = self.piece(rest, evaluates);
            understood += parsed.iter().filter(|piece| !matches!(piece, Piece::Tokens(_))).count();
            pieces.extend(parsed);
            if let Some(separator) = rest.get(len) {
                pieces.push(Piece::Tokens(separator.clone().into()));
            }
            rest = rest.get(len + 1..).unwrap_or(&[]);
        }
        if understood == 0 {
            return None;
        }
        Some(Args { mac: mac.clone(), pieces, evaluates, before_format })
    }

    /// The first argument and how many tokens it takes.
    fn piece(&mut self, tokens: &[TokenTree], evaluates: bool) -> (Vec<Piece>, usize) {
        let is_separator = |i: usize| token::is_punct(tokens.get(i), ',') || token::is_punct(tokens.get(i), ';');
        let ends = (0..tokens.len()).filter(|i| is_separator(*i)).chain([tokens.len()]);
        let first = ends.clone().next().unwrap_or(tokens.len());
        // A comma may be part of generic arguments: `f::<A, B>(x)`.
        for end in ends.take(4) {
            let has_name = token::is_name(tokens.first()) && token::is_assign(tokens, 1);
            let start = if has_name { 2 } else { 0 };
            if start >= end {
                continue;
            }
            let written = token::stream(&tokens[start..end]);
            let nodes = self.tree.len();
            // A `let` is no argument, although syn takes it for an expression.
            if !token::is_ident(tokens.first(), "let")
                && let Some(expr) = self.try_expr(written.clone())
            {
                let value = Value { tokens: written, expr, has_nodes: self.tree.len() > nodes };
                let piece = if has_name {
                    Piece::Named { name: token::stream(&tokens[..2]), value }
                } else {
                    Piece::Value(value)
                };
                return (vec![piece], end);
            }
        }
        if evaluates && token::has_operators(&tokens[..first]) {
            // It was meant as an expression: what is wrong with it is worth an error of ours.
            self.expr(token::stream(&tokens[..first]));
        }
        (self.blocks(&tokens[..first]), first)
    }

    /// An argument of another grammar: the blocks in it that use Go's operators, and the rest as it is.
    fn blocks(&mut self, tokens: &[TokenTree]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut plain = TokenStream::new();
        for token in tokens {
            match self.block(token) {
                Some(block) => {
                    pieces.push(Piece::Tokens(std::mem::take(&mut plain)));
                    pieces.push(block);
                }
                None => plain.extend([token.clone()]),
            }
        }
        pieces.push(Piece::Tokens(plain));
        pieces
    }

    /// The block that the token is, if it uses Go's operators.
    fn block(&mut self, token: &TokenTree) -> Option<Piece> {
        let TokenTree::Group(group) = token else { return None };
        let inside: Vec<TokenTree> = group.stream().into_iter().collect();
        let is_ours = || token::has_operators(&inside) || token::calls(&inside, &["defer", "recover"]);
        if group.delimiter() != Delimiter::Brace || !is_ours() {
            return None;
        }
        let (errors, nodes) = (self.errors.len(), self.tree.len());
        let stmts = self.statements(group.stream());
        if self.errors.len() > errors {
            self.errors.truncate(errors);
            self.tree.truncate(nodes);
            return None;
        }
        Some(Piece::Block { span: group.span(), stmts })
    }
}
