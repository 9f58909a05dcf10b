//! How a goroutine's function is called in a report.

/// The name of the function that a goroutine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// A block: its name comes from the function around it.
    Anonymous,
    /// A function by the name of its type.
    Of(&'static str),
}

/// What `#[go::main]` and `#[go::test]` call the function that holds the user's body.
const BODY: &str = "__go_body";

/// Marks the type name of a block's future, see [`go_name`].
struct Block<F>(std::marker::PhantomData<F>);

/// Marks the type names of a method's receiver and of a type called after the method, see [`go_name`].
struct Method<R, M>(std::marker::PhantomData<(R, M)>);

impl Name {
    /// The name of the method of `R` that the type `M` is called after.
    pub(crate) fn of_method<R, M>() -> Name {
        Name::Of(std::any::type_name::<Method<R, M>>())
    }

    /// The name as one word, for the record: a Rust type name, turned into Go's form by [`go_name`] when a report shows it.
    pub(super) fn raw<F>(self) -> &'static str {
        match self {
            Name::Anonymous => std::any::type_name::<Block<F>>(),
            Name::Of(name) => name,
        }
    }
}

/// Go's form of a recorded name: `main.worker`, `main.main.func1`, `main.Server.run`.
pub(crate) fn go_name(raw: &str) -> String {
    if let Some(block) = inside(raw, "Block<") {
        return format!("{}.func1", in_main(&without_generics(block)));
    }
    if let Some(names) = inside(raw, "Method<") {
        // The method's marker type stands after the last comma outside all brackets: it has no generics.
        let (receiver, marker) = names.rsplit_once(", ").unwrap_or(("", names));
        let method = marker.rsplit("::").next().unwrap_or(marker);
        return format!("{}.{method}", in_main(&without_generics(handle_of(receiver))));
    }
    let path = without_generics(raw);
    // The library's own goroutines carry Go's name already, such as `time.goFunc`.
    if path.contains('.') {
        return path;
    }
    let closure = if path.ends_with("{{closure}}") { ".func1" } else { "" };
    format!("{}{closure}", in_main(&path))
}

/// What stands in the brackets of one of the marker types of this module.
fn inside<'a>(raw: &'a str, marker: &str) -> Option<&'a str> {
    let start = raw.find(marker)? + marker.len();
    let is_marker = raw[..start - marker.len()].ends_with("rt::name::");
    (is_marker && raw.ends_with('>')).then(|| &raw[start..raw.len() - 1])
}

/// The type behind references and shared pointers.
fn handle_of(receiver: &str) -> &str {
    let receiver = receiver.trim_start_matches('&').trim_start_matches("mut ");
    match receiver.strip_prefix("alloc::sync::Arc<").and_then(|rest| rest.strip_suffix('>')) {
        Some(inner) => handle_of(inner),
        None => receiver,
    }
}

/// A path without generics as a name in Go's package `main`, which is the crate.
fn in_main(path: &str) -> String {
    let is_written = |segment: &&str| !segment.starts_with("{{") && *segment != BODY;
    let mut segments: Vec<&str> = path.split("::").filter(is_written).collect();
    // A name of one segment has no crate.
    if segments.len() > 1 {
        segments.remove(0);
    }
    format!("main.{}", segments.join("."))
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
        assert_eq!(go_name("app::cmd::main"), "main.cmd.main");
        assert_eq!(go_name("app::tick::{{closure}}"), "main.tick.func1");
        assert_eq!(go_name("app::pool::run::<i32>"), "main.pool.run");
        assert_eq!(go_name("go::rt::name::Block<app::main::__go_body::{{closure}}::{{closure}}>"), "main.main.func1");
        let method = "go::rt::name::Method<alloc::sync::Arc<app::Server<u8>>, app::main::run>";
        assert_eq!(go_name(method), "main.Server.run");
    }
}
