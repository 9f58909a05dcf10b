//! What waits by itself in a block, and which functions call themselves.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use proc_macro2::{TokenStream, TokenTree};
use syn::{ImplItem, Item, Signature, TraitItem, Type};

use super::parse::Block;
use crate::syntax::{Names, token};

/// What is known of a block's functions.
pub(super) struct Known {
    /// What waits by itself.
    pub(super) names: Rc<Names>,
    /// The names of those that call themselves, perhaps by way of others.
    pub(super) recursive: HashSet<String>,
    /// The traits of the block.
    pub(super) traits: HashSet<String>,
}

/// Whether a function of the block becomes a Go function. In the implementation of a trait from elsewhere a plain `fn` is
/// what that trait says.
pub(super) fn is_go(sig: &Signature, is_foreign: bool) -> bool {
    let is_rusts = sig.constness.is_some() || sig.abi.is_some() || sig.unsafety().is_some();
    sig.asyncness.is_some() || !is_foreign && !is_rusts
}

/// What is unsafe about a signature.
trait Unsafety {
    /// Whether it says `unsafe`.
    fn unsafety(&self) -> Option<()>;
}

impl Unsafety for Signature {
    fn unsafety(&self) -> Option<()> {
        let tokens = quote::quote!(#self);
        token::names(&tokens.into_iter().take(3).collect::<Vec<_>>(), "unsafe").then_some(())
    }
}

/// The name of a type.
fn name_of(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        Type::Reference(reference) => name_of(&reference.elem),
        _ => None,
    }
}

/// Finds the names.
pub(super) fn names(block: &Block) -> Known {
    let mut known = Search { block, names: Names::default(), traits: HashSet::new(), calls: HashMap::new() };
    known.names.functions.extend(block.functions.iter().cloned());
    known.names.methods.extend(block.methods.iter().cloned());
    known.traits(&block.items);
    known.items(&block.items);
    let Search { names, traits, calls, .. } = known;
    let recursive = calls.keys().filter(|name| reaches(name, &calls)).cloned().collect();
    Known { names: Rc::new(names), recursive, traits }
}

/// The search for names.
struct Search<'b> {
    /// The block.
    block: &'b Block,
    /// What was found.
    names: Names,
    /// The traits.
    traits: HashSet<String>,
    /// What each function calls, by its name.
    calls: HashMap<String, HashSet<String>>,
}

impl Search<'_> {
    /// The traits among the items.
    fn traits(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Trait(item) => drop(self.traits.insert(item.ident.to_string())),
                Item::Mod(item) => self.traits(item.content.as_ref().map_or(&[], |(_, items)| items)),
                _ => {}
            }
        }
    }

    /// The functions among the items.
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Fn(item) if is_go(&item.sig, false) => self.function(&item.sig, Some(&item.block), false),
                Item::Mod(item) => self.items(item.content.as_ref().map_or(&[], |(_, items)| items)),
                Item::Impl(item) => {
                    let of = item.trait_.as_ref().and_then(|(.., path, _)| path.segments.last());
                    let is_foreign = of.is_some_and(|of| !self.traits.contains(&of.ident.to_string()));
                    self.names.types.extend(name_of(&item.self_ty));
                    for method in &item.items {
                        if let ImplItem::Fn(method) = method
                            && is_go(&method.sig, is_foreign)
                        {
                            self.function(&method.sig, Some(&method.block), true);
                        }
                    }
                }
                Item::Trait(item) => {
                    self.names.types.insert(item.ident.to_string());
                    for method in &item.items {
                        if let TraitItem::Fn(method) = method
                            && is_go(&method.sig, false)
                        {
                            self.function(&method.sig, method.default.as_ref(), true);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// A Go function.
    fn function(&mut self, sig: &Signature, block: Option<&syn::Block>, is_method: bool) {
        let name = sig.ident.to_string();
        let set = if is_method { &mut self.names.methods } else { &mut self.names.functions };
        set.insert(name.clone());
        let calls = self.calls.entry(name).or_default();
        if let Some(body) = block.and_then(|block| self.block.body(block)) {
            called(&body.tokens, calls);
        }
    }
}

/// The names that are called in tokens.
fn called(tokens: &TokenStream, calls: &mut HashSet<String>) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (i, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) if token::is_group(tokens.get(i + 1), proc_macro2::Delimiter::Parenthesis) => {
                calls.insert(name.to_string());
            }
            TokenTree::Group(group) => called(&group.stream(), calls),
            _ => {}
        }
    }
}

/// Whether a function calls itself, perhaps by way of others.
fn reaches(name: &str, calls: &HashMap<String, HashSet<String>>) -> bool {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut open: Vec<&str> = vec![name];
    while let Some(next) = open.pop() {
        for callee in calls.get(next).into_iter().flatten() {
            if callee == name {
                return true;
            }
            if seen.insert(callee) {
                open.push(callee);
            }
        }
    }
    false
}
