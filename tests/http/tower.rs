//! tower in both directions: a mux inside an axum application, tower services and layers inside a mux.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body as AxumBody;
use axum::extract::Path;
use axum::routing::get as route;
use go::http::{self, Request, ResponseWriter, ServeMux, httptest};
use go::prelude::*;
use tower::{ServiceBuilder, service_fn};

use crate::wire::{LONG, Wire, get};

/// Serves an axum application, as its users do; where it listens.
async fn axum_app(app: Router) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    addr
}

#[go::test(real_time)]
async fn an_axum_app_nests_a_mux() {
    let (started, ended) = (chan!(()), chan!(String));
    let (starts, ends) = (started.clone(), ended.clone());
    let mux = ServeMux::new();
    mux.handle_func("GET /users/{id}", async |w: ResponseWriter, r: Request| {
        write!(w, "user {} {}", r.path_value("id"), r.path()).unwrap();
    });
    mux.handle_func("/stream", async |w: ResponseWriter, _: Request| {
        for part in ["a", "b"] {
            w.write_str(part).unwrap();
            w.flush().await.unwrap();
        }
    });
    mux.handle_func("/hang", move |_: ResponseWriter, r: Request| {
        let (starts, ends) = (starts.clone(), ends.clone());
        async move {
            chan!(starts <- ());
            chan!(<-r.context().done());
            chan!(ends <- r.context().err().unwrap().to_string());
        }
    });
    mux.handle_func("/panic", |_: ResponseWriter, _: Request| panic!("inside"));
    let app = Router::new().route("/", route(|| async { "axum" })).nest_service("/go", mux);
    let addr = axum_app(app).await;
    let mut wire = Wire::connect(addr).await;
    assert_eq!(wire.ask(&get("/")).await.body, "axum");
    assert_eq!(wire.ask(&get("/go/users/7")).await.body, "user 7 /users/7");
    assert_eq!(wire.ask(&get("/go/stream")).await.body, "ab");
    assert_eq!(wire.ask(&get("/go/none")).await.status, 404);
    assert_eq!(wire.ask(&get("/go/panic")).await.status, 500);
    // axum drops its future when the client leaves: the handler sees its context cancelled and goes on.
    wire.send(&get("/go/hang")).await;
    chan!(<-started);
    drop(wire);
    let text = tokio::time::timeout(LONG, ended.recv()).await.expect("the context is cancelled").unwrap();
    assert_eq!(text, "context canceled");
}

#[go::test(real_time)]
async fn a_mux_takes_axum_routers_and_layered_services() {
    let router = Router::new().route("/api/{x}", route(|Path(x): Path<String>| async move { format!("axum {x}") }));
    let layered = ServiceBuilder::new().concurrency_limit(1).service(service_fn(
        |request: axum::http::Request<http::Body>| async move {
            let ctx = request.extensions().get::<Context>().is_some();
            let response = axum::http::Response::builder().header("X-Layered", "yes").status(202);
            Ok::<_, Infallible>(response.body(AxumBody::from(format!("{} {ctx}", request.uri().path()))).unwrap())
        },
    ));
    let failing = service_fn(|_: axum::http::Request<http::Body>| async {
        Err::<axum::http::Response<http::Body>, _>(std::io::Error::other("out of order"))
    });
    let mux = ServeMux::new();
    mux.handle("/api/", router);
    mux.handle("/layered", layered);
    mux.handle("/failing", failing);
    mux.handle_func("/own", |w: ResponseWriter, _: Request| w.write_str("own").unwrap());
    let server = httptest::Server::start(mux);
    let mut wire = Wire::connect(server.addr()).await;
    assert_eq!(wire.ask(&get("/api/1")).await.body, "axum 1");
    let answer = wire.ask(&get("/layered")).await;
    assert_eq!((answer.status, answer.body.as_str(), answer.field("x-layered")), (202, "/layered true", "yes"));
    let answer = wire.ask(&get("/failing")).await;
    assert_eq!((answer.status, answer.body.as_str()), (500, "out of order\n"));
    assert_eq!(wire.ask(&get("/own")).await.body, "own");
    server.close().await;
}

#[go::test(real_time)]
async fn a_handler_is_called_as_a_service() {
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    let mux = ServeMux::new();
    mux.handle_func("/sum", async |w: ResponseWriter, mut r: Request| {
        let text = r.body.text().await.unwrap();
        let sum: i32 = text.split('+').map(|part| part.parse::<i32>().unwrap()).sum();
        write!(w, "{sum}").unwrap();
    });
    let request = axum::http::Request::builder().uri("/sum").body(AxumBody::from("1+2+3")).unwrap();
    let response = mux.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "6");
}
