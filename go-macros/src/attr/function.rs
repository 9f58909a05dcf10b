//! The body of a function, as a Go function's.

use std::rc::Rc;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{FnArg, Pat, PathArguments, ReturnType, Signature, Stmt, Type};

use crate::diag::Errors;
use crate::paths::Paths;
use crate::syntax::{Check, Function, Lower, Names, Needs, Parser, Returns, Scope, Tree, Waiting, binds, token};

/// What is known of the function.
pub(crate) struct Setting<'a> {
    /// Its scope.
    pub(crate) scope: Scope,
    /// The name of its result.
    pub(crate) result: Option<&'a Ident>,
    /// Whether its directional parameters may take a `Chan`.
    pub(crate) converts: bool,
    /// The names of what waits by itself, if it is written in the dialect.
    pub(crate) dialect: Option<&'a Rc<Names>>,
}

/// The body of a function, expanded.
pub(crate) struct Expanded {
    /// The conversions of the parameters.
    pub(crate) conversions: TokenStream,
    /// The statements after them.
    pub(crate) body: TokenStream,
}

impl Expanded {
    /// All of it.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let Expanded { conversions, body } = self;
        quote!(#conversions #body)
    }
}

/// Expands the body of a function; nothing if it can stay as it is. The signature's directional parameters are changed.
pub(crate) fn expand(
    setting: &Setting<'_>,
    sig: &mut Signature,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Option<Expanded> {
    let mut conversions = TokenStream::new();
    if setting.converts {
        for input in &mut sig.inputs {
            conversions.extend(convert(input));
        }
    }
    let is_dialect = setting.dialect.is_some();
    let is_concerned = is_dialect || setting.result.is_some() || mentions(&tokens);
    if !is_concerned {
        return (!conversions.is_empty()).then_some(Expanded { conversions, body: tokens });
    }
    let mut parser = Parser { dialect: is_dialect, errors: Errors::of_dialect(is_dialect), ..Parser::default() };
    let stmts = parser.statements(tokens.clone());
    let Parser { tree, errors: mut found, .. } = parser;
    let needs = Needs::of(&tree, &stmts);
    if !is_dialect && !needs.frame && !needs.panic && !needs.closures && setting.result.is_none() {
        return (!conversions.is_empty()).then_some(Expanded { conversions, body: tokens });
    }
    if found.is_empty() {
        let names = setting.dialect.map(|names| &**names);
        check(setting, sig, names, &tree, &stmts, &mut found);
    }
    if !found.is_empty() {
        errors.extend(found);
        return None;
    }
    let span = Span::mixed_site();
    let mut lower = Lower::new(tree);
    lower.names = setting.dialect.cloned();
    let private = lower.private(span);
    let deferred = needs.panic.then(|| lower.name("deferred"));
    let called = deferred.as_ref().map(|deferred| {
        let name = sig.ident.to_string();
        quote_spanned!(span=> let #deferred = #private::called(#name);)
    });
    let function = Function { frame: None, deferred, result: setting.result.cloned() };
    lower.begin_with(sig.inputs.iter().flat_map(|input| match input {
        FnArg::Typed(input) => binds(&input.pat),
        FnArg::Receiver(_) => Vec::new(),
    }));
    let body = lower.go_function(stmts, &Returns::of(&sig.output), function);
    // A frame brings them already.
    let traits = (!needs.frame && setting.result.is_none()).then(|| lower.traits());
    Some(Expanded { conversions, body: quote_spanned!(span=> #called #traits #body) })
}

/// The tokens of a block's statements.
pub(crate) fn statements(block: &syn::Block) -> TokenStream {
    block.stmts.iter().map(quote::ToTokens::to_token_stream).collect()
}

/// Checks the body.
fn check<'t>(
    setting: &Setting<'_>,
    sig: &Signature,
    names: Option<&'t Names>,
    tree: &'t Tree,
    stmts: &'t [Stmt],
    errors: &mut Errors,
) {
    let mut check = Check::new(tree, errors);
    check.names = names;
    check.within(Waiting::Possible, setting.scope, |check| check.stmts(stmts));
    check.unseen_changes(stmts);
    if let Some(result) = setting.result
        && matches!(sig.output, ReturnType::Default)
    {
        let help = "write the type of the result, or remove the option";
        errors.push(result.span(), &format!("`{result}` names the result of a function that has none"), help);
    }
}

/// Whether the macros that concern the whole function are in the tokens.
fn mentions(tokens: &TokenStream) -> bool {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    token::calls(&tokens, &["defer", "recover"]) || token::names(&tokens, "func")
}

/// Lets a parameter of a directional channel type take a `Chan` too: its conversion at the function's start.
fn convert(input: &mut FnArg) -> TokenStream {
    let FnArg::Typed(input) = input else { return TokenStream::new() };
    if !is_directional(&input.ty) {
        return TokenStream::new();
    }
    let Pat::Ident(pat) = &mut *input.pat else { return TokenStream::new() };
    if pat.by_ref.is_some() || pat.subpat.is_some() {
        return TokenStream::new();
    }
    let (mutable, name, ty) = (pat.mutability.take(), pat.ident.clone(), &*input.ty);
    let span = Span::mixed_site();
    let conversion = quote_spanned!(span=> let #mutable #name: #ty = ::core::convert::Into::into(#name););
    *input.ty = Type::Verbatim(quote_spanned!(span=> impl ::core::convert::Into<#ty>));
    conversion
}

/// Whether the type is `Receiver<T>`, `Sender<T>`, `chan!(<-chan T)` or `chan!(chan<- T)`.
fn is_directional(ty: &Type) -> bool {
    match ty {
        Type::Path(path) if path.qself.is_none() => {
            let segments = &path.path.segments;
            let is_ours = match segments.len() {
                1 => true,
                2 => Paths::new().is_runtime(&segments[0].ident),
                _ => false,
            };
            let Some(last) = segments.last().filter(|_| is_ours) else { return false };
            let generic = matches!(&last.arguments, PathArguments::AngleBracketed(args) if args.args.len() == 1);
            generic && (last.ident == "Receiver" || last.ident == "Sender")
        }
        Type::Macro(mac) => {
            let is_chan = mac.mac.path.segments.last().is_some_and(|last| last.ident == "chan");
            let tokens: Vec<_> = mac.mac.tokens.clone().into_iter().collect();
            is_chan && (token::is_arrow(&tokens, 0) || token::is_arrow(&tokens, 1))
        }
        _ => false,
    }
}
