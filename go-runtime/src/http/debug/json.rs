//! A snapshot as JSON.

use std::fmt::Write;

use super::snapshot::{Place, Snapshot, Stack};

/// The snapshot as JSON.
pub(super) fn write(snapshot: &Snapshot) -> String {
    let mut out = String::from("{");
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "\"taken\":{},\"total\":{}",
        text(&snapshot.taken.format("2006-01-02T15:04:05Z07:00")),
        snapshot.total
    );
    let reasons = snapshot.reasons.iter().map(|count| format!("{}:{}", text(count.reason), count.count));
    let _ = write!(out, ",\"reasons\":{{{}}}", joined(reasons));
    let groups = snapshot.groups.iter().map(|group| {
        let ids = joined(group.ids.iter().map(u64::to_string));
        let (count, longest) = (group.count, group.longest);
        format!("{{\"count\":{count},\"longest_seconds\":{longest},\"ids\":[{ids}],{}}}", stack(&group.stack))
    });
    let _ = write!(out, ",\"groups\":[{}]", joined(groups));
    let oldest = snapshot
        .oldest
        .iter()
        .map(|waiter| format!("{{\"id\":{},\"seconds\":{},{}}}", waiter.id, waiter.seconds, stack(&waiter.stack)));
    let _ = write!(out, ",\"oldest\":[{}]}}", joined(oldest));
    out.push('\n');
    out
}

/// The texts with commas between them.
fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(",")
}

/// The members of a stack.
fn stack(stack: &Stack) -> String {
    let place = |place: Option<Place>| place.map_or("null".to_owned(), |place| text(&place.to_string()));
    format!(
        "\"reason\":{},\"function\":{},\"place\":{},\"created_by\":{},\"created_at\":{}",
        text(stack.reason),
        text(&stack.function),
        place(stack.place),
        text(&stack.creator),
        place(stack.started),
    )
}

/// A text as a JSON string.
fn text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(text("a\"b\\c\n\u{1}ä"), r#""a\"b\\c\u000a\u0001ä""#);
    }
}
