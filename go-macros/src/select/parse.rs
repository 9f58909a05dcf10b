//! From tokens to a select statement.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::Stmt;
use syn::parse::{ParseStream, Parser as _};

use super::clause::Clause;
use super::{Case, Select};
use crate::syntax::{Parser, token};

impl Select {
    /// Whether the tokens are a select's of ours, not of another library's macro of that name.
    pub(crate) fn is_ours(tokens: &TokenStream) -> bool {
        let first = tokens.clone().into_iter().next();
        first.is_none() || token::is_ident(first.as_ref(), "case") || token::is_ident(first.as_ref(), "default")
    }

    /// Parses the tokens of `select!`.
    pub(crate) fn parse(parser: &mut Parser, tokens: TokenStream, span: Span) -> Option<Select> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let starts: Vec<usize> = (0..tokens.len()).filter(|i| starts_case(&tokens, *i)).collect();
        let errors = parser.errors.len();
        let first = starts.first().copied().unwrap_or(tokens.len());
        if first > 0 {
            not_a_case(parser, &tokens);
        }
        let mut select = Select { span, cases: Vec::new(), default: None };
        for (n, start) in starts.iter().enumerate() {
            let end = starts.get(n + 1).copied().unwrap_or(tokens.len());
            select.case(parser, &tokens[*start..end]);
        }
        (parser.errors.len() == errors).then_some(select)
    }

    /// Parses one case, from its first word to the next case.
    fn case(&mut self, parser: &mut Parser, tokens: &[TokenTree]) {
        let word = tokens[0].span();
        let is_default = token::is_ident(tokens.first(), "default");
        let Some(end) = end_of_clause(tokens) else {
            missing_colon(parser, tokens, is_default);
            return;
        };
        let clause = &tokens[1..end.at];
        let clause = if is_default {
            if let Some(extra) = clause.first() {
                parser.errors.push(extra.span(), "`default` waits for nothing", "write `default:`");
            }
            None
        } else {
            Clause::parse(parser, clause, word)
        };
        let body = body(parser, &tokens[end.at + end.len..], &end);
        match clause {
            Some(clause) => self.cases.push(Case { clause, body }),
            None if is_default && self.default.is_some() => {
                parser.errors.push(word, "a select has one `default`", "put the statements into one `default:`");
            }
            None if is_default => self.default = Some(body),
            None => {}
        }
    }
}

/// Where the clause of a case ends.
struct End {
    /// Where `:` or `=>` stands.
    at: usize,
    /// How many tokens it is.
    len: usize,
    /// Whether it is `=>`.
    is_arrow: bool,
    /// Its place.
    span: Span,
}

/// Whether a case starts at `i`: `case` and `default` are names in other places.
fn starts_case(tokens: &[TokenTree], i: usize) -> bool {
    let is_case = token::is_ident(tokens.get(i), "case");
    if !is_case && !token::is_ident(tokens.get(i), "default") {
        return false;
    }
    let before = i.checked_sub(1).and_then(|i| tokens.get(i));
    let starts_statement = match before {
        None => true,
        Some(TokenTree::Punct(punct)) => ";,:?".contains(punct.as_char()),
        Some(TokenTree::Group(_) | TokenTree::Literal(_)) => true,
        Some(TokenTree::Ident(word)) => {
            !token::is_keyword(word) || word == "return" || word == "break" || word == "continue"
        }
    };
    let is_path = token::is_joint(i.checked_sub(2).and_then(|i| tokens.get(i)), ':') && token::is_punct(before, ':');
    if !starts_statement || is_path {
        return false;
    }
    if !is_case {
        let next = tokens.get(i + 1);
        let goes_on = token::is_colon(tokens, i + 1) || token::is_fat_arrow(tokens, i + 1);
        return goes_on || matches!(next, None | Some(TokenTree::Ident(_))) || token::is_group(next, Delimiter::Brace);
    }
    match tokens.get(i + 1) {
        None | Some(TokenTree::Ident(_) | TokenTree::Literal(_)) => true,
        Some(TokenTree::Group(_)) => end_of_clause(&tokens[i..]).is_some(),
        Some(TokenTree::Punct(punct)) => match punct.as_char() {
            '*' | '&' => true,
            '<' => token::is_arrow(tokens, i + 1),
            ':' => token::is_colon(tokens, i + 1),
            _ => false,
        },
    }
}

/// Where the clause of the case that starts the tokens ends.
fn end_of_clause(tokens: &[TokenTree]) -> Option<End> {
    let mut i = 1;
    while i < tokens.len() {
        if token::is_colon(tokens, i) {
            return Some(End { at: i, len: 1, is_arrow: false, span: tokens[i].span() });
        }
        if token::is_fat_arrow(tokens, i) {
            return Some(End { at: i, len: 2, is_arrow: true, span: tokens[i].span() });
        }
        if token::is_punct(tokens.get(i), ';') {
            return None;
        }
        let starts_closure =
            token::is_punct(tokens.get(i), '|') && token::what_is_before(tokens, i) == token::Before::Nothing;
        if starts_closure {
            // The colons between its bars belong to its parameters.
            i = (i + 1..tokens.len()).find(|j| token::is_punct(tokens.get(*j), '|'))?;
        }
        i += 1;
    }
    None
}

/// Parses the statements of a case.
fn body(parser: &mut Parser, tokens: &[TokenTree], end: &End) -> Vec<Stmt> {
    if !end.is_arrow {
        if let Some((last, _)) = tokens.split_last()
            && token::is_punct(Some(last), ',')
        {
            parser.errors.push(
                last.span(),
                "no comma after the statements of a case",
                "remove it, or write `case .. => expression,`",
            );
            return Vec::new();
        }
        return parser.statements(token::stream(tokens));
    }
    let tokens = match tokens.split_last() {
        Some((last, rest)) if token::is_punct(Some(last), ',') => rest,
        _ => tokens,
    };
    if tokens.is_empty() {
        parser.errors.push(end.span, "`=>` has no expression after it", "write `case .. => {}`");
        return Vec::new();
    }
    if let Some(semi) = tokens.iter().find(|token| token::is_punct(Some(token), ';')) {
        parser.errors.push(
            semi.span(),
            "after `=>` stands one expression",
            "write `:` for `=>`, or put braces around the statements",
        );
        return Vec::new();
    }
    let expr = parser.expr(token::stream(tokens));
    expr.into_iter().map(|expr| Stmt::Expr(expr, None)).collect()
}

/// Reports a case without its colon.
fn missing_colon(parser: &mut Parser, tokens: &[TokenTree], is_default: bool) {
    let errors = parser.errors.len();
    let clause = &tokens[1..];
    // The colon is missing where the operand ends.
    let operand = clause.iter().position(|token| token::is_punct(Some(token), ';')).unwrap_or(clause.len());
    let at = if is_default { 0 } else { length_of_operand(&clause[..operand]) };
    parser.errors.truncate(errors);
    let span = match clause.get(at) {
        Some(token) => token.span(),
        None => token::span_at(tokens, tokens.len()),
    };
    let (message, help) = if is_default {
        ("a `:` is missing after `default`", "write `default:`")
    } else {
        ("a `:` is missing after the case", "write `case v := <-ch:` and then the statements")
    };
    parser.errors.push(span, message, help);
}

/// How many tokens belong to the clause that starts the tokens.
fn length_of_operand(tokens: &[TokenTree]) -> usize {
    let after_sign = (0..tokens.len()).find(|i| token::is_define(tokens, *i) || token::is_assign(tokens, *i));
    let start = match after_sign {
        Some(i) if token::is_define(tokens, i) => i + 2,
        Some(i) => i + 1,
        None => 0,
    };
    let start = if token::is_arrow(tokens, start) { start + 2 } else { start };
    let parse = |tokens: &[TokenTree]| {
        let rest = |input: ParseStream<'_>| {
            input.call(syn::Expr::parse_without_eager_brace)?;
            let rest: TokenStream = input.parse()?;
            Ok(rest.into_iter().count())
        };
        rest.parse2(token::stream(tokens)).map_or(tokens.len(), |rest| tokens.len() - rest)
    };
    let first = start + parse(tokens.get(start..).unwrap_or(&[]));
    if token::is_arrow(tokens, first) { first + 2 + parse(&tokens[first + 2..]) } else { first }
}

/// Reports tokens before the first case.
fn not_a_case(parser: &mut Parser, tokens: &[TokenTree]) {
    let span = token::span_at(tokens, 0);
    if token::is_ident(tokens.first(), "biased") {
        let help = "remove it; to prefer a channel, try it alone first in a select with `default`";
        parser.errors.push(
            span,
            "`biased` is not offered: as in Go, every ready case is equally likely to be chosen",
            help,
        );
    } else {
        let help =
            "write `case v := <-ch:`, `case ch <- v:` or `default:`; a future is waited for by `case v := <-future:`";
        parser.errors.push(span, "a select starts with `case` or `default`", help);
    }
}
