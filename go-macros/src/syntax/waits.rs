//! The calls that wait by themselves in `golang!`.

use std::collections::HashSet;

use proc_macro2::{Ident, Span};
use quote::quote_spanned;
use syn::{Expr, ExprCall, ExprMethodCall};

use super::lower::Lower;

/// Methods of the library that wait. Names that many other types have too, such as `get`, are not among them.
///
/// The guide's chapter on porting has the same in a table.
pub(crate) const METHODS: &[&str] = &[
    "acquire",
    "call",
    "call_func",
    "copy_from",
    "do_request",
    "form_file",
    "form_value",
    "go",
    "listen_and_serve",
    "listen_and_serve_tls",
    "lock",
    "lock_owned",
    "parse_form",
    "parse_multipart_form",
    "post_form",
    "post_form_value",
    "recv",
    "rlock",
    "send",
    "serve",
    "serve_http",
    "serve_tls",
    "shutdown",
    "wait",
];
/// Functions of the library that wait, after the last `::` of their path.
pub(crate) const FUNCTIONS: &[(&str, &str)] = &[
    ("http", "get"),
    ("http", "head"),
    ("http", "listen_and_serve"),
    ("http", "listen_and_serve_tls"),
    ("http", "post"),
    ("http", "post_form"),
    ("http", "serve"),
    ("runtime", "gosched"),
    ("runtime", "leaked"),
    ("time", "sleep"),
];
/// Macros that take futures, whose arguments do not wait one after the other.
const OF_FUTURES: &[&str] = &["join", "try_join", "select"];

/// The names of what waits.
#[derive(Default, Debug)]
pub(crate) struct Names {
    /// Functions: those of the block and those that are imported.
    pub(crate) functions: HashSet<String>,
    /// Methods and associated functions.
    pub(crate) methods: HashSet<String>,
    /// The types that the block has methods of.
    pub(crate) types: HashSet<String>,
}

/// How a call waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wait {
    /// It is a function's that returns a future.
    Always,
    /// It is a method's of that name: it waits if it returns a future.
    Perhaps,
}

impl Names {
    /// Whether a call waits, by its name.
    pub(crate) fn of_call(&self, call: &ExprCall) -> Option<Wait> {
        let Expr::Path(path) = &*call.func else { return None };
        let segments: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let (last, before) = segments.split_last()?;
        let waits = match before {
            [] => self.functions.contains(last),
            [only] if only == "self" => self.functions.contains(last),
            [.., of] if of == "Self" || self.types.contains(of) => self.methods.contains(last),
            [.., of] => FUNCTIONS.iter().any(|(module, name)| of == module && last == name),
        };
        (waits && path.qself.is_none()).then_some(Wait::Always)
    }

    /// Whether a method's call waits, by its name.
    pub(crate) fn of_method(&self, call: &ExprMethodCall) -> Option<Wait> {
        let name = call.method.to_string();
        let waits = METHODS.contains(&name.as_str()) || self.methods.contains(&name);
        waits.then_some(Wait::Perhaps)
    }

    /// Whether the expression is a call that waits.
    fn of(&self, expr: &Expr) -> Option<(Wait, Span)> {
        match expr {
            Expr::Call(call) => self.of_call(call).map(|wait| (wait, syn::spanned::Spanned::span(&call.func))),
            Expr::MethodCall(call) => self.of_method(call).map(|wait| (wait, call.method.span())),
            _ => None,
        }
    }
}

/// Whether a method starts what it is given as a goroutine: `wg.go(f(x))` does not wait for `f`.
pub(super) fn starts(call: &ExprMethodCall) -> bool {
    call.method == "go"
}

/// Whether a macro takes its arguments as they are.
pub(super) fn takes_futures(name: &Ident) -> bool {
    OF_FUTURES.iter().any(|macro_name| name == macro_name)
}

impl Lower {
    /// Whether the expression is a call that waits by itself.
    pub(super) fn waits(&self, expr: &Expr) -> Option<(Wait, Span)> {
        self.names.as_ref().filter(|_| self.can_wait).and_then(|names| names.of(expr))
    }

    /// The call, awaited.
    pub(super) fn waiting(&mut self, call: Expr, wait: Wait, at: Span) -> Expr {
        let here = Span::mixed_site().located_at(at);
        let private = self.private(here);
        self.count_rewritten();
        let split = Ident::new("__go_split", here);
        Expr::Verbatim(match wait {
            Wait::Always => quote_spanned!(here=> #private::settle(#call).__go_wait().await),
            // The whole is given away before the wait, see `Split` in the runtime.
            Wait::Perhaps => quote_spanned! {here=>
                (match #private::settle(#call).__go_settle() {
                    #split => match #split {
                        #private::Split::Value(_) => #split.__go_value(),
                        #[allow(unreachable_code)]
                        #private::Split::Future(_) => #split.__go_future().await,
                    },
                })
            },
        })
    }
}
