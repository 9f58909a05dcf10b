//! `for v := range x { .. }`: Go's loop over a channel, a number, a list or a map.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::visit::Visit;
use syn::{Expr, ExprLit, Lifetime, Lit, Stmt};

use super::lower::Lower;
use super::parser::Parser;
use super::token;
use super::tree::{Name, Node};

/// The loop.
pub(crate) struct Range {
    /// Where `range` stands.
    pub(crate) span: Span,
    /// The loop's label.
    label: Option<Lifetime>,
    /// The variables, new in every round.
    pub(crate) names: Vec<Name>,
    /// What is ranged over.
    pub(crate) operand: Expr,
    /// The statements.
    pub(crate) body: Vec<Stmt>,
}

/// The forms of the loop.
const HELP: &str = "write `for v := range ch { .. }`, `for i := range n { .. }` or `for range n { .. }`";

impl Range {
    /// Visits every expression and statement.
    pub(crate) fn visit<'t, V: Visit<'t>>(&'t self, visitor: &mut V) {
        visitor.visit_expr(&self.operand);
        self.body.iter().for_each(|stmt| visitor.visit_stmt(stmt));
    }

    /// Whether the loop counts to a number that stands there, and so does not wait.
    pub(crate) fn counts(&self) -> bool {
        matches!(&self.operand, Expr::Lit(ExprLit { lit: Lit::Int(_), .. }))
    }

    /// Expands the loop to an expression.
    pub(crate) fn expand(self, lower: &mut Lower) -> TokenStream {
        let counts = self.counts();
        let Range { span: at, label, names, operand, body } = self;
        let span = Span::mixed_site();
        let here = span.located_at(at);
        let private = lower.private(here);
        let label = label.map(|label| quote::quote!(#label:));
        let operand = lower.expr(operand);
        lower.begin_with_names(&names);
        let body = lower.bounded(|lower| lower.effects(body));
        let value = lower.name("value");
        let variables = match &names[..] {
            [] => TokenStream::new(),
            [_] => {
                let pattern = super::lower::pattern(&names);
                quote_spanned!(span=> #[allow(unused_mut)] let #pattern = #value;)
            }
            _ => {
                let pattern = super::lower::pattern(&names);
                quote_spanned!(span=> #[allow(unused_mut)] let #pattern = #value;)
            }
        };
        if counts && names.len() < 2 {
            return quote_spanned!(span=> #label for #value in 0..#operand { let _ = &#value; #variables #body });
        }
        let cursor = lower.name("range");
        let range = Ident::new(if names.len() > 1 { "range_pairs" } else { "range" }, here);
        let start = quote_spanned!(here=> #private::#range(&(#operand)));
        let next = quote_spanned!(here=> #private::next(&mut #cursor).await);
        quote_spanned! {span=> {
            let mut #cursor = #start;
            #label while let ::core::option::Option::Some(#value) = #next {
                let _ = &#value;
                #variables
                #body
            }
        }}
    }
}

impl Parser {
    /// Makes a node of the loop at `i` if it is Go's: its tokens, whether its label stands before, and where to go on.
    pub(super) fn range(&mut self, tokens: &[TokenTree], i: usize) -> Option<(TokenStream, bool, usize)> {
        if !token::is_ident(tokens.get(i), "for") {
            return None;
        }
        let body = (i..tokens.len()).find(|j| token::is_group(tokens.get(*j), Delimiter::Brace))?;
        let range = (i + 1..body).find(|j| token::is_ident(tokens.get(*j), "range"))?;
        let define = (i + 1..range).find(|j| token::is_define(tokens, *j));
        let assigns = range > i + 2
            && token::is_punct(tokens.get(range - 1), '=')
            && !matches!(&tokens[range - 2], TokenTree::Punct(punct) if ":=<>!".contains(punct.as_char()));
        if assigns {
            self.errors.push(tokens[range - 1].span(), "`range` makes new variables, with `:=`", HELP);
            return Some((TokenStream::new(), false, body + 1));
        }
        let is_ours = range == i + 1 || define.is_some_and(|define| define + 2 == range);
        if !is_ours {
            return None;
        }
        let labelled = i >= 3
            && token::is_punct(tokens.get(i - 1), ':')
            && token::is_punct(tokens.get(i - 3), '\'')
            && matches!(tokens.get(i - 2), Some(TokenTree::Ident(_)));
        let label = labelled.then(|| {
            let name = tokens[i - 2].to_string();
            Lifetime::new(&format!("'{name}"), tokens[i - 2].span())
        });
        let span = tokens[range].span();
        let names = match define {
            Some(define) => self.names(tokens[define].span(), &tokens[i + 1..define]),
            None => Some(Vec::new()),
        };
        let TokenTree::Group(group) = &tokens[body] else { unreachable!("it is a block") };
        let stmts = self.statements(group.stream());
        let operand = if range + 1 == body {
            self.errors.push(span, "`range` has nothing to range over", HELP);
            None
        } else {
            self.expr(token::stream(&tokens[range + 1..body]))
        };
        if names.as_ref().is_some_and(|names| names.len() > 2) {
            self.errors.push(span, "`range` yields at most two values", HELP);
        }
        let node = match (names, operand) {
            (Some(names), Some(operand)) => Node::Range(Box::new(Range { span, label, names, operand, body: stmts })),
            _ => return Some((TokenStream::new(), labelled, body + 1)),
        };
        let mut node = self.tree.add(span, node);
        // A block that is a statement needs no `;`; the macro call that stands for it does.
        let mut end = proc_macro2::Punct::new(';', proc_macro2::Spacing::Alone);
        end.set_span(span);
        node.extend([TokenTree::Punct(end)]);
        Some((node, labelled, body + 1))
    }
}
