//! A hello-world server, to be loaded from outside beside Go's, hyper's and axum's.
//!
//! ```text
//! http list                                          nothing: there is no workload that runs by itself
//! http http [go-runtime] --addr 127.0.0.1:8901 [--procs N] [--context]
//! ```
//!
//! With `--context` the handler asks for its request's context, which is made only then.
//!
//! The public API only, as a user writes it; the answer is the one that the servers beside it give. Built with
//! `cargo bench -p go-runtime --features http --bench http --no-run`.

use go::http::{self, Request, ResponseWriter};
use go::runtime::Builder;

/// Answers every request.
async fn hello(w: ResponseWriter, _r: Request) {
    // A client that has left misses nothing.
    let _ = w.write_all(b"Hello, World!");
}

/// Answers every request and looks at its context.
async fn hello_with_context(w: ResponseWriter, r: Request) {
    if r.context().err().is_none() {
        let _ = w.write_all(b"Hello, World!");
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("http") => {}
        // `cargo bench` itself calls with `--bench`: there is nothing to measure without a client.
        _ => return,
    }
    let (mut addr, mut procs, mut with_context) = ("127.0.0.1:8901".to_owned(), None, false);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--addr" => addr = args.next().expect("an address behind --addr"),
            "--procs" => procs = args.next().and_then(|number| number.parse().ok()),
            "--context" => with_context = true,
            _ => {}
        }
    }
    let mut builder = Builder::new();
    if let Some(procs) = procs {
        builder = builder.workers(procs);
    }
    builder.run(async move {
        if with_context {
            http::handle_func("/", hello_with_context);
        } else {
            http::handle_func("/", hello);
        }
        eprintln!("{}", http::listen_and_serve(&addr, None).await);
    });
}
