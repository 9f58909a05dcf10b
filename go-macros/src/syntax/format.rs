//! The variables that a format string names: `{x}`, `{x:?}`, `{:width$}`, `{0:.precision$}`.

/// The names in a format string, each once.
pub(super) fn names(format: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = format;
    while let Some(open) = rest.find(['{', '}']) {
        let doubled = rest[open..].starts_with("{{") || rest[open..].starts_with("}}");
        if doubled {
            rest = &rest[open + 2..];
            continue;
        }
        let inside = &rest[open + 1..];
        let Some(close) = inside.find('}').filter(|_| rest[open..].starts_with('{')) else { break };
        for name in names_in_field(&inside[..close]) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        rest = &inside[close + 1..];
    }
    names
}

/// The names in one field, without its braces.
fn names_in_field(field: &str) -> Vec<&str> {
    let (argument, spec) = field.split_once(':').unwrap_or((field, ""));
    let argument = argument.trim();
    let mut names = Vec::new();
    if is_name(argument) {
        names.push(argument);
    }
    // A width or a precision that is an argument ends in `$`.
    let Some((arguments, _)) = spec.rsplit_once('$') else { return names };
    for part in arguments.split('$') {
        let start =
            part.char_indices().rev().take_while(|(_, c)| is_name_char(*c)).last().map_or(part.len(), |(at, _)| at);
        // Before a name there may be digits that belong to it only after its first letter: `0width$` is the flag 0.
        let name = part[start..].trim_start_matches(|c: char| c.is_ascii_digit());
        if is_name(name) {
            names.push(name);
        }
    }
    names
}

/// Whether the text is a variable's name.
fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.all(is_name_char)
}

/// Whether a name may hold the character.
fn is_name_char(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn finds_every_variable() {
        assert_eq!(names("{x} {y:?} {0} {} {{z}} {w:>8.3}"), ["x", "y", "w"]);
        assert_eq!(names("{:width$} {0:.precision$} {v:0w$.p$} {v:>+n$}"), ["width", "precision", "v", "w", "p", "n"]);
        assert_eq!(names("{计数} {r#type}"), ["计数"]);
        assert!(names("{ {").is_empty() && names("}").is_empty() && names("{").is_empty());
    }
}
