//! A site checker: it asks for every page of a site, several at a time but not too fast, counts words and links, and
//! gives up on pages that do not answer. On the way it uses goroutines, channels, select, sync, context and timers:
//!
//! ```text
//!                      urls            reports
//!    one goroutine  ────────▶ 8 workers ────────▶ main
//!    (a ticker sets           (a timeout          (counts, shows progress
//!     the pace)                for each page)      four times a second)
//! ```
//!
//! The site is made up, so that the program needs no network and finds the same every time; see `site` at the end.
use std::collections::HashMap;
use std::sync::Arc;

use go::prelude::*;
use go::sync::atomic::Int64;

/// How many pages are asked for at the same time.
const WORKERS: usize = 8;
/// The pause between one request and the next.
const PACE: time::Duration = time::Duration::from_millis(10);
/// How long a page may take.
const PATIENCE: time::Duration = time::Duration::from_millis(500);

/// How often each word was seen on any page.
type Words = HashMap<String, usize>;

/// What became of one page. The zero value of a type is Rust's `Default`.
#[derive(Default)]
struct Report {
    url: String,
    words: usize,
    links: Vec<String>,
    problem: Option<String>,
}

/// The pages that are being asked for right now. Globals are shared by every goroutine, so they must be safe to share.
static UNDER_WAY: Int64 = Int64::new(0);

#[go::main]
async fn main() {
    // Everything below ends with this context: after ten seconds, or when `cancel` is called as main returns.
    let (ctx, cancel) = context::with_timeout(&context::background(), 10 * time::SECOND);
    defer!(cancel());

    let start = time::now();
    let urls = chan!(String); // unbuffered: a send waits until somebody receives
    let reports = chan!(Report, WORKERS); // buffered: a send waits only while eight reports are in it
    let words = Arc::new(sync::Mutex::new(Words::new())); // a mutex holds what it guards

    // A goroutine that runs a block. It gets handles of its own of the variables it names: here `ctx` and `urls`.
    go! {
        defer!(urls.close()); // tells the workers that no more will come
        let pace = time::tick(PACE);
        for url in site::urls() {
            <-pace;
            select! {
                case urls <- url:
                case <-ctx.done(): return
            }
        }
    }

    // A goroutine that runs a function. The arguments are evaluated here and now, as in Go.
    let workers = sync::WaitGroup::new();
    for _ in 0..WORKERS {
        workers.add(1);
        go!(worker(ctx, urls.receiver(), reports.sender(), words, workers));
    }

    // When the last worker is done, nobody will send any more.
    go! {
        workers.wait().await;
        reports.close();
    }

    let mut pages: Vec<Report> = Vec::new();
    let progress = time::Ticker::new(250 * time::MILLISECOND);
    defer!(progress.stop());
    'collect: loop {
        // Waits for whatever comes first. If several are ready, chance decides, so that none is starved.
        select! {
            case report, ok := <-reports:
                if !ok {
                    break 'collect; // closed and empty; a plain `break` would only leave the select, as in Go
                }
                pages.push(report);
            case <-progress.c:
                let seconds = time::since(start).as_secs_f64();
                println!("{seconds:5.2} s  {:3} of {} pages, {} under way", pages.len(), site::PAGES, UNDER_WAY.load());
            case <-ctx.done():
                println!("gave up after {} pages: {}", pages.len(), ctx.err().expect("it has ended"));
                break 'collect;
        }
    }

    summarise(pages, &*words.lock().await);
}

/// Asks for pages until there are no more.
async fn worker(
    ctx: Context,
    urls: Receiver<String>,
    reports: Sender<Report>,
    words: Arc<sync::Mutex<Words>>,
    workers: sync::WaitGroup,
) {
    defer!(workers.done()); // runs whichever way this function ends
    // for url := range urls
    while let Some(url) = urls.recv().await {
        let report = check(&ctx, url, &words).await;
        chan!(reports <- report);
    }
}

/// Asks for one page and reads it.
async fn check(ctx: &Context, url: String, words: &sync::Mutex<Words>) -> Report {
    UNDER_WAY.add(1);
    defer! { UNDER_WAY.add(-1); }
    // A child context: it ends with its parent, or earlier when the page takes too long.
    let (ctx, cancel) = context::with_timeout(ctx, PATIENCE);
    defer!(cancel());

    // A select has a value, and any Rust future may be one of its cases. The one that loses is dropped.
    let answer = select! {
        case answer := <-site::get(&url): answer
        case <-ctx.done(): Err(ctx.err().expect("it has ended").to_string())
    };
    let text = match answer {
        Ok(text) => text,
        Err(problem) => return Report { url, problem: Some(problem), ..Report::default() },
    };

    let mut links = Vec::new();
    let mut counts = Words::new();
    for word in text.split_whitespace() {
        if word.starts_with('/') {
            links.push(word.to_owned());
        } else {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    let mut all = words.lock().await; // unlocked at the end of the function
    for (word, count) in &counts {
        *all.entry(word.clone()).or_default() += count;
    }
    Report { url, words: counts.values().sum(), links, problem: None }
}

/// Prints what was found, sorted, so that it does not depend on who was faster.
fn summarise(mut pages: Vec<Report>, words: &Words) {
    pages.sort_by(|a, b| a.url.cmp(&b.url));
    let total: usize = pages.iter().map(|page| page.words).sum();
    let links: usize = pages.iter().map(|page| page.links.len()).sum();
    println!("{} pages, {total} words, {links} links", pages.len());

    for page in pages.iter().filter(|page| page.problem.is_some()) {
        let linked = pages.iter().filter(|other| other.links.contains(&page.url)).count();
        println!("  {}: {}, linked from {linked} pages", page.url, page.problem.as_deref().unwrap_or_default());
    }

    let mut ranking: Vec<_> = words.iter().collect();
    ranking.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let ranking: Vec<_> = ranking.iter().take(5).map(|(word, count)| format!("{word} ({count})")).collect();
    println!("most used words: {}", ranking.join(", "));
}

/// A site that answers as sites do: most pages soon, some not at all. Every page is made from its number.
mod site {
    use go::prelude::*;

    /// How many pages there are.
    pub(super) const PAGES: u64 = 150;
    /// This page is missing.
    const MISSING: u64 = 37;
    /// This page never answers.
    const SILENT: u64 = 104;

    /// The addresses of all pages.
    pub(super) fn urls() -> impl Iterator<Item = String> {
        (0..PAGES).map(url)
    }

    /// The address of a page.
    fn url(page: u64) -> String {
        format!("/page/{page:03}")
    }

    /// The text of a page, after as long as the network and the server take.
    pub(super) async fn get(url: &str) -> Result<String, String> {
        let page = url.trim_start_matches("/page/").parse().map_err(|_| "400 bad request")?;
        let mut dice = Dice(page);
        time::sleep((10 + dice.roll(40)) as u32 * time::MILLISECOND).await;
        match page {
            MISSING => Err("404 not found".to_owned()),
            SILENT => {
                time::sleep(time::HOUR).await;
                Ok(String::new())
            }
            _ => Ok((0..200 + dice.roll(200)).map(|_| dice.word()).collect::<Vec<_>>().join(" ")),
        }
    }

    /// Pseudo-random numbers that are the same in every run.
    struct Dice(u64);

    impl Dice {
        /// A number below `sides`.
        fn roll(&mut self, sides: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % sides
        }

        /// A word, short ones more often than long ones, or now and then a link.
        fn word(&mut self) -> String {
            const WORDS: &str = "go chan wait send lock done timer defer close select worker context channel goroutine";
            if self.roll(40) == 0 {
                return url(self.roll(PAGES));
            }
            let words: Vec<&str> = WORDS.split(' ').collect();
            let at = self.roll(words.len() as u64).min(self.roll(words.len() as u64));
            words[at as usize].to_owned()
        }
    }
}
