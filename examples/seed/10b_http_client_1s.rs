//! 10b: a client that gives the server of 09 one second.
use go::http;
use go::log;
use go::prelude::*;

#[go::main]
async fn main() {
    let ctx = context::background();
    let (ctx, cancel_func) = context::with_timeout(&ctx, time::SECOND * 1);
    defer!(cancel_func());

    // make a request with a context
    let req = match http::new_request_with_context(&ctx, http::METHOD_GET, "http://localhost:8080", None) {
        Ok(req) => req,
        Err(err_req) => log::fatal!(err_req),
    };
    // send the request
    let mut resp = match http::DEFAULT_CLIENT.do_request(req).await {
        Ok(resp) => resp,
        Err(err_resp) => log::fatal!(err_resp),
    };

    let resp_bytes = match resp.body.bytes().await {
        Ok(resp_bytes) => resp_bytes,
        Err(err_read_resp) => log::fatal!(err_read_resp),
    };
    resp.body.close();
    log::fatal!(String::from_utf8_lossy(&resp_bytes));
}
