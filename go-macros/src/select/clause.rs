//! What stands between `case` and its colon.

use proc_macro2::{Span, TokenTree};
use syn::Expr;
use syn::visit::Visit;

use crate::syntax::{Name, Parser, Recv, Send, list_assignment, token};

/// What a case waits for.
pub(super) enum Clause {
    /// `ch <- v`
    Send(Send),
    /// `<-x`, `v, ok := <-x`, `slot = <-x`
    Recv {
        /// The receive.
        recv: Recv,
        /// What becomes of the value.
        target: Target,
    },
}

/// What becomes of a received value.
pub(super) enum Target {
    /// It is dropped.
    Nothing,
    /// It is put into new variables: one, or two with the `ok`.
    New(Vec<Name>),
    /// It is assigned, once the case is chosen: to one place, or to two with the `ok`.
    Places {
        /// Where the `=` stands.
        op: Span,
        /// The places.
        places: Vec<Expr>,
    },
}

impl Clause {
    /// Visits what is evaluated when the select starts.
    pub(super) fn visit_operands<'t, V: Visit<'t>>(&'t self, visitor: &mut V) {
        match self {
            Clause::Send(send) => {
                visitor.visit_expr(&send.channel);
                visitor.visit_expr(&send.value);
            }
            Clause::Recv { recv, .. } => visitor.visit_expr(&recv.operand),
        }
    }

    /// Visits what is evaluated when the case is chosen.
    pub(super) fn visit_targets<'t, V: Visit<'t>>(&'t self, visitor: &mut V) {
        if let Clause::Recv { target: Target::Places { places, .. }, .. } = self {
            places.iter().for_each(|place| visitor.visit_expr(place));
        }
    }

    /// Parses a clause; `case` is where its word stands.
    pub(super) fn parse(parser: &mut Parser, tokens: &[TokenTree], case: Span) -> Option<Clause> {
        if tokens.is_empty() {
            parser.errors.push(case, "this `case` waits for nothing", HELP);
            return None;
        }
        if let Some(at) = (0..tokens.len()).find(|i| token::is_define(tokens, *i)) {
            let op = tokens[at].span();
            let names = parser.names(op, &tokens[..at])?;
            if names.len() > 2 {
                parser.errors.push(op, "a receive yields a value and an `ok`, not more", "write `case v, ok := <-ch:`");
                return None;
            }
            let recv = receive(parser, &tokens[at + 2..], op, ":=")?;
            let is_used = names.iter().any(|name| matches!(name, Name::Variable(_)));
            let target = if is_used { Target::New(names) } else { Target::Nothing };
            return Some(Clause::Recv { recv, target });
        }
        let list = list_assignment(tokens, 0);
        if let Some(at) = list.or_else(|| (0..tokens.len()).find(|i| token::is_assign(tokens, *i)))
            && !(0..at)
                .any(|i| token::is_arrow(tokens, i) && token::what_is_before(tokens, i) == token::Before::Operand)
        {
            let op = tokens[at].span();
            let places = parser.exprs(token::stream(&tokens[..at]))?;
            if places.is_empty() || places.len() > 2 {
                parser.errors.push(op, "a receive yields a value and an `ok`, not more", "write `case v, ok = <-ch:`");
                return None;
            }
            let recv = receive(parser, &tokens[at + 1..], op, "=")?;
            let is_used = places.iter().any(|place| !matches!(place, Expr::Infer(_)));
            let target = if is_used { Target::Places { op, places } } else { Target::Nothing };
            return Some(Clause::Recv { recv, target });
        }
        let expr = parser.expr(token::stream(tokens))?;
        if let Some(recv) = parser.tree.take_recv(&expr) {
            return Some(Clause::Recv { recv, target: Target::Nothing });
        }
        if let Some(send) = parser.tree.take_send(&expr) {
            return Some(Clause::Send(send));
        }
        parser.errors.push(token::span_at(tokens, 0), "this `case` neither sends nor receives", HELP);
        None
    }
}

/// The forms of a case.
const HELP: &str = "write `case <-ch:`, `case v := <-ch:`, `case v, ok := <-ch:`, `case x = <-ch:` or `case ch <- v:`";

/// Parses the receive on the right of `:=` or `=`.
fn receive(parser: &mut Parser, tokens: &[TokenTree], op: Span, sign: &str) -> Option<Recv> {
    if tokens.is_empty() {
        parser.errors.push(
            op,
            &format!("`{sign}` has nothing to receive from"),
            "write `<-` and the channel: `case v := <-ch:`",
        );
        return None;
    }
    let expr = parser.expr(token::stream(tokens))?;
    let recv = parser.tree.take_recv(&expr);
    if recv.is_none() {
        let help = "write `<-` before the channel: `case v := <-ch:`";
        parser.errors.push(token::span_at(tokens, 0), &format!("a case with `{sign}` must receive"), help);
    }
    recv
}
