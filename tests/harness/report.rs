//! Go's reports: the first lines, then a paragraph for each goroutine.

/// A report taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The lines before the first goroutine, without the blank line that ends them.
    pub head: Vec<String>,
    /// Whether a blank line stands before the first goroutine, as it does in Go's reports.
    pub spaced: bool,
    /// The goroutines.
    pub goroutines: Vec<Paragraph>,
}

/// One goroutine of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Its number.
    pub id: u64,
    /// What it does or waits for.
    pub reason: String,
    /// The lines below.
    pub lines: Vec<String>,
}

impl Report {
    /// Reads a report.
    #[must_use]
    pub fn parse(stderr: &str) -> Report {
        let mut report = Report { head: Vec::new(), spaced: false, goroutines: Vec::new() };
        for line in stderr.lines() {
            if let Some((id, reason)) = heading(line) {
                report.goroutines.push(Paragraph { id, reason, lines: Vec::new() });
                continue;
            }
            match report.goroutines.last_mut() {
                None => report.head.push(line.to_owned()),
                Some(goroutine) if !line.is_empty() => goroutine.lines.push(line.to_owned()),
                Some(_) => {}
            }
        }
        if !report.goroutines.is_empty() && report.head.last().is_some_and(String::is_empty) {
            report.head.pop();
            report.spaced = true;
        }
        report
    }

    /// What each goroutine does or waits for, in the report's order.
    #[must_use]
    pub fn reasons(&self) -> Vec<&str> {
        self.goroutines.iter().map(|goroutine| goroutine.reason.as_str()).collect()
    }
}

/// The number and the reason of `goroutine 7 [chan send]:`.
fn heading(line: &str) -> Option<(u64, String)> {
    let (id, rest) = line.strip_prefix("goroutine ")?.split_once(" [")?;
    Some((id.parse().ok()?, rest.strip_suffix("]:")?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn a_report_is_taken_apart() {
        let report = Report::parse(
            "fatal error: x\n\ngoroutine 1 [chan receive (nil chan)]:\nmain.main()\n\ta.rs:5\n\n\
             goroutine 19 [running]:\nmain.f()\n",
        );
        assert_eq!(report.head, ["fatal error: x"]);
        assert!(report.spaced);
        assert_eq!(report.reasons(), ["chan receive (nil chan)", "running"]);
        assert_eq!(report.goroutines[0].lines, ["main.main()", "\ta.rs:5"]);
        assert_eq!(report.goroutines[1].id, 19);
    }

    #[test]
    fn without_goroutines_there_is_only_a_head() {
        let report = Report::parse("panic: a\n\tb\n");
        assert_eq!(report.head, ["panic: a", "\tb"]);
        assert!(!report.spaced && report.goroutines.is_empty());
    }
}
