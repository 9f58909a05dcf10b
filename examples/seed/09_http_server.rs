//! 09: a server whose handler takes two seconds, and stops when its client goes away.
use go::http;
use go::log;
use go::prelude::*;

async fn handler(w: http::ResponseWriter, r: http::Request) {
    println!("handler start");

    let ctx = r.context();

    select! {
        case <-time::after(time::SECOND * 2): // after two seconds: hello world!
            let res = writeln!(w, "hello world!");
            if let Err(err) = res {
                log::fatalln!(err);
            }
            println!("finish doing something");
        case <-ctx.done(): // the client's context has ended: say why
            let err_ctx = ctx.err();
            if let Some(err_ctx) = err_ctx {
                println!("{err_ctx}");
            }
    }

    println!("handler end\n");
}

#[go::main]
async fn main() {
    http::handle_func("/", handler);
    log::fatal!(http::listen_and_serve(":8080", None).await);
}
