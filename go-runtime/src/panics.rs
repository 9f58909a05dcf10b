//! The panic hook: quiet in goroutines, whose panics the executor reports in Go's form after the deferred calls.

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

/// Puts the hook before the program's own, once.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if goroutine::is_inside() {
                let seen = Seen { place: place(info), backtrace: Backtrace::capture() };
                // A thread that is being torn down reports without the place.
                let _ = SEEN.try_with(|slot| *slot.borrow_mut() = Some(seen));
            } else if let Some(error) = info.payload().downcast_ref::<texts::Error>() {
                // The standard hook would name this crate's file and call the payload `Box<dyn Any>`.
                let thread = std::thread::current();
                let name = thread.name().unwrap_or("<unnamed>");
                eprintln!("\nthread '{name}' panicked at {}:\n{error}", error.location());
            } else {
                before(info);
            }
        }));
    });
}
