//! How a goroutine's function is called in a report.

/// The name of the function that a goroutine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// A block: its name comes from the function around it.
    Anonymous,
    /// A function of which only the name is known.
    Named(&'static str),
    /// A function by the name of its type.
    Of(&'static str),
}

/// Marks the type name of a block's future, see [`resolve`].
pub(super) struct Block<F>(std::marker::PhantomData<F>);

impl Name {
    /// The name as one word, for the record: a Rust type name, turned into Go's form by [`go_name`] when a report shows it.
    pub(super) fn raw<F>(self) -> &'static str {
        match self {
            Name::Anonymous => std::any::type_name::<Block<F>>(),
            Name::Named(name) | Name::Of(name) => name,
        }
    }
}

/// Go's form of a recorded name: `main.worker`, `main.main.func1`, `main.(*Server).Run` becomes `main.Server.run`.
pub(super) fn go_name(raw: &str) -> String {
    let (path, block) = match raw.find("Block<") {
        Some(at) if raw.ends_with('>') => (&raw[at + "Block<".len()..raw.len() - 1], true),
        _ => (raw, false),
    };
    let path = without_generics(path);
    let mut segments: Vec<&str> = path.split("::").filter(|segment| !segment.starts_with("{{")).collect();
    // The crate is Go's package `main`; a name of one segment has no crate.
    if segments.len() > 1 {
        segments.remove(0);
    }
    let mut name = segments.join(".");
    if path.contains('.') && !block {
        // The library's own goroutines carry Go's name already, such as `time.goFunc`.
        return path;
    }
    if !name.starts_with("main.") {
        name.insert_str(0, "main.");
    }
    if block {
        name.push_str(".func1");
    }
    name
}

/// The path without `<...>`.
fn without_generics(path: &str) -> String {
    let mut depth = 0usize;
    let mut plain = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain.replace("::::", "::").trim_matches(':').to_owned()
}

#[cfg(test)]
mod tests {
    use super::go_name;

    #[test]
    fn names_read_as_in_go() {
        assert_eq!(go_name("seed_05::counter"), "main.counter");
        assert_eq!(go_name("counter"), "main.counter");
        assert_eq!(go_name("main.main"), "main.main");
        assert_eq!(go_name("time.goFunc"), "time.goFunc");
        assert_eq!(go_name("go::rt::name::Block<app::main::{{closure}}::{{closure}}>"), "main.main.func1");
        assert_eq!(go_name("app::pool::run::<i32>"), "main.pool.run");
    }
}
