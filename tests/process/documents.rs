//! What the documents say of reports is what programs do.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use go_tests::harness::{Child, Report, example};

use super::probes::{OWN, PORTED, TESTED};

/// The folder of the whole project.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace").to_owned()
}

/// The text of a file of the project's.
fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A report without what differs from run to run: the numbers of goroutines other than main.
fn normal(report: &str) -> Vec<(String, Vec<String>)> {
    Report::parse(report).goroutines.into_iter().map(|goroutine| (goroutine.reason, goroutine.lines)).collect()
}

#[test]
fn the_report_in_the_documents_is_a_real_one() {
    // On one worker it is always the same of its two goroutines that stays.
    let outcome = Child::new(example("seed_05d_counter_unbuffered_after_go")).env("GOMAXPROCS", "1").run();
    let printed = normal(&outcome.stderr);
    assert_eq!(printed.len(), 2, "{outcome:?}");
    for document in ["README.md", "docs/guide/process.md"] {
        let text = read(document);
        let start = text.find("```text\nfatal error: all goroutines are asleep").expect("there is a report");
        let length = text[start + 3..].find("```").expect("the block has an end");
        assert_eq!(normal(&text[start..start + 3 + length]), printed, "{document} shows another report: {outcome:?}");
    }
}

#[test]
fn every_program_of_gos_is_ported_or_in_the_guides_table() {
    let folder = root().join("tests/process");
    let recorded: BTreeSet<String> = fs::read_dir(folder.join("data"))
        .expect("the records are there")
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".code").map(str::to_owned))
        .collect();
    assert!(recorded.len() > 80, "only {} records", recorded.len());
    let guide = read("docs/guide/process.md");
    let missing: Vec<&String> = recorded
        .iter()
        .filter(|name| {
            let ported = PORTED.contains(&name.as_str());
            let excused = guide.contains(&format!("`{name}`"));
            !ported && !excused
        })
        .collect();
    assert!(missing.is_empty(), "neither ported nor in the table of docs/guide/process.md: {missing:?}");
}

#[test]
fn every_program_is_run_by_a_test() {
    let folder = root().join("tests/process");
    let suite: String = fs::read_dir(folder)
        .expect("the suite is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("list.rs"))
        .map(|path| fs::read_to_string(path).expect("a text"))
        .collect();
    let own = OWN.iter().map(|(file, program)| format!("\"{file}::{program}\""));
    let unused: Vec<String> = own
        .chain(TESTED.iter().map(|program| format!("{program}\"")))
        .filter(|program| !suite.contains(program.as_str()))
        .collect();
    assert!(unused.is_empty(), "no test runs them: {unused:?}");
}
