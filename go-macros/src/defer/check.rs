//! What a deferred call cannot do.

use super::{Defer, Form};
use crate::syntax::{Check, Waiting};

impl Defer {
    /// Checks the statement and what is in it.
    pub(crate) fn check<'t>(&'t self, check: &mut Check<'t, '_>) {
        match &self.form {
            Form::Block { stmts, .. } => check.within(Waiting::Deferred, |check| check.stmts(stmts)),
            // The operands are evaluated now.
            Form::Call(call) => call.visit(check),
        }
    }
}
