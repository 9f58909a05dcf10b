//! From tokens to what a `chan!` means.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Token, Type};

use super::{Chan, Form, Handle};
use crate::syntax::{Name, Parser, list_assignment, pattern, token};

impl Chan {
    /// Parses the tokens of `chan!`.
    pub(crate) fn parse(parser: &mut Parser, tokens: TokenStream, span: Span) -> Option<Chan> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let form = form(parser, &tokens, span)?;
        Some(Chan { span, form })
    }
}

/// Whether the tokens are those of a type.
pub(super) fn starts_as_type(tokens: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    is_type(&tokens)
}

/// Whether the tokens are those of a type.
fn is_type(tokens: &[TokenTree]) -> bool {
    let word = if token::is_arrow(tokens, 0) { 2 } else { 0 };
    let next = tokens.get(word + 1);
    // `chan!` is a macro's call, `chan.len()` a variable's method.
    token::is_ident(tokens.get(word), "chan") && !token::is_punct(next, '!') && !token::is_punct(next, '.')
}

/// The pattern of the variables to the left of `:=`, for the code around a call with errors.
pub(super) fn names_on_the_left(tokens: &TokenStream) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let define = (0..tokens.len()).find(|i| token::is_define(&tokens, *i))?;
    let names: Vec<Name> = Parser::default().names(Span::call_site(), &tokens[..define])?;
    let pattern = pattern(&names);
    Some(quote!(#pattern))
}

/// Parses what it means.
fn form(parser: &mut Parser, tokens: &[TokenTree], span: Span) -> Option<Form> {
    let tokens = match tokens.split_last() {
        Some((last, rest)) if token::is_punct(Some(last), ';') => rest,
        _ => tokens,
    };
    if tokens.is_empty() {
        let help = "name it: `chan!(i32)` makes a channel, `chan!(i32, 3)` one with a buffer of 3";
        parser.errors.push(span, "`chan!` needs the type of the values", help);
        return None;
    }
    if let Some(at) = (0..tokens.len()).find(|i| token::is_define(tokens, *i)) {
        let op = tokens[at].span();
        let define = parser.define(op, &tokens[..at], &tokens[at + 2..])?;
        return Some(Form::Define(define));
    }
    let comma = (0..tokens.len()).find(|i| token::is_punct(tokens.get(*i), ','));
    if is_type(tokens) && comma.is_none() {
        return handle(parser, tokens).map(Form::Type);
    }
    if let Some(at) = list_assignment(tokens, 0).or_else(|| (0..tokens.len()).find(|i| token::is_assign(tokens, *i)))
        && !(0..at).any(|i| token::is_arrow(tokens, i))
    {
        let assign = parser.assign(tokens[at].span(), &tokens[..at], &tokens[at + 1..])?;
        return Some(Form::Assign(assign));
    }
    if !is_type(tokens) && (0..tokens.len()).any(|i| token::is_arrow(tokens, i)) {
        return operation(parser, tokens);
    }
    make(parser, tokens)
}

/// Parses a send or a receive.
fn operation(parser: &mut Parser, tokens: &[TokenTree]) -> Option<Form> {
    let errors = parser.errors.len();
    let expr = parser.expr(token::stream(tokens))?;
    if parser.errors.len() > errors {
        return None;
    }
    if let Some(recv) = parser.tree.take_recv(&expr) {
        return Some(Form::Recv(recv));
    }
    if let Some(send) = parser.tree.take_send(&expr) {
        return Some(Form::Send(send));
    }
    let at = (0..tokens.len()).find(|i| token::is_arrow(tokens, *i)).unwrap_or(0);
    let help = "write `ch <- v` or `<-ch`, and calculate outside: `chan!(<-ch) + 1`";
    parser.errors.push(tokens[at].span(), "`chan!` takes one operation", help);
    None
}

/// Parses the type and the capacity of a new channel.
fn make(parser: &mut Parser, tokens: &[TokenTree]) -> Option<Form> {
    // A comma may also be part of a type, `(A, B)` is a group but `Map<A, B>` is not: the type comes first.
    let parsed = syn::parse::Parser::parse2(
        |input: ParseStream<'_>| {
            let value: Value = input.parse()?;
            let rest: TokenStream = input.parse()?;
            Ok((value.ty, rest))
        },
        token::stream(tokens),
    );
    let (value, rest) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let help = "name it: `chan!(i32)`, `chan!(i32, 3)`; or use the operator: `chan!(ch <- v)`, `chan!(<-ch)`";
            parser.errors.push(error.span(), "`chan!` needs the type of the values or a channel operation", help);
            return None;
        }
    };
    let rest: Vec<TokenTree> = rest.into_iter().collect();
    let Some((comma, capacity)) = rest.split_first() else { return Some(Form::Make { value, capacity: None }) };
    if !token::is_punct(Some(comma), ',') {
        parser.errors.push(comma.span(), "a `,` is missing before the capacity", "write `chan!(T, n)`");
        return None;
    }
    if capacity.is_empty() {
        return Some(Form::Make { value, capacity: None });
    }
    let mut capacities = parser.exprs(token::stream(capacity))?;
    if capacities.len() > 1 {
        let span = syn::spanned::Spanned::span(&capacities[1]);
        parser.errors.push(span, "a channel has one capacity", "write `chan!(T, n)`");
        return None;
    }
    if let Some(Expr::Lit(syn::ExprLit { lit, .. })) = capacities.last()
        && !matches!(lit, syn::Lit::Int(_))
    {
        parser.errors.push(
            lit.span(),
            "the capacity is not an integer",
            "write how many values are buffered: `chan!(T, 3)`",
        );
        return None;
    }
    Some(Form::Make { value, capacity: capacities.pop() })
}

/// Parses a channel's type.
fn handle(parser: &mut Parser, tokens: &[TokenTree]) -> Option<Handle> {
    match syn::parse2::<Handle>(token::stream(tokens)) {
        Ok(handle) => Some(handle),
        Err(_) => {
            let rest = if token::is_arrow(tokens, 0) { 3 } else { 1 };
            let rest = if token::is_arrow(tokens, rest) { rest + 2 } else { rest };
            let message = "the type of the values is missing or is none";
            let help = "write `chan T`, `<-chan T` (to receive) or `chan<- T` (to send)";
            parser.errors.push(token::span_at(tokens, rest), message, help);
            None
        }
    }
}

/// The type of a channel's values, which may be a channel's type.
struct Value {
    /// The type.
    ty: Type,
}

impl Parse for Value {
    fn parse(input: ParseStream<'_>) -> syn::Result<Value> {
        if !is_type(&input.cursor().token_stream().into_iter().collect::<Vec<_>>()) {
            if input.peek(syn::token::Paren) {
                // Go's parentheses around a channel's type.
                let ahead = input.fork();
                let group: proc_macro2::Group = ahead.parse()?;
                if group.delimiter() == Delimiter::Parenthesis && starts_as_type(&group.stream()) {
                    let group: proc_macro2::Group = input.parse()?;
                    return syn::parse2(group.stream());
                }
            }
            return Ok(Value { ty: input.parse()? });
        }
        let handle: Handle = input.parse()?;
        Ok(Value { ty: handle.into_type() })
    }
}

impl Parse for Handle {
    fn parse(input: ParseStream<'_>) -> syn::Result<Handle> {
        let receives = input.peek(Token![<-]);
        if receives {
            input.parse::<Token![<-]>()?;
        }
        let chan: syn::Ident = input.parse()?;
        let sends = !receives && input.peek(Token![<-]);
        if sends {
            input.parse::<Token![<-]>()?;
        }
        let name = match (receives, sends) {
            (true, _) => "Receiver",
            (_, true) => "Sender",
            _ => "Chan",
        };
        let value: Value = input.parse()?;
        Ok(Handle { name, span: chan.span(), value: value.ty })
    }
}
