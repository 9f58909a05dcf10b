//! From the function of an attribute to one that Rust starts.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{AttrStyle, ItemFn, ReturnType};

use super::{Attribute, Options};
use crate::diag::Errors;
use crate::paths::Paths;

/// The function as the body of the first goroutine.
pub(crate) fn expand(
    attribute: Attribute,
    options: &Options,
    function: ItemFn,
    body: Option<TokenStream>,
) -> TokenStream {
    let span = Span::mixed_site();
    let ItemFn { attrs, vis, mut sig, block, .. } = function;
    let private = Paths::new().private(span);
    let name = sig.ident.clone();
    let at = name.span();
    // A name that reports know and leave out.
    sig.ident = Ident::new("__go_body", at);
    let goroutine = &sig.ident;
    let place = quote_spanned!(at=> #private::Location::caller());
    let text = name.to_string();
    let text = text.strip_prefix("r#").unwrap_or(&text);
    let path = quote_spanned!(span=> ::core::concat!(::core::module_path!(), "::", #text));
    let output = &sig.output;
    // What is wrong with the result is shown where its type stands.
    let here = match output {
        ReturnType::Type(_, ty) => span.located_at(ty.span()),
        ReturnType::Default => span.located_at(at),
    };
    // Inner attributes stay inside.
    let (outer, inner): (Vec<_>, Vec<_>) = attrs.iter().partition(|attr| matches!(attr.style, AttrStyle::Outer));
    let block = body.map_or_else(|| quote!(#block), |body| quote_spanned!(span=> { #body }));
    let block = if inner.is_empty() { block } else { quote!({ #(#inner)* #block }) };
    let body = quote_spanned!(here=> #goroutine());
    match attribute {
        Attribute::Main | Attribute::Func => quote_spanned! {span=>
            #(#outer)*
            #vis fn #name() {
                #sig #block
                #private::main(#path, #place, #body)
            }
        },
        Attribute::Test => {
            let real_time = options.real_time;
            let allow_leaks = options.allow_leaks;
            let workers = options.workers.iter();
            quote_spanned! {span=>
                #[::core::prelude::v1::test]
                #(#outer)*
                #vis fn #name() #output {
                    #sig #block
                    let mut __go_options = <#private::TestOptions as ::core::default::Default>::default();
                    __go_options.real_time = #real_time;
                    __go_options.allow_leaks = #allow_leaks;
                    #(__go_options.workers = ::core::option::Option::Some(#workers);)*
                    #private::test(#path, #place, __go_options, #body)
                }
            }
        }
    }
}

/// The errors, and the function in a form that can be checked.
pub(crate) fn stub(attribute: Attribute, errors: Errors, function: ItemFn) -> TokenStream {
    let errors = errors.into_items();
    let ItemFn { vis, mut sig, block, .. } = function;
    let main = (attribute == Attribute::Main).then(|| {
        quote!(
            fn main() {}
        )
    });
    sig.asyncness = sig.asyncness.or_else(|| Some(syn::Token![async](Span::call_site())));
    sig.ident = Ident::new(&format_ident!("__go_{}", sig.ident).to_string(), sig.ident.span());
    quote! {
        #errors
        #main
        #[allow(dead_code, unused)]
        #vis #sig #block
    }
}
