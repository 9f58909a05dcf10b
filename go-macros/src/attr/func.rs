//! `#[go::func]`: a function, or all `async` functions of an `impl` block or a trait, as Go functions.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    AttrStyle, Attribute as Attr, Block, ImplItem, ItemFn, ItemImpl, ItemTrait, Signature, TraitItem, Visibility,
};

use super::function::{self, Setting};
use crate::diag::Errors;
use crate::syntax::{Scope, is_go_function};

/// The options in the attribute's parentheses.
#[derive(Default)]
pub(super) struct FuncOptions {
    /// The name of the result.
    pub(super) result: Option<Ident>,
}

/// A function, wherever it stands.
struct AnyFunction {
    /// The outer attributes.
    attrs: Vec<Attr>,
    /// Who may call it.
    vis: Visibility,
    /// `default`, in front of a trait's implementation.
    defaultness: Option<TokenStream>,
    /// The signature.
    sig: Signature,
    /// The body.
    block: Block,
}

impl AnyFunction {
    /// Expands the function; nothing if it can stay as it is.
    fn expand(mut self, options: &FuncOptions, converts: bool) -> Option<TokenStream> {
        let mut errors = Errors::default();
        if self.sig.asyncness.is_none() {
            let help = format!("write `async fn {}`", self.sig.ident);
            errors.push(self.sig.fn_token.span, "a Go function may wait and must be async", &help);
        }
        let setting = Setting { scope: Scope::Function, result: options.result.as_ref(), converts };
        let body =
            if errors.is_empty() { function::expand(&setting, &mut self.sig, &self.block, &mut errors) } else { None };
        let AnyFunction { attrs, vis, defaultness, sig, .. } = &self;
        if !errors.is_empty() {
            let errors = errors.into_items();
            let mut sig = sig.clone();
            sig.asyncness = sig.asyncness.or_else(|| Some(syn::Token![async](Span::call_site())));
            let outer = attrs.iter().filter(|attr| matches!(attr.style, AttrStyle::Outer));
            return Some(quote! {
                #(#outer)*
                #[allow(unused, clippy::all)]
                #vis #defaultness #sig { #errors ::core::unreachable!() }
            });
        }
        let body = body?;
        let outer = attrs.iter().filter(|attr| matches!(attr.style, AttrStyle::Outer));
        let inner = attrs.iter().filter(|attr| matches!(attr.style, AttrStyle::Inner(_)));
        let span = Span::mixed_site().located_at(self.block.brace_token.span.join());
        Some(quote_spanned!(span=> #(#outer)* #vis #defaultness #sig { #(#inner)* #body }))
    }
}

/// Expands the item; what needs no expansion stays as it is, token for token.
pub(super) fn expand(options: &FuncOptions, item: TokenStream) -> Option<TokenStream> {
    if let Ok(function) = syn::parse2::<ItemFn>(item.clone()) {
        let ItemFn { attrs, vis, sig, block, .. } = function;
        // A method without a visibility may be a trait's, whose signature is not ours to change.
        let converts = sig.receiver().is_none() || !matches!(vis, Visibility::Inherited);
        let function = AnyFunction { attrs, vis, defaultness: None, sig, block: *block };
        return Some(function.expand(options, converts).unwrap_or(item));
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
            let function =
                AnyFunction { attrs: method.attrs, vis: method.vis, defaultness, sig: method.sig, block: method.block };
            if let Some(expanded) = function.expand(options, converts) {
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
                block: body,
            };
            if let Some(expanded) = function.expand(options, false) {
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
pub(super) fn check(options: &FuncOptions, item: &TokenStream, errors: &mut Errors) {
    if let Some(result) = &options.result
        && syn::parse2::<ItemFn>(item.clone()).is_err()
    {
        errors.push(result.span(), "a result's name belongs to one function", "put the attribute on that function");
    }
}
