//! From tokens to items, with the functions' bodies set aside.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::{Item, Stmt};

use crate::diag::Errors;
use crate::syntax::token;

/// The macro that stands for a body that was set aside.
const BODY: &str = "__go_body";

/// The body of a function.
pub(super) struct Body {
    /// The tokens between the braces.
    pub(super) tokens: TokenStream,
    /// The place of the braces.
    pub(super) span: Span,
}

/// The items of one macro call.
pub(super) struct Block {
    /// The items.
    pub(super) items: Vec<Item>,
    /// The bodies of their functions.
    bodies: Vec<Body>,
    /// The functions that `import` brings in, by their names here.
    pub(super) functions: Vec<String>,
    /// The methods that `import` names.
    pub(super) methods: Vec<String>,
}

impl Block {
    /// Parses the items; those that are no items are reported and left out.
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Block {
        let mut block = Block { items: Vec::new(), bodies: Vec::new(), functions: Vec::new(), methods: Vec::new() };
        let tokens = block.set_aside(tokens, errors);
        let Err(error) = syn::parse2::<syn::File>(tokens.clone()).map(|file| block.items = file.items) else {
            return block;
        };
        let before = errors.len();
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_end =
            |token: &TokenTree| token::is_punct(Some(token), ';') || token::is_group(Some(token), Delimiter::Brace);
        for item in tokens.split_inclusive(is_end) {
            match syn::parse2::<Item>(token::stream(item)) {
                Ok(item) => block.items.push(item),
                Err(error) => not_an_item(item, error, errors),
            }
        }
        if errors.len() == before {
            errors.push_syntax(error);
        }
        block
    }

    /// The body that a block stands for.
    pub(super) fn body(&self, block: &syn::Block) -> Option<&Body> {
        let [Stmt::Macro(mac)] = &block.stmts[..] else { return None };
        if !mac.mac.path.is_ident(BODY) {
            return None;
        }
        let TokenTree::Literal(number) = mac.mac.tokens.clone().into_iter().next()? else { return None };
        self.bodies.get(number.to_string().parse::<usize>().ok()?)
    }

    /// Sets the bodies of functions aside and reads the imports.
    fn set_aside(&mut self, tokens: TokenStream, errors: &mut Errors) -> TokenStream {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut out = TokenStream::new();
        // Whether the next braces hold items.
        let mut holds_items = false;
        let mut i = 0;
        while i < tokens.len() {
            match &tokens[i] {
                TokenTree::Ident(word) if word == "fn" && token::is_name(tokens.get(i + 1)) => {
                    let end = (i..tokens.len()).find(|j| {
                        token::is_punct(tokens.get(*j), ';') || token::is_group(tokens.get(*j), Delimiter::Brace)
                    });
                    let end = end.unwrap_or(tokens.len());
                    out.extend(tokens[i..end].iter().cloned());
                    if let Some(TokenTree::Group(body)) = tokens.get(end) {
                        out.extend([self.put(body)]);
                    } else if let Some(semi) = tokens.get(end) {
                        out.extend([semi.clone()]);
                    }
                    i = end + 1;
                    continue;
                }
                TokenTree::Ident(word) if word == "func" && token::is_name(tokens.get(i + 1)) => {
                    errors.push(word.span(), "`func` is `fn` here", "write `fn name(x: T) -> R { .. }`");
                    let end = (i..tokens.len()).find(|j| token::is_group(tokens.get(*j), Delimiter::Brace));
                    i = end.map_or(tokens.len(), |end| end + 1);
                    continue;
                }
                TokenTree::Ident(word)
                    if (word == "static" || word == "const")
                        && received(&tokens, i).is_some_and(|at| {
                            errors.push(
                                token::span_at(&tokens, at),
                                &format!("a `{word}` is made before the program starts: it cannot wait"),
                                "receive in a function, and hand the value on",
                            );
                            true
                        }) =>
                {
                    i = token::end_of_statement(&tokens, i) + 1;
                    continue;
                }
                TokenTree::Ident(word) if word == "static" && several(&tokens, i).is_some() => {
                    let (start, names) = several(&tokens, i).unwrap_or_default();
                    let colon = i + 2 * names.len();
                    let end = (token::end_of_statement(&tokens, i) + 1).min(tokens.len());
                    if let Some((at, message)) = wrong_statics(&tokens[..end], colon) {
                        let help = "write `static A, B: i32 = 1;`, or a `static` for each of them";
                        errors.push(token::span_at(&tokens, at), message, help);
                        i = end;
                        continue;
                    }
                    for (at, name) in names.iter().enumerate() {
                        // What stands before the first one is there already.
                        let before = if at == 0 { i } else { start };
                        out.extend(tokens[before..=i].iter().chain([name]).chain(&tokens[colon..end]).cloned());
                    }
                    i = end;
                    continue;
                }
                TokenTree::Ident(word)
                    if word == "import"
                        && matches!(
                            tokens.get(i + 1),
                            Some(TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_))
                        ) =>
                {
                    let end = token::end_of_statement(&tokens, i);
                    out.extend(self.import(word, &tokens[i + 1..end], errors));
                    i = end + 1;
                    continue;
                }
                TokenTree::Ident(word) if ["impl", "trait", "mod"].iter().any(|name| word == name) => {
                    holds_items = true;
                    out.extend([tokens[i].clone()]);
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && holds_items => {
                    let inside = self.set_aside(group.stream(), errors);
                    let mut items = Group::new(Delimiter::Brace, inside);
                    items.set_span(group.span());
                    out.extend([TokenTree::Group(items)]);
                    holds_items = false;
                }
                token => {
                    holds_items &=
                        !token::is_punct(Some(token), ';') && !token::is_group(Some(token), Delimiter::Brace);
                    out.extend([token.clone()]);
                }
            }
            i += 1;
        }
        out
    }

    /// Sets a body aside: the block that stands for it.
    fn put(&mut self, body: &Group) -> TokenTree {
        let span = body.span();
        let number = Literal::usize_unsuffixed(self.bodies.len());
        self.bodies.push(Body { tokens: body.stream(), span });
        let name = Ident::new(BODY, span);
        let mut block = Group::new(Delimiter::Brace, quote_spanned!(span=> #name!(#number);));
        block.set_span(span);
        TokenTree::Group(block)
    }

    /// Reads an `import`: the `use` in its place.
    fn import(&mut self, word: &Ident, path: &[TokenTree], errors: &mut Errors) -> TokenStream {
        let span = word.span();
        let help = "write `import path::function;` or `import path::Type::method;`, one at a time";
        if path.iter().any(|token| !matches!(token, TokenTree::Ident(_) | TokenTree::Punct(_))) {
            errors.push(token::span_at(path, 0), "`import` takes the path of one function", help);
            return TokenStream::new();
        }
        let names: Vec<&Ident> = path
            .iter()
            .filter_map(|token| match token {
                TokenTree::Ident(ident) => Some(ident),
                _ => None,
            })
            .collect();
        let Some(name) = names.last() else {
            errors.push(span, "`import` takes the path of one function", help);
            return TokenStream::new();
        };
        let of = names.len().checked_sub(2).map(|at| names[at].to_string());
        if name.to_string().starts_with(char::is_uppercase) {
            errors.push(
                name.span(),
                "`import` is for functions and methods that wait",
                "write `use` for anything else",
            );
            return TokenStream::new();
        }
        if of.is_some_and(|of| of.starts_with(char::is_uppercase)) {
            self.methods.push(name.to_string());
            return TokenStream::new();
        }
        self.functions.push(name.to_string());
        let path = token::stream(path);
        quote_spanned!(span=> use #path;)
    }
}

/// If the `static` at `i` names several variables: where their visibility and attributes start, and the names.
fn several(tokens: &[TokenTree], i: usize) -> Option<(usize, Vec<TokenTree>)> {
    let mut names = vec![tokens.get(i + 1).filter(|name| token::is_name(Some(name)))?.clone()];
    let mut at = i + 2;
    while token::is_punct(tokens.get(at), ',') {
        names.push(tokens.get(at + 1).filter(|name| token::is_name(Some(name)))?.clone());
        at += 2;
    }
    if names.len() == 1 {
        return None;
    }
    let ends = |token: &TokenTree| token::is_punct(Some(token), ';') || token::is_group(Some(token), Delimiter::Brace);
    let start = tokens[..i].iter().rposition(ends).map_or(0, |end| end + 1);
    Some((start, names))
}

/// What is wrong with a `static` of several names, after which there should be a colon: where, and why.
fn wrong_statics(tokens: &[TokenTree], colon: usize) -> Option<(usize, &'static str)> {
    if !token::is_punct(tokens.get(colon), ':') {
        return Some((colon, "these variables have no type"));
    }
    let value = (colon..tokens.len()).find(|at| token::is_punct(tokens.get(*at), '='))?;
    let comma = (value..tokens.len()).find(|at| token::is_punct(tokens.get(*at), ','))?;
    // `C::<A, B>::new()` has a comma of its own.
    let is_generic = tokens[value..comma].iter().any(|token| token::is_punct(Some(token), '<'));
    (!is_generic).then_some((comma, "several variables have one value, each its own copy of it"))
}

/// Where the value of the `static` or `const` at `i` receives.
fn received(tokens: &[TokenTree], i: usize) -> Option<usize> {
    let is_one = token::is_name(tokens.get(i + 1)) && [':', ','].iter().any(|c| token::is_punct(tokens.get(i + 2), *c));
    let end = if is_one { token::end_of_statement(tokens, i) } else { i };
    let equals = (i..end).find(|at| token::is_punct(tokens.get(*at), '='))?;
    let is_arrow = |at: usize| token::is_punct(tokens.get(at), '<') && token::is_punct(tokens.get(at + 1), '-');
    (equals + 1..end).find(|at| is_arrow(*at))
}

/// Reports what is no item.
fn not_an_item(tokens: &[TokenTree], error: syn::Error, errors: &mut Errors) {
    match tokens.first() {
        Some(first @ TokenTree::Ident(word))
            if ["go", "defer", "select", "for", "let", "return"].iter().any(|statement| word == statement) =>
        {
            errors.push(
                first.span(),
                "a statement stands outside of a function",
                "put it into one: `fn main() { .. }`",
            );
        }
        Some(first) if token::is_define(tokens, 1) => {
            let help = "put it into a function, or write an item: `static CH: Chan<i32> = chan!(i32);`";
            errors.push(first.span(), "a statement stands outside of a function", help);
        }
        _ => errors.push_syntax(error),
    }
}
