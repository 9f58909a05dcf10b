//! What a `chan!` cannot do.

use super::{Chan, Form};
use crate::syntax::Check;

impl Chan {
    /// Checks the call and what is in it.
    pub(crate) fn check<'t>(&'t self, check: &mut Check<'t, '_>) {
        match &self.form {
            Form::Send(send) => check.waits(send.op),
            Form::Recv(recv) => check.waits(recv.op),
            Form::Make { .. } | Form::Type(_) | Form::Define(_) | Form::Assign(_) => {}
        }
        self.visit(check);
    }
}
