//! Go's reports as text: a first line, then a paragraph for each goroutine.

use std::any::Any;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::error::Error as StdError;
use std::fmt::Write;
use std::sync::Arc;

use super::cell;
use super::name::go_name;
use super::scheduler::Scheduler;
use crate::func::Panic;
use crate::goroutine::{Record, Registered, clock};
use crate::panics::Place;
use crate::{context, errors, texts};

/// How much a report shows, from `GOTRACEBACK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// The first line only.
    None,
    /// The goroutine at fault.
    Single,
    /// Every goroutine.
    All,
    /// Every goroutine, and then the process aborts instead of exiting, which may leave a core dump.
    Crash,
}

impl Detail {
    /// What the environment says.
    pub(super) fn wanted() -> Detail {
        match std::env::var("GOTRACEBACK").as_deref() {
            Ok("none" | "0") => Detail::None,
            Ok("all" | "system" | "1" | "2") => Detail::All,
            Ok("crash") => Detail::Crash,
            _ => Detail::Single,
        }
    }
}

/// Names in Go's form by the recorded ones: many goroutines share few functions.
#[derive(Default)]
struct Names {
    /// The names so far, by the recorded name's address and length.
    known: HashMap<(usize, usize), String>,
}

impl Names {
    /// Go's form of a recorded name.
    fn get(&mut self, raw: &'static str) -> &str {
        self.known.entry((raw.as_ptr().addr(), raw.len())).or_insert_with(|| go_name(raw))
    }
}

/// One goroutine's paragraph, with the line break before it.
fn paragraph(out: &mut String, names: &mut Names, registered: &Registered, reason: &str, place: Option<&Place>) {
    let spawned = &registered.spawned;
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\ngoroutine {} [{reason}]:", registered.id);
    let _ = writeln!(out, "{}()", names.get(spawned.name));
    if let Some(place) = place {
        let _ = writeln!(out, "\t{}:{}", place.file, place.line);
    }
    // A timer is no goroutine, and main was started by nobody.
    if !spawned.parent_name.is_empty() {
        let _ = write!(out, "created by {}", names.get(spawned.parent_name));
        if spawned.parent != 0 {
            let _ = write!(out, " in goroutine {}", spawned.parent);
        }
        let _ = writeln!(out, "\n\t{}:{}", spawned.place.file(), spawned.place.line());
    }
}

/// What stands in the brackets: why it waits, and for how many minutes.
fn reason(text: Cow<'static, str>, minutes: u64) -> Cow<'static, str> {
    match minutes {
        0 => text,
        _ => Cow::Owned(format!("{text}, {minutes} minutes")),
    }
}

/// The paragraphs of goroutines that wait.
fn waiting<'a>(out: &mut String, goroutines: impl IntoIterator<Item = &'a Registered>) {
    let mut names = Names::default();
    for registered in goroutines {
        let place = registered.place.map(Place::from);
        let minutes = if registered.reason.is_wait() { clock::minutes_since(registered.since) } else { 0 };
        paragraph(out, &mut names, registered, &reason(registered.reason.text().into(), minutes), place.as_ref());
    }
}

/// The goroutines of a scheduler, by number.
pub(super) fn all(scheduler: &'static Scheduler) -> Vec<Registered> {
    cell::goroutines(scheduler.owner())
}

/// Every goroutine of every scheduler, as `runtime::stack_all` shows them.
pub(crate) fn dump() -> String {
    let mut out = String::new();
    for scheduler in Scheduler::all() {
        waiting(&mut out, &all(scheduler));
    }
    out.trim_start_matches('\n').to_owned()
}

/// Every goroutine of every scheduler.
#[cfg(feature = "http")]
pub(crate) fn goroutines() -> Vec<Registered> {
    Scheduler::all().into_iter().flat_map(all).collect()
}

/// The first line of the report of a deadlock.
pub(super) fn deadlock(scheduler: &'static Scheduler) -> &'static str {
    if scheduler.alive() == 0 {
        return "fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n";
    }
    "fatal error: all goroutines are asleep - deadlock!\n"
}

/// What follows in the report of a deadlock.
pub(super) fn asleep(scheduler: &'static Scheduler) -> String {
    let mut out = String::new();
    if Detail::wanted() != Detail::None {
        waiting(&mut out, &all(scheduler));
    }
    out
}

/// The report of a test that has returned while goroutines are blocked; `None` if all that are left run.
pub(super) fn leaks(scheduler: &'static Scheduler) -> Option<String> {
    let mut out =
        "the test has returned, but goroutines are still blocked (`#[go::test(allow_leaks)]` allows that)\n".to_owned();
    let length = out.len();
    waiting(&mut out, all(scheduler).iter().filter(|one| one.reason.is_wait()));
    (out.len() > length).then_some(out)
}

/// Those of `goroutines` whose own numbers are among `dead`, without a first line.
pub(super) fn leaked(goroutines: &[Registered], dead: &HashSet<u64>) -> String {
    let mut out = String::new();
    let mut names = Names::default();
    for registered in goroutines.iter().filter(|one| dead.contains(&one.incarnation)) {
        let text = format!("{} (leaked)", registered.reason.text());
        let reason = reason(text.into(), clock::minutes_since(registered.since));
        paragraph(&mut out, &mut names, registered, &reason, registered.place.map(Place::from).as_ref());
    }
    out.trim_start_matches('\n').to_owned()
}

/// The report of something that ends the process: `first`, then the goroutine at fault, which ran at `place`.
pub(super) fn fault(first: &str, scheduler: &'static Scheduler, record: &Record, place: Option<&Place>) -> String {
    let mut out = format!("{first}\n");
    let detail = Detail::wanted();
    if detail == Detail::None {
        return out;
    }
    if let Some(registered) = record.registered() {
        paragraph(&mut out, &mut Names::default(), &registered, "running", place);
        if matches!(detail, Detail::All | Detail::Crash) {
            waiting(&mut out, all(scheduler).iter().filter(|one| one.id != registered.id));
        }
    }
    out
}

/// The current goroutine at a panic that somebody has caught, as a report shows it.
#[cfg(feature = "http")]
pub(crate) fn stack_of(panic: &Panic) -> String {
    let mut out = String::new();
    if let Some(registered) = crate::goroutine::record().and_then(Record::registered) {
        paragraph(&mut out, &mut Names::default(), &registered, "running", panic.place());
    }
    out.trim_start_matches('\n').to_owned()
}

/// What stands after the value of a panic.
fn mark(recovered: bool, repanicked: bool) -> &'static str {
    match (recovered, repanicked) {
        (_, true) => " [recovered, repanicked]",
        (true, false) => " [recovered]",
        (false, false) => "",
    }
}

/// The report of a panic that nobody recovered.
pub(super) fn panic(panic: &Panic, scheduler: &'static Scheduler, record: &Record) -> String {
    let mut first = String::new();
    for link in &panic.before {
        let _ = write!(first, "panic: {}{}\n\t", indented(&link.text), mark(link.recovered, link.repanicked));
    }
    if !panic.value.printable() {
        first = format!("fatal error: panic while printing panic value: {}", indented(&panic.value.to_string()));
        return fault(&first, scheduler, record, panic.place());
    }
    let _ = write!(first, "panic: {}{}", indented(&panic.value.to_string()), mark(false, panic.repanicked));
    let mut out = fault(&first, scheduler, record, panic.place());
    if let Some(seen) = &panic.seen
        && seen.backtrace.status() == std::backtrace::BacktraceStatus::Captured
        && Detail::wanted() != Detail::None
    {
        let whole = std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value == "full");
        let backtrace = seen.backtrace.to_string();
        let shown = if whole { &backtrace } else { the_programs(&backtrace) };
        let _ = write!(out, "\nRust backtrace:\n{shown}");
        if shown.len() < backtrace.len() {
            let _ = writeln!(out, "note: only the program's own frames are shown, `RUST_BACKTRACE=full` shows all");
        }
    }
    out
}

/// The frames of a backtrace between the panic's own and the executor's; all of them if these cannot be told.
fn the_programs(backtrace: &str) -> &str {
    /// Ends what every panic begins with.
    const RAISED: [&str; 3] = ["core::panicking::panic_fmt\n", "std::panic::panic_any", "std::panicking::begin_panic"];
    /// Begins what every goroutine ends with.
    const EXECUTOR: &str = "go::rt::cell::Task";
    // `  12: name`, and below it `      at file:line`
    let starts = backtrace.match_indices('\n').map(|(at, _)| at + 1).filter(|at| {
        let line = backtrace[*at..].split('\n').next().unwrap_or_default().trim_start();
        line.split_once(": ").is_some_and(|(number, _)| number.parse::<u32>().is_ok())
    });
    let starts: Vec<usize> = std::iter::once(0).chain(starts).collect();
    let name = |at: &usize| backtrace[*at..].split_inclusive('\n').next().unwrap_or_default();
    let raised = starts.iter().rposition(|at| RAISED.iter().any(|own| name(at).contains(own)));
    let first = raised.map_or(0, |frame| frame + 1);
    let end = starts.iter().skip(first).find(|at| name(at).contains(EXECUTOR));
    let (Some(start), Some(end)) = (starts.get(first), end) else { return backtrace };
    if start < end { &backtrace[*start..*end] } else { backtrace }
}

/// A text of several lines, as Go prints it.
fn indented(text: &str) -> String {
    text.replace('\n', "\n\t")
}

/// What Go prints of a panic's value.
pub(crate) fn panic_text(payload: &(dyn Any + Send)) -> String {
    known(payload).unwrap_or_else(|| format!("(any) {:p}", std::ptr::from_ref(payload).cast::<()>()))
}

/// As [`panic_text`], where the type is known.
pub(crate) fn typed_panic_text<T>(payload: &(dyn Any + Send)) -> String {
    let address = std::ptr::from_ref(payload).cast::<()>();
    known(payload).unwrap_or_else(|| format!("({}) {address:p}", go_type(std::any::type_name::<T>())))
}

/// A type's name as Go writes it.
pub(crate) fn go_type(name: &str) -> String {
    if name.contains("{{closure}}") || name.starts_with("fn(") {
        return "func()".to_owned();
    }
    let inside = |prefix: &str| name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix('>'));
    if let Some(element) = inside("alloc::vec::Vec<") {
        return format!("[]{}", go_type(element));
    }
    if let Some(target) = inside("alloc::boxed::Box<").or_else(|| inside("alloc::sync::Arc<")) {
        return format!("*{}", go_type(target));
    }
    if let Some(target) = name.strip_prefix('&') {
        return format!("*{}", go_type(target));
    }
    let basic = match name {
        "str" | "alloc::string::String" => "string",
        "isize" => "int",
        "usize" => "uint",
        "i8" => "int8",
        "i16" => "int16",
        "i32" => "int32",
        "i64" => "int64",
        "u8" => "uint8",
        "u16" => "uint16",
        "u32" => "uint32",
        "u64" => "uint64",
        "f32" => "float32",
        "f64" => "float64",
        _ if name.contains("::") => return go_name(name),
        other => other,
    };
    basic.to_owned()
}

/// What Go prints of a value whose type is one of those that have a text.
fn known(payload: &(dyn Any + Send)) -> Option<String> {
    /// The text of the first type that the payload has.
    macro_rules! first_of {
        ($($of:ty),*) => {
            $(if let Some(value) = payload.downcast_ref::<$of>() {
                return Some(value.to_string());
            })*
        };
    }
    first_of!(
        &'static str,
        String,
        Box<str>,
        Cow<'static, str>,
        texts::Error,
        errors::Error,
        errors::Joined,
        context::Error,
        std::io::Error,
        Box<dyn StdError + Send + Sync>,
        Box<dyn StdError + Send>,
        Arc<dyn StdError + Send + Sync>,
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
    if let Some(rune) = payload.downcast_ref::<char>() {
        return Some(u32::from(*rune).to_string());
    }
    if payload.is::<()>() {
        // Go's `panic(nil)`.
        return Some("runtime error: panic called with nil argument".to_owned());
    }
    None
}
