//! Questions about tokens.

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};

/// The words of Rust after which an expression starts or which end none.
const KEYWORDS: &[&str] = &[
    "as", "async", "box", "break", "const", "continue", "dyn", "else", "enum", "extern", "fn", "for", "if", "impl",
    "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static", "struct", "trait", "type",
    "unsafe", "use", "where", "while", "yield",
];

/// Whether the token is an identifier that is not one of Rust's statement words.
pub(crate) fn is_name(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if !is_keyword(ident))
}

/// Whether the identifier is one of Rust's statement words. `self`, `true` and the like are not: they are operands.
pub(crate) fn is_keyword(ident: &Ident) -> bool {
    KEYWORDS.iter().any(|word| ident == word)
}

/// Whether the token is this identifier.
pub(crate) fn is_ident(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

/// Whether the token is this character.
pub(crate) fn is_punct(token: Option<&TokenTree>, c: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == c)
}

/// Whether the token is this character, and the next one belongs to the same operator.
pub(crate) fn is_joint(token: Option<&TokenTree>, c: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == c && punct.spacing() == Spacing::Joint)
}

/// Whether the token is a group with these delimiters.
pub(crate) fn is_group(token: Option<&TokenTree>, delimiter: Delimiter) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == delimiter)
}

/// The token before the one at `i`.
pub(crate) fn before(tokens: &[TokenTree], i: usize) -> Option<&TokenTree> {
    i.checked_sub(1).and_then(|i| tokens.get(i))
}

/// Whether `<-` starts at `i`.
pub(crate) fn is_arrow(tokens: &[TokenTree], i: usize) -> bool {
    is_joint(tokens.get(i), '<') && is_punct(tokens.get(i + 1), '-') && !is_joint(before(tokens, i), '<')
}

/// Whether `:=` starts at `i`. A `macro_rules!` macro passes it on as two characters, which no Rust has side by side.
pub(crate) fn is_define(tokens: &[TokenTree], i: usize) -> bool {
    is_punct(tokens.get(i), ':') && is_punct(tokens.get(i + 1), '=') && !is_joint(before(tokens, i), ':')
}

/// Whether a lone `:` stands at `i`.
pub(crate) fn is_colon(tokens: &[TokenTree], i: usize) -> bool {
    let is_path = is_joint(tokens.get(i), ':') && is_punct(tokens.get(i + 1), ':');
    is_punct(tokens.get(i), ':') && !is_joint(before(tokens, i), ':') && !is_path && !is_define(tokens, i)
}

/// Whether a lone `=`, an assignment, stands at `i`.
pub(crate) fn is_assign(tokens: &[TokenTree], i: usize) -> bool {
    if !is_punct(tokens.get(i), '=') {
        return false;
    }
    let continues = is_joint(tokens.get(i), '=')
        && matches!(tokens.get(i + 1), Some(TokenTree::Punct(p)) if "=>".contains(p.as_char()));
    let continued = matches!(before(tokens, i), Some(TokenTree::Punct(p)) if p.spacing() == Spacing::Joint && "=!<>+-*/%^&|.:".contains(p.as_char()));
    !continues && !continued
}

/// Whether `=>` starts at `i`.
pub(crate) fn is_fat_arrow(tokens: &[TokenTree], i: usize) -> bool {
    is_joint(tokens.get(i), '=') && is_punct(tokens.get(i + 1), '>') && !is_joint(before(tokens, i), '=')
}

/// What stands before an operator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// The end of an operand: the operator is binary.
    Operand,
    /// `::`, so it is no operator at all but the start of generic arguments.
    Path,
    /// Anything else: the operator is unary.
    Nothing,
}

/// What stands before the token at `i`.
pub(crate) fn what_is_before(tokens: &[TokenTree], i: usize) -> Before {
    match before(tokens, i) {
        Some(TokenTree::Ident(ident)) => {
            let is_label = i >= 2 && is_punct(tokens.get(i - 2), '\'');
            if is_label || is_keyword(ident) { Before::Nothing } else { Before::Operand }
        }
        Some(TokenTree::Literal(_)) => Before::Operand,
        Some(TokenTree::Group(group)) => match group.delimiter() {
            Delimiter::Brace => Before::Nothing,
            Delimiter::Bracket if i >= 2 && is_punct(tokens.get(i - 2), '#') => Before::Nothing,
            _ => Before::Operand,
        },
        Some(TokenTree::Punct(punct)) => match punct.as_char() {
            '?' => Before::Operand,
            ':' if i >= 2 && is_joint(tokens.get(i - 2), ':') => Before::Path,
            _ => Before::Nothing,
        },
        None => Before::Nothing,
    }
}

/// Whether a statement may start at `i`.
pub(crate) fn starts_statement(tokens: &[TokenTree], i: usize) -> bool {
    match before(tokens, i) {
        None => true,
        Some(token) => {
            is_punct(Some(token), ';') || is_group(Some(token), Delimiter::Brace) || ends_attribute(tokens, i)
        }
    }
}

/// Whether an attribute ends before `i`.
fn ends_attribute(tokens: &[TokenTree], i: usize) -> bool {
    i >= 2 && is_group(tokens.get(i - 1), Delimiter::Bracket) && is_punct(tokens.get(i - 2), '#')
}

/// Whether the group at `i` holds the arguments of a macro or an attribute, which are not ours to read.
pub(crate) fn is_raw_group(tokens: &[TokenTree], i: usize) -> bool {
    let bang = is_punct(before(tokens, i), '!') && !is_joint(before(tokens, i), '!');
    if bang && i >= 2 && (is_name(tokens.get(i - 2)) || is_punct(tokens.get(i - 2), '#')) {
        return true;
    }
    let is_macro_rules = i >= 3 && is_ident(tokens.get(i - 3), "macro_rules") && is_punct(tokens.get(i - 2), '!');
    is_macro_rules || is_punct(before(tokens, i), '#')
}

/// Where the next `;` stands, or the end.
pub(crate) fn end_of_statement(tokens: &[TokenTree], from: usize) -> usize {
    (from..tokens.len()).find(|i| is_punct(tokens.get(*i), ';')).unwrap_or(tokens.len())
}

/// A part of the tokens as a stream.
pub(crate) fn stream(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}

/// Splits at the separators for which `is_separator` holds.
pub(crate) fn split(tokens: &[TokenTree], separator: char) -> Vec<&[TokenTree]> {
    tokens.split(|token| is_punct(Some(token), separator)).collect()
}

/// The place of the token at `i`, or of the last one.
pub(crate) fn span_at(tokens: &[TokenTree], i: usize) -> Span {
    tokens.get(i).or(tokens.last()).map_or_else(Span::call_site, TokenTree::span)
}

/// Whether one of Go's operators occurs in the tokens, at any depth.
pub(crate) fn has_operators(tokens: &[TokenTree]) -> bool {
    first_operator(tokens).is_some()
}

/// Where the first of Go's operators stands, at any depth.
pub(crate) fn first_operator(tokens: &[TokenTree]) -> Option<Span> {
    (0..tokens.len()).find_map(|i| match &tokens[i] {
        TokenTree::Group(group) => first_operator(&group.stream().into_iter().collect::<Vec<_>>()),
        token => (is_arrow(tokens, i) || is_define(tokens, i)).then(|| token.span()),
    })
}

/// Whether one of these macros is called in the tokens, at any depth.
pub(crate) fn calls(tokens: &[TokenTree], macros: &[&str]) -> bool {
    (0..tokens.len()).any(|i| match &tokens[i] {
        TokenTree::Group(group) => calls(&group.stream().into_iter().collect::<Vec<_>>(), macros),
        TokenTree::Ident(ident) => is_punct(tokens.get(i + 1), '!') && macros.iter().any(|name| ident == name),
        _ => false,
    })
}

/// Whether the identifier occurs in the tokens, at any depth.
pub(crate) fn names(tokens: &[TokenTree], word: &str) -> bool {
    tokens.iter().any(|token| match token {
        TokenTree::Group(group) => names(&group.stream().into_iter().collect::<Vec<_>>(), word),
        token => is_ident(Some(token), word),
    })
}

/// Whether a new statement starts at `i`, after a block that was one.
pub(crate) fn is_statement_next(tokens: &[TokenTree], i: usize) -> bool {
    match tokens.get(i) {
        Some(TokenTree::Punct(punct)) => !matches!(punct.as_char(), '.' | '?' | ';' | ','),
        Some(_) => true,
        // What ends a block may be its value.
        None => false,
    }
}
