//! What a block takes along by name: `move a, b { .. }`.

use proc_macro2::{Ident, TokenTree};

use super::parser::Parser;
use super::token;

/// The variables that are handed over instead of shared.
pub(crate) enum Moved {
    /// None.
    Nothing,
    /// `move { … }`: all.
    Everything,
    /// `move a, b { … }`: these.
    Names(Vec<Ident>),
}

impl Moved {
    /// Whether the tokens may stand between `move` and a block: names with commas between them, or nothing.
    pub(crate) fn is_list(tokens: &[TokenTree]) -> bool {
        let is_separator = |token: &TokenTree| token::is_punct(Some(token), ',');
        tokens.iter().all(|token| is_separator(token) || matches!(token, TokenTree::Ident(_)))
            && !token::is_ident(tokens.first(), "async")
    }

    /// Parses `move` and the names after it.
    pub(crate) fn parse(parser: &mut Parser, tokens: &[TokenTree]) -> Option<Moved> {
        let mut names = Vec::new();
        if tokens.len() == 1 {
            return Some(Moved::Everything);
        }
        for name in token::split(&tokens[1..], ',') {
            match name {
                [TokenTree::Ident(ident)] => names.push(ident.clone()),
                [] => {}
                [_, second, ..] => {
                    let message = "a comma is missing between the variables";
                    parser.errors.push(second.span(), message, "write `move a, b { .. }`");
                    return None;
                }
                [other] => {
                    parser.errors.push(other.span(), "only variables can be handed over", "write `move a, b { .. }`");
                    return None;
                }
            }
        }
        Some(Moved::Names(names))
    }

    /// The names of what is handed over, if they are given.
    pub(crate) fn names(&self) -> &[Ident] {
        match self {
            Moved::Names(names) => names,
            Moved::Nothing | Moved::Everything => &[],
        }
    }
}
