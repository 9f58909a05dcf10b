//! The program that is shown first does what it says.

use go_tests::harness::{Child, End, example};

/// What the tour prints in the end, whichever goroutine is faster.
const SUMMARY: &str = "\
150 pages, 43275 words, 1061 links
  /page/037: 404 not found, linked from 6 pages
  /page/104: context deadline exceeded, linked from 7 pages
most used words: go (5923), chan (5440), wait (5049), send (4722), lock (4101)
";

#[test]
fn tour() {
    for workers in ["1", "2", "4"] {
        let outcome = Child::new(example("tour")).env("GOMAXPROCS", workers).run();
        assert_eq!((outcome.end, outcome.stderr.as_str()), (End::Code(0), ""), "{outcome:?}");
        let progress = outcome.stdout.strip_suffix(SUMMARY).unwrap_or_else(|| panic!("{outcome:?}"));
        // 150 pages, 10 ms apart, and a line every 250 ms.
        let lines: Vec<&str> = progress.lines().collect();
        assert!(lines.len() >= 3, "{outcome:?}");
        assert!(lines.iter().all(|line| line.contains(" of 150 pages, ")), "{outcome:?}");
    }
}
