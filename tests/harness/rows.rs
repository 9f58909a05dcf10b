//! Which of Go's tests is which test of a suite here.

use std::fs::read_to_string;
use std::path::Path;

/// A test of Go's and the tests that pin the same here, as `file::name`; what of it cannot be had, and why.
#[derive(Debug)]
pub struct Row {
    /// The name of Go's.
    pub go: &'static str,
    /// The tests here.
    pub here: &'static [&'static str],
    /// Why there is less, if there is.
    pub why_not: &'static str,
}

/// A row that is ported.
#[must_use]
pub const fn is(go: &'static str, here: &'static [&'static str]) -> Row {
    Row { go, here, why_not: "" }
}

/// A row of which a part is ported.
#[must_use]
pub const fn part(go: &'static str, here: &'static [&'static str], why_not: &'static str) -> Row {
    Row { go, here, why_not }
}

/// Whether the text of a suite's file has that test: a function with a test's attribute, or a line of a list from which a
/// macro makes tests.
fn has_test(text: &str, name: &str) -> bool {
    let written = text.split_once(&format!("fn {name}(")).is_some_and(|(before, _)| {
        let mut lines = before.trim_end_matches("async ").trim_end().lines().rev();
        let attribute = lines.find(|line| !line.trim().starts_with("#[should_panic")).unwrap_or_default().trim();
        attribute.starts_with("#[go::test") || attribute == "#[test]"
    });
    written || text.lines().any(|line| line.trim() == name)
}

/// Checks that each row has a test or a reason, and that the tests exist; their files lie below `folder`.
///
/// # Panics
/// If not.
pub fn check(folder: &Path, rows: &[Row]) {
    for row in rows {
        assert!(!row.here.is_empty() || !row.why_not.is_empty(), "{}: neither a test nor a reason", row.go);
        for test in row.here {
            let (file, name) = test.split_once("::").expect("a file and a name");
            if file == "ui/cases" {
                let has = |ending: &str| folder.join(file).join(format!("{name}.{ending}")).exists();
                assert!(has("rs") && has("stderr"), "{}: there is no case `{test}`", row.go);
                continue;
            }
            let text = read_to_string(folder.join(format!("{file}.rs"))).expect("a file of a suite");
            assert!(has_test(&text, name), "{}: there is no test `{test}`", row.go);
        }
    }
}
