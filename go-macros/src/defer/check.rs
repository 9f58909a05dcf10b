//! What a deferred call cannot do.

use super::{Defer, Form};
use crate::syntax::{Call, Check, Free, Leaves, Moved, Scope, Waiting};

impl Defer {
    /// Checks the statement and what is in it.
    pub(crate) fn check<'t>(&'t self, check: &mut Check<'t, '_>) {
        let is_go = check.scope.is_go();
        if let Some(span) = self.awaited {
            let (message, help) = if is_go {
                ("`defer!` awaits the call by itself", "leave `.await` out, or write a block `defer! { .. }`")
            } else {
                (
                    "a deferred call cannot wait in an ordinary function",
                    "mark the function `#[go::func]`: there a deferred call may wait",
                )
            };
            check.errors.push(span, message, help);
        }
        match &self.form {
            Form::Call(call) => called(call, check),
            Form::Block { moved, stmts } if is_go => {
                let go = |check: &mut Check<'t, '_>| check.stmts(stmts);
                check.within(Waiting::Possible, Scope::Deferred, go);
                check.unseen_changes(stmts);
                Leaves::check(check, stmts, "a deferred block has no result");
                self.changes(moved, check);
            }
            Form::Block { moved, stmts } => {
                if let [name, ..] = moved.names() {
                    let help = "hand everything over, `defer!(move { .. })`, or mark the function `#[go::func]`";
                    check.errors.push(name.span(), "only a Go function's deferred block takes variables by name", help);
                }
                check.within(Waiting::Deferred, Scope::Rust, |check| check.stmts(stmts));
            }
        }
    }

    /// Reports the variables of the code around that a deferred block changes.
    fn changes<'t>(&'t self, moved: &'t Moved, check: &mut Check<'t, '_>) {
        let Form::Block { stmts, .. } = &self.form else { return };
        if matches!(moved, Moved::Everything) {
            return;
        }
        let mut free = Free::new(check.tree);
        free.scope(|free| free.stmts(stmts));
        for changed in free.changed.iter().filter(|changed| !moved.names().contains(&changed.ident)) {
            let name = &changed.ident;
            let message = format!("a deferred block cannot change `{name}`, a variable of the code around it");
            let help = format!(
                "name the function's result, `#[go::func(result = {name})]`, and write `{name}.set(..)`; or share the \
                 variable: an atomic or a `sync::Mutex` in an `Arc`"
            );
            check.errors.push(changed.span, &message, &help);
        }
    }
}

/// Checks a deferred call: its operands are evaluated now.
fn called<'t>(call: &'t Call, check: &mut Check<'t, '_>) {
    if let Some(span) = call.recovers() {
        let help = "defer a block that recovers: `defer! { recover!(); }`";
        check.errors.push(span, "`recover!` as the deferred call itself recovers nothing", help);
        return;
    }
    call.visit(check);
}
