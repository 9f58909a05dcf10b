//! The contract with `go-macros`: every name that an expansion uses. Not for use by hand.
//!
//! Which of several impls applies is decided by method resolution: an impl that takes the operand by value comes before
//! one that takes it by reference, and a wrapper behind two references before one behind one.

mod capture;
mod chan;
mod defer;
mod func;
mod go;
mod range;
mod select;
mod wait;

use std::convert::Infallible;

pub use std::option::Option;
pub use std::panic::Location;
pub use std::pin::{Pin, pin};

pub use self::capture::{
    Callee, CalleeClone, CalleeOther, CalleeShare, Capture, CaptureCopy, CaptureOther, CaptureRef, CaptureShare,
    Copied, Shared,
};
pub use self::chan::{
    Capacity, Closes, Discard, Receives, RecvByRef, RecvByValue, RecvMap, SendTo, Sends, Zero, make_chan,
};
pub use self::defer::{Defer, DeferFuture, DeferValue, EndsAtOnce, Function, FunctionBorrow, FunctionShare};
pub use self::defer::{Keep, KeepBorrow, KeepCopy, KeepShare, Kept, defer};
pub use self::func::{
    Deferrable, Deferring, DeferringCopy, DeferringOther, DeferringRef, DeferringShare, Framed, FramedBorrow,
    FramedClone, FramedShare, Held, HoldCopy, HoldOther, HoldShare, Printed, PrintedBorrow, PrintedClone, PrintedShare,
    Starts, ZeroDefault, ZeroOther, ZeroResult,
};
pub use self::func::{called, name_of_callee, recover, zero_none, zero_of, zero_unit, zero_unsaid};
pub use self::go::{AFuture, AValue, Called, FinishFuture, FinishValue, anonymous, go, name_of, name_of_method};
pub use self::range::{Cursor, Items, RangePairs, Ranges, next, range, range_pairs};
pub use self::select::{Flow, FutureChosen, RecvChosen, chosen, unreachable_case};
pub use self::wait::{NoFuture, NoValue, Settle, SettleValue, Split, Unreached};
pub use self::wait::{WaitFuture, WaitOther, Waits, settle};
pub use crate::chan::{Chan, Receiver, Sender};
pub use crate::func::{Deferred, Frame, Named};
pub use crate::rt::{Name, TestOptions, main, test};
pub use crate::select::arm::{Arm, ready, ready_or_default};
pub use crate::select::engine::{DEFAULT, forever, select, select_default};
pub use crate::select::storage::cases_of;

/// The traits whose methods expansions call, without their names.
pub mod traits {
    pub use super::{
        CalleeClone as _, CalleeOther as _, CalleeShare as _, CaptureCopy as _, CaptureOther as _, CaptureRef as _,
        CaptureShare as _, DeferFuture as _, DeferValue as _, DeferringCopy as _, DeferringOther as _,
        DeferringRef as _, DeferringShare as _, FinishFuture as _, FinishValue as _, FramedBorrow as _,
        FramedClone as _, FramedShare as _, FunctionBorrow as _, FunctionShare as _, FutureChosen as _, HoldCopy as _,
        HoldOther as _, HoldShare as _, KeepBorrow as _, KeepCopy as _, KeepShare as _, PrintedBorrow as _,
        PrintedClone as _, PrintedShare as _, RecvByRef as _, RecvByValue as _, RecvChosen as _, SendTo as _,
        SettleValue as _, WaitFuture as _, WaitOther as _, ZeroDefault as _, ZeroOther as _, ZeroResult as _,
    };
}

/// The type of `select! {}`.
pub type Never = Infallible;
