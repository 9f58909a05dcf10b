//! `#[go::func]`: a function, or all `async` functions of an `impl` block or a trait, as Go functions.

use std::rc::Rc;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    AttrStyle, Attribute as Attr, ImplItem, ItemFn, ItemImpl, ItemTrait, ReturnType, Signature, TraitItem, Visibility,
};

use super::function::{self, Expanded, Setting, statements};
use crate::diag::Errors;
use crate::syntax::{Names, Scope, is_go_function};

/// The options in the attribute's parentheses.
#[derive(Default)]
pub(crate) struct FuncOptions {
    /// The name of the result.
    pub(crate) result: Option<Ident>,
}

/// A function, wherever it stands.
pub(crate) struct AnyFunction {
    /// The attributes.
    pub(crate) attrs: Vec<Attr>,
    /// Who may call it.
    pub(crate) vis: Visibility,
    /// `default`, in front of a trait's implementation.
    pub(crate) defaultness: Option<TokenStream>,
    /// The signature.
    pub(crate) sig: Signature,
    /// The body's statements.
    pub(crate) body: TokenStream,
    /// Where the body stands.
    pub(crate) span: Span,
}

/// How a function is expanded.
#[derive(Clone, Copy)]
pub(crate) struct Manner<'a> {
    /// What is known of its result.
    pub(crate) options: &'a FuncOptions,
    /// Whether its directional parameters may take a `Chan`.
    pub(crate) converts: bool,
    /// The names of what waits by itself, in the dialect.
    pub(crate) dialect: Option<&'a Rc<Names>>,
    /// Whether it calls itself, perhaps by way of others, and so returns a box.
    pub(crate) boxed: bool,
}

impl AnyFunction {
    /// Expands the function; nothing if it can stay as it is.
    pub(crate) fn expand(mut self, manner: Manner<'_>) -> Option<TokenStream> {
        let Manner { options, converts, dialect, boxed } = manner;
        let mut errors = Errors::default();
        if self.sig.asyncness.is_none() {
            let help = format!("write `async fn {}`", self.sig.ident);
            errors.push(self.sig.fn_token.span, "a Go function may wait and must be async", &help);
        }
        let setting = Setting { scope: Scope::Function, result: options.result.as_ref(), converts, dialect };
        let expanded = if errors.is_empty() {
            function::expand(&setting, &mut self.sig, self.body.clone(), &mut errors)
        } else {
            None
        };
        let AnyFunction { attrs, vis, defaultness, mut sig, span, .. } = self;
        let (outer, inner): (Vec<_>, Vec<_>) = attrs.iter().partition(|attr| matches!(attr.style, AttrStyle::Outer));
        if !errors.is_empty() {
            let errors = errors.into_items();
            sig.asyncness = sig.asyncness.or_else(|| Some(syn::Token![async](Span::call_site())));
            return Some(quote! {
                #(#outer)*
                #[allow(unused, clippy::all)]
                #vis #defaultness #sig { #errors ::core::unreachable!() }
            });
        }
        let here = Span::mixed_site().located_at(span);
        let expanded = expanded?;
        if !boxed {
            let body = expanded.into_tokens();
            return Some(quote_spanned!(here=> #(#outer)* #vis #defaultness #sig { #(#inner)* #body }));
        }
        let Expanded { conversions, body } = expanded;
        let result = match &sig.output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, ty) => quote!(#ty),
        };
        sig.asyncness = None;
        sig.output =
            syn::parse_quote_spanned!(here=> -> impl ::core::future::Future<Output = #result> + ::core::marker::Send);
        Some(quote_spanned! {here=>
            #(#outer)*
            #[allow(refining_impl_trait, clippy::manual_async_fn)]
            #vis #defaultness #sig {
                #(#inner)*
                #conversions
                ::std::boxed::Box::pin(async move { #body })
            }
        })
    }
}

/// Expands the item; what needs no expansion stays as it is, token for token.
pub(crate) fn expand(options: &FuncOptions, item: TokenStream) -> Option<TokenStream> {
    if let Ok(function) = syn::parse2::<ItemFn>(item.clone()) {
        let ItemFn { attrs, vis, sig, block, .. } = function;
        // A method without a visibility may be a trait's, whose signature is not ours to change.
        let converts = sig.receiver().is_none() || !matches!(vis, Visibility::Inherited);
        let (body, span) = (statements(&block), block.brace_token.span.join());
        let function = AnyFunction { attrs, vis, defaultness: None, sig, body, span };
        return Some(function.expand(Manner { options, converts, dialect: None, boxed: false }).unwrap_or(item));
    }
    if let Ok(mut block) = syn::parse2::<ItemImpl>(item.clone()) {
        let converts = block.trait_.is_none();
        let mut changed = false;
        for item in &mut block.items {
            let ImplItem::Fn(method) = item else { continue };
            if method.sig.asyncness.is_none() || is_go_function(&method.attrs) {
                continue;
            }
            let method = method.clone();
            let defaultness = method.modifiers.defaultness.map(ToTokens::into_token_stream);
            let (body, span) = (statements(&method.block), method.block.brace_token.span.join());
            let function =
                AnyFunction { attrs: method.attrs, vis: method.vis, defaultness, sig: method.sig, body, span };
            if let Some(expanded) = function.expand(Manner { options, converts, dialect: None, boxed: false }) {
                *item = ImplItem::Verbatim(expanded);
                changed = true;
            }
        }
        return Some(if changed { block.into_token_stream() } else { item });
    }
    if let Ok(mut block) = syn::parse2::<ItemTrait>(item.clone()) {
        let mut changed = false;
        for item in &mut block.items {
            let TraitItem::Fn(method) = item else { continue };
            if method.sig.asyncness.is_none() || is_go_function(&method.attrs) {
                continue;
            }
            let Some(body) = method.default.clone() else { continue };
            let function = AnyFunction {
                attrs: method.attrs.clone(),
                vis: Visibility::Inherited,
                defaultness: None,
                sig: method.sig.clone(),
                body: statements(&body),
                span: body.brace_token.span.join(),
            };
            if let Some(expanded) = function.expand(Manner { options, converts: false, dialect: None, boxed: false }) {
                *item = TraitItem::Verbatim(expanded);
                changed = true;
            }
        }
        return Some(if changed { block.into_token_stream() } else { item });
    }
    // A trait's method without a body.
    syn::parse2::<syn::TraitItemFn>(item.clone()).is_ok().then_some(item)
}

/// Whether the option stands for one function only.
pub(crate) fn check(options: &FuncOptions, item: &TokenStream, errors: &mut Errors) {
    if let Some(result) = &options.result
        && syn::parse2::<ItemFn>(item.clone()).is_err()
    {
        errors.push(result.span(), "a result's name belongs to one function", "put the attribute on that function");
    }
}
