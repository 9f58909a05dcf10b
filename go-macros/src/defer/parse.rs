//! From tokens to a defer statement.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use super::{Defer, Form};
use crate::syntax::{Call, Delimiters, Moved, Parser, Wording, token};

/// How the errors of a call are worded.
const MACRO: Wording = Wording { name: "defer!", block: "a block `defer! { .. }`", open: "(", close: ")" };
/// How they are worded where the statement is written without `!`.
const STATEMENT: Wording = Wording { name: "defer", block: "a block `defer { .. }`", open: " ", close: ";" };

impl Defer {
    /// Parses the tokens of `defer!`.
    pub(crate) fn parse(parser: &mut Parser, tokens: TokenStream, delimiters: Delimiters, span: Span) -> Option<Defer> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_moved = token::is_ident(tokens.first(), "move");
        let rest = if is_moved { &tokens[1..] } else { &tokens[..] };
        if let Some((TokenTree::Group(block), before)) = tokens.split_last()
            && block.delimiter() == Delimiter::Brace
            && (before.is_empty() || is_moved && Moved::is_list(&before[1..]))
        {
            let moved = if is_moved { Moved::parse(parser, before) } else { Some(Moved::Nothing) };
            let stmts = parser.statements(block.stream());
            return Some(Defer { span, form: Form::Block { moved: moved?, stmts }, awaited: None });
        }
        let is_call = match delimiters {
            Delimiters::Braces => is_moved,
            Delimiters::Parentheses => true,
            Delimiters::Unknown => is_moved || token::is_group(tokens.last(), Delimiter::Parenthesis),
        };
        if !is_call {
            let stmts = parser.statements(token::stream(&tokens));
            return Some(Defer { span, form: Form::Block { moved: Moved::Nothing, stmts }, awaited: None });
        }
        if rest.is_empty() {
            parser.errors.push(span, "`defer!` needs a call or a block", "write `defer!(f(x))` or `defer! { .. }`");
            return None;
        }
        let is_awaited =
            token::is_ident(rest.last(), "await") && token::is_punct(rest.get(rest.len().wrapping_sub(2)), '.');
        let awaited = is_awaited.then(|| token::span_at(rest, rest.len()));
        let rest = if is_awaited { &rest[..rest.len() - 2] } else { rest };
        if let Some(semi) = rest.iter().find(|token| token::is_punct(Some(token), ';')) {
            parser.errors.push(semi.span(), "statements go into braces", "write `defer! { .. }`");
            return None;
        }
        let call = Call::parse(parser, rest, is_moved, if parser.dialect { &STATEMENT } else { &MACRO })?;
        Some(Defer { span, form: Form::Call(call), awaited })
    }
}
