//! The panic hook: Rust's own is quiet in goroutines, whose panics the executor reports in Go's form after the deferred
//! calls; the program's own is called as ever.

use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::panic::{Location, PanicHookInfo};
use std::sync::Once;

use crate::goroutine;
use crate::texts;

/// What the hook saw of a panic in a goroutine.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Where the program panicked.
    pub(crate) place: Option<Place>,
    /// The backtrace, where `RUST_BACKTRACE` asks for one.
    pub(crate) backtrace: Backtrace,
}

/// A place whose file name need not be static.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The file.
    pub(crate) file: String,
    /// The line.
    pub(crate) line: u32,
}

impl From<&Location<'_>> for Place {
    fn from(location: &Location<'_>) -> Place {
        Place { file: location.file().to_owned(), line: location.line() }
    }
}

thread_local! {
    static SEEN: RefCell<Option<Seen>> = const { RefCell::new(None) };
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static PLACE: Cell<Option<&'static Location<'static>>> = const { Cell::new(None) };
}

/// Panics with a text on behalf of the program's `place`: for a future, whose poll has no caller of the program's.
#[cold]
pub(crate) fn panic_at(text: &'static str, place: &'static Location<'static>) -> ! {
    PLACE.with(|slot| slot.set(Some(place)));
    std::panic::panic_any(text)
}

/// What the hook would see of a panic at `place`, for one that does not go through it.
pub(crate) fn here(place: &Location<'_>) -> Seen {
    Seen { place: Some(Place::from(place)), backtrace: Backtrace::capture() }
}

/// Runs `f`, of whose panic the caller tells.
pub(crate) fn quietly<R>(f: impl FnOnce() -> R) -> std::thread::Result<R> {
    let before = QUIET.try_with(|quiet| quiet.replace(true)).unwrap_or(true);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
    // A thread that is being torn down stays quiet.
    let _ = QUIET.try_with(|quiet| quiet.set(before));
    result
}

/// What the hook saw last on this thread.
pub(crate) fn seen() -> Option<Seen> {
    SEEN.try_with(|seen| seen.borrow_mut().take()).ok().flatten()
}

/// The panic's place as the program sees it: that of [`panic_at`]; a run-time error of Go's carries its caller's.
fn place(info: &PanicHookInfo<'_>) -> Option<Place> {
    if let Some(place) = PLACE.try_with(Cell::take).ok().flatten() {
        return Some(Place::from(place));
    }
    match info.payload().downcast_ref::<texts::Error>() {
        Some(error) => Some(Place::from(error.location())),
        None => info.location().map(Place::from),
    }
}

/// What a panic hook is.
type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send>;

/// The program's own hook, `None` if there is only the standard library's.
fn take_own_hook() -> Option<Hook> {
    let before = std::panic::take_hook();
    // Now there is the standard one. It is a function without state, so only its table of functions can be compared; if
    // there are two of the same, the standard one speaks in goroutines too, and nothing else happens.
    let standard = std::panic::take_hook();
    #[allow(ambiguous_wide_pointer_comparisons, reason = "a table that is there twice only costs a second report")]
    let same = std::ptr::eq(&raw const *before, &raw const *standard);
    (!same).then_some(before)
}

/// Puts the hook before the program's own, once.
///
/// The program's own hook is called for every panic, also in a goroutine. The standard one is called outside goroutines
/// only: in a goroutine Go's report takes its place.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let own = take_own_hook();
        let standard = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if let Some(own) = &own {
                own(info);
            }
            if QUIET.try_with(Cell::get).unwrap_or(false) {
                // Whoever made it so tells of the panic.
            } else if goroutine::is_inside() {
                let seen = Seen { place: place(info), backtrace: Backtrace::capture() };
                // A thread that is being torn down reports without the place.
                let _ = SEEN.try_with(|slot| *slot.borrow_mut() = Some(seen));
            } else if own.is_some() {
                // It has been called.
            } else if let Some(error) = info.payload().downcast_ref::<texts::Error>() {
                // The standard hook would name this crate's file and call the payload `Box<dyn Any>`.
                let thread = std::thread::current();
                let name = thread.name().unwrap_or("<unnamed>");
                eprintln!("\nthread '{name}' panicked at {}:\n{error}", error.location());
            } else {
                standard(info);
            }
        }));
    });
}
