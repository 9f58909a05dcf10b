//! How many Go statements have one Rust statement in the same order.
//!
//! A package variable that is what a function literal returns counts as that function.
//!
//! A statement is a line that is not only brackets, a comment, a package clause, an import, a `use` or an attribute,
//! wherever in the file it stands; the heads of blocks and the cases count. Each line is reduced to its kind (`go`,
//! `case recv`, `send`, the last function that it calls, …), and the kinds of the two programs are aligned by their longest
//! common subsequence.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// What the comparison of two programs found.
struct Count {
    /// The program.
    name: String,
    /// The statements of the Go program.
    gos: usize,
    /// Those with one Rust statement in the same order.
    same: usize,
    /// The Rust statements that none of Go's stands for.
    extra: usize,
}

/// A folder of the project.
fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join(path)
}

/// The code of a line: no comment, no string, no white space around it.
fn code(line: &str) -> String {
    let mut code = String::new();
    let mut in_string = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if in_string => drop(chars.next()),
            '"' => {
                in_string = !in_string;
                code.push(c);
            }
            '/' if !in_string && chars.peek() == Some(&'/') => break,
            _ if !in_string => code.push(c),
            _ => {}
        }
    }
    code.trim().to_owned()
}

/// The name of a function in either language's case: `AddInt32` and `add_int32` are one.
fn plain(name: &str) -> String {
    let name = name.trim_start_matches("r#");
    let name: String = name.chars().filter(|c| *c != '_' && *c != '!' && *c != '#').collect();
    let name = name.to_lowercase();
    match name.as_str() {
        "printf" | "print" | "println" => "print".to_owned(),
        "compareandswap" | "load" => "load".to_owned(),
        "append" | "push" => "append".to_owned(),
        other => other.to_owned(),
    }
}

/// The first function that a line calls.
fn called(code: &str) -> Option<String> {
    let (before, _) = code.split_once('(')?;
    let name: String = before
        .chars()
        .rev()
        .take_while(|c| c.is_alphanumeric() || "_!#".contains(*c))
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    (!name.is_empty()).then(|| plain(&name))
}

/// The kind of a statement; nothing for a line that is none.
fn kind(line: &str) -> Option<String> {
    let code = code(line);
    let code = code.trim_start_matches("pub ").trim_start_matches("} ").trim_end_matches(';');
    if !code.chars().any(char::is_alphanumeric) {
        return None;
    }
    let word = code.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let nothing = ["package", "import", "use", "golang"];
    if nothing.contains(&word) || code.starts_with('#') || code.starts_with('"') {
        return None;
    }
    let kind = match word {
        "var" if code.contains("= func(") => format!("fn {}", plain(code.split(' ').nth(1)?)),
        "func" | "fn" => format!("fn {}", plain(code.split(['(', '<']).next()?.rsplit(' ').next()?)),
        "go" | "defer" | "return" | "select" | "default" | "break" | "continue" => word.to_owned(),
        "case" if code.contains("<-") => "case".to_owned(),
        "for" | "loop" | "while" => "for".to_owned(),
        "if" => "if".to_owned(),
        "type" => "type".to_owned(),
        "var" | "static" | "const" => "define".to_owned(),
        _ if code.starts_with("<-") => "recv".to_owned(),
        _ if code.starts_with('_') => "discard".to_owned(),
        _ if code.contains(":= <-") || code.contains("= <-") => "recv into".to_owned(),
        _ if code.contains(" <- ") && !code.contains('(') => "send".to_owned(),
        "let" => "define".to_owned(),
        _ if code.split('(').next().is_some_and(|head| head.contains(":=")) => "define".to_owned(),
        // What a variable of several goroutines holds is called.
        _ if code.ends_with(")().await") => format!("call {}", plain(word)),
        _ if code.ends_with(".await") && !code.contains('(') => format!("call {}", plain(word)),
        _ if code.ends_with("++") || code.contains("+= 1") || code.ends_with(".add(1)") && !code.contains('&') => {
            "add one".to_owned()
        }
        _ => format!("call {}", called(code)?),
    };
    // `wg.Add(1)` is no increment.
    let kind = if kind == "add one" && (code.starts_with("wg") || code.starts_with("WG")) {
        "call add".to_owned()
    } else {
        kind
    };
    Some(kind)
}

/// The statements of a program.
fn statements(text: &str) -> Vec<String> {
    let mut in_comment = false;
    let mut in_import = false;
    let mut all = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("/*") {
            in_comment = true;
        }
        if line == "import (" {
            in_import = true;
        }
        if !in_comment && !in_import {
            all.extend(kind(line));
        }
        in_comment &= !line.ends_with("*/");
        in_import &= line != ")";
    }
    all
}

/// How many statements two programs have in common, in order.
fn common(gos: &[String], ours: &[String]) -> usize {
    let mut best = vec![vec![0; ours.len() + 1]; gos.len() + 1];
    for (i, theirs) in gos.iter().enumerate() {
        for (j, mine) in ours.iter().enumerate() {
            best[i + 1][j + 1] = if theirs == mine { best[i][j] + 1 } else { best[i][j + 1].max(best[i + 1][j]) };
        }
    }
    best[gos.len()][ours.len()]
}

/// Compares every port of a folder with its Go program.
fn counts(ports: &str, gos: &str) -> Vec<Count> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder(ports)).expect("the ports").map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let go = fs::read_to_string(folder(gos).join(format!("{name}.go"))).expect("the Go program");
            let port = fs::read_to_string(path).expect("the port");
            let (gos, ours) = (statements(&go), statements(&port));
            let same = common(&gos, &ours);
            if std::env::var_os("GO_COUNT_DETAILS").is_some() {
                eprintln!("{name}\n  {gos:?}\n  {ours:?}");
            }
            Count { name, gos: gos.len(), same, extra: ours.len() - same }
        })
        .collect()
}

/// The table of a folder's ports.
fn table(counts: &[Count]) -> String {
    let mut table = "| program | Go statements | one to one | extra here |\n| --- | --- | --- | --- |\n".to_owned();
    for Count { name, gos, same, extra } in counts {
        let _ = writeln!(table, "| `{name}` | {gos} | {same} | {extra} |");
    }
    let sum = |of: fn(&Count) -> usize| counts.iter().map(of).sum::<usize>();
    let (gos, same, extra) = (sum(|count| count.gos), sum(|count| count.same), sum(|count| count.extra));
    let _ = writeln!(table, "| all | {gos} | {same} ({:.1} %) | {extra} |", percent(same, gos));
    table
}

/// A share.
#[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

/// Fails if too few statements have their like, or if the table in `page` is not the one that was counted.
fn check(page: &str, ports: &str, gos: &str) {
    let counts = counts(ports, gos);
    let table = table(&counts);
    let (all, same): (usize, usize) =
        (counts.iter().map(|count| count.gos).sum(), counts.iter().map(|count| count.same).sum());
    assert!(percent(same, all) >= 95.0, "{table}");
    let path = folder(page);
    let text = fs::read_to_string(&path).unwrap_or_default();
    if std::env::var_os("GO_WRITE_TABLES").is_some() {
        let heading = text.find("| program |").map_or(text.len(), |at| at);
        fs::write(&path, format!("{}{table}", &text[..heading])).expect("the page can be written");
        return;
    }
    assert!(text.contains(&table), "GO_WRITE_TABLES=1 writes the table into {page}:\n{table}");
}

#[test]
fn nearly_every_statement_has_its_like() {
    check("docs/guide/verbatim.md", "examples/verbatim", "tests/verbatim/go");
}

#[test]
fn kinds_of_statements() {
    let kinds = |text: &str| text.lines().filter_map(kind).collect::<Vec<_>>();
    assert_eq!(
        kinds("wg.Add(1)\nfmt.Println(x) // y\n}\nv, ok = <-c\nch <- v"),
        kinds("wg.add(1);\nprintln!(\"\");\n}\nv, ok = <-c;\nch <- v;")
    );
    assert_eq!(kinds("atomic.AddInt32(&n, 1)"), kinds("atomic::add_int32(&N, 1);"));
    assert_ne!(kinds("close(ch)"), kinds("ch <- v;"));
}
