//! `GO_MACROS_DEBUG=1`: every expansion on stderr, one statement a line.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The variable that asks for it.
const VARIABLE: &str = "GO_MACROS_DEBUG";

/// Shows what a macro has become, if that is asked for.
pub(crate) fn show(name: &str, expansion: &TokenStream) {
    if std::env::var_os(VARIABLE).is_some_and(|value| value != "0") {
        eprintln!("// {name}\n{}", formatted(expansion));
    }
}

/// The tokens with a line for each statement, and blocks indented.
fn formatted(tokens: &TokenStream) -> String {
    let mut page = Page { text: String::new(), indent: 0, glued: true };
    page.tokens(tokens.clone(), true);
    page.text
}

/// The text so far.
struct Page {
    /// The text.
    text: String,
    /// How deep the line is indented.
    indent: usize,
    /// Whether the next token stands without a space before it.
    glued: bool,
}

impl Page {
    /// Starts a line.
    fn line(&mut self) {
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        self.text.push_str(&"    ".repeat(self.indent));
        self.glued = true;
    }

    /// A word or an operator.
    fn word(&mut self, word: &str, sticks: bool) {
        if !self.glued && !sticks {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.glued = false;
    }

    /// Tokens; `in_block` if a `;` ends a line.
    fn tokens(&mut self, tokens: TokenStream, in_block: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (i, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.group(group, tokens.get(i + 1), in_block),
                TokenTree::Punct(punct) => {
                    let c = punct.as_char();
                    let sticks = ";,.?:!".contains(c) || c == '>' && self.text.ends_with(['-', '=']);
                    self.word(&c.to_string(), sticks);
                    self.glued = punct.spacing() == Spacing::Joint || ".&#'!".contains(c) || self.text.ends_with("::");
                    if c == ';' && in_block {
                        self.line();
                    }
                }
                TokenTree::Ident(ident) => self.word(&ident.to_string(), false),
                TokenTree::Literal(literal) => self.word(&literal.to_string(), false),
            }
        }
    }

    /// A group, before `next`.
    fn group(&mut self, group: &proc_macro2::Group, next: Option<&TokenTree>, in_block: bool) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
            Delimiter::Brace => {
                if group.stream().is_empty() {
                    self.word("{}", false);
                } else {
                    self.word("{", false);
                    self.indent += 1;
                    self.line();
                    self.tokens(group.stream(), true);
                    self.indent -= 1;
                    self.line();
                    self.word("}", true);
                }
                if in_block && next.is_some_and(|next| !goes_on(next)) {
                    self.line();
                }
                return;
            }
        };
        let sticks = self.text.ends_with(|c: char| c.is_alphanumeric() || "_>)!#".contains(c));
        self.word(open, sticks);
        self.glued = true;
        self.tokens(group.stream(), false);
        self.word(close, true);
        if group.delimiter() == Delimiter::Bracket && in_block && self.text.contains("#[") {
            self.glued = false;
        }
    }
}

/// Whether a statement goes on with this token after a `}`.
fn goes_on(next: &TokenTree) -> bool {
    match next {
        // An attribute, or a path that begins with `::`.
        TokenTree::Punct(punct) => {
            punct.as_char() != '#' && (punct.as_char() != ':' || punct.spacing() == Spacing::Alone)
        }
        TokenTree::Ident(word) => word == "else",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::formatted;

    #[test]
    fn a_line_for_each_statement() {
        let tokens = "fn f(a: &u8) -> Vec<u8> { let x = g(1, a)?; if x { y(); } else { z.w(); } vec![x] }";
        let expected = "fn f(a: &u8) -> Vec < u8 > {\n    let x = g(1, a)?;\n    if x {\n        y();\n    } else {\n        z.w();\n    }\n    vec![x]\n}";
        assert_eq!(formatted(&tokens.parse().expect("tokens")), expected);
        let tokens = "fn f() {} { g(); } #[a] let x = { 1 }.h(); if x {} else {} match x { 1 => {} _ => {} } ::k(x)";
        let expected = "fn f() {}\n{\n    g();\n}\n#[a] let x = {\n    1\n}.h();\nif x {} else {}\nmatch x {\n    1 => {}\n    _ => {}\n}\n::k(x)";
        assert_eq!(formatted(&tokens.parse().expect("tokens")), expected);
    }
}
