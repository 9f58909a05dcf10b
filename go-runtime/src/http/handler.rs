//! What answers requests: functions, types that implement [`Handler`], muxes and tower services.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use tower_service::Service;

use super::body::Body;
use super::exchange::Exchange;
use super::mux::{DEFAULT_SERVE_MUX, ServeMux};
use super::request::Request;
use super::run::{self, BoxHandler, Later};
use super::service;
use super::writer::ResponseWriter;
use crate::body::Body as Returned;
use crate::rt::Spawner;
use crate::share::Share;

/// Something that answers requests.
///
/// # Go
/// `http.Handler`
///
/// # Examples
/// ```
/// use go::http::{Handler, Request, ResponseWriter, ServeMux};
///
/// struct Greeter {
///     word: String,
/// }
///
/// impl Handler for Greeter {
///     async fn serve_http(&self, w: ResponseWriter, _r: Request) {
///         let _ = writeln!(w, "{}", self.word);
///     }
/// }
///
/// let mux = ServeMux::new();
/// mux.handle("/greet", Greeter { word: "hello".to_owned() });
/// ```
pub trait Handler: Send + Sync + 'static {
    /// Answers one request. It runs as a goroutine of its own; what it has written when it returns is the response.
    fn serve_http(&self, w: ResponseWriter, r: Request) -> impl Future<Output = ()> + Send;
}

/// Any handler: what muxes and servers keep. A handle.
///
/// It is also a `tower::Service`, so it can be put into any tower stack or axum router.
///
/// # Go
/// A value of the interface type `http.Handler`.
#[derive(Clone)]
pub struct AnyHandler {
    /// Which kind of handler.
    kind: Kind,
    /// Where the program has made it one.
    place: &'static Location<'static>,
}

/// The kinds of handlers.
#[derive(Clone)]
enum Kind {
    /// One that answers.
    Answers(Arc<dyn Answers>),
    /// One that chooses another one.
    Mux(ServeMux),
    /// The default mux.
    Default,
}

/// A handler behind a pointer.
trait Answers: Send + Sync {
    /// Answers.
    fn serve(self: Arc<Self>, w: ResponseWriter, r: Request) -> BoxHandler;
    /// Starts a goroutine that answers.
    fn start(self: Arc<Self>, start: Start, exchange: Arc<Exchange>, r: Request);
}

/// How the goroutine of a handler is started.
#[derive(Clone, Copy)]
pub(super) struct Start {
    /// The runtime.
    pub(super) spawner: Spawner,
    /// Where the program has made its handler one.
    pub(super) place: &'static Location<'static>,
    /// Whether it runs inside of the goroutine that starts it until it waits for the first time.
    pub(super) at_once: bool,
}

impl AnyHandler {
    /// The default mux, for Go's nil handler.
    #[track_caller]
    pub(super) fn default_mux() -> AnyHandler {
        AnyHandler { kind: Kind::Default, place: Location::caller() }
    }

    /// A handler that answers.
    #[track_caller]
    fn answers(answers: impl Answers + 'static) -> AnyHandler {
        AnyHandler { kind: Kind::Answers(Arc::new(answers)), place: Location::caller() }
    }

    /// A mux.
    #[track_caller]
    pub(super) fn mux(mux: ServeMux) -> AnyHandler {
        AnyHandler { kind: Kind::Mux(mux), place: Location::caller() }
    }

    /// The handler that answers the request: a mux has chosen it.
    fn resolve(&self, r: &mut Request) -> Chosen {
        let mut chosen = match &self.kind {
            Kind::Answers(answers) => return Chosen { answers: Arc::clone(answers), place: self.place },
            Kind::Mux(mux) => mux.choose(r),
            Kind::Default => DEFAULT_SERVE_MUX.choose(r),
        };
        loop {
            chosen = match chosen.kind {
                Kind::Answers(answers) => return Chosen { answers, place: chosen.place },
                Kind::Mux(mux) => mux.choose(r),
                Kind::Default => DEFAULT_SERVE_MUX.choose(r),
            };
        }
    }

    /// Starts a goroutine that answers.
    pub(super) fn start(&self, spawner: Spawner, exchange: Arc<Exchange>, mut request: Request) {
        let Chosen { answers, place } = self.resolve(&mut request);
        answers.start(Start { spawner, place, at_once: false }, exchange, request);
    }

    /// Starts a goroutine that answers, which runs inside of the one that starts it until it waits for the first time.
    pub(super) fn start_at_once(&self, spawner: Spawner, exchange: Arc<Exchange>, mut request: Request) {
        let Chosen { answers, place } = self.resolve(&mut request);
        answers.start(Start { spawner, place, at_once: true }, exchange, request);
    }

    /// Answers one request, in the goroutine that calls it.
    ///
    /// # Go
    /// `h.ServeHTTP(w, r)`
    pub async fn serve_http(&self, w: ResponseWriter, mut r: Request) {
        let chosen = self.resolve(&mut r);
        chosen.answers.serve(w, r).await;
    }
}

/// The handler that answers a request.
struct Chosen {
    /// The handler.
    answers: Arc<dyn Answers>,
    /// Where the program has made it one.
    place: &'static Location<'static>,
}

impl fmt::Debug for AnyHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Answers(_) => f.debug_struct("AnyHandler").field("place", &self.place).finish_non_exhaustive(),
            Kind::Mux(mux) => mux.fmt(f),
            Kind::Default => f.write_str("DEFAULT_SERVE_MUX"),
        }
    }
}

impl Share for AnyHandler {
    fn share(&self) -> AnyHandler {
        self.clone()
    }
}

/// Whatever can be a handler: functions and closures of a [`ResponseWriter`] and a [`Request`], types that implement
/// [`Handler`], [`ServeMux`], and tower services; `None` is Go's nil, the default mux.
///
/// The parameter tells these apart and is always inferred.
///
/// # Examples
/// ```
/// use go::http::{IntoHandler, Request, ResponseWriter, ServeMux};
///
/// fn takes<M>(_handler: impl IntoHandler<M>) {}
///
/// async fn waits(_w: ResponseWriter, _r: Request) {}
/// fn does_not(_w: ResponseWriter, _r: Request) {}
///
/// takes(waits);
/// takes(does_not);
/// takes(ServeMux::new());
/// takes(None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "this cannot answer requests",
    note = "a handler is a function of a `ResponseWriter` and a `Request` (`async` or not), a type that implements \
            `Handler`, a `ServeMux`, or a tower service of an `http::Request<go::http::Body>` that is `Clone`"
)]
pub trait IntoHandler<M> {
    /// The handler.
    #[track_caller]
    fn into_handler(self) -> AnyHandler;
}

/// Marks functions.
#[derive(Debug)]
pub struct Function<M> {
    /// What the function returns.
    returns: PhantomData<M>,
}

/// Marks types that implement [`Handler`].
#[derive(Debug)]
pub struct Implements;

/// Marks tower services.
#[derive(Debug)]
pub struct Tower;

/// Marks `None`.
#[derive(Debug)]
pub struct Nil;

impl<F, R, M> IntoHandler<Function<M>> for F
where
    F: Fn(ResponseWriter, Request) -> R + Send + Sync + 'static,
    R: Returned<M> + Send + 'static,
    M: 'static,
{
    fn into_handler(self) -> AnyHandler {
        AnyHandler::answers(Func { f: self, returns: PhantomData })
    }
}

impl<H: Handler> IntoHandler<Implements> for H {
    fn into_handler(self) -> AnyHandler {
        AnyHandler::answers(Object { handler: self })
    }
}

impl<S, B> IntoHandler<Tower> for S
where
    S: Service<::http::Request<Body>, Response = ::http::Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: http_body::Body + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn into_handler(self) -> AnyHandler {
        // This crate's own handlers are services too; they need no detour.
        let any: &dyn Any = &self;
        if let Some(handler) = any.downcast_ref::<AnyHandler>() {
            return handler.clone();
        }
        if let Some(mux) = any.downcast_ref::<ServeMux>() {
            return AnyHandler::mux(mux.clone());
        }
        AnyHandler::answers(Object { handler: service::Answer { service: self } })
    }
}

impl IntoHandler<Nil> for Option<AnyHandler> {
    fn into_handler(self) -> AnyHandler {
        self.unwrap_or_else(AnyHandler::default_mux)
    }
}

/// A function as a handler.
struct Func<F, M> {
    /// The function.
    f: F,
    /// What it returns.
    returns: PhantomData<fn() -> M>,
}

impl<F, R, M> Answers for Func<F, M>
where
    F: Fn(ResponseWriter, Request) -> R + Send + Sync + 'static,
    R: Returned<M> + Send + 'static,
    M: 'static,
{
    fn serve(self: Arc<Self>, w: ResponseWriter, r: Request) -> BoxHandler {
        Box::pin(Later::new(move || (self.f)(w, r).finish()))
    }

    fn start(self: Arc<Self>, start: Start, exchange: Arc<Exchange>, r: Request) {
        let w = ResponseWriter::new(Arc::clone(&exchange));
        run::start(start, std::any::type_name::<F>(), exchange, Later::new(move || (self.f)(w, r).finish()));
    }
}

/// A type that implements [`Handler`].
struct Object<H> {
    /// The handler.
    handler: H,
}

impl<H: Handler> Answers for Object<H> {
    fn serve(self: Arc<Self>, w: ResponseWriter, r: Request) -> BoxHandler {
        Box::pin(async move { self.handler.serve_http(w, r).await })
    }

    fn start(self: Arc<Self>, start: Start, exchange: Arc<Exchange>, r: Request) {
        let w = ResponseWriter::new(Arc::clone(&exchange));
        let handler = async move { self.handler.serve_http(w, r).await };
        run::start(start, std::any::type_name::<H>(), exchange, handler);
    }
}
