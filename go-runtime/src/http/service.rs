//! tower in both directions: a tower service as a handler, a handler as a tower service.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tower_service::Service;

use super::body::Body;
use super::exchange::{Aborted, Exchange, Respond};
use super::handler::{AnyHandler, Handler};
use super::mux::ServeMux;
use super::request::Request;
use super::writer::ResponseWriter;
use crate::rt::Spawner;

/// A tower service as a handler.
pub(super) struct Answer<S> {
    /// The service.
    pub(super) service: S,
}

impl<S, B> Handler for Answer<S>
where
    S: Service<::http::Request<Body>, Response = ::http::Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: http_body::Body + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    async fn serve_http(&self, w: ResponseWriter, r: Request) {
        let mut service = self.service.clone();
        // What a service fails with need not be `Send`: it is a text before anything is waited for.
        let text = |error: S::Error| error.into().to_string();
        let answered = match poll_fn(|cx| service.poll_ready(cx)).await.map_err(text) {
            Ok(()) => service.call(r.into_http()).await.map_err(text),
            Err(text) => Err(text),
        };
        let response = match answered {
            Ok(response) => response,
            Err(text) => return super::error(&w, &text, 500),
        };
        let (parts, body) = response.into_parts();
        w.header().with(|header| header.extend(parts.headers));
        w.write_header(parts.status.as_u16());
        let mut body = Body::new(body);
        while let Some(chunk) = body.chunk().await {
            let sent = match chunk {
                Ok(chunk) => w.send(chunk).await,
                // The client must not take a part for the whole.
                Err(_) => std::panic::panic_any(super::ABORT_HANDLER),
            };
            if sent.is_err() {
                return;
            }
        }
        if let Some(trailer) = body.trailer() {
            w.exchange().set_trailer(trailer.clone());
        }
    }
}

/// The future of a handler that is called as a tower service.
///
/// The handler runs as a goroutine of its own; dropping the future cancels the request's context.
#[derive(Debug)]
#[must_use = "the response comes only if this is awaited"]
pub struct ServiceFuture {
    /// The response.
    respond: Respond,
}

impl Future for ServiceFuture {
    type Output = Result<::http::Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match std::task::ready!(Pin::new(&mut self.respond).poll(cx)) {
            Ok(response) => response.map(Body::new),
            Err(Aborted) => {
                let mut response = ::http::Response::new(Body::empty());
                *response.status_mut() = ::http::StatusCode::INTERNAL_SERVER_ERROR;
                response
            }
        };
        Poll::Ready(Ok(response))
    }
}

/// Starts the handler for a request of a foreign server's.
fn call<B>(handler: &AnyHandler, request: ::http::Request<B>) -> ServiceFuture
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let request = Request::from_http(request.map(Body::new));
    let exchange = Arc::new(Exchange::served(request.context().clone(), request.method == ::http::Method::HEAD));
    let request = request.with_context(&exchange.make_context());
    handler.start(Spawner::current(), Arc::clone(&exchange), request);
    ServiceFuture { respond: Respond::new(exchange) }
}

impl<B> Service<::http::Request<B>> for AnyHandler
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = ::http::Response<Body>;
    type Error = Infallible;
    type Future = ServiceFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: ::http::Request<B>) -> ServiceFuture {
        call(self, request)
    }
}

impl<B> Service<::http::Request<B>> for ServeMux
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = ::http::Response<Body>;
    type Error = Infallible;
    type Future = ServiceFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: ::http::Request<B>) -> ServiceFuture {
        call(&AnyHandler::mux(self.clone()), request)
    }
}
