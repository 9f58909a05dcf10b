//! What a select cannot do.

use super::Select;
use crate::syntax::Check;

impl Select {
    /// Checks the statement and what is in it.
    pub(crate) fn check<'t>(&'t self, check: &mut Check<'t, '_>) {
        check.waits(self.span);
        self.visit(check);
    }
}
