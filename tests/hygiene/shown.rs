//! `GO_MACROS_DEBUG=1`, which has every expansion shown where a crate is built: here `renamed/shown.rs`.

use std::io::Write;

use go_tests::harness;

/// What Cargo prints while it builds the crate with that value of the variable.
fn built(value: Option<&str>) -> String {
    let variable = value.map(|value| ("GO_MACROS_DEBUG", value));
    let mut cargo = harness::cargo_build();
    let cargo = cargo.args(["--example", "shown"]).env_remove("GO_MACROS_DEBUG").envs(variable);
    let output = cargo.output().expect("Cargo can be run");
    let stderr = String::from_utf8(output.stderr).expect("it prints UTF-8");
    assert!(output.status.success(), "{stderr}");
    stderr
}

/// The names of the macros that are shown.
fn names(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("// ")).collect()
}

/// The lines of the first expansion of a macro, without their indentation.
fn expansion<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let lines = text.lines().skip_while(|line| line.strip_prefix("// ") != Some(name)).skip(1);
    lines.take_while(|line| !line.starts_with("// ")).map(str::trim).collect()
}

/// Whether more than one statement begins on a line.
fn is_crowded(line: &str) -> bool {
    let begins =
        |rest: &str| !rest.starts_with("else") && rest.starts_with(|c: char| c.is_alphabetic() || "#:".contains(c));
    line.trim_end_matches(';').contains(';') || line.split('}').skip(1).any(|rest| begins(rest.trim_start()))
}

#[test]
fn every_expansion_is_shown_if_that_is_asked_for_one_statement_a_line() {
    // Past the test harness, which would keep it to itself: a build from nothing takes a while.
    let _ = writeln!(std::io::stderr(), "has the library and a crate that uses the macros built, if they are not");
    // Everything else is up to date afterwards, and so will not be shown.
    assert!(names(&built(None)).is_empty());
    let shown = built(Some("1"));
    let mut all = names(&shown);
    all.sort_unstable();
    let expected = ["#[go::func]", "#[go::main]", "#[go::test]", "chan!", "defer!", "go!", "golang!", "select!"];
    assert_eq!(all, expected, "{shown}");

    let has = |name, statements: &[&str]| {
        let lines = expansion(&shown, name);
        assert!(lines.windows(statements.len()).any(|window| window == statements), "{name}: {statements:?}\n{shown}");
    };
    has("go!", &["let mut sum = 40;", "sum += 2;", "if sum > 41 {", "ch.__go_send(sum).await;"]);
    has("select!", &["let third = second + 1;", "assert_eq!(third, 43);"]);
    has("#[go::func]", &["assert_eq!(first, 1);"]);
    has("golang!", &["i < 3"]);
    has("#[go::main]", &["ordinary(chan!(i32, 2)).await;"]);
    has("#[go::test]", &["__go_options.real_time = false;"]);
    has("chan!", &["::golang::__private::make_chan::< i32 >(2)"]);
    let crowded: Vec<&str> = shown.lines().filter(|line| is_crowded(line)).collect();
    assert!(crowded.is_empty(), "more than one statement on a line: {crowded:#?}");

    assert!(names(&built(Some("0"))).is_empty());
}
