//! One executable for many programs.

/// Runs the `main` of a module by the module's name, which is the executable's first argument.
///
/// The modules are the caller's, each with an asynchronous `main`; the caller's `main` is the macro's.
#[macro_export]
macro_rules! programs {
    ($($program:ident)*) => {
        #[go::main]
        async fn main() {
            let wanted = std::env::args().nth(1).unwrap_or_default();
            match wanted.as_str() {
                $(stringify!($program) => $program::main().await,)*
                _ => panic!("there is no program `{wanted}`"),
            }
        }
    };
}
