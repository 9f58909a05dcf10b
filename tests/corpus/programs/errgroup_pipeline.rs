//! A pipeline on an errgroup: one goroutine finds the files, four weigh them, the first error stops them all.

use std::fmt;
use std::sync::Arc;

use go::errgroup;
use go::prelude::*;
use go::sync::atomic;

/// What is wrong with a file.
#[derive(Debug, PartialEq, Eq)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file is broken")
    }
}

impl std::error::Error for Broken {}

/// Go prints no error as `<nil>`.
fn shown(err: &Result<(), errgroup::Error>) -> String {
    err.as_ref().map_or_else(ToString::to_string, |()| "<nil>".to_owned())
}

golang! {
    #[derive(Default)]
    struct Weighed {
        path: String,
        weight: u32,
    }

    fn find(ctx: Context, files: &'static [&'static str], paths: Sender<&'static str>) -> Result<(), errgroup::Error> {
        defer paths.close();
        for _, path := range files {
            select {
                case paths <- path:
                case <-ctx.done():
                    return Err(ctx.err().expect("it is done").into());
            }
        }
        return Ok(());
    }

    fn read(path: &str) -> Result<u32, Broken> {
        time::sleep(time::MILLISECOND);
        if path == "broken" {
            return Err(Broken);
        }
        weight := 0;
        for _, c := range path {
            weight += u32::from(c);
        }
        return Ok(weight);
    }

    fn weigh(ctx: Context, paths: Receiver<&'static str>, results: Sender<Weighed>) -> Result<(), errgroup::Error> {
        for path := range paths {
            weight := read(path)?;
            select {
                case results <- Weighed { path: path.to_owned(), weight }:
                case <-ctx.done():
                    return Err(ctx.err().expect("it is done").into());
            }
        }
        return Ok(());
    }

    fn weigh_all(parent: &Context, files: &'static [&'static str]) -> (Vec<String>, Result<(), errgroup::Error>) {
        g, ctx := errgroup::with_context(parent);
        paths, results := chan!(&'static str), chan!(Weighed);
        g.go(find(ctx.clone(), files, paths.clone()));
        for range 4 {
            g.go(weigh(ctx.clone(), paths.clone(), results.clone()));
        }
        go {
            _ = g.wait();
            results.close();
        }
        let mut lines = Vec::new();
        for r := range results {
            lines.push(format!("{} {}", r.path, r.weight));
        }
        lines.sort();
        err := g.wait();
        println!("the group's context: {} because: {}", ctx.err().expect("it is done"), context::cause(&ctx).expect("it is done"));
        return (lines, err);
    }

    fn limited() {
        g, _ := errgroup::with_context(&context::background());
        g.set_limit(2);
        let (now, most) = <(Arc<atomic::Int32>, Arc<atomic::Int32>)>::default();
        for range 6 {
            g.go(work(now.clone(), most.clone()));
        }
        println!("limited: {} {} {}", shown(&g.wait()), most.load() <= 2, now.load());
    }

    fn work(now: Arc<atomic::Int32>, most: Arc<atomic::Int32>) -> Result<(), errgroup::Error> {
        n := now.add(1);
        most.store(most.load().max(n));
        time::sleep(time::MILLISECOND);
        now.add(-1);
        return Ok(());
    }

    pub(crate) fn main() {
        lines, err := weigh_all(&context::background(), &["a", "bc", "def", "ghij", "klmno", "pqrstu"]);
        for _, line := range &lines {
            println!("{line}");
        }
        println!("error: {}", shown(&err));
        _, err = weigh_all(&context::background(), &["a", "broken", "b", "c", "d", "e", "f", "g", "h"]);
        println!("error: {} {}", shown(&err), errors::is(&**err.as_ref().unwrap_err(), &Broken));
        ctx, cancel := context::with_cancel(&context::background());
        cancel();
        lines, err = weigh_all(&ctx, &[""; 200]);
        println!("error: {} {}", shown(&err), lines.len() < 200);
        limited();
    }
}
