//! From a block's items to Rust's.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute as Attr, ImplItem, Item, ItemFn, Meta, Signature, TraitItem, Visibility};

use super::names::{Known, is_go};
use super::parse::Block;
use crate::attr::func::{AnyFunction, FuncOptions, Manner};
use crate::attr::function::{self, Expanded, Setting};
use crate::attr::options::Options;
use crate::attr::{Attribute, check, expand};
use crate::diag::Errors;
use crate::syntax::Scope;

/// Expands the items.
pub(super) fn items(block: &Block, known: Known) -> TokenStream {
    let expand = Expand { block, known };
    block.items.iter().map(|item| expand.item(item.clone(), true)).collect()
}

/// The expansion.
struct Expand<'b> {
    /// The block.
    block: &'b Block,
    /// What is known of its functions.
    known: Known,
}

impl Expand<'_> {
    /// An item; `main` is the program's if the item stands at the top.
    fn item(&self, item: Item, at_top: bool) -> TokenStream {
        match item {
            Item::Fn(item) => self.function(item, at_top),
            Item::Mod(mut item) => {
                if let Some((_, items)) = &mut item.content {
                    for inner in items {
                        *inner = Item::Verbatim(self.item(inner.clone(), false));
                    }
                }
                item.into_token_stream()
            }
            Item::Impl(mut item) => {
                let of = item.trait_.as_ref().and_then(|(.., path, _)| path.segments.last());
                let is_foreign = of.is_some_and(|of| !self.known.traits.contains(&of.ident.to_string()));
                let converts = of.is_none();
                for method in &mut item.items {
                    if let ImplItem::Fn(function) = method {
                        let (sig, block) = (&function.sig, &function.block);
                        let defaultness = function.modifiers.defaultness.as_ref().map(ToTokens::to_token_stream);
                        let tokens = if is_go(sig, is_foreign) {
                            self.go(&function.attrs, &function.vis, defaultness, sig, block, converts)
                        } else {
                            self.rust(&function.attrs, quote!(#defaultness), &function.vis, sig, block)
                        };
                        *method = ImplItem::Verbatim(tokens);
                    }
                }
                item.into_token_stream()
            }
            Item::Trait(mut item) => {
                for method in &mut item.items {
                    if let TraitItem::Fn(function) = method
                        && is_go(&function.sig, false)
                    {
                        match &function.default {
                            Some(block) => {
                                let vis = Visibility::Inherited;
                                let tokens = self.go(&function.attrs, &vis, None, &function.sig, block, false);
                                *method = TraitItem::Verbatim(tokens);
                            }
                            None => function.sig.asyncness = Some(syn::Token![async](function.sig.fn_token.span)),
                        }
                    }
                }
                // Who wants to start goroutines for any implementation says so in its bounds.
                item.attrs.insert(0, syn::parse_quote!(#[allow(async_fn_in_trait)]));
                item.into_token_stream()
            }
            other => other.into_token_stream(),
        }
    }

    /// A function outside of `impl` blocks.
    fn function(&self, item: ItemFn, at_top: bool) -> TokenStream {
        let is_test = item.attrs.iter().any(is_test);
        let is_main = at_top && item.sig.ident == "main";
        if is_test || is_main {
            let attribute = if is_test { Attribute::Test } else { Attribute::Main };
            return self.entry(attribute, item);
        }
        if !is_go(&item.sig, false) {
            return self.rust(&item.attrs, TokenStream::new(), &item.vis, &item.sig, &item.block);
        }
        self.go(&item.attrs, &item.vis, None, &item.sig, &item.block, true)
    }

    /// `main` or a test.
    fn entry(&self, attribute: Attribute, mut item: ItemFn) -> TokenStream {
        let mut errors = Errors::default();
        let options = match item.attrs.iter().find(|attr| is_test(attr)).map(|attr| &attr.meta) {
            Some(Meta::List(list)) => Options::parse(attribute, list.tokens.clone(), &mut errors),
            _ => Options::default(),
        };
        item.attrs.retain(|attr| !is_test(attr));
        item.sig.asyncness = Some(syn::Token![async](item.sig.fn_token.span));
        check::check(attribute, &item, &mut errors);
        let setting = Setting { scope: Scope::Body, result: None, converts: false, dialect: Some(&self.known.names) };
        let body = self.block.body(&item.block).map(|body| body.tokens.clone()).unwrap_or_default();
        let expanded = function::expand(&setting, &mut item.sig, body, &mut errors);
        if !errors.is_empty() {
            item.block = syn::parse_quote!({ ::core::unreachable!() });
            return expand::stub(attribute, errors, item);
        }
        expand::expand(attribute, &options, item, expanded.map(Expanded::into_tokens))
    }

    /// A Go function.
    fn go(
        &self,
        attrs: &[Attr],
        vis: &Visibility,
        defaultness: Option<TokenStream>,
        sig: &Signature,
        block: &syn::Block,
        converts: bool,
    ) -> TokenStream {
        let mut errors = Errors::default();
        let mut options = FuncOptions::default();
        let mut kept: Vec<Attr> = vec![syn::parse_quote_spanned!(sig.fn_token.span=> #[deny(unused_must_use)])];
        for attr in attrs {
            match &attr.meta {
                Meta::List(list) if crate::syntax::is_func(attr) => {
                    options = FuncOptions::parse(list.tokens.clone(), &mut errors);
                }
                _ if crate::syntax::is_func(attr) => {}
                _ => kept.push(attr.clone()),
            }
        }
        let mut sig = sig.clone();
        sig.asyncness = Some(syn::Token![async](sig.fn_token.span));
        let body = self.block.body(block);
        let (tokens, span) =
            body.map_or_else(|| (TokenStream::new(), Span::call_site()), |body| (body.tokens.clone(), body.span));
        let boxed = self.known.recursive.contains(&sig.ident.to_string());
        let function = AnyFunction { attrs: kept, vis: vis.clone(), defaultness, sig, body: tokens, span };
        let manner = Manner { options: &options, converts, dialect: Some(&self.known.names), boxed };
        let expanded = function.expand(manner).unwrap_or_default();
        let errors = errors.into_items();
        quote!(#errors #expanded)
    }

    /// A function that stays as it is.
    fn rust(
        &self,
        attrs: &[Attr],
        modifiers: TokenStream,
        vis: &Visibility,
        sig: &Signature,
        block: &syn::Block,
    ) -> TokenStream {
        let body = self.block.body(block).map(|body| body.tokens.clone()).unwrap_or_default();
        // It cannot wait: a call that would wait elsewhere is an error.
        let deny = quote_spanned!(sig.fn_token.span=> #[deny(unused_must_use)]);
        quote!(#deny #(#attrs)* #vis #modifiers #sig { #body })
    }
}

/// Whether the attribute makes a function a test: `#[test]`, `#[go::test]`.
fn is_test(attr: &Attr) -> bool {
    let path = attr.path();
    path.is_ident("test")
        || path.segments.len() == 2 && path.segments[1].ident == "test" && path.segments[0].ident != "tokio"
}
