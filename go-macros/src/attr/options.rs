//! What stands in an attribute's parentheses.

use proc_macro2::{Ident, Span, TokenStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Lit, Meta, Token};

use super::Attribute;
use super::func::FuncOptions;
use crate::diag::Errors;

/// The options of a test.
#[derive(Default)]
pub(crate) struct Options {
    /// Whether the clock is the real one.
    pub(crate) real_time: bool,
    /// Whether goroutines may still be blocked at the test's end.
    pub(crate) allow_leaks: bool,
    /// How many threads run goroutines.
    pub(crate) workers: Option<usize>,
}

impl Options {
    /// Parses the options; all that is wrong is noted.
    pub(crate) fn parse(attribute: Attribute, tokens: TokenStream, errors: &mut Errors) -> Options {
        let mut options = Options::default();
        if tokens.is_empty() {
            return options;
        }
        if attribute == Attribute::Main {
            let span = tokens.into_iter().next().map_or_else(Span::call_site, |token| token.span());
            errors.push(span, "`#[go::main]` has no options", "write `#[go::main]`");
            return options;
        }
        let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
        match syn::parse::Parser::parse2(parse, tokens) {
            Ok(list) => list.iter().for_each(|option| options.add(option, errors)),
            Err(error) => errors.push(error.span(), "the options of `#[go::test]` cannot be read", KNOWN),
        }
        options
    }

    /// Takes one option over.
    fn add(&mut self, option: &Meta, errors: &mut Errors) {
        match option {
            Meta::Path(path) if path.is_ident("real_time") => self.real_time = true,
            Meta::Path(path) if path.is_ident("allow_leaks") => self.allow_leaks = true,
            Meta::NameValue(pair) if pair.path.is_ident("workers") => match &pair.value {
                Expr::Lit(ExprLit { lit: Lit::Int(n), .. }) if n.base10_parse::<usize>().is_ok_and(|n| n > 0) => {
                    self.workers = n.base10_parse().ok();
                }
                other => {
                    errors.push(other.span(), "the number of workers is a positive integer", "write `workers = 2`")
                }
            },
            other => errors.push(other.span(), "`#[go::test]` has no such option", KNOWN),
        }
    }
}

/// The options that exist.
const KNOWN: &str = "the options are `real_time` (the real clock instead of a virtual one), `workers = 2` (threads), and \
                     `allow_leaks` (goroutines may stay blocked)";

/// How a result is named.
const RESULT: &str = "the only option names the result: `#[go::func(result = err)]`";

impl FuncOptions {
    /// Parses the options of `#[go::func]`; all that is wrong is noted.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> FuncOptions {
        let mut options = FuncOptions::default();
        let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
        match syn::parse::Parser::parse2(parse, tokens) {
            Ok(list) => {
                for option in &list {
                    match name_of_result(option) {
                        Some(name) => options.result = Some(name),
                        None => errors.push(option.span(), "`#[go::func]` has no such option", RESULT),
                    }
                }
            }
            Err(error) => errors.push(error.span(), "the options of `#[go::func]` cannot be read", RESULT),
        }
        options
    }
}

/// The name in `result = name`.
fn name_of_result(option: &Meta) -> Option<Ident> {
    match option {
        Meta::NameValue(pair) if pair.path.is_ident("result") => match &pair.value {
            Expr::Path(path) => path.path.get_ident().cloned(),
            _ => None,
        },
        _ => None,
    }
}
