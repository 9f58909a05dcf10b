//! The macros of `log`.

/// Logs a text, which is ended by a newline if it is not yet.
///
/// # Go
/// `log.Print(v...)` and `log.Printf(format, v...)`
///
/// # Examples
/// ```
/// use go::log;
///
/// let n = 3;
/// log::print!("{n} workers");
/// log::print!(n, " workers");
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! __log_print {
    ($format:literal $($rest:tt)*) => {
        $crate::log::output(::std::format!($format $($rest)*))
    };
    ($($value:expr),* $(,)?) => {
        $crate::log::output($crate::log::join(false, &[$($crate::log::Text::new(&$value)),*]))
    };
}

/// Logs a text and a newline; values are kept apart by spaces.
///
/// # Go
/// `log.Println(v...)`
///
/// # Examples
/// ```
/// use go::log;
///
/// let (name, n) = ("pool", 3);
/// log::println!("{name} has {n} workers");
/// log::println!(name, n);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! __log_println {
    ($format:literal $($rest:tt)*) => {
        $crate::log::output(::std::format!("{}\n", ::std::format_args!($format $($rest)*)))
    };
    ($($value:expr),* $(,)?) => {
        $crate::log::output($crate::log::join(true, &[$($crate::log::Text::new(&$value)),*]))
    };
}

/// Logs as [`print!`](crate::log::print!) does and ends the process with the exit code 1. No deferred call runs.
///
/// # Go
/// `log.Fatal(v...)` and `log.Fatalf(format, v...)`
///
/// # Examples
/// ```no_run
/// use go::log;
///
/// let err = std::io::Error::from(std::io::ErrorKind::NotFound);
/// log::fatal!("cannot start: {err}");
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! __log_fatal {
    ($($argument:tt)*) => {{
        $crate::__log_print!($($argument)*);
        $crate::log::exit()
    }};
}

/// Logs as [`println!`](crate::log::println!) does and ends the process with the exit code 1. No deferred call runs.
///
/// # Go
/// `log.Fatalln(v...)`
#[macro_export]
#[doc(hidden)]
macro_rules! __log_fatalln {
    ($($argument:tt)*) => {{
        $crate::__log_println!($($argument)*);
        $crate::log::exit()
    }};
}

/// Logs as [`print!`](crate::log::print!) does and panics with the text.
///
/// # Go
/// `log.Panic(v...)` and `log.Panicf(format, v...)`
///
/// # Examples
/// ```should_panic
/// use go::log;
///
/// log::panic!("no such worker: {}", 7);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! __log_panic {
    ($format:literal $($rest:tt)*) => {
        $crate::log::unwind(::std::format!($format $($rest)*))
    };
    ($($value:expr),* $(,)?) => {
        $crate::log::unwind($crate::log::join(false, &[$($crate::log::Text::new(&$value)),*]))
    };
}

/// Logs as [`println!`](crate::log::println!) does and panics with the text.
///
/// # Go
/// `log.Panicln(v...)`
#[macro_export]
#[doc(hidden)]
macro_rules! __log_panicln {
    ($format:literal $($rest:tt)*) => {
        $crate::log::unwind(::std::format!("{}\n", ::std::format_args!($format $($rest)*)))
    };
    ($($value:expr),* $(,)?) => {
        $crate::log::unwind($crate::log::join(true, &[$($crate::log::Text::new(&$value)),*]))
    };
}
