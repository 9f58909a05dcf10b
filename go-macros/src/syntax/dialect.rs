//! Go's statements as `golang!` has them: `go f(x);` is `go!(f(x));` there, and so on, before syn parses.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::Stmt;

use super::free::binds;
use super::moved::Moved;
use super::parser::{Parser, Place};
use super::token;
use super::tree::{Name, Node};

/// What the name of a macro begins with that stands for a statement of the dialect.
const PREFIX: &str = "__go_statement_";

/// Words with which statements of Rust begin although they may be names.
const WORDS: &[&str] = &["auto", "default", "macro_rules", "raw", "safe", "union"];
/// Whether a loop with three clauses is in its first round.
pub(super) const FIRST: &str = "__go_first";

/// The name of the macro without the mark that it stands for a statement of the dialect.
pub(super) fn unmarked(name: &str) -> (&str, bool) {
    match name.strip_prefix(PREFIX) {
        Some(name) => (name, true),
        None => (name, false),
    }
}

/// The call of the macro that stands for a statement of the dialect.
fn call(name: &str, span: Span, delimiter: Delimiter, inside: TokenStream, group_span: Span) -> [TokenTree; 3] {
    let mut bang = Punct::new('!', Spacing::Alone);
    bang.set_span(span);
    let mut group = Group::new(delimiter, inside);
    group.set_span(group_span);
    [TokenTree::Ident(Ident::new(&format!("{PREFIX}{name}"), span)), TokenTree::Punct(bang), TokenTree::Group(group)]
}

/// A `;` at a place.
fn semicolon(span: Span) -> TokenTree {
    let mut semi = Punct::new(';', Spacing::Alone);
    semi.set_span(span);
    TokenTree::Punct(semi)
}

impl Parser {
    /// Writes the statement at `i` as a macro call if it is one of the dialect's: where to go on.
    pub(super) fn mark_statement(&mut self, tokens: &[TokenTree], i: usize, out: &mut Vec<TokenTree>) -> Option<usize> {
        let TokenTree::Ident(word) = &tokens[i] else { return None };
        let word = word.to_string();
        let span = tokens[i].span();
        let next = tokens.get(i + 1)?;
        match word.as_str() {
            "go" | "defer" => {
                if let TokenTree::Group(block) = next
                    && block.delimiter() == Delimiter::Brace
                {
                    out.extend(call(&word, span, Delimiter::Brace, block.stream(), block.span()));
                    out.push(semicolon(span));
                    return Some(after_semicolon(tokens, i + 2));
                }
                if token::is_punct(Some(next), '<') && token::is_punct(tokens.get(i + 2), '-') {
                    let end = token::end_of_statement(tokens, i);
                    let help = format!(
                        "write a block: `{word} {{ {}; }}`",
                        token::stream(&tokens[i + 1..end]).to_string().replacen("<- ", "<-", 1)
                    );
                    self.errors.push(next.span(), &format!("`{word}` needs a call or a block"), &help);
                    return Some(end);
                }
                let TokenTree::Ident(first) = next else { return None };
                if token::is_ident(Some(next), "func") && token::is_group(tokens.get(i + 2), Delimiter::Parenthesis) {
                    let help = format!("write the block itself: `{word} {{ .. }}`");
                    self.errors.push(first.span(), &format!("`{word}` takes a block for Go's function literal"), &help);
                    return Some(token::end_of_statement(tokens, i));
                }
                let end = token::end_of_statement(tokens, i);
                if first == "recover" && end == i + 3 && token::is_group(tokens.get(i + 2), Delimiter::Parenthesis) {
                    let help = "defer a block that recovers: `defer { recover(); }`";
                    let message = format!("`recover` as the call of `{word}` itself recovers nothing");
                    self.errors.push(first.span(), &message, help);
                    return Some(end);
                }
                let block = (i + 1..end).find(|j| token::is_group(tokens.get(*j), Delimiter::Brace));
                if first == "move"
                    && let Some(block) = block
                    && Moved::is_list(&tokens[i + 2..block])
                {
                    let inside = token::stream(&tokens[i + 1..=block]);
                    out.extend(call(&word, span, Delimiter::Parenthesis, inside, span));
                    out.push(semicolon(span));
                    return Some(after_semicolon(tokens, block + 1));
                }
                let inside = token::stream(&tokens[i + 1..end]);
                out.extend(call(&word, span, Delimiter::Parenthesis, inside, span));
                out.push(semicolon(span));
                Some((end + 1).min(tokens.len()))
            }
            "for" => {
                let body = (i..tokens.len()).find(|j| token::is_group(tokens.get(*j), Delimiter::Brace))?;
                let head = &tokens[i + 1..body];
                let is_gos = !head.iter().any(|token| token::is_ident(Some(token), "in"));
                if !is_gos {
                    return None;
                }
                if let Some(semi) = head.iter().position(|token| token::is_punct(Some(token), ';')) {
                    self.clauses(tokens, i, body, head[semi].span(), out);
                    return Some(body + 1);
                }
                let word = if head.is_empty() { "loop" } else { "while" };
                out.push(TokenTree::Ident(Ident::new(word, span)));
                Some(i + 1)
            }
            _ => {
                self.report_word(&word, tokens, i);
                None
            }
        }
    }

    /// Writes the loop with three clauses at `i`, whose body is at `body`, as a `while`.
    ///
    /// What comes after a round stands in the condition of the next, so that `continue` runs it.
    fn clauses(&mut self, tokens: &[TokenTree], i: usize, body: usize, semi: Span, out: &mut Vec<TokenTree>) {
        let clauses = token::split(&tokens[i + 1..body], ';');
        let [init, condition, after] = &clauses[..] else {
            let help = "write `for i := 0; i < n; i++ { .. }`, `for condition { .. }` or `for i := range n { .. }`";
            self.errors.push(semi, "a loop has a condition or three clauses", help);
            return;
        };
        let span = Span::mixed_site();
        let labelled = i >= 3 && token::is_punct(tokens.get(i - 1), ':') && token::is_punct(tokens.get(i - 3), '\'');
        let label = token::stream(if labelled { &tokens[i - 3..i] } else { &[] });
        out.truncate(out.len() - if labelled { 3 } else { 0 });
        let first = Ident::new(FIRST, span);
        let (init, after) = (token::stream(init), token::stream(after));
        let condition = if condition.is_empty() { quote_spanned!(span=> true) } else { token::stream(condition) };
        let head = quote_spanned!(span=> { if #first { #first = false; } else { #after; } #condition });
        let repeat = quote_spanned!(tokens[i].span()=> while);
        let body = &tokens[body];
        let whole = quote_spanned!(span=> { #init; let mut #first = true; #label #repeat #head #body });
        out.extend(self.mark_more(whole));
    }

    /// Writes `i++` and `i--` at `i` as assignments: where to go on.
    pub(super) fn mark_count(
        &mut self,
        tokens: &[TokenTree],
        i: usize,
        place: Place,
        out: &mut Vec<TokenTree>,
    ) -> Option<usize> {
        let TokenTree::Punct(sign) = &tokens[i] else { return None };
        let is_twice = ['+', '-'].contains(&sign.as_char())
            && sign.spacing() == Spacing::Joint
            && token::is_punct(tokens.get(i + 1), sign.as_char());
        let ends = tokens.len() == i + 2 || token::is_punct(tokens.get(i + 2), ';');
        // `a --b` is Rust's.
        if !is_twice || !ends && sign.as_char() == '-' {
            return None;
        }
        let is_start = |j: &usize| token::starts_statement(tokens, *j);
        let start = (0..=i).rev().find(is_start).unwrap_or(0);
        let is_place = start < i
            && !matches!(&tokens[start], TokenTree::Ident(word) if token::is_keyword(word))
            && !tokens[start..i].iter().any(|token| token::is_punct(Some(token), '='));
        if place != Place::Statements || !is_place || !ends {
            let twice = format!("{0}{0}", sign.as_char());
            let help = format!("write `i{twice};` on a line of its own");
            self.errors.push(sign.span(), &format!("`{twice}` ends a statement and has no value"), &help);
            return Some(i + 2);
        }
        let (mut equals, mut one) = (Punct::new('=', Spacing::Alone), Literal::i8_unsuffixed(1));
        equals.set_span(tokens[i + 1].span());
        one.set_span(tokens[i + 1].span());
        out.extend([TokenTree::Punct(sign.clone()), TokenTree::Punct(equals), TokenTree::Literal(one)]);
        if tokens.len() == i + 2 {
            out.push(semicolon(sign.span()));
        }
        Some(i + 2)
    }

    /// Writes the expression at `i` as a macro call if it is one of the dialect's: where to go on.
    pub(super) fn mark_expression(
        &mut self,
        tokens: &[TokenTree],
        i: usize,
        out: &mut Vec<TokenTree>,
    ) -> Option<usize> {
        let TokenTree::Ident(word) = &tokens[i] else { return None };
        if (word == "go" || word == "defer") && token::is_name(tokens.get(i + 1)) {
            let message = format!("`{word}` is a statement and has no value");
            self.errors.push(word.span(), &message, "put it on a line of its own");
            return Some(i + 1);
        }
        let TokenTree::Group(group) = tokens.get(i + 1)? else { return None };
        let before = token::before(tokens, i);
        let is_part = token::is_punct(before, '.')
            || token::is_punct(before, ':') && i >= 2 && token::is_joint(tokens.get(i - 2), ':');
        if is_part || token::is_ident(before, "fn") {
            return None;
        }
        let span = word.span();
        if word == "select" && group.delimiter() == Delimiter::Brace {
            out.extend(call("select", span, Delimiter::Brace, group.stream(), group.span()));
            if token::starts_statement(tokens, i) && token::is_statement_next(tokens, i + 2) {
                out.push(semicolon(span));
            }
            return Some(i + 2);
        }
        if word == "recover" && group.delimiter() == Delimiter::Parenthesis {
            out.extend(call("recover", span, Delimiter::Parenthesis, group.stream(), group.span()));
            return Some(i + 2);
        }
        None
    }

    /// Reports each `:=` whose names the same block has defined already.
    pub(super) fn nothing_new(&mut self, stmts: &[Stmt]) {
        let mut defined: HashSet<String> = HashSet::new();
        let mut repeated: Vec<Ident> = Vec::new();
        for stmt in stmts {
            match stmt {
                Stmt::Local(local) => defined.extend(binds(&local.pat)),
                Stmt::Macro(mac) => {
                    let Some(Node::Define(define)) = self.tree.of_macro(&mac.mac) else { continue };
                    let names = define.names.iter().filter_map(|name| match name {
                        Name::Variable(ident) => Some(ident),
                        Name::Nothing(_) => None,
                    });
                    let names: Vec<&Ident> = names.collect();
                    if !names.is_empty() && names.iter().all(|name| defined.contains(&name.to_string())) {
                        repeated.extend(names.first().copied().cloned());
                    }
                    defined.extend(names.iter().map(ToString::to_string));
                }
                Stmt::Expr(..) | Stmt::Item(_) => {}
            }
        }
        for name in repeated {
            self.errors.push(name.span(), "no new variables on the left of `:=`", "assign with `=`");
        }
    }

    /// Reports a word with which a statement of Go begins that has another form here.
    fn report_word(&mut self, word: &str, tokens: &[TokenTree], i: usize) {
        let next = tokens.get(i + 1);
        let is_name = matches!(next, Some(TokenTree::Ident(_)));
        let (message, help) = match word {
            "switch" if is_name || token::is_group(next, Delimiter::Brace) => {
                ("`switch` is `match` here", "write `match x { 1 => .., _ => .. }`")
            }
            "var" if is_name => ("`var` is `let` here", "write `let mut x = ..;` or `x := ..;`"),
            "func" if is_name => ("`func` is `fn` here", "write `fn name(..) { .. }`"),
            "fallthrough" if next.is_none() || token::is_punct(next, ';') => {
                ("there is no `fallthrough`", "give the arm both patterns: `1 | 2 => ..`")
            }
            "return" if is_list(&tokens[i + 1..token::end_of_statement(tokens, i)]) => {
                ("several values are one here, a tuple", "write `return (a, b);`")
            }
            "goto" if is_name => ("there is no `goto`", "leave or repeat a labelled loop: `break 'outer`"),
            _ if token::is_name(Some(&tokens[i])) && token::is_name(next) && !WORDS.contains(&word) => {
                let message = format!("`{word}` begins no statement, neither in Go nor in Rust");
                let help = "if these are two statements, separate them with `;`";
                return self.errors.push(tokens[i].span(), &message, help);
            }
            _ => return,
        };
        self.errors.push(tokens[i].span(), message, help);
    }
}

/// Whether expressions stand there with commas between them, none of which can be that of a closure or of a type.
fn is_list(tokens: &[TokenTree]) -> bool {
    let has = |c: char| tokens.iter().any(|token| token::is_punct(Some(token), c));
    has(',') && !has('<') && !has('|')
}

/// Where to go on after a `;` that is superfluous.
fn after_semicolon(tokens: &[TokenTree], i: usize) -> usize {
    if token::is_punct(tokens.get(i), ';') { i + 1 } else { i }
}
