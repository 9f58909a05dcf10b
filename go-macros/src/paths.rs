//! The one place that names the runtime crate.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// The package of the runtime.
const PACKAGE: &str = "go-runtime";
/// The library of that package.
const LIBRARY: &str = "go";

/// How the user's crate calls the runtime crate.
pub(crate) struct Paths {
    /// The crate's name there.
    name: String,
}

impl Paths {
    /// Looks the name up in the manifest of the crate that is being compiled.
    pub(crate) fn new() -> Paths {
        // Cargo's names are the package's unless the dependency is renamed; only then does the extern name follow it.
        let name = match crate_name(PACKAGE) {
            Ok(FoundCrate::Name(name)) if name != PACKAGE.replace('-', "_") => name,
            _ => LIBRARY.to_owned(),
        };
        Paths { name }
    }

    /// Whether a path that starts so leads to the runtime crate.
    pub(crate) fn is_runtime(&self, first: &Ident) -> bool {
        *first == self.name
    }

    /// The module of the names that expansions use.
    pub(crate) fn private(&self, span: Span) -> TokenStream {
        let name = Ident::new(&self.name, span);
        quote_spanned!(span=> ::#name::__private)
    }
}
