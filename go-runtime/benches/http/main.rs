//! A hello-world server, to be loaded from outside beside Go's, hyper's and axum's.
//!
//! ```text
//! http list                                          nothing: there is no workload that runs by itself
//! http http [go-runtime] --addr 127.0.0.1:8901 [--procs N]
//! ```
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

fn main() {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("http") => {}
        // `cargo bench` itself calls with `--bench`: there is nothing to measure without a client.
        _ => return,
    }
    let (mut addr, mut procs) = ("127.0.0.1:8901".to_owned(), None);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--addr" => addr = args.next().expect("an address behind --addr"),
            "--procs" => procs = args.next().and_then(|number| number.parse().ok()),
            _ => {}
        }
    }
    let mut builder = Builder::new();
    if let Some(procs) = procs {
        builder = builder.workers(procs);
    }
    builder.run(async move {
        http::handle_func("/", hello);
        eprintln!("{}", http::listen_and_serve(&addr, None).await);
    });
}
