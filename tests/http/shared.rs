//! Requests that share one connection of HTTP/2.

use go::http::{self, Client, Request, ResponseWriter, Transport, httptest};
use go::prelude::*;

#[go::test(real_time)]
async fn a_request_that_is_cancelled_leaves_the_others_alone() {
    let (started, answer) = (chan!(String), chan!(()));
    let (starts, answers) = (started.clone(), answer.clone());
    let handler = move |w: ResponseWriter, r: Request| {
        let (starts, answers) = (starts.clone(), answers.clone());
        async move {
            starts.send(r.remote_addr().unwrap().to_string()).await;
            select! {
                case <-answers:
                case <-r.context().done():
            }
            let _ = write!(w, "{}", r.path());
        }
    };
    let server = httptest::Server::start_with(http::Server::new("", handler).unencrypted_http2(true));
    let client = Client::new().transport(Transport::new().http2_only(true).proxy(None));
    let other = {
        let (client, url) = (client.clone(), format!("{}/other", server.url()));
        let text = chan!(String, 1);
        let texts = text.clone();
        go!(move {
            let mut response = client.get(&url).await.unwrap();
            texts.send(response.body.text().await.unwrap()).await;
        });
        text
    };
    let connection = started.recv().await.unwrap();
    let (ctx, cancel) = context::with_cancel(&context::background());
    let request = http::new_request_with_context(&ctx, "GET", &format!("{}/one", server.url()), None).unwrap();
    let one = chan!(bool, 1);
    let ones = one.clone();
    go!(move {
        ones.send(client.do_request(request).await.unwrap_err().is_canceled()).await;
    });
    assert_eq!(started.recv().await.unwrap(), connection, "they share it");
    cancel();
    assert_eq!(one.recv().await, Some(true));
    answer.close();
    assert_eq!(other.recv().await.unwrap(), "/other");
    server.close().await;
}
