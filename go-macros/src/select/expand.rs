//! From a select statement to Rust.
//!
//! Two matches. The first one's scrutinee is the tuple of all cases: so the operands are evaluated once, in order, and
//! their temporaries live while the select waits. It yields which case was chosen and its output. The second one runs
//! the body, in place, so that `return`, `?` and labels mean what they mean outside.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::clause::{Clause, Target};
use super::{Case, Select};
use crate::syntax::{Lower, pattern};

/// How many cases the runtime takes at once.
const GROUP: usize = 12;

impl Select {
    /// Expands the statement to an expression: its value is the chosen body's.
    pub(crate) fn expand(self, lower: &mut Lower) -> TokenStream {
        let span = Span::mixed_site();
        let place = self.span;
        let (private, traits) = (lower.private(span), lower.traits());
        if self.cases.is_empty() && self.default.is_none() {
            let forever = Ident::new("forever", place);
            return quote_spanned!(span=> match #private::#forever().await {});
        }
        let count = self.cases.len();
        let has_default = self.default.is_some();
        let cases: Vec<Ident> = (0..count).map(|n| Ident::new(&format!("__go_case{n}"), span)).collect();
        let variants: Vec<Ident> = (0..count).map(|n| Ident::new(&format!("Case{n}"), span)).collect();
        let types: Vec<Ident> = (0..count).map(|n| Ident::new(&format!("T{n}"), span)).collect();
        let groups =
            cases.chunks(GROUP).map(|group| quote_spanned!(span=> .group((#(#private::Pin::as_mut(&mut #group),)*))));
        let groups: Vec<TokenStream> = groups.collect();
        let numbers: Vec<Literal> = (0..count).map(Literal::usize_unsuffixed).collect();
        let mut operands = Vec::new();
        let mut bodies = Vec::new();
        for Case { clause, body } in self.cases {
            let (operand, target) = match clause {
                Clause::Send(send) => (lower.send_case(send), None),
                Clause::Recv { recv, target } => {
                    let op = recv.op;
                    (lower.recv_case(recv), Some((target, op)))
                }
            };
            operands.push(operand);
            bodies.push((target, body));
        }
        let (arms, leaving) = lower.bodies(|lower| {
            let mut arms: Vec<TokenStream> = Vec::new();
            for ((target, body), variant) in bodies.into_iter().zip(&variants) {
                if let Some((Target::New(names), _)) = &target {
                    lower.begin_with_names(names);
                }
                let take = target.map(|(target, op)| take(lower, target, op));
                let body = lower.stmts(body);
                arms.push(match take {
                    Some(take) => quote_spanned!(span=> __GoChosen::#variant(__go_output) => { #take #body }),
                    None => quote_spanned!(span=> __GoChosen::#variant(()) => { #body }),
                });
            }
            if let Some(default) = self.default {
                let body = lower.stmts(default);
                arms.push(quote_spanned!(span=> __GoChosen::Default => { #body }));
            }
            arms
        });
        let default_variant = has_default.then(|| quote!(Default,));
        let otherwise = if has_default {
            quote_spanned!(span=> __GoChosen::Default)
        } else {
            quote_spanned!(span=> #private::unreachable_case())
        };
        let ready = Ident::new(if has_default { "ready_or_default" } else { "ready" }, place);
        let at_once = has_default.then(|| {
            let none = quote_spanned!(span=> break '__go_chosen __GoChosen::Default);
            quote_spanned!(span=> #private::DEFAULT => #none,)
        });
        let select = Ident::new(if has_default { "select_default" } else { "select" }, place);
        let wait = quote_spanned!(place=> .await);
        let run = quote_spanned!(span=> match __go_chosen { #(#arms)* });
        let run = match leaving {
            None => run,
            Some(leaving) => {
                let label = leaving.label;
                let (outside, never) = match leaving.continue_outside {
                    Some(outside) => (outside, quote_spanned!(span=> ())),
                    None => (quote_spanned!(span=> match __go_never {}), quote_spanned!(span=> #private::Never)),
                };
                quote_spanned! {span=>
                    #[allow(unreachable_code)]
                    let __go_flow: #private::Flow<_, #never> = #label: { #private::Flow::Value(#run) };
                    #[allow(clippy::needless_continue)]
                    let __go_value = match __go_flow {
                        #private::Flow::Value(__go_value) => __go_value,
                        #private::Flow::Continue(__go_never) => #outside,
                    };
                    __go_value
                }
            }
        };
        quote_spanned! {span=> {
            #traits
            enum __GoChosen<#(#types),*> { #(#variants(#types),)* #default_variant }
            let __go_chosen = match (#(#operands,)*) {
                (#(#cases,)*) => '__go_chosen: {
                    // Without cases both tuples are units.
                    #[allow(clippy::unused_unit)]
                    let (#(#cases,)*) = {
                        let (#(mut #cases,)*) = (#(#cases,)*);
                        match #private::#ready(|| [#(#private::Arm::look(&#cases)),*]) {
                            #(#numbers => if let #private::Option::Some(__go_output) = #private::Arm::commit(&mut #cases) {
                                break '__go_chosen __GoChosen::#variants(__go_output);
                            },)*
                            #at_once
                            _ => {}
                        }
                        (#(#cases,)*)
                    };
                    #(let mut #cases = #private::pin!(#private::Arm::case(#cases));)*
                    match #private::#select(#private::cases_of::<#count>() #(#groups)*) #wait {
                        #(#numbers => __GoChosen::#variants(#private::chosen(#private::Pin::as_mut(&mut #cases).output())),)*
                        _ => #otherwise,
                    }
                }
            };
            #run
        }}
    }
}

/// Takes the value out of the chosen case's output; an error in its type names the receive's operator.
fn take(lower: &mut Lower, target: Target, op: Span) -> TokenStream {
    let span = Span::mixed_site();
    let here = span.located_at(op);
    match target {
        Target::Nothing => quote_spanned!(span=> __go_output.__go_discard();),
        Target::New(names) => {
            let pattern = pattern(&names);
            let method = Ident::new(method(names.len()), here);
            let value = quote_spanned!(here=> __go_output.#method());
            quote_spanned!(span=> #[allow(unused_mut)] let #pattern = #value;)
        }
        Target::Places { op, places } => {
            let method = Ident::new(method(places.len()), here);
            let value = quote_spanned!(here=> __go_output.#method());
            let places: Vec<_> = places.into_iter().map(|place| lower.expr(place)).collect();
            let equals = quote_spanned!(op=> =);
            match &places[..] {
                [place] => quote_spanned!(span=> #place #equals #value;),
                places => quote_spanned!(span=> (#(#places),*) #equals #value;),
            }
        }
    }
}

/// The method that yields this many values.
fn method(values: usize) -> &'static str {
    if values == 2 { "__go_value_ok" } else { "__go_value" }
}
