//! What a goroutine cannot do.

use syn::Expr;

use super::{Form, Go};
use crate::diag::Errors;
use crate::syntax::{Call, Check, Free, Leaves, Moved, Scope, Waiting, is_variable};

impl Go {
    /// Checks the statement and what is in it.
    pub(crate) fn check<'t>(&'t self, check: &mut Check<'t, '_>) {
        let (moved, stmts) = match &self.form {
            Form::Call(call) => {
                call.visit(check);
                return borrows(call, check.errors);
            }
            Form::Block { moved, stmts } => (moved, stmts),
        };
        check.within(Waiting::Possible, Scope::Body, |check| check.stmts(stmts));
        check.unseen_changes(stmts);
        Leaves::check(check, stmts, "a goroutine has no result");
        let handed_over: &[_] = match moved {
            Moved::Everything => return,
            Moved::Names(names) => names,
            Moved::Nothing => &[],
        };
        let mut free = Free::new(check.tree);
        free.scope(|free| free.stmts(stmts));
        for changed in free.changed.iter().filter(|changed| !handed_over.contains(&changed.ident)) {
            let name = &changed.ident;
            let message = format!("a goroutine cannot change `{name}`, a variable of the code around it");
            let help = format!(
                "use an atomic (`sync::atomic::Int64` in an `Arc` or a `static`), a mutex (`sync::Mutex`), or send the value \
                 on a channel;\n      if nobody else needs `{name}` any more, hand it over: `go!(move {name} {{ .. }})`"
            );
            check.errors.push(changed.span, &message, &help);
        }
        if let Some(span) = free.this.filter(|_| !handed_over.iter().any(|name| name == "self")) {
            let help = "clone the handle before, `let this = self.clone();`, and use `this`; or start a method: `go!(this.run())`";
            check.errors.push(span, "`self` is not shared with a goroutine by itself", help);
        }
    }
}

/// Checks that no argument borrows a local variable.
fn borrows(call: &Call, errors: &mut Errors) {
    for arg in &call.args {
        let Expr::Reference(reference) = &arg.expr else { continue };
        let Expr::Path(path) = &*reference.expr else { continue };
        if let Some(ident) = path.path.get_ident().filter(|ident| is_variable(ident)) {
            let help = format!("share a handle, such as an `Arc`, or hand the value over: `move {ident}`");
            let message = format!("a goroutine cannot borrow `{ident}`: it may run longer than the variable lives");
            errors.push(reference.and_token.span, &message, &help);
        }
    }
}
