//! How many of Go's statements have one statement of the port, in the same order.
//!
//! A statement is a line of a function that has more than brackets in it, the heads of functions, blocks and cases
//! included; one over several lines counts once. Each is reduced to its kind: `go`, `case`, a send, a definition, the
//! name of the function that it calls. The kinds of the two programs are aligned by their longest common subsequence.
//!
//! What counts as the same: a lock's guard that is defined, for `Lock`; one that is dropped, for `Unlock`; the value at
//! the end of a function, for `return`; `let … else`, for an `if` that returns; atomics' and lists' methods, for
//! assignments.

use std::fmt::Write as _;
use std::fs;

use super::{PROGRAMS, path, recorded};

/// What is written in Go's case and in Rust's, and is the same.
const SAME: &[(&str, &str)] = &[
    ("call", "do"),
    ("print", "println"),
    ("print", "printf"),
    ("sort", "slice"),
    ("sort", "strings"),
    ("sort", "sortbykey"),
    ("=", "add"),
    ("=", "store"),
    ("=", "set"),
    ("=", "insert"),
    ("=", "clear"),
    ("append", "push"),
    ("append", "pushback"),
    ("append", "extendfromslice"),
    ("unlock", "drop"),
    ("unlock", "runlock"),
    ("lock", "rlock"),
];

/// The code of a line: without its comment, and without what stands in its strings.
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

/// Whether a bracket is open that encloses no block.
fn is_open(code: &str) -> bool {
    let count = |brackets: [char; 2]| code.matches(brackets).count();
    !code.ends_with('{') && count(['(', '[']) > count([')', ']'])
}

/// The last function that the line calls outside of all brackets, in neither language's case.
fn called(code: &str) -> String {
    let is_name = |c: &char| c.is_alphanumeric() || *c == '_';
    let (mut depth, mut name, mut word) = (0_usize, String::new(), String::new());
    for c in code.chars() {
        match c {
            '(' | '[' => {
                if depth == 0 && !word.is_empty() {
                    name.clone_from(&word);
                }
                depth += 1;
            }
            ')' | ']' => depth = depth.saturating_sub(1),
            '!' => continue,
            _ if depth == 0 && is_name(&c) => {
                word.push(c);
                continue;
            }
            _ => {}
        }
        word.clear();
    }
    // What is called by a field's value has its name in brackets: `(x.f)()`.
    if name.is_empty() {
        name = code.split(|c| !is_name(&c)).rfind(|word| !word.is_empty()).unwrap_or_default().to_owned();
    }
    let name = name.replace('_', "").to_lowercase();
    SAME.iter().find(|(_, other)| *other == name).map_or(name.clone(), |(kind, _)| (*kind).to_owned())
}

/// Whether the line is an assignment to what exists.
fn assigns(code: &str) -> bool {
    let operators = [" = ", " += ", " -= "];
    code.ends_with("++") || operators.iter().any(|operator| code.contains(operator))
}

/// The kind of a statement.
fn kind(code: &str) -> String {
    let code = code.trim_start_matches("pub(crate) ").trim_start_matches("} ");
    let statement = code.trim_end_matches(';');
    let word = code.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let is_lock = statement.ends_with("Lock()") || statement.ends_with("lock()");
    let kind = match word {
        "func" | "fn" => "fn",
        "while" | "loop" => "for",
        "go" | "defer" | "return" | "select" | "case" | "default" | "break" | "continue" | "for" | "if" | "else" => {
            word
        }
        "let" if code.ends_with("else {") => "if",
        _ if is_lock && !statement.contains(" = ") => return called(statement.rsplit(' ').next().unwrap_or_default()),
        "var" | "let" | "const" | "static" => ":=",
        _ if statement.contains(" := ") => ":=",
        _ if statement.contains("= append(") => "append",
        _ if code.split('(').next().is_some_and(|head| head.contains(" <- ")) => "send",
        _ if code.starts_with("<-") => "recv",
        _ if assigns(statement) => "=",
        _ => return called(statement),
    };
    kind.to_owned()
}

/// The statements of the functions of a program.
fn statements(text: &str, is_go: bool) -> Vec<String> {
    let mut all = Vec::new();
    let mut lines = text.lines();
    // The indentation of the function that the line is in.
    let mut function: Option<usize> = None;
    while let Some(line) = lines.next() {
        let indentation = line.len() - line.trim_start().len();
        let mut code = code(line);
        let is_head = code.starts_with("func ") || code.trim_start_matches("pub(crate) ").starts_with("fn ");
        if is_head {
            function = Some(indentation);
        } else if function.is_some_and(|function| code == "}" && indentation == function) {
            function = None;
        }
        if function.is_none() || !code.chars().any(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        while is_open(&code) {
            let Some(next) = lines.next() else { break };
            code.push_str(self::code(next).as_str());
        }
        if code.starts_with('}') && !code.contains("else") {
            // What a function literal is called with.
            continue;
        }
        let is_value = !is_go && !code.ends_with([';', '{', '}', ':']);
        all.push(if is_value { "return".to_owned() } else { kind(&code) });
    }
    all
}

/// How many kinds two programs have in common, in order.
fn common(gos: &[String], ours: &[String]) -> usize {
    let mut best = vec![vec![0; ours.len() + 1]; gos.len() + 1];
    for (i, theirs) in gos.iter().enumerate() {
        for (j, mine) in ours.iter().enumerate() {
            best[i + 1][j + 1] = if theirs == mine { best[i][j] + 1 } else { best[i][j + 1].max(best[i + 1][j]) };
        }
    }
    best[gos.len()][ours.len()]
}

/// A row of the table.
fn row(table: &mut String, name: &str, gos: usize, same: usize, extra: usize) {
    let _ = writeln!(table, "| {name} | {gos} | {same} | {extra} |");
}

#[test]
fn nearly_every_statement_has_its_like() {
    let mut table = String::from("| program | Go statements | one to one | extra here |\n| --- | --- | --- | --- |\n");
    let (mut all_gos, mut all_same, mut all_extra) = (0, 0, 0);
    for name in PROGRAMS {
        let port = fs::read_to_string(path(&format!("programs/{name}.rs"))).expect("the port");
        let port = port.split_once("golang! {").expect("the port is in the dialect").1;
        let (gos, ours) = (statements(&recorded(name, "go"), true), statements(port, false));
        if std::env::var_os("CORPUS_KINDS").is_some() {
            eprintln!("{name}\n  {}\n  {}", gos.join(" | "), ours.join(" | "));
        }
        let same = common(&gos, &ours);
        row(&mut table, &format!("`{name}`"), gos.len(), same, ours.len() - same);
        all_gos += gos.len();
        all_same += same;
        all_extra += ours.len() - same;
    }
    row(&mut table, "all", all_gos, all_same, all_extra);
    let page = path("../../docs/guide/corpus.md");
    let text = fs::read_to_string(&page).expect("the guide's chapter");
    let (before, found) = text.split_at(text.find("| program |").unwrap_or(text.len()));
    if std::env::var_os("GO_WRITE_TABLES").is_some() {
        fs::write(&page, format!("{before}{table}")).expect("the table can be written");
    } else {
        assert_eq!(found, table, "GO_WRITE_TABLES=1 writes the table");
    }
    assert!(100 * all_same >= 95 * all_gos, "fewer than 95 % have their like:\n{table}");
}

#[test]
fn kinds_tell_statements_apart() {
    let gos = "func f() {\n\tc.mu.Lock()\n\tdefer c.mu.Unlock()\n\tx := <-ch\n\tch <- 1\n\treturn x\n}\n";
    let ours = "fn f() {\n    x := <-ch;\n    ch <- 1;\n    x\n}\n";
    assert_eq!(statements(gos, true), ["fn", "lock", "defer", ":=", "send", "return"]);
    assert_eq!(statements(ours, false), ["fn", ":=", "send", "return"]);
    assert_eq!(common(&statements(gos, true), &statements(ours, false)), 4);
}
