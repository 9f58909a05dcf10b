//! A snapshot as text.

use std::fmt::Write;

use super::snapshot::{Snapshot, Stack, ago};

/// The snapshot as text.
pub(super) fn write(snapshot: &Snapshot) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{} goroutines at {}", snapshot.total, snapshot.taken.format("2006-01-02 15:04:05"));
    for count in &snapshot.reasons {
        let _ = writeln!(out, "{:>8}  {}", count.count, count.reason);
    }
    let _ = writeln!(out, "\n== what they do ==");
    for group in &snapshot.groups {
        let _ = writeln!(out, "\n{} @ [{}]{}", group.count, group.stack.reason, longest(group.longest));
        stack(&mut out, &group.stack);
    }
    let _ = writeln!(out, "\n== who has waited longest ==");
    for waiter in &snapshot.oldest {
        let _ = writeln!(out, "\ngoroutine {} [{}] for {}", waiter.id, waiter.stack.reason, ago(waiter.seconds));
        stack(&mut out, &waiter.stack);
    }
    out
}

/// How long the first of a group has waited.
fn longest(seconds: u64) -> String {
    if seconds == 0 { String::new() } else { format!(" for up to {}", ago(seconds)) }
}

/// The lines of a stack, as in Go's reports.
fn stack(out: &mut String, stack: &Stack) {
    let _ = writeln!(out, "{}()", stack.function);
    if let Some(place) = stack.place {
        let _ = writeln!(out, "\t{place}");
    }
    if let Some(started) = stack.started {
        let _ = writeln!(out, "created by {}\n\t{started}", stack.creator);
    }
}
