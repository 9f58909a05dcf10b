//! Go functions: code around which there is a frame for the calls that it defers.
//!
//! A function that defers nothing is left as it is. Otherwise its statements become an inner `async` block that the frame
//! runs; `return` and `?` leave that block, and with it the function. Closures, `async` blocks and items inside are
//! functions of their own, unless they are marked `#[go::func]` ordinary ones.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprAsync, ExprClosure, Item, ReturnType, Stmt};

use super::lower::Lower;
use super::tree::{Node, Tree, visit_node};

/// What a Go function's statements need.
#[derive(Default, Debug, Clone, Copy)]
pub(crate) struct Needs {
    /// A frame: they defer calls.
    pub(crate) frame: bool,
    /// The panic of the function that deferred this one: they recover it.
    pub(crate) panic: bool,
    /// An expansion because a closure in them is a Go function.
    pub(crate) closures: bool,
}

/// Finds what statements need.
struct Find<'t> {
    /// The nodes.
    tree: &'t Tree,
    /// What was found.
    needs: Needs,
    /// Whether the code being looked at belongs to another function.
    inside: bool,
}

impl Needs {
    /// What the statements of one function need.
    pub(crate) fn of(tree: &Tree, stmts: &[Stmt]) -> Needs {
        let mut find = Find { tree, needs: Needs::default(), inside: false };
        stmts.iter().for_each(|stmt| find.visit_stmt(stmt));
        find.needs
    }
}

impl<'t> Find<'t> {
    /// A node.
    fn node(&mut self, node: &'t Node) {
        match node {
            Node::Defer(defer) => {
                self.needs.frame |= !self.inside;
                defer.call().into_iter().for_each(|call| call.visit(self));
            }
            Node::Recover(_) => self.needs.panic |= !self.inside,
            Node::Go(go) => go.call().into_iter().for_each(|call| call.visit(self)),
            other => visit_node(self, other),
        }
    }

    /// Looks at a function of its own.
    fn within(&mut self, look: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.inside, true);
        look(self);
        self.inside = outer;
    }
}

impl<'t> Visit<'t> for Find<'t> {
    fn visit_stmt(&mut self, stmt: &'t Stmt) {
        match stmt {
            Stmt::Macro(mac) => {
                if let Some(node) = self.tree.of_macro(&mac.mac) {
                    self.node(node);
                }
            }
            _ => visit::visit_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'t Expr) {
        match self.tree.of_expr(expr) {
            Some(node) => self.node(node),
            None => visit::visit_expr(self, expr),
        }
    }

    fn visit_expr_closure(&mut self, closure: &'t ExprClosure) {
        self.needs.closures |= is_go_function(&closure.attrs);
        self.within(|find| visit::visit_expr_closure(find, closure));
    }

    fn visit_expr_async(&mut self, block: &'t ExprAsync) {
        self.within(|find| visit::visit_expr_async(find, block));
    }

    fn visit_item(&mut self, _item: &'t Item) {}
}

/// Whether `#[go::func]` is among the attributes.
pub(crate) fn is_go_function(attrs: &[Attribute]) -> bool {
    attrs.iter().any(is_func)
}

/// Whether the attribute is `#[go::func]`.
pub(crate) fn is_func(attr: &Attribute) -> bool {
    let path = attr.path();
    path.segments.last().is_some_and(|last| last.ident == "func") && path.segments.len() <= 2
}

/// What a function returns.
pub(crate) enum Returns {
    /// Nothing.
    Unit,
    /// A value of this type.
    Type(TokenStream),
    /// It does not return.
    Never,
    /// A type that cannot be named.
    Opaque,
    /// A closure does not say.
    Unsaid,
}

impl Returns {
    /// What a function returns.
    pub(crate) fn of(output: &ReturnType) -> Returns {
        let ReturnType::Type(_, ty) = output else { return Returns::Unit };
        match &**ty {
            syn::Type::Never(_) => Returns::Never,
            syn::Type::Tuple(tuple) if tuple.elems.is_empty() => Returns::Unit,
            ty if has_impl(ty) => Returns::Opaque,
            ty => Returns::Type(quote!(#ty)),
        }
    }

    /// What a closure returns that does not say so: nothing, if no value is to be seen.
    pub(crate) fn of_statements(stmts: &[Stmt]) -> Returns {
        /// The search for a `return` with a value.
        struct Search {
            /// Whether there is one.
            found: bool,
        }
        impl<'t> Visit<'t> for Search {
            fn visit_expr_return(&mut self, leave: &'t syn::ExprReturn) {
                self.found |= leave.expr.is_some();
            }
            fn visit_expr_closure(&mut self, _closure: &'t ExprClosure) {}
            fn visit_expr_async(&mut self, _block: &'t ExprAsync) {}
            fn visit_item(&mut self, _item: &'t Item) {}
        }
        let ends_with_value = match stmts.last() {
            Some(Stmt::Expr(_, semi)) => semi.is_none(),
            Some(Stmt::Macro(mac)) => mac.semi_token.is_none(),
            Some(Stmt::Local(_) | Stmt::Item(_)) | None => false,
        };
        let mut search = Search { found: ends_with_value };
        stmts.iter().for_each(|stmt| search.visit_stmt(stmt));
        if search.found { Returns::Unsaid } else { Returns::Unit }
    }

    /// The type, as far as it can be named.
    fn ty(&self, private: &TokenStream) -> TokenStream {
        match self {
            Returns::Unit => quote!(()),
            Returns::Type(ty) => ty.clone(),
            Returns::Never => quote!(#private::Never),
            Returns::Opaque | Returns::Unsaid => quote!(_),
        }
    }
}

/// Whether the type has an `impl Trait` in it.
fn has_impl(ty: &syn::Type) -> bool {
    /// The search.
    struct Search {
        /// Whether there is one.
        found: bool,
    }
    impl<'t> Visit<'t> for Search {
        fn visit_type_impl_trait(&mut self, _ty: &'t syn::TypeImplTrait) {
            self.found = true;
        }
    }
    let mut search = Search { found: false };
    search.visit_type(ty);
    search.found
}

/// What the code being expanded knows of its Go function.
#[derive(Default)]
pub(crate) struct Function {
    /// The frame, if it is in a Go function that defers calls.
    pub(crate) frame: Option<Ident>,
    /// The frame's word on the panic under way, if the code is in a deferred call.
    pub(crate) deferred: Option<Ident>,
    /// The variable that is the function's result.
    pub(crate) result: Option<Ident>,
}

impl Lower {
    /// Lowers what `inside` visits as another function's.
    pub(crate) fn outside<R>(&mut self, function: Function, inside: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.function, function);
        let around = std::mem::take(&mut self.around);
        let result = self.bounded(inside);
        self.around = around;
        self.function = outer;
        result
    }

    /// Lowers the statements of a Go function: of a goroutine, of a deferred block.
    pub(crate) fn function(&mut self, stmts: Vec<Stmt>, returns: &Returns) -> TokenStream {
        self.go_function(stmts, returns, Function::default())
    }

    /// As [`Lower::function`]; what the code knows of its function is given, the frame is added.
    pub(crate) fn go_function(
        &mut self,
        mut stmts: Vec<Stmt>,
        returns: &Returns,
        mut function: Function,
    ) -> TokenStream {
        let result = function.result.clone();
        let needs = Needs::of(&self.tree, &stmts);
        let wants_value = !matches!(returns, Returns::Unit);
        let lowered = |lower: &mut Lower, stmts| if wants_value { lower.stmts(stmts) } else { lower.effects(stmts) };
        if !needs.frame && result.is_none() {
            return self.outside(function, |lower| lowered(lower, stmts));
        }
        let span = Span::mixed_site();
        let private = self.private(span);
        let frame = self.name("frame");
        function.frame = Some(frame.clone());
        if let Some(result) = &result
            && falls_through(&self.tree, &stmts)
        {
            // The end of the function returns the result as it is.
            stmts.push(Stmt::Expr(Expr::Verbatim(quote_spanned!(span=> #result.take())), None));
        }
        let stmts = self.outside(function, |lower| lowered(lower, stmts));
        let traits = self.traits();
        let ty = returns.ty(&private);
        let zero = match returns {
            Returns::Unit => quote_spanned!(span=> #private::zero_unit),
            Returns::Type(ty) => quote_spanned!(span=> || (&&&#private::zero_of::<#ty>()).__go_zero()),
            Returns::Unsaid => quote_spanned!(span=> #private::zero_unsaid),
            Returns::Never | Returns::Opaque => quote_spanned!(span=> #private::zero_none),
        };
        // The first `return` tells the compiler the type, to which all others are then converted.
        let typed = matches!(returns, Returns::Type(_) | Returns::Never).then(|| {
            let here = ty.clone().into_iter().next().map_or(span, |ty| span.located_at(ty.span()));
            quote_spanned! {here=>
                #[allow(unreachable_code, clippy::all, clippy::pedantic)]
                if false {
                    let __go_result: #ty = loop {};
                    return __go_result;
                }
            }
        });
        let named = result.map(|result| {
            let here = span.located_at(result.span());
            quote_spanned!(here=> let #result = #frame.named((&&&#private::zero_of::<#ty>()).__go_start());)
        });
        let run = quote_spanned!(span=> #frame.run(async { #typed #stmts }, #zero).await);
        let run = match returns {
            Returns::Never => quote_spanned!(span=> match #run {}),
            _ => run,
        };
        quote_spanned! {span=>
            #traits
            let #frame = #private::Frame::<'_, #ty>::new();
            #named
            #run
        }
    }
}

/// Whether the end of the statements is reached and yields no value.
fn falls_through(tree: &Tree, stmts: &[Stmt]) -> bool {
    let diverges = |expr: &Expr| match expr {
        Expr::Return(_) | Expr::Loop(_) => true,
        Expr::Macro(mac) => is_panic(tree, &mac.mac),
        _ => false,
    };
    match stmts.last() {
        None => true,
        Some(Stmt::Expr(expr, Some(_))) => !diverges(expr),
        Some(Stmt::Expr(Expr::If(branch), None)) => branch.else_branch.is_none(),
        Some(Stmt::Expr(expr, None)) => matches!(expr, Expr::While(_) | Expr::ForLoop(_)),
        Some(Stmt::Macro(mac)) => mac.semi_token.is_some() && !is_panic(tree, &mac.mac),
        Some(Stmt::Local(_) | Stmt::Item(_)) => true,
    }
}

/// Whether the macro is one of Rust's that panic.
fn is_panic(tree: &Tree, mac: &syn::Macro) -> bool {
    let mac = match tree.of_macro(mac) {
        Some(Node::Args(args)) => &args.mac,
        _ => mac,
    };
    let name = mac.path.segments.last().map(|segment| segment.ident.to_string());
    name.is_some_and(|name| name == "panic" || name == "unreachable")
}
