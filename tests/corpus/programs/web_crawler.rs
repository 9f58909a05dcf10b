//! A web crawler: pages are fetched at the same time, none twice; the fetcher is made up.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use go::prelude::*;

golang! {
    #[derive(Clone, Copy, Default)]
    struct Page {
        body: &'static str,
        urls: &'static [&'static str],
    }

    static SITE: LazyLock<HashMap<&str, Page>> = LazyLock::new(|| {
        HashMap::from([
            ("/", Page { body: "home", urls: &["/docs", "/blog", "/about"] }),
            ("/docs", Page { body: "documents", urls: &["/", "/docs/go", "/docs/ru"] }),
            ("/docs/go", Page { body: "the language", urls: &["/docs"] }),
            ("/blog", Page { body: "posts", urls: &["/", "/blog/1", "/docs"] }),
            ("/blog/1", Page { body: "first post", urls: &["/blog", "/missing"] }),
            ("/about", Page { body: "about us", urls: &[] }),
        ])
    });

    fn fetch(url: &str) -> (Page, Option<errors::Error>) {
        p := SITE.get(url);
        let Some(p) = p else {
            return (Page::default(), Some(errors::new(format!("not found: {url}"))));
        };
        (*p, None)
    }

    struct Crawler {
        seen: sync::Mutex<HashSet<&'static str>>,
        wg: sync::WaitGroup,
    }

    impl Crawler {
        fn visit(&self, url: &'static str) -> bool {
            seen := self.seen.lock();
            if seen.contains(url) {
                return false;
            }
            seen.insert(url);
            true
        }

        fn crawl(self: Arc<Self>, url: &'static str, depth: i32, lines: Chan<String>) {
            defer self.wg.done();
            if depth <= 0 || !self.visit(url) {
                return;
            }
            page, err := fetch(url);
            if let Some(err) = err {
                lines <- format!("error {err}");
                return;
            }
            lines <- format!("found {url} {}", page.body);
            for _, u := range page.urls {
                self.wg.add(1);
                go self.crawl(u, depth - 1, lines);
            }
        }
    }

    pub(crate) fn main() {
        c := Arc::new(Crawler { seen: sync::Mutex::new(HashSet::new()), wg: sync::WaitGroup::new() });
        lines := chan!(String);
        c.wg.add(1);
        go c.crawl("/", 5, lines);
        go {
            c.wg.wait();
            lines.close();
        }
        all := Vec::new();
        for line := range lines {
            all.push(line);
        }
        all.sort();
        for _, line := range all {
            println!("{line}");
        }
    }
}
