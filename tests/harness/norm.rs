//! Texts without what differs from run to run, in the form in which what Go's programs print was recorded.

/// What a date and a time are recorded as.
const DATE: &str = "YYYY/MM/DD HH:MM:SS";
/// What a date and a time look like, with zeros for digits; the recording still has its fraction of a second.
const DATES: [&str; 3] = ["0000/00/00 00:00:00.000000", "YYYY/MM/DD HH:MM:SS.000000", "0000/00/00 00:00:00"];

/// The text with every date and time as they are recorded, without fractions of a second.
#[must_use]
pub fn undated(text: &str) -> String {
    let shape = |text: &str| text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let date = DATES.iter().find(|date| rest.get(..date.len()).is_some_and(|start| shape(start) == **date));
        let length = if let Some(date) = date {
            out.push_str(DATE);
            date.len()
        } else {
            out.push(c);
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    out
}

/// The line with its address replaced, and with the type before it in Go's package `main`, wherever the program has it.
#[must_use]
pub fn addressless(line: &str) -> String {
    let Some((before, rest)) = line.split_once("0x") else { return line.to_owned() };
    if rest.starts_with("ADDR") {
        return line.to_owned();
    }
    let digits = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
    let before = match before.split_once("main.") {
        Some((start, path)) => format!("{start}main.{}", path.rsplit('.').next().unwrap_or(path)),
        None => before.to_owned(),
    };
    format!("{before}0xADDR{}", &rest[digits..])
}

/// The text with the place in `file`, which it must name (`exits.rs:17`), as `FILE`.
///
/// # Panics
/// If it does not name the file.
#[must_use]
pub fn placeless(text: &str, file: &str) -> String {
    let start = text.find(file).unwrap_or_else(|| panic!("{text} does not name {file}"));
    let end = text[start..].find(": ").map_or(text.len(), |length| start + length);
    format!("{}FILE{}", &text[..start], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::{addressless, placeless, undated};

    #[test]
    fn dates_are_replaced_with_and_without_a_fraction() {
        let text = "2026/01/02 03:04:05 a, 2026/01/02 03:04:05.678901 b, 1/2, é";
        assert_eq!(undated(text), "YYYY/MM/DD HH:MM:SS a, YYYY/MM/DD HH:MM:SS b, 1/2, é");
        assert_eq!(undated("YYYY/MM/DD HH:MM:SS.123456 c"), "YYYY/MM/DD HH:MM:SS c");
    }

    #[test]
    fn addresses_lose_their_number_and_types_their_modules() {
        assert_eq!(addressless("panic: (*main.a.b.T) 0x7f00 [recovered]"), "panic: (*main.T) 0xADDR [recovered]");
        assert_eq!(addressless("panic: a.b 0x1"), "panic: a.b 0xADDR");
        assert_eq!(addressless("panic: (main.T) 0xADDR"), "panic: (main.T) 0xADDR");
        assert_eq!(addressless("panic: main.a.b"), "panic: main.a.b");
    }

    #[test]
    fn a_place_is_replaced_by_a_word() {
        assert_eq!(placeless("x a.rs:12: y", "a.rs:"), "x FILE: y");
    }
}
