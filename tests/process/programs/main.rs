//! The programs of the suite `process`, one executable for all of them: the first argument says which one runs.

mod alive;
mod ends;
mod owned;
mod stuck;

/// Runs the `main` of a module by the module's path.
macro_rules! programs {
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

programs! {
    ends::returns
    ends::returns_beside_a_hog
    ends::fails
    ends::code
    ends::exits
    ends::goroutine_panics
    ends::main_panics
    ends::channel_panics
    stuck::everywhere
    stuck::since
    stuck::beside_a_service
    alive::thread
    alive::blocking
    alive::task
    alive::timer
    alive::io
    owned::threads
    owned::one_thread
}
