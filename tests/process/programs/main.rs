//! The programs of the suite `process`, one executable for all of them: the first argument says which one runs.

#[macro_use]
#[path = "../list.rs"]
mod list;

mod alive;
mod contexts;
mod costs;
mod ends;
mod hooks;
mod leaks;
mod owned;
mod probe;
mod quits;
mod signals;
mod soak;
mod stuck;
mod swallows;

use probe::{channels, deadlocks, exits, locks, panics, recovers, timers};

/// Runs the `main` of a module by the module's path.
macro_rules! programs {
    (
        own { $($own:ident::$own_program:ident)* }
        recorded { $($recorded:ident::$recorded_program:ident)* }
        tested { $($tested:ident::$tested_program:ident)* }
    ) => {
        programs! {
            $($own::$own_program)*
            $($recorded::$recorded_program)*
            $($tested::$tested_program)*
        }
    };
    ($($file:ident::$program:ident)*) => {
        fn main() {
            let wanted = std::env::args().nth(1).unwrap_or_default();
            match wanted.as_str() {
                $(concat!(stringify!($file), "::", stringify!($program)) => _ = $file::$program::main(),)*
                _ => panic!("there is no program `{wanted}`"),
            }
        }
    };
}

every_program!(programs);
