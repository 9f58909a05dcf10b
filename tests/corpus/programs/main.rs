//! The programs of the suite `corpus`, one executable for all of them: the first argument says which one runs.

#[macro_use]
#[path = "../list.rs"]
mod list;

/// Runs the `main` of a module by the module's name.
macro_rules! programs {
    ($($program:ident)*) => {
        $(mod $program;)*

        fn main() {
            let wanted = std::env::args().nth(1).unwrap_or_default();
            match wanted.as_str() {
                $(stringify!($program) => $program::main(),)*
                _ => panic!("there is no program `{wanted}`"),
            }
        }
    };
}

every_program!(programs);
