//! A call whose callee and arguments are evaluated where it is written, and that runs later: `go!(f(x))`, `defer!(f(x))`.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::visit::Visit;
use syn::{AngleBracketedGenericArguments, Expr, Member, Token};

use super::free::Free;
use super::lower::Lower;
use super::parser::Parser;
use super::token;
use super::tree::{Args, Piece, Value};

/// The attribute that marks an argument after `move`.
const MOVE: &str = "__go_move";

/// The call.
pub(crate) struct Call {
    /// What is called.
    pub(crate) callee: Callee,
    /// The arguments of a function or method.
    pub(crate) args: Vec<Operand>,
}

/// What is called.
pub(crate) enum Callee {
    /// A function.
    Function(Operand),
    /// A method.
    Method(Box<Method>),
    /// Somebody else's macro.
    Macro(Box<Args>),
}

/// A method of a receiver.
pub(crate) struct Method {
    /// The receiver.
    pub(crate) receiver: Operand,
    /// The dot.
    pub(crate) dot: Token![.],
    /// The method.
    pub(crate) method: Ident,
    /// The generic arguments.
    pub(crate) turbofish: Option<AngleBracketedGenericArguments>,
}

/// A callee, a receiver or an argument.
pub(crate) struct Operand {
    /// The expression.
    pub(crate) expr: Expr,
    /// Whether it is handed over: `move x`.
    pub(crate) moved: bool,
}

/// How a macro words its errors.
pub(crate) struct Wording {
    /// The macro.
    pub(crate) name: &'static str,
    /// How the block form is written.
    pub(crate) block: &'static str,
    /// What stands before the call.
    pub(crate) open: &'static str,
    /// What stands after the call.
    pub(crate) close: &'static str,
}

impl Call {
    /// Parses a call; `all_moved` if `move` stands before it.
    pub(crate) fn parse(parser: &mut Parser, tokens: &[TokenTree], all_moved: bool, wording: &Wording) -> Option<Call> {
        let Wording { name, block, open, close } = wording;
        let Some((TokenTree::Group(args), callee)) = tokens.split_last() else {
            let span = token::span_at(tokens, tokens.len());
            if token::is_ident(tokens.last(), "await") {
                let help = format!("leave `.await` out, or write {block}");
                parser.errors.push(span, &format!("`{name}` awaits the call by itself"), &help);
            } else if let [TokenTree::Ident(ident)] = tokens {
                let help = format!(
                    "call it: `{name}{open}{ident}(){close}`; a future is awaited in a block: `{name}{open}move {ident} {{ {ident}.await; }}{close}`"
                );
                let help =
                    if name.starts_with("go") { help } else { format!("call it: `{name}{open}{ident}(){close}`") };
                parser.errors.push(span, &format!("`{name}` needs a call or a block"), &help);
            } else {
                let help = format!("call it: `{name}{open}f(x){close}`, or write {block}");
                parser.errors.push(span, &format!("`{name}` needs a call or a block"), &help);
            }
            return None;
        };
        if token::is_punct(callee.last(), '!') {
            let mac = syn::parse2::<syn::Macro>(token::stream(tokens)).ok()?;
            let macro_name = mac.path.segments.last()?.ident.to_string();
            let args = parser.args(&mac, &macro_name).unwrap_or_else(|| Args::raw(mac));
            return Some(Call { callee: Callee::Macro(Box::new(args)), args: Vec::new() });
        }
        let is_call = args.delimiter() == Delimiter::Parenthesis && !callee.is_empty();
        let mut empty = Group::new(Delimiter::Parenthesis, TokenStream::new());
        empty.set_span(args.span());
        let mut call = token::stream(callee);
        call.extend([TokenTree::Group(empty)]);
        let parsed = if is_call { parser.expr(call)? } else { Expr::PLACEHOLDER };
        let callee = match parsed {
            Expr::Call(call) => {
                let moved = all_moved;
                Callee::Function(Operand { expr: *call.func, moved })
            }
            Expr::MethodCall(call) => Callee::Method(Box::new(Method {
                receiver: Operand { expr: *call.receiver, moved: all_moved },
                dot: call.dot_token,
                method: call.method,
                turbofish: call.turbofish,
            })),
            _ => {
                let span = token::span_at(tokens, 0);
                let help = format!("write a call `{name}{open}f(x){close}`, or {block}");
                parser.errors.push(span, &format!("`{name}` needs a call or a block"), &help);
                return None;
            }
        };
        let args = parser.exprs(mark_moves(args.stream()))?;
        let args = args
            .into_iter()
            .map(|mut expr| {
                let moved = take_move(&mut expr) || all_moved;
                Operand { expr, moved }
            })
            .collect();
        Some(Call { callee, args })
    }

    /// Visits the operands, in the order in which they are evaluated.
    pub(crate) fn visit<'t, V: Visit<'t>>(&'t self, visitor: &mut V) {
        match &self.callee {
            Callee::Function(function) => visitor.visit_expr(&function.expr),
            Callee::Method(method) => visitor.visit_expr(&method.receiver.expr),
            Callee::Macro(args) => {
                for piece in &args.pieces {
                    match piece {
                        Piece::Value(value) | Piece::Named { value, .. } => visitor.visit_expr(&value.expr),
                        Piece::Tokens(_) | Piece::Block { .. } => {}
                    }
                }
            }
        }
        self.args.iter().for_each(|arg| visitor.visit_expr(&arg.expr));
    }

    /// Where `recover` stands if the call is `recover!()`.
    pub(crate) fn recovers(&self) -> Option<Span> {
        let Callee::Macro(args) = &self.callee else { return None };
        let name = &args.mac.path.segments.last()?.ident;
        (name == "recover" && args.mac.tokens.is_empty()).then(|| name.span())
    }

    /// The variables that the call names.
    pub(crate) fn free<'t>(&'t self, free: &mut Free<'t>) {
        match &self.callee {
            Callee::Function(Operand { expr: Expr::Path(_), .. }) => {}
            Callee::Function(function) => free.visit_expr(&function.expr),
            Callee::Method(method) => free.visit_expr(&method.receiver.expr),
            Callee::Macro(args) => free.args(args),
        }
        self.args.iter().for_each(|arg| free.visit_expr(&arg.expr));
    }
}

impl Args {
    /// The arguments as they are.
    fn raw(mac: syn::Macro) -> Args {
        let pieces = vec![Piece::Tokens(mac.tokens.clone())];
        Args { mac, pieces, evaluates: false, before_format: None }
    }
}

/// Marks the arguments after `move`.
fn mark_moves(args: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = args.into_iter().collect();
    let mut marked = TokenStream::new();
    for (i, token) in tokens.iter().enumerate() {
        let starts = i == 0 || token::is_punct(tokens.get(i - 1), ',');
        let is_closure = token::is_punct(tokens.get(i + 1), '|');
        if starts && token::is_ident(Some(token), "move") && !is_closure {
            let span = token.span();
            let name = Ident::new(MOVE, span);
            marked.extend(quote_spanned!(span=> #[#name]));
        } else {
            marked.extend([token.clone()]);
        }
    }
    marked
}

/// Removes the mark of an argument after `move`; whether it was there.
fn take_move(expr: &mut Expr) -> bool {
    let Some(attrs) = super::parser::attributes(expr) else { return false };
    let before = attrs.len();
    attrs.retain(|attr| !attr.path().is_ident(MOVE));
    attrs.len() < before
}

/// What an operand is to the capture rule.
pub(crate) enum Kind {
    /// A variable, or a field of one: captured.
    Place,
    /// A literal, a closure, an item: written where the call is.
    Inline,
    /// Anything else: evaluated.
    Value,
}

/// What an operand is to the capture rule.
pub(crate) fn kind_of(expr: &Expr) -> Kind {
    match expr {
        Expr::Path(path) if path.qself.is_none() => {
            let generic = path.path.segments.iter().any(|segment| !segment.arguments.is_none());
            let name = path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            let is_constant = !name.chars().any(char::is_lowercase);
            let is_variable = path.path.get_ident().is_some() && !name.starts_with(char::is_uppercase);
            if !generic && (is_constant || is_variable) { Kind::Place } else { Kind::Inline }
        }
        Expr::Field(field) if matches!(field.member, Member::Named(_) | Member::Unnamed(_)) => {
            match kind_of(&field.base) {
                Kind::Place => Kind::Place,
                _ => Kind::Value,
            }
        }
        Expr::Index(_) => Kind::Place,
        Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => Kind::Place,
        Expr::Paren(paren) => kind_of(&paren.expr),
        Expr::Group(group) => kind_of(&group.expr),
        Expr::Lit(_) | Expr::Path(_) => Kind::Inline,
        Expr::Closure(_) => Kind::Inline,
        _ => Kind::Value,
    }
}

/// Whether the operand is an item: a constant, a static.
pub(crate) fn is_item(expr: &Expr) -> bool {
    match expr {
        Expr::Path(path) => {
            let name = path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            name.starts_with(char::is_uppercase) || path.path.segments.len() > 1
        }
        _ => false,
    }
}

/// How the places among the operands are kept until the call runs.
pub(crate) struct Keeping {
    /// The wrapper in the contract with the runtime.
    pub(crate) wrapper: &'static str,
    /// How often it is referred to, which orders the methods.
    pub(crate) refs: usize,
    /// The method for an argument.
    pub(crate) argument: &'static str,
    /// The method for a receiver or for a macro's argument.
    pub(crate) receiver: &'static str,
    /// The wrapper, references and method for a callee.
    pub(crate) callee: (&'static str, usize, &'static str),
    /// The wrapper, references and method for a macro's argument.
    pub(crate) of_macro: (&'static str, usize, &'static str),
}

/// A call whose operands are in variables.
pub(crate) struct Prepared {
    /// The variables' definitions.
    pub(crate) before: TokenStream,
    /// The call.
    pub(crate) call: TokenStream,
    /// Whether the call is a macro's, so that there is no result to look at.
    pub(crate) is_macro: bool,
    /// The tokens that name the goroutine.
    pub(crate) name: TokenStream,
    /// The tokens that name the function to itself.
    pub(crate) target: TokenStream,
    /// Where the callee stands.
    pub(crate) span: Span,
}

impl Lower {
    /// Calls a method that is chosen by the type of `place`; an error names `span`.
    pub(crate) fn wrapped(
        &self,
        place: &impl ToTokens,
        span: Span,
        (wrapper, refs, method): (&str, usize, &str),
    ) -> TokenStream {
        let here = Span::mixed_site().located_at(span);
        let private = self.private(here);
        let (wrapper, method) = (Ident::new(wrapper, here), Ident::new(method, here));
        let refs = (0..refs).map(|_| Token![&](here));
        quote_spanned!(here=> (#(#refs)* #private::#wrapper(&#place)).#method())
    }

    /// The place as a variable of its own, by the capture rule.
    fn kept(&mut self, place: &Expr, span: Span, (wrapper, refs, method): (&str, usize, &str)) -> TokenStream {
        let traits = self.traits();
        let call = self.wrapped(place, span, (wrapper, refs, method));
        quote_spanned!(Span::mixed_site()=> { #traits #call })
    }

    /// Puts an operand into a variable if that is needed: the definition and what to write in the call.
    fn operand(
        &mut self,
        operand: Operand,
        rule: (&str, usize, &str),
        is_receiver: bool,
    ) -> (TokenStream, TokenStream) {
        let span = syn::spanned::Spanned::span(&operand.expr);
        let mixed = Span::mixed_site();
        let kind = kind_of(&operand.expr);
        let inline = matches!(kind, Kind::Inline) || (is_receiver && is_item(&operand.expr));
        let expr = self.expr(operand.expr);
        if inline {
            return (TokenStream::new(), quote::quote!(#expr));
        }
        let name = self.name("operand");
        let is_place = matches!(kind, Kind::Place) && !operand.moved;
        let value = if is_place { self.kept(&expr, span, rule) } else { quote::quote!(#expr) };
        let is_mutable = is_receiver && !is_place;
        let mutable = is_mutable.then(|| Token![mut](mixed));
        let definition = quote_spanned!(mixed=> #[allow(unused_mut)] let #mutable #name = #value;);
        // The use carries the user's place, for what is wrong with its type.
        (definition, quote::quote!(#name))
    }

    /// Evaluates the operands of a call.
    pub(crate) fn prepare(&mut self, call: Call, keeping: &Keeping) -> Prepared {
        let mixed = Span::mixed_site();
        let private = self.private(mixed);
        let argument = (keeping.wrapper, keeping.refs, keeping.argument);
        let receiver_rule = (keeping.wrapper, keeping.refs, keeping.receiver);
        let anonymous = quote_spanned!(mixed=> #private::anonymous());
        match call.callee {
            Callee::Macro(args) => {
                let (before, mac) = self.prepare_macro(*args, keeping.of_macro);
                let span = mac.path.segments.last().map_or(mixed, |segment| segment.ident.span());
                Prepared {
                    before,
                    call: quote::quote!(#mac),
                    is_macro: true,
                    name: anonymous,
                    target: quote::quote!(""),
                    span,
                }
            }
            Callee::Function(function) => {
                let span = syn::spanned::Spanned::span(&function.expr);
                let is_path = matches!(&function.expr, Expr::Path(_));
                let is_local = is_path && matches!(kind_of(&function.expr), Kind::Place) && !function.moved;
                let callee = self.name_at("callee", span);
                let expr = self.expr(function.expr);
                let is_place = is_local || (!is_path && !function.moved && matches!(kind_of(&expr), Kind::Place));
                let value = if is_place { self.kept(&expr, span, keeping.callee) } else { quote::quote!(#expr) };
                let mut before = quote_spanned!(mixed=> let #callee = #value;);
                let args = self.prepare_args(call.args, argument, &mut before);
                let name = quote_spanned!(mixed=> #private::name_of(&#callee));
                let target = quote_spanned!(mixed=> #private::name_of_callee(&#callee));
                let call = quote_spanned!(span=> #callee(#(#args),*));
                Prepared { before, call, is_macro: false, name, target, span }
            }
            Callee::Method(method) => {
                let Method { receiver, dot, method, turbofish } = *method;
                let (mut before, receiver) = self.operand(receiver, receiver_rule, true);
                let args = self.prepare_args(call.args, argument, &mut before);
                let name = quote_spanned!(mixed=> {
                    #[allow(non_camel_case_types, dead_code)]
                    enum #method {}
                    #private::name_of_method::<_, #method>(&#receiver)
                });
                let span = method.span();
                let arguments = quote_spanned!(span=> (#(#args),*));
                let target = method.to_string();
                let target = quote::quote!(#target);
                let call = quote::quote!(#receiver #dot #method #turbofish #arguments);
                Prepared { before, call, is_macro: false, name, target, span }
            }
        }
    }

    /// Evaluates the arguments of a function or method.
    fn prepare_args(
        &mut self,
        args: Vec<Operand>,
        rule: (&str, usize, &str),
        before: &mut TokenStream,
    ) -> Vec<TokenStream> {
        args.into_iter()
            .map(|arg| {
                let (definition, name) = self.operand(arg, rule, false);
                before.extend(definition);
                name
            })
            .collect()
    }

    /// Evaluates the arguments of somebody else's macro.
    fn prepare_macro(&mut self, args: Args, rule: (&str, usize, &str)) -> (TokenStream, syn::Macro) {
        let mixed = Span::mixed_site();
        let mut before = TokenStream::new();
        let mut args = args;
        let mut named = TokenStream::new();
        for ident in args.format_variables() {
            let path = Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path: ident.clone().into() });
            let kept = self.kept(&path, ident.span(), rule);
            let name = self.name("operand");
            before.extend(quote_spanned!(mixed=> let #name = #kept;));
            named.extend(quote_spanned!(mixed=> , #ident = #name));
        }
        if args.evaluates {
            for piece in &mut args.pieces {
                let (Piece::Value(value) | Piece::Named { value, .. }) = piece else { continue };
                if matches!(kind_of(&value.expr), Kind::Inline) {
                    continue;
                }
                let expr = std::mem::replace(&mut value.expr, Expr::PLACEHOLDER);
                let (definition, name) = self.operand(Operand { expr, moved: false }, rule, false);
                before.extend(definition);
                *value = Value { tokens: name.clone(), expr: Expr::Verbatim(name), has_nodes: false };
            }
        }
        if let Some(Piece::Tokens(last)) = args.pieces.last()
            && token::is_punct(last.clone().into_iter().next().as_ref(), ',')
        {
            args.pieces.pop();
        }
        let mut mac = self.args(args);
        mac.tokens.extend(named);
        (before, mac)
    }
}
