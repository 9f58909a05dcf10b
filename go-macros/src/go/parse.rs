//! From tokens to a go statement.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use super::{Form, Go};
use crate::syntax::{Call, Delimiters, Moved, Parser, Wording, token};

/// How the errors of a call are worded.
const MACRO: Wording = Wording { name: "go!", block: "a block `go! { .. }`", open: "(", close: ")" };
/// How they are worded where the statement is written without `!`.
const STATEMENT: Wording = Wording { name: "go", block: "a block `go { .. }`", open: " ", close: ";" };

impl Go {
    /// Parses the tokens of `go!`.
    pub(crate) fn parse(parser: &mut Parser, tokens: TokenStream, delimiters: Delimiters, span: Span) -> Option<Go> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let form = form(parser, &tokens, delimiters, span)?;
        Some(Go { span, form })
    }
}

/// Parses what the goroutine runs.
fn form(parser: &mut Parser, tokens: &[TokenTree], delimiters: Delimiters, span: Span) -> Option<Form> {
    let wording = if parser.dialect { &STATEMENT } else { &MACRO };
    let is_moved = token::is_ident(tokens.first(), "move");
    if is_moved
        && let Some((TokenTree::Group(block), before)) = tokens.split_last()
        && block.delimiter() == Delimiter::Brace
        && Moved::is_list(&before[1..])
    {
        let moved = Moved::parse(parser, before);
        let stmts = parser.statements(block.stream());
        return Some(Form::Block { moved: moved?, stmts });
    }
    if let [TokenTree::Group(block)] = tokens
        && block.delimiter() == Delimiter::Brace
        && delimiters != Delimiters::Braces
    {
        return Some(Form::Block { moved: Moved::Nothing, stmts: parser.statements(block.stream()) });
    }
    let is_call = match delimiters {
        Delimiters::Braces => false,
        Delimiters::Parentheses => true,
        Delimiters::Unknown => token::is_group(tokens.last(), Delimiter::Parenthesis),
    };
    if !is_call && !is_moved {
        return Some(Form::Block { moved: Moved::Nothing, stmts: parser.statements(token::stream(tokens)) });
    }
    if tokens.is_empty() {
        parser.errors.push(span, "`go!` needs a call or a block", "write `go!(f(x))` or `go! { .. }`");
        return None;
    }
    if wants_a_block(tokens) {
        let at = token::span_at(tokens, 0);
        parser.errors.push(
            at,
            "`go!` takes the block itself",
            "write the statements: `go! { .. }` or `go!(move { .. })`",
        );
        return None;
    }
    if let Some(semi) = tokens.iter().find(|token| token::is_punct(Some(token), ';')) {
        parser.errors.push(semi.span(), "statements go into braces", "write `go! { .. }`");
        return None;
    }
    let call = if is_moved { &tokens[1..] } else { tokens };
    Call::parse(parser, call, is_moved, wording).map(Form::Call)
}

/// Whether the tokens are an `async` block or a closure, as other libraries' spawns take.
fn wants_a_block(tokens: &[TokenTree]) -> bool {
    let first = usize::from(token::is_ident(tokens.first(), "move"));
    token::is_punct(tokens.get(first), '|')
        || (token::is_ident(tokens.first(), "async") && token::is_group(tokens.last(), Delimiter::Brace))
}
