//! Go's reports as text: a first line, then a paragraph for each goroutine.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt::Write;

use super::name::go_name;
use super::scheduler::Scheduler;
use crate::func::Panic;
use crate::goroutine::{Record, Registered};
use crate::panics::Place;
use crate::texts;

/// How much a report shows, from `GOTRACEBACK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// The first line only.
    None,
    /// The goroutine at fault.
    Single,
    /// Every goroutine.
    All,
}

impl Detail {
    /// What the environment says.
    pub(super) fn wanted() -> Detail {
        match std::env::var("GOTRACEBACK").as_deref() {
            Ok("none" | "0") => Detail::None,
            Ok("all" | "system" | "crash" | "1" | "2") => Detail::All,
            _ => Detail::Single,
        }
    }
}

/// One goroutine's paragraph, with the line break before it.
fn paragraph(out: &mut String, registered: &Registered, reason: &str, place: Option<&Place>) {
    let spawned = &registered.spawned;
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\ngoroutine {} [{reason}]:", registered.id);
    let _ = writeln!(out, "{}()", go_name(spawned.name));
    if let Some(place) = place {
        let _ = writeln!(out, "\t{}:{}", place.file, place.line);
    }
    if spawned.parent != 0 {
        let _ = writeln!(out, "created by {} in goroutine {}", go_name(spawned.parent_name), spawned.parent);
        let _ = writeln!(out, "\t{}:{}", spawned.place.file(), spawned.place.line());
    }
}

/// The paragraphs of goroutines that wait, the main goroutine first.
fn waiting(out: &mut String, scheduler: &'static Scheduler, without: Option<u64>) {
    for registered in Record::all(scheduler.owner()) {
        if Some(registered.id) != without {
            let place = registered.place.map(Place::from);
            paragraph(out, &registered, registered.reason.text(), place.as_ref());
        }
    }
}

/// Every goroutine of every scheduler, as `runtime::stack_all` shows them.
pub(crate) fn dump() -> String {
    let mut out = String::new();
    for scheduler in Scheduler::all() {
        waiting(&mut out, scheduler, None);
    }
    out.trim_start_matches('\n').to_owned()
}

/// The report of a deadlock.
pub(super) fn deadlock(scheduler: &'static Scheduler) -> String {
    if scheduler.alive() == 0 {
        return "fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n".to_owned();
    }
    let mut out = "fatal error: all goroutines are asleep - deadlock!\n".to_owned();
    if Detail::wanted() != Detail::None {
        waiting(&mut out, scheduler, None);
    }
    out
}

/// The report of something that ends the process: `first`, then the goroutine at fault, which ran at `place`.
pub(super) fn fault(first: &str, scheduler: &'static Scheduler, record: &Record, place: Option<&Place>) -> String {
    let mut out = format!("{first}\n");
    let detail = Detail::wanted();
    if detail == Detail::None {
        return out;
    }
    if let Some(registered) = record.registered() {
        paragraph(&mut out, &registered, "running", place);
        if detail == Detail::All {
            waiting(&mut out, scheduler, Some(registered.id));
        }
    }
    out
}

/// The report of a panic that nobody recovered.
pub(super) fn panic(panic: &Panic, scheduler: &'static Scheduler, record: &Record) -> String {
    let mut first = String::new();
    for link in &panic.before {
        let recovered = if link.recovered { " [recovered]" } else { "" };
        let _ = write!(first, "panic: {}{recovered}\n\t", indented(&link.text));
    }
    let repanicked = if panic.repanicked { " [recovered, repanicked]" } else { "" };
    let _ = write!(first, "panic: {}{repanicked}", indented(&panic.value.to_string()));
    let mut out = fault(&first, scheduler, record, panic.place());
    if let Some(seen) = &panic.seen
        && seen.backtrace.status() == std::backtrace::BacktraceStatus::Captured
        && Detail::wanted() != Detail::None
    {
        let _ = write!(out, "\nRust backtrace:\n{}", seen.backtrace);
    }
    out
}

/// A text of several lines, as Go prints it.
fn indented(text: &str) -> String {
    text.replace('\n', "\n\t")
}

/// What Go prints of a panic's value.
pub(crate) fn panic_text(payload: &(dyn Any + Send)) -> String {
    /// The text of the first type that the payload has.
    macro_rules! first_of {
        ($($of:ty),*) => {
            $(if let Some(value) = payload.downcast_ref::<$of>() {
                return value.to_string();
            })*
        };
    }
    first_of!(
        &'static str,
        String,
        texts::Error,
        Box<dyn StdError + Send + Sync>,
        Box<dyn StdError + Send>,
        i8,
        i16,
        i32,
        i64,
        i128,
        isize,
        u8,
        u16,
        u32,
        u64,
        u128,
        usize,
        f32,
        f64,
        bool
    );
    format!("(any) {:p}", std::ptr::from_ref(payload).cast::<()>())
}
