//! Patterns of a [`ServeMux`](super::ServeMux): `[METHOD ][HOST]/[PATH]`, parsed and compared.

use std::fmt;

use percent_encoding::percent_decode_str;

/// One pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// As it was written.
    text: String,
    /// The method, or nothing for every method.
    pub(super) method: String,
    /// The host, or nothing for every host.
    pub(super) host: String,
    /// The path's segments; at least one.
    pub(super) segments: Vec<Segment>,
}

/// What stands between two slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// A text, unescaped.
    Literal(String),
    /// `{name}`: any one segment.
    Wild(String),
    /// `{name...}` at the end: any number of segments. A trailing slash is one without a name.
    Rest(String),
    /// `{$}` at the end: a slash and nothing more.
    End,
}

/// How the requests that one pattern matches relate to those that another one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// The same ones.
    Equivalent,
    /// All of the other's, and more.
    MoreGeneral,
    /// Some of the other's.
    MoreSpecific,
    /// None of the other's.
    Disjoint,
    /// Some in common, and each some of its own.
    Overlaps,
}

use Relation::{Disjoint, Equivalent, MoreGeneral, MoreSpecific, Overlaps};

impl Pattern {
    /// Parses `text`; the error says where and what.
    pub(super) fn parse(text: &str) -> Result<Pattern, String> {
        if text.is_empty() {
            return Err("empty pattern".to_owned());
        }
        let at = |offset: usize, what: String| Err(format!("at offset {offset}: {what}"));
        let (method, rest) = match text.split_once([' ', '\t']) {
            Some((method, rest)) => (method, rest.trim_start_matches([' ', '\t'])),
            None => ("", text),
        };
        if !method.is_empty() && ::http::Method::from_bytes(method.as_bytes()).is_err() {
            return at(0, format!("invalid method {method:?}"));
        }
        let mut offset = if rest.len() == text.len() { 0 } else { method.len() + 1 };
        let Some(slash) = rest.find('/') else { return at(offset, "host/path missing /".to_owned()) };
        let (host, path) = rest.split_at(slash);
        if let Some(brace) = host.find('{') {
            return at(offset + brace, "host contains '{' (missing initial '/'?)".to_owned());
        }
        offset += slash;
        if !method.is_empty() && method != "CONNECT" && clean_path(path) != path {
            return at(offset, "non-CONNECT pattern with unclean path can never match".to_owned());
        }
        let segments = match Pattern::parse_path(path, text.len()) {
            Ok(segments) => segments,
            Err((offset, what)) => return at(offset, what),
        };
        Ok(Pattern { text: text.to_owned(), method: method.to_owned(), host: host.to_owned(), segments })
    }

    /// Parses the path, which begins with a slash and ends at `end` of the text.
    fn parse_path(path: &str, end: usize) -> Result<Vec<Segment>, (usize, String)> {
        let mut segments = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        let mut rest = path;
        while let Some(after) = rest.strip_prefix('/') {
            let offset = end - after.len();
            let err = |what: String| Err((offset, what));
            if after.is_empty() {
                segments.push(Segment::Rest(String::new()));
                break;
            }
            let (segment, left) = after.split_at(after.find('/').unwrap_or(after.len()));
            rest = left;
            let Some(brace) = segment.find('{') else {
                segments.push(Segment::Literal(unescape(segment)));
                continue;
            };
            if brace != 0 {
                return err("bad wildcard segment (must start with '{')".to_owned());
            }
            let Some(name) = segment[1..].strip_suffix('}') else {
                return err("bad wildcard segment (must end with '}')".to_owned());
            };
            if name == "$" {
                if !rest.is_empty() {
                    return err("{$} not at end".to_owned());
                }
                segments.push(Segment::End);
                break;
            }
            let (name, multi) = name.strip_suffix("...").map_or((name, false), |name| (name, true));
            if multi && !rest.is_empty() {
                return err("{...} wildcard not at end".to_owned());
            }
            if name.is_empty() {
                return err("empty wildcard".to_owned());
            }
            if !is_identifier(name) {
                return err(format!("bad wildcard name {name:?}"));
            }
            if names.contains(&name) {
                return err(format!("duplicate wildcard name {name:?}"));
            }
            names.push(name);
            let name = name.to_owned();
            segments.push(if multi { Segment::Rest(name) } else { Segment::Wild(name) });
        }
        Ok(segments)
    }

    /// The names of the wildcards, in their order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Wild(name) => Some(name.as_str()),
            Segment::Rest(name) if !name.is_empty() => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether the path ends in a wildcard for any number of segments.
    pub(super) fn is_multi(&self) -> bool {
        matches!(self.segments.last(), Some(Segment::Rest(_)))
    }

    /// Whether there is a request that both match and no rule says which of them wins.
    pub(super) fn conflicts_with(&self, other: &Pattern) -> bool {
        // Of two different hosts one is missing, and then the other wins, or no request has both.
        self.host == other.host && matches!(self.relation(other), Equivalent | Overlaps)
    }

    /// How the two relate, their hosts aside.
    pub(super) fn relation(&self, other: &Pattern) -> Relation {
        self.method_relation(other).and(self.path_relation(other))
    }

    /// How the methods relate: none stands for all, and GET for HEAD too.
    fn method_relation(&self, other: &Pattern) -> Relation {
        match (self.method.as_str(), other.method.as_str()) {
            (a, b) if a == b => Equivalent,
            ("", _) | ("GET", "HEAD") => MoreGeneral,
            (_, "") | ("HEAD", "GET") => MoreSpecific,
            _ => Disjoint,
        }
    }

    /// How the paths relate.
    fn path_relation(&self, other: &Pattern) -> Relation {
        let (a, b) = (&self.segments, &other.segments);
        let common = a.iter().zip(b).fold(Equivalent, |relation, (a, b)| relation.and(a.relation(b)));
        match a.len().cmp(&b.len()) {
            std::cmp::Ordering::Equal => common,
            std::cmp::Ordering::Less if self.is_multi() => common.and(MoreGeneral),
            std::cmp::Ordering::Greater if other.is_multi() => common.and(MoreSpecific),
            _ => Disjoint,
        }
    }

    /// Why two patterns conflict.
    pub(super) fn describe_conflict(&self, other: &Pattern) -> String {
        let (methods, paths) = (self.method_relation(other), self.path_relation(other));
        if methods.and(paths) == Equivalent {
            return format!("{self} matches the same requests as {other}");
        }
        if paths == Overlaps {
            return format!(
                "{self} and {other} both match some paths, like {:?}.\nBut neither is more specific than the other.\n\
                 {self} matches {:?}, but {other} doesn't.\n{other} matches {:?}, but {self} doesn't.",
                self.common_path(other),
                self.own_path(other),
                other.own_path(self),
            );
        }
        if methods == MoreGeneral {
            format!("{self} matches more methods than {other}, but has a more specific path pattern")
        } else {
            format!("{self} matches fewer methods than {other}, but has a more general path pattern")
        }
    }

    /// A path that both match; there is one.
    fn common_path(&self, other: &Pattern) -> String {
        let mut path = String::new();
        let longer = if self.segments.len() > other.segments.len() { self } else { other };
        let common = self.segments.len().min(other.segments.len());
        for (a, b) in self.segments.iter().zip(&other.segments) {
            let literal = if matches!(a, Segment::Wild(_) | Segment::Rest(_)) { b } else { a };
            literal.write_match(&mut path);
        }
        longer.segments[common..].iter().for_each(|segment| segment.write_match(&mut path));
        path
    }

    /// A path that this one matches and `other` does not; there is one.
    fn own_path(&self, other: &Pattern) -> String {
        let mut path = String::new();
        let common = self.segments.len().min(other.segments.len());
        for (a, b) in self.segments.iter().zip(&other.segments) {
            match (a, b) {
                (Segment::Rest(_), Segment::Rest(_)) => return path + "/",
                (Segment::Rest(name), Segment::End) => {
                    path.push('/');
                    path.push_str(if name.is_empty() { "x" } else { name });
                    return path;
                }
                (Segment::Rest(_), _) => return path + "/",
                (Segment::Wild(name), Segment::Literal(text)) if name == text => {
                    path.push('/');
                    path.push_str(text);
                    path.push('x');
                }
                _ => a.write_match(&mut path),
            }
        }
        let longer = if self.segments.len() > common { self } else { other };
        longer.segments[common..].iter().for_each(|segment| segment.write_match(&mut path));
        path
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Segment {
    /// How what the two match relates.
    fn relation(&self, other: &Segment) -> Relation {
        match (self, other) {
            (Segment::Rest(_), Segment::Rest(_))
            | (Segment::Wild(_), Segment::Wild(_))
            | (Segment::End, Segment::End) => Equivalent,
            (Segment::Rest(_), _) => MoreGeneral,
            (_, Segment::Rest(_)) => MoreSpecific,
            (Segment::Literal(a), Segment::Literal(b)) if a == b => Equivalent,
            (Segment::Wild(_), Segment::Literal(_)) => MoreGeneral,
            (Segment::Literal(_), Segment::Wild(_)) => MoreSpecific,
            _ => Disjoint,
        }
    }

    /// Writes what matches this segment.
    fn write_match(&self, path: &mut String) {
        path.push('/');
        if let Segment::Literal(text) | Segment::Wild(text) = self {
            path.push_str(text);
        }
    }
}

impl Relation {
    /// The relation of two patterns that have this one in one part and `other` in the other.
    fn and(self, other: Relation) -> Relation {
        match (self, other) {
            (Disjoint, _) | (_, Disjoint) => Disjoint,
            (Overlaps, _) | (_, Overlaps) => Overlaps,
            (Equivalent, relation) | (relation, Equivalent) => relation,
            (MoreGeneral, MoreGeneral) => MoreGeneral,
            (MoreSpecific, MoreSpecific) => MoreSpecific,
            (MoreGeneral, MoreSpecific) | (MoreSpecific, MoreGeneral) => Overlaps,
        }
    }
}

/// Whether `name` is an identifier of Go's.
fn is_identifier(name: &str) -> bool {
    name.chars().enumerate().all(|(i, c)| c.is_alphabetic() || c == '_' || (i > 0 && c.is_numeric()))
}

/// A segment without its percent escapes; as it is if they are wrong.
pub(super) fn unescape(segment: &str) -> String {
    if !segment.contains('%') || !escapes_are_valid(segment) {
        return segment.to_owned();
    }
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// Whether two hexadecimal digits follow each `%`.
fn escapes_are_valid(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let after = after.as_bytes();
        after.len() >= 2 && after[..2].iter().all(u8::is_ascii_hexdigit)
    })
}

/// The shortest path that means the same: no `.`, no `..`, no empty segments.
pub(super) fn clean_path(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    let mut clean = String::with_capacity(path.len() + 1);
    for segment in &segments {
        clean.push('/');
        clean.push_str(segment);
    }
    if clean.is_empty() || path.ends_with('/') {
        clean.push('/');
    }
    clean
}

/// Whether [`clean_path`] would change nothing; without allocating.
pub(super) fn is_clean(path: &str) -> bool {
    let mut before = 0;
    let mut is_plain = path.starts_with('/');
    for byte in path.bytes() {
        // A segment that is empty or begins with a dot needs a closer look.
        is_plain &= before != b'/' || (byte != b'/' && byte != b'.');
        before = byte;
    }
    is_plain || clean_path(path) == path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Pattern {
        Pattern::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn lit(text: &str) -> Segment {
        Segment::Literal(text.to_owned())
    }

    fn wild(name: &str) -> Segment {
        Segment::Wild(name.to_owned())
    }

    fn rest(name: &str) -> Segment {
        Segment::Rest(name.to_owned())
    }

    #[test]
    fn patterns_have_a_method_a_host_and_segments() {
        for (text, method, host, segments) in [
            ("/", "", "", vec![rest("")]),
            ("/items", "", "", vec![lit("items")]),
            ("/items/", "", "", vec![lit("items"), rest("")]),
            ("/items/{$}", "", "", vec![lit("items"), Segment::End]),
            ("PUT /items/{id}", "PUT", "", vec![lit("items"), wild("id")]),
            ("GET  \t example.org/f/{path...}", "GET", "example.org", vec![lit("f"), rest("path")]),
            ("example.org/{a}/x/{b}", "", "example.org", vec![wild("a"), lit("x"), wild("b")]),
            ("/p%2Fq/r%20s", "", "", vec![lit("p/q"), lit("r s")]),
            ("/100%", "", "", vec![lit("100%")]),
            ("/größe/{größe}", "", "", vec![lit("größe"), wild("größe")]),
            ("CONNECT /a//b", "CONNECT", "", vec![lit("a"), lit(""), lit("b")]),
        ] {
            let pattern = parse(text);
            assert_eq!((pattern.method.as_str(), pattern.host.as_str()), (method, host), "{text}");
            assert_eq!(pattern.segments, segments, "{text}");
            assert_eq!(pattern.to_string(), text);
        }
    }

    #[test]
    fn bad_patterns_say_where_and_what() {
        for (text, error) in [
            ("", "empty pattern"),
            ("G@T /", "at offset 0: invalid method \"G@T\""),
            ("GET ", "at offset 4: host/path missing /"),
            ("item", "at offset 0: host/path missing /"),
            ("GET a{b}/x", "at offset 5: host contains '{' (missing initial '/'?)"),
            ("/a{b}", "at offset 1: bad wildcard segment (must start with '{')"),
            ("/x/{b}c", "at offset 3: bad wildcard segment (must end with '}')"),
            ("/x/{$}/", "at offset 3: {$} not at end"),
            ("/x/{r...}/y", "at offset 3: {...} wildcard not at end"),
            ("/{}", "at offset 1: empty wildcard"),
            ("/{...}", "at offset 1: empty wildcard"),
            ("/{1a}", "at offset 1: bad wildcard name \"1a\""),
            ("/{a-b}", "at offset 1: bad wildcard name \"a-b\""),
            ("/{a}/{a}", "at offset 5: duplicate wildcard name \"a\""),
            ("GET /a//b", "at offset 4: non-CONNECT pattern with unclean path can never match"),
        ] {
            assert_eq!(Pattern::parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn relations_hold_in_both_directions() {
        for (a, b, relation) in [
            ("/a", "/a", Equivalent),
            ("/{x}", "/{y}", Equivalent),
            ("/a/", "/a/{rest...}", Equivalent),
            ("/a", "/b", Disjoint),
            ("/a", "/a/", Disjoint),
            ("/a/{$}", "/a/{x}", Disjoint),
            ("/{x}", "/a", MoreGeneral),
            ("/", "/a/b/c", MoreGeneral),
            ("/a/", "/a/{$}", MoreGeneral),
            ("/a/", "/a/{x}", MoreGeneral),
            ("/a/{x}/", "/a/b/{y...}", MoreGeneral),
            ("/{x}/b", "/a/{y}", Overlaps),
            ("/{x}/b/", "/a/{y...}", Overlaps),
            ("GET /a", "/a", MoreSpecific),
            ("GET /a", "HEAD /a", MoreGeneral),
            ("GET /a", "POST /a", Disjoint),
            ("GET /{x}", "/a", Overlaps),
            ("GET /a", "HEAD /{x}", Overlaps),
        ] {
            let (first, second) = (parse(a), parse(b));
            let inverse = match relation {
                MoreGeneral => MoreSpecific,
                MoreSpecific => MoreGeneral,
                other => other,
            };
            assert_eq!(first.relation(&second), relation, "{a} {b}");
            assert_eq!(second.relation(&first), inverse, "{b} {a}");
        }
        assert!(!parse("x.org/a").conflicts_with(&parse("/a")));
        assert!(parse("x.org/a").conflicts_with(&parse("x.org/a")));
    }

    #[test]
    fn conflicts_are_explained() {
        let explain = |a: &str, b: &str| parse(a).describe_conflict(&parse(b));
        assert_eq!(explain("/{a}", "/{b}"), "/{a} matches the same requests as /{b}");
        assert_eq!(
            explain("GET /{a}", "/a"),
            "GET /{a} matches fewer methods than /a, but has a more general path pattern"
        );
        assert_eq!(
            explain("/a", "GET /{a}"),
            "/a matches more methods than GET /{a}, but has a more specific path pattern"
        );
        assert_eq!(
            explain("/u/{id}/edit", "/u/me/{what}"),
            "/u/{id}/edit and /u/me/{what} both match some paths, like \"/u/me/edit\".\n\
             But neither is more specific than the other.\n\
             /u/{id}/edit matches \"/u/id/edit\", but /u/me/{what} doesn't.\n\
             /u/me/{what} matches \"/u/me/what\", but /u/{id}/edit doesn't."
        );
        assert_eq!(
            explain("/{me}/x/", "/me/{w...}"),
            "/{me}/x/ and /me/{w...} both match some paths, like \"/me/x/\".\n\
             But neither is more specific than the other.\n\
             /{me}/x/ matches \"/mex/x/\", but /me/{w...} doesn't.\n\
             /me/{w...} matches \"/me/\", but /{me}/x/ doesn't."
        );
    }

    #[test]
    fn paths_are_cleaned() {
        for (path, clean) in [
            ("", "/"),
            ("a", "/a"),
            ("/", "/"),
            ("//", "/"),
            ("/a/./b", "/a/b"),
            ("/a/../b/", "/b/"),
            ("/../../x", "/x"),
            ("/a//b//", "/a/b/"),
            ("/a/..", "/"),
            ("/a/b", "/a/b"),
            ("/a/.b/..c", "/a/.b/..c"),
        ] {
            assert_eq!(clean_path(path), clean, "{path}");
            assert_eq!(is_clean(path), path == clean, "{path}");
        }
    }
}
