//! What the project's own rules say and a program can check. Each failure names the place and the way out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of `go-runtime/src` in the order of their dependencies: a module uses those of its own line and of the
/// lines above it.
const LAYERS: &[&[&str]] = &[
    &["shim", "share", "body", "errors"],
    &["goroutine"],
    &["texts", "panics"],
    &["waiter"],
    &["chan"],
    &["select"],
    &["sync"],
    &["context", "errgroup", "semaphore", "singleflight"],
    &["time"],
    &["func", "rt", "runtime"],
    &["io", "log", "os", "signal"],
    &["http"],
    &["private", "macros", "prelude", "model"],
];

/// Where a module may use one of a line below: the meeting points with the executor.
const MEETINGS: &[(&str, &str)] = &[
    // A panic that is fatal, `WaitGroup::go`, `after_func`: they end the process or start goroutines.
    ("sync", "rt"),
    ("context", "rt"),
    // `WaitGroup::go` panics again with what it has caught.
    ("sync", "func"),
    ("errgroup", "rt"),
    ("singleflight", "rt"),
    // What their goroutines panic with goes to those that wait, or nobody is to go on.
    ("errgroup", "func"),
    ("singleflight", "func"),
    ("time", "rt"),
    // `with_timeout` is a timer.
    ("context", "time"),
];

/// The modules that may name tokio.
const ON_TOKIO: &[&str] = &["rt", "runtime", "time", "http", "signal", "context", "private"];

/// The files with unsafe code. Each has an argument for it at every block.
const UNSAFE: &[&str] = &[
    "go-runtime/src/chan/core.rs",
    "go-runtime/src/chan/door.rs",
    "go-runtime/src/chan/handle.rs",
    "go-runtime/src/chan/recv.rs",
    "go-runtime/src/chan/send.rs",
    "go-runtime/src/chan/tests/foreign.rs",
    "go-runtime/src/context/cancel_func.rs",
    "go-runtime/src/context/children.rs",
    "go-runtime/src/context/deadline.rs",
    "go-runtime/src/context/node.rs",
    "go-runtime/src/func/catch.rs",
    "go-runtime/src/goroutine/current.rs",
    "go-runtime/src/goroutine/record.rs",
    "go-runtime/src/goroutine/spare.rs",
    "go-runtime/src/model/context.rs",
    "go-runtime/src/model/gate.rs",
    "go-runtime/src/model/locks.rs",
    "go-runtime/src/model/monitor.rs",
    "go-runtime/src/model/section.rs",
    "go-runtime/src/model/task.rs",
    "go-runtime/src/model/waiter.rs",
    "go-runtime/src/private/chan.rs",
    "go-runtime/src/private/func.rs",
    "go-runtime/src/rt/cell.rs",
    "go-runtime/src/rt/drain.rs",
    "go-runtime/src/rt/leaks.rs",
    "go-runtime/src/rt/scheduler.rs",
    "go-runtime/src/rt/stranger.rs",
    "go-runtime/src/select/case.rs",
    "go-runtime/src/select/dynamic.rs",
    "go-runtime/src/select/engine.rs",
    "go-runtime/src/select/future.rs",
    "go-runtime/src/select/recv.rs",
    "go-runtime/src/select/send.rs",
    "go-runtime/src/select/storage.rs",
    "go-runtime/src/select/tests.rs",
    "go-runtime/src/shim/barrier.rs",
    "go-runtime/src/shim/cell.rs",
    "go-runtime/src/shim/checked.rs",
    "go-runtime/src/shim/counted.rs",
    "go-runtime/src/shim/gate.rs",
    "go-runtime/src/shim/lazy.rs",
    "go-runtime/src/shim/lock.rs",
    "go-runtime/src/signal/disposition.rs",
    "go-runtime/src/sync/mutex.rs",
    "go-runtime/src/sync/mutex_core.rs",
    "go-runtime/src/sync/raw_mutex.rs",
    "go-runtime/src/sync/raw_rw_mutex.rs",
    "go-runtime/src/sync/rw_core.rs",
    "go-runtime/src/sync/rw_mutex.rs",
    "go-runtime/src/sync/wait_group.rs",
    "go-runtime/src/time/timers.rs",
    "go-runtime/src/waiter/hand.rs",
    "go-runtime/src/waiter/list.rs",
    "go-runtime/src/waiter/monitor.rs",
    "go-runtime/src/waiter/state.rs",
    "tests/conformance/chan/select2.rs",
];

/// The most lines a file may have.
const MAX_LINES: usize = 600;

/// How many lines above a block of unsafe code its argument may end.
const SAFETY_ABOVE: usize = 6;

/// A file of the project.
struct Source {
    /// The path below the root, with `/`.
    path: String,
    /// The text.
    text: String,
}

impl Source {
    /// Whether it consists of tests, which may use what they like.
    fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.contains("/tests/") || self.path.ends_with("/hand.rs")
    }

    /// The lines of code with their numbers: without comments, and without the unit tests at the end.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = self.text.find("#[cfg(test)]\nmod tests {");
        let tests = tests.or_else(|| self.text.find("#[cfg(all(test, not(go_loom)))]\nmod tests {"));
        let text = &self.text[..tests.unwrap_or(self.text.len())];
        text.lines().enumerate().map(|(at, line)| (at + 1, without_comment(line)))
    }

    /// The module of `go-runtime/src` it belongs to.
    fn module(&self) -> Option<&str> {
        let below = self.path.strip_prefix("go-runtime/src/")?;
        let module = below.split('/').next()?;
        Some(module.strip_suffix(".rs").unwrap_or(module)).filter(|module| *module != "lib")
    }
}

/// The line up to a `//`. One in a string cuts it short, which no rule here minds.
fn without_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or(line)
}

/// The folder of the whole project.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the package lies in the workspace").to_owned()
}

/// The text of a file of the root's.
fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below `folder` whose name ends with `ending`, without what is built, fetched or hidden.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.expect("the folder can be read");
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && !name.starts_with("target") && name != "wip" {
                files(&path, ending, found);
            }
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
}

/// Every Rust file of the project.
fn sources() -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    files(&root, ".rs", &mut found);
    found.sort();
    assert!(found.len() > 50, "only {} files below {}", found.len(), root.display());
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let path = path.strip_prefix(&root).expect("found below the root").to_string_lossy().replace('\\', "/");
            Source { path, text }
        })
        .collect()
}

/// Fails with every problem at once.
#[track_caller]
fn report(problems: Vec<String>, way_out: &str) {
    assert!(problems.is_empty(), "\n{}\n{way_out}\n", problems.join("\n"));
}

#[test]
fn every_file_says_what_it_is() {
    let problems = sources()
        .iter()
        .filter(|source| !source.path.starts_with("tests/ui/"))
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| format!("{}:1: opens without `//!`", source.path))
        .collect();
    report(problems, "Open the file with a `//!` line that says what it is.");
}

#[test]
fn no_file_is_too_long() {
    let problems = sources()
        .iter()
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(source, lines)| format!("{}:{MAX_LINES}: goes on to line {lines}", source.path))
        .collect();
    report(problems, "Split it along an idea; move unit tests to `foo/tests.rs`.");
}

/// The modules after `crate::` in a line, also in braces.
fn used(line: &str) -> Vec<&str> {
    let mut all = Vec::new();
    for rest in line.split("crate::").skip(1) {
        let list = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or(list).split(',').collect(),
            None => vec![rest],
        };
        all.extend(list.into_iter().map(|item| {
            let item = item.trim();
            &item[..item.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(item.len())]
        }));
    }
    all
}

#[test]
fn dependencies_point_one_way() {
    let layer = |module: &str| LAYERS.iter().position(|layer| layer.contains(&module));
    let mut problems = Vec::new();
    for source in sources() {
        let Some(module) = source.module() else { continue };
        let Some(own) = layer(module) else {
            problems.push(format!("{}:1: the module `{module}` is in no layer", source.path));
            continue;
        };
        if source.is_test() {
            continue;
        }
        for (line, code) in source.code() {
            for other in used(code) {
                // What is not a module is an item that the crate's root re-exports.
                if layer(other).is_some_and(|other| other > own) && !MEETINGS.contains(&(module, other)) {
                    problems.push(format!("{}:{line}: `{module}` uses `{other}`", source.path));
                }
            }
        }
    }
    report(
        problems,
        "A module uses the layers above it (`LAYERS` in tests/tidy.rs). Move what both need up; a new module needs a place \
         in the table, a new meeting point with the executor a reason in `MEETINGS`.",
    );
}

#[test]
fn only_the_outer_modules_name_tokio() {
    let mut problems = Vec::new();
    for source in sources() {
        let Some(module) = source.module() else { continue };
        if source.is_test() || ON_TOKIO.contains(&module) {
            continue;
        }
        for (line, code) in source.code() {
            if code.contains("tokio::") {
                problems.push(format!("{}:{line}: `{module}` names tokio", source.path));
            }
        }
    }
    report(problems, "The core is written against `core::task::Waker`, so that loom can run it: go through `rt`.");
}

/// Whether the line opens unsafe code that needs an argument.
fn opens_unsafe(code: &str) -> bool {
    code.contains("unsafe {") || code.contains("unsafe impl")
}

#[test]
fn unsafe_code_stays_in_its_files() {
    let mut problems = Vec::new();
    let mut with_unsafe = BTreeSet::new();
    for source in sources() {
        // The rule itself is no unsafe code.
        if source.path == "tests/tidy.rs" || source.path.starts_with("tests/ui/") {
            continue;
        }
        let lines: Vec<&str> = source.text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let code = without_comment(line);
            if code.contains("unsafe fn") || code.contains("unsafe trait") {
                with_unsafe.insert(source.path.clone());
            }
            if !opens_unsafe(code) {
                continue;
            }
            with_unsafe.insert(source.path.clone());
            let above = &lines[at.saturating_sub(SAFETY_ABOVE)..=at];
            if !above.iter().any(|line| line.contains("SAFETY:")) {
                problems.push(format!("{}:{}: no `SAFETY:` above it", source.path, at + 1));
            }
        }
    }
    let listed: BTreeSet<String> = UNSAFE.iter().map(|path| (*path).to_owned()).collect();
    problems.extend(with_unsafe.difference(&listed).map(|path| format!("{path}:1: unsafe code in a new file")));
    problems.extend(listed.difference(&with_unsafe).map(|path| format!("{path}:1: listed, but has no unsafe code")));
    report(
        problems,
        "Do without it or build on a safe type that exists; if it must be, argue for it in `// SAFETY:` and list the file in \
         `UNSAFE` of tests/tidy.rs.",
    );
}

#[test]
fn every_allowance_has_a_reason() {
    let mut problems = Vec::new();
    // What the macros write is in the user's program, and its reason in the macro.
    let exempt = ["tests/ui/", "go-macros/src/"];
    for source in sources().iter().filter(|source| !exempt.iter().any(|folder| source.path.starts_with(folder))) {
        let text = &source.text;
        for kind in ["allow", "expect"] {
            for opening in [format!("#[{kind}("), format!("#![{kind}(")] {
                for (at, _) in text.match_indices(&opening) {
                    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
                    let end = text[at..].find(")]").map_or(text.len(), |length| at + length);
                    if !text[line_start..at].contains(['/', '"']) && !text[at..end].contains("reason = ") {
                        let line = text[..at].matches('\n').count() + 1;
                        problems.push(format!("{}:{line}: `{opening}…)]` without a reason", source.path));
                    }
                }
            }
        }
    }
    report(problems, "Mend what the lint found, or add `reason = \"…\"`.");
}

#[test]
fn nothing_is_left_half_done() {
    let markers = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("db", "g!(")];
    let mut problems = Vec::new();
    for source in sources().iter().filter(|source| !source.path.starts_with("tests/ui/")) {
        for (at, line) in source.text.lines().enumerate() {
            let code = without_comment(line);
            problems.extend(
                markers
                    .iter()
                    .filter(|marker| code.contains(**marker))
                    .map(|marker| format!("{}:{}: `{marker}…)`", source.path, at + 1)),
            );
        }
    }
    report(problems, "Finish it or take it out.");
}

/// One `[section]` or `[[section]]` of a manifest: its name, its line and its `key = value` lines.
struct Section {
    /// The name in the brackets.
    name: String,
    /// The line of the brackets.
    line: usize,
    /// The keys and their values, unquoted.
    entries: BTreeMap<String, String>,
}

/// The sections of a manifest; values that go over several lines are not read.
fn sections(text: &str) -> Vec<Section> {
    let mut all: Vec<Section> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') && line.ends_with(']') {
            let name = line.trim_matches(['[', ']']).to_owned();
            all.push(Section { name, line: at + 1, entries: BTreeMap::new() });
        } else if let (Some((key, value)), Some(section)) = (line.split_once('='), all.last_mut()) {
            section.entries.insert(key.trim().to_owned(), value.trim().trim_matches('"').to_owned());
        }
    }
    all
}

/// The packages of the workspace.
const PACKAGES: [&str; 4] = ["go-macros", "go-runtime", "examples", "tests"];

#[test]
fn the_versions_agree() {
    let workspace = read("Cargo.toml");
    let sections_ = sections(&workspace);
    let version = sections_
        .iter()
        .find(|section| section.name == "workspace.package")
        .and_then(|section| section.entries.get("version"))
        .expect("Cargo.toml: [workspace.package] has a version");
    let mut problems = Vec::new();
    for package in ["go-macros", "go-runtime"] {
        let pinned = format!("version = \"={version}\"");
        let line = workspace.lines().position(|line| line.starts_with(&format!("{package} =")));
        match line {
            Some(at) if workspace.lines().nth(at).is_some_and(|line| line.contains(&pinned)) => {}
            _ => problems
                .push(format!("Cargo.toml:{}: `{package}` is not pinned with `{pinned}`", line.unwrap_or(0) + 1)),
        }
    }
    for package in PACKAGES {
        if !read(&format!("{package}/Cargo.toml")).contains("version.workspace = true") {
            problems.push(format!("{package}/Cargo.toml:1: has a version of its own"));
        }
    }
    if !read("CHANGELOG.md").contains(version.as_str()) {
        problems.push(format!("CHANGELOG.md:1: does not mention {version}"));
    }
    report(problems, "The crates have one version, that of [workspace.package], and CHANGELOG.md tells what is in it.");
}

#[test]
fn every_target_is_a_file_and_every_file_a_target() {
    let root = root();
    let mut problems = Vec::new();
    for package in PACKAGES {
        let manifest = format!("{package}/Cargo.toml");
        let mut listed = BTreeSet::new();
        for section in sections(&read(&manifest)) {
            if !["example", "test", "bench", "bin"].contains(&section.name.as_str()) {
                continue;
            }
            match section.entries.get("path") {
                Some(path) if root.join(package).join(path).is_file() => {
                    listed.insert(path.clone());
                }
                Some(path) => problems.push(format!("{manifest}:{}: there is no {path}", section.line)),
                // Cargo finds it by its name in the standard folder.
                None => {}
            }
        }
        let targets: Vec<String> = match package {
            // A suite is a file or a folder with a `main.rs`.
            "tests" => fs::read_dir(root.join(package))
                .expect("the folder can be read")
                .map(|entry| entry.expect("the folder can be read").file_name().to_string_lossy().into_owned())
                .filter_map(|name| match name.strip_suffix(".rs") {
                    Some(stem) => (stem != "lib").then(|| name.clone()),
                    None => Some(format!("{name}/main.rs")).filter(|main| root.join(package).join(main).is_file()),
                })
                .collect(),
            // An example is any file that has a `main` of its own.
            "examples" => sources()
                .iter()
                .filter(|source| source.text.contains("fn main()") && !source.path.contains("/src/"))
                .filter_map(|source| source.path.strip_prefix("examples/").map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        };
        problems.extend(
            targets
                .iter()
                .filter(|target| !listed.contains(*target))
                .map(|target| format!("{package}/{target}:1: no target of {manifest} has this path")),
        );
    }
    report(problems, "List the file with its name and path, or take the entry out.");
}

#[test]
fn what_a_user_must_find_is_there() {
    let mut problems = Vec::new();
    for (file, text) in [
        ("LICENSE-MIT", "The go-runtime authors"),
        ("LICENSE-APACHE", "Version 2.0, January 2004"),
        ("CHANGELOG.md", "## [Unreleased]"),
        ("CONTRIBUTING.md", "cargo test --workspace"),
        ("README.md", "cargo run --example tour"),
        ("ARCHITECTURE.md", "Architecture Invariant"),
    ] {
        match fs::read_to_string(root().join(file)) {
            Ok(found) if found.contains(text) => {}
            Ok(_) => problems.push(format!("{file}:1: does not say `{text}`")),
            Err(error) => problems.push(format!("{file}:1: {error}")),
        }
    }
    let manifest = read("go-runtime/Cargo.toml");
    let documents = read("README.md") + &read("go-runtime/src/lib.rs");
    for section in sections(&manifest).iter().filter(|section| section.name == "features") {
        problems.extend(
            section
                .entries
                .keys()
                .filter(|feature| *feature != "default" && !documents.contains(&format!("`{feature}`")))
                .map(|feature| {
                    format!("go-runtime/Cargo.toml:{}: the feature `{feature}` is undocumented", section.line)
                }),
        );
    }
    report(problems, "Add the file or the sentence; a feature is named in README.md or in the crate's text as `name`.");
}
