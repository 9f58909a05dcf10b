//! `select!`.

use super::chan::{Closes, Zero, value, value_ok};
use crate::select::future::FutureOutput;
use crate::select::recv::RecvOutput;

/// What the chosen case of a channel received.
pub trait RecvChosen {
    /// What the channel carries.
    type Value;
    /// `case v := <-ch`
    fn __go_value(self) -> Self::Value
    where
        Self::Value: Zero;
    /// `case v, ok := <-ch`
    fn __go_value_ok(self) -> (Self::Value, bool)
    where
        Self::Value: Zero;
    /// `case <-ch`
    fn __go_discard(self);
}

impl<T> RecvChosen for RecvOutput<T> {
    type Value = T;
    fn __go_value(self) -> T
    where
        T: Zero,
    {
        value(self.received())
    }
    fn __go_value_ok(self) -> (T, bool)
    where
        T: Zero,
    {
        value_ok(self.received())
    }
    fn __go_discard(self) {}
}

/// What the chosen case of a future yielded.
pub trait FutureChosen: Sized {
    /// The future's output.
    type Value;
    /// `case v := <-future`
    fn __go_value(self) -> Self::Value;
    /// Never called: the bound is not met.
    fn __go_value_ok(self) -> (Self::Value, bool)
    where
        Self: Closes,
    {
        unreachable!("a future has no `ok`")
    }
    /// `case <-future`
    fn __go_discard(self) {}
}

impl<V> FutureChosen for FutureOutput<V> {
    type Value = V;
    fn __go_value(self) -> V {
        self.value()
    }
}

/// The output of the case that the engine has chosen.
pub fn chosen<V>(output: Option<V>) -> V {
    output.unwrap_or_else(|| unreachable_case())
}

/// How a select with a bare `break` or `continue` in it is left.
#[derive(Debug)]
pub enum Flow<V, C> {
    /// A body has ended: the select's value.
    Value(V),
    /// A body continues the loop around the select.
    Continue(C),
}

/// The engine names a case that is not there; it never does.
#[cold]
pub fn unreachable_case() -> ! {
    unreachable!("a select chose a case that it does not have")
}
