//! The patterns of a [`ServeMux`](super::ServeMux) as a table that finds the one for a request.
//!
//! For each host and method the paths are looked up with `matchit`. Patterns that end in a wildcard for the rest of the
//! path are kept apart, by the number of segments before it, and each is looked up as the path of just those segments.
//!
//! # Invariants
//! 1. No two patterns conflict. So if a path matches a pattern of a fixed number of segments, that one is more specific
//!    than every pattern for a rest of the path that matches too, since those match longer paths as well; and of two
//!    patterns for a rest the one with more segments before it is the more specific, for the same reason.
//! 2. Paths are looked up in a normal form in which only `/` and `%` inside a segment are escaped.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use super::pattern::{Pattern, Segment, unescape};

/// Every route.
pub(super) struct Routes<T> {
    /// The routes themselves.
    all: Vec<Route<T>>,
    /// For each route whether its wildcards have names: whether it matters what they match.
    named: Vec<bool>,
    /// The tables of patterns without a host.
    anywhere: Methods,
    /// The tables of patterns with a host.
    hosts: HashMap<String, Methods>,
}

/// A pattern and what it leads to.
#[derive(Debug)]
pub(super) struct Route<T> {
    /// The pattern.
    pub(super) pattern: Pattern,
    /// What it leads to.
    pub(super) target: T,
}

/// The tables of one host.
#[derive(Default)]
struct Methods {
    /// The table of patterns without a method.
    any: Table,
    /// The tables of patterns with a method.
    named: Vec<(String, Table)>,
}

/// The paths of one host and method; the values are numbers of routes.
#[derive(Default)]
struct Table {
    /// Whether there are paths with a fixed number of segments.
    has_fixed: bool,
    /// Paths with a fixed number of segments.
    fixed: matchit::Router<usize>,
    /// Paths of any length behind a fixed number of segments; the longest first.
    rests: Vec<Rests>,
}

/// The patterns that match any path behind `depth` segments.
struct Rests {
    /// How many segments.
    depth: usize,
    /// The pattern behind no segments, which matches every path.
    root: Option<usize>,
    /// Those segments, as a path.
    heads: matchit::Router<usize>,
}

/// A route that was found.
#[derive(Debug)]
pub(super) struct Found<'a, T> {
    /// The route.
    pub(super) route: &'a Route<T>,
    /// What its wildcards match, in their order.
    pub(super) values: Vec<String>,
}

impl<T> Routes<T> {
    /// No routes.
    pub(super) fn new() -> Routes<T> {
        Routes { all: Vec::new(), named: Vec::new(), anywhere: Methods::default(), hosts: HashMap::new() }
    }

    /// Adds a route; the pattern that it conflicts with if it cannot be added.
    pub(super) fn add(&mut self, pattern: Pattern, target: T) -> Result<(), &Route<T>> {
        if let Some(other) = self.all.iter().position(|route| pattern.conflicts_with(&route.pattern)) {
            return Err(&self.all[other]);
        }
        let host = if pattern.host.is_empty() {
            &mut self.anywhere
        } else {
            self.hosts.entry(pattern.host.clone()).or_default()
        };
        host.table(&pattern.method).add(&pattern.segments, self.all.len());
        self.named.push(pattern.names().next().is_some());
        self.all.push(Route { pattern, target });
        Ok(())
    }

    /// Whether any route asks for a host.
    pub(super) fn have_hosts(&self) -> bool {
        !self.hosts.is_empty()
    }

    /// The route for a request; its path is escaped as the client sent it.
    pub(super) fn find(&self, host: &str, method: &str, path: &str) -> Option<Found<'_, T>> {
        let path = normal(path);
        let here = if host.is_empty() { None } else { self.hosts.get(host) };
        let (number, values) = here
            .and_then(|host| self.look_up(host, method, &path))
            .or_else(|| self.look_up(&self.anywhere, method, &path))?;
        Some(Found { route: &self.all[number], values })
    }

    /// Looks a path up in the tables of a host: for the method, then, as GET stands for it, for HEAD, then for every method.
    fn look_up(&self, tables: &Methods, method: &str, path: &str) -> Option<(usize, Vec<String>)> {
        let named = |method: &str| {
            let table = tables.named.iter().find(|(name, _)| name == method);
            table.and_then(|(_, table)| table.find(path, &self.named))
        };
        named(method)
            .or_else(|| if method == "HEAD" { named("GET") } else { None })
            .or_else(|| tables.any.find(path, &self.named))
    }

    /// The methods that the host and path have a route for, in order.
    pub(super) fn methods(&self, host: &str, path: &str) -> Vec<&str> {
        let path = normal(path);
        let mut methods: Vec<&str> = Vec::new();
        for tables in self.hosts.get(host).into_iter().chain([&self.anywhere]) {
            let matching = tables.named.iter().filter(|(_, table)| table.find(&path, &self.named).is_some());
            methods.extend(matching.map(|(method, _)| method.as_str()));
        }
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.sort_unstable();
        methods.dedup();
        methods
    }
}

impl<T> fmt::Debug for Routes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all.iter().map(|route| route.pattern.to_string())).finish()
    }
}

impl Methods {
    /// The table of a method, made if there is none.
    fn table(&mut self, method: &str) -> &mut Table {
        if method.is_empty() {
            return &mut self.any;
        }
        let at = self.named.iter().position(|(name, _)| name == method).unwrap_or_else(|| {
            self.named.push((method.to_owned(), Table::default()));
            self.named.len() - 1
        });
        &mut self.named[at].1
    }
}

impl Table {
    /// Adds the path of a route.
    fn add(&mut self, segments: &[Segment], number: usize) {
        let Some((Segment::Rest(_), head)) = segments.split_last() else {
            self.has_fixed = true;
            return insert(&mut self.fixed, segments, number);
        };
        let depth = head.len();
        let at = self.rests.iter().position(|rests| rests.depth <= depth).unwrap_or(self.rests.len());
        if self.rests.get(at).is_none_or(|rests| rests.depth != depth) {
            self.rests.insert(at, Rests { depth, root: None, heads: matchit::Router::new() });
        }
        let rests = &mut self.rests[at];
        if depth == 0 {
            rests.root = Some(number);
        } else {
            insert(&mut rests.heads, head, number);
        }
    }

    /// Looks a path up: the route, and what its wildcards match if they have names.
    fn find(&self, path: &str, named: &[bool]) -> Option<(usize, Vec<String>)> {
        if self.has_fixed
            && let Ok(found) = self.fixed.at(path)
        {
            let values = if named[*found.value] { values(&found) } else { Vec::new() };
            return Some((*found.value, values));
        }
        self.rests.iter().find_map(|rests| {
            let end = head_end(path, rests.depth)?;
            if let Some(number) = rests.root {
                let values = if named[number] { vec![unescape(&path[end + 1..])] } else { Vec::new() };
                return Some((number, values));
            }
            let found = rests.heads.at(&path[..end]).ok()?;
            if !named[*found.value] {
                return Some((*found.value, Vec::new()));
            }
            let mut values = values(&found);
            values.push(unescape(path.get(end + 1..).unwrap_or_default()));
            Some((*found.value, values))
        })
    }
}

/// Where the first `depth` segments end, if there is a slash.
fn head_end(path: &str, depth: usize) -> Option<usize> {
    if depth == 0 && path.starts_with('/') {
        return Some(0);
    }
    path.bytes().enumerate().filter(|(_, byte)| *byte == b'/').nth(depth).map(|(at, _)| at)
}

/// What the wildcards matched.
fn values(found: &matchit::Match<'_, '_, &usize>) -> Vec<String> {
    found.params.iter().map(|(_, value)| unescape(value)).collect()
}

/// Adds a path of segments to a router.
fn insert(router: &mut matchit::Router<usize>, segments: &[Segment], number: usize) {
    let mut route = String::new();
    for (i, segment) in segments.iter().enumerate() {
        route.push('/');
        match segment {
            Segment::Literal(text) => route.push_str(&escape(text).replace('{', "{{").replace('}', "}}")),
            // matchit gives the values in their order; the names are the pattern's business.
            Segment::Wild(_) => route.push_str(&format!("{{p{i}}}")),
            Segment::End | Segment::Rest(_) => {}
        }
    }
    if let Err(error) = router.insert(route.as_str(), number) {
        unreachable!("the router refuses {route}, which conflicts with nothing: {error}");
    }
}

/// A segment with what would be taken for syntax escaped.
fn escape(segment: &str) -> Cow<'_, str> {
    if segment.contains(['/', '%']) {
        Cow::Owned(segment.replace('%', "%25").replace('/', "%2F"))
    } else {
        Cow::Borrowed(segment)
    }
}

/// A path in the normal form.
fn normal(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let segments: Vec<String> = path.split('/').map(|segment| escape(&unescape(segment)).into_owned()).collect();
    Cow::Owned(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::pattern::Relation;

    fn routes(patterns: &[&str]) -> Routes<usize> {
        let mut routes = Routes::new();
        for (i, pattern) in patterns.iter().enumerate() {
            let parsed = Pattern::parse(pattern).unwrap();
            assert!(routes.add(parsed, i).is_ok(), "{pattern} conflicts");
        }
        routes
    }

    fn find(routes: &Routes<usize>, host: &str, method: &str, path: &str) -> Option<(String, Vec<String>)> {
        routes.find(host, method, path).map(|found| (found.route.pattern.to_string(), found.values))
    }

    #[test]
    fn the_most_specific_pattern_wins() {
        let routes = routes(&[
            "/",
            "/{$}",
            "/b",
            "/b/{$}",
            "/b/{id}",
            "/b/{id}/",
            "/b/{id}/edit",
            "/b/new",
            "/{w}/{rest...}",
            "/k/{id}",
            "GET /k/{id}",
            "POST /k/{id}",
            "example.org/b/",
        ]);
        for (host, method, path, pattern, values) in [
            ("", "PUT", "/", "/{$}", vec![]),
            ("", "PUT", "/b", "/b", vec![]),
            ("", "PUT", "/c", "/", vec![]),
            ("", "PUT", "/b/", "/b/{$}", vec![]),
            ("", "PUT", "/b/7", "/b/{id}", vec!["7"]),
            ("", "GET", "/k/7", "GET /k/{id}", vec!["7"]),
            ("", "HEAD", "/k/7", "GET /k/{id}", vec!["7"]),
            ("", "POST", "/k/7", "POST /k/{id}", vec!["7"]),
            ("", "PUT", "/k/7", "/k/{id}", vec!["7"]),
            ("", "PUT", "/b/new", "/b/new", vec![]),
            ("", "PUT", "/b/7/", "/b/{id}/", vec!["7"]),
            ("", "PUT", "/b/7/x/y", "/b/{id}/", vec!["7"]),
            ("", "PUT", "/b/7/edit", "/b/{id}/edit", vec!["7"]),
            ("", "PUT", "/q/", "/{w}/{rest...}", vec!["q", ""]),
            ("", "PUT", "/q/r/s", "/{w}/{rest...}", vec!["q", "r/s"]),
            ("example.org", "PUT", "/b/new", "example.org/b/", vec![]),
            ("example.org", "PUT", "/c", "/", vec![]),
            ("", "PUT", "/b/x%2Fy%20z%25", "/b/{id}", vec!["x/y z%"]),
            ("", "PUT", "/q/x%2Fy/%zz", "/{w}/{rest...}", vec!["q", "x/y/%zz"]),
        ] {
            let (found, mut got) = find(&routes, host, method, path).unwrap_or_else(|| panic!("{method} {path}"));
            assert_eq!(found, pattern, "{method} {host}{path}");
            if pattern.ends_with('/') && pattern.contains('{') {
                // The rest behind a trailing slash has no name, and is the last one.
                got.pop();
            }
            assert_eq!(got, values, "{method} {path}");
        }
    }

    #[test]
    fn what_matches_nothing_is_not_found() {
        let routes = routes(&["/a", "GET /b", "/c/{x}", "DELETE h.org/b"]);
        for path in ["/", "/a/", "/a/b", "/c", "/c/", "/c/x/"] {
            assert!(routes.find("", "GET", path).is_none(), "{path}");
        }
        assert!(routes.find("", "POST", "/b").is_none());
        assert_eq!(routes.methods("", "/b"), ["GET", "HEAD"]);
        assert_eq!(routes.methods("h.org", "/b"), ["DELETE", "GET", "HEAD"]);
        assert!(routes.methods("", "/nothing").is_empty());
    }

    #[test]
    fn braces_in_a_path_are_plain_text() {
        let routes = routes(&["/a%7Bb%7D/{x}"]);
        assert_eq!(find(&routes, "", "GET", "/a{b}/1").unwrap().1, ["1"]);
        assert_eq!(find(&routes, "", "GET", "/a%7Bb%7D/{y}").unwrap().1, ["{y}"]);
    }

    /// Small random numbers, the same in every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % bound
        }
    }

    /// Whether a pattern matches, by the definition.
    fn matches(pattern: &Pattern, method: &str, path: &str) -> bool {
        let by_method = match pattern.method.as_str() {
            "" => true,
            "GET" => matches!(method, "GET" | "HEAD"),
            own => own == method,
        };
        let mut rest = path;
        by_method
            && pattern.segments.iter().all(|segment| {
                let Some(after) = rest.strip_prefix('/') else { return false };
                let (text, left) = after.split_at(after.find('/').unwrap_or(after.len()));
                rest = left;
                match segment {
                    Segment::Rest(_) => {
                        rest = "";
                        true
                    }
                    Segment::End => after.is_empty(),
                    Segment::Literal(literal) => text == literal,
                    Segment::Wild(_) => !text.is_empty(),
                }
            })
            && rest.is_empty()
    }

    #[test]
    fn random_tables_agree_with_the_definition() {
        let mut random = Random(7);
        let mut found_some = 0;
        for _ in 0..400 {
            let mut table: Routes<()> = Routes::new();
            for _ in 0..12 {
                let mut text = ["", "", "GET ", "HEAD ", "POST "][random.below(5) as usize].to_owned();
                let depth = 1 + random.below(3);
                for i in 0..depth {
                    match random.below(6) {
                        0 | 1 => text.push_str("/a"),
                        2 => text.push_str("/b"),
                        3 => text.push_str(&format!("/{{w{i}}}")),
                        4 if i == depth - 1 => text.push_str("/{$}"),
                        5 if i == depth - 1 => text.push_str(["/", "/{r...}"][random.below(2) as usize]),
                        _ => text.push_str("/c"),
                    }
                }
                // One that conflicts is left out.
                let _ = table.add(Pattern::parse(&text).unwrap(), ());
            }
            for _ in 0..60 {
                let method = ["GET", "HEAD", "POST", "PUT"][random.below(4) as usize];
                let mut path = String::new();
                for _ in 0..1 + random.below(4) {
                    path.push_str(["/a", "/b", "/c", "/d"][random.below(4) as usize]);
                }
                if random.below(3) == 0 {
                    path.push('/');
                }
                let matching: Vec<&Pattern> =
                    table.all.iter().map(|route| &route.pattern).filter(|p| matches(p, method, &path)).collect();
                let best = matching.iter().find(|best| {
                    matching.iter().all(|other| best == &other || best.relation(other) == Relation::MoreSpecific)
                });
                assert_eq!(best.is_some(), !matching.is_empty(), "no winner among {matching:?}");
                let found = table.find("", method, &path).map(|found| found.route.pattern.to_string());
                assert_eq!(found, best.map(ToString::to_string), "{method} {path} in {table:?}");
                found_some += usize::from(found.is_some());
            }
        }
        assert!(found_some > 5000, "only {found_some} requests matched anything");
    }
}
