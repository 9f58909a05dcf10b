//! A program's own dialer, and what it is told of the request that needs a connection.

use std::any::Any;
use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::dial::Ends;
use crate::context::{self, CANCELED, CancelCauseFunc, Context, DEADLINE_EXCEEDED};
use crate::http::error::{Error, io_text};

/// The bytes of a connection that anybody may have made.
pub(super) type Socket = Box<dyn Duplex>;

/// Bytes in both directions.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// A connection that is being made.
type Dialing = Pin<Box<dyn Future<Output = Result<(Socket, Option<Ends>), Error>> + Send>>;

/// Makes connections: for a context, a network and an address.
pub(super) type Hook = Arc<dyn Fn(Context, &'static str, String) -> Dialing + Send + Sync>;

/// A program's function as a hook.
pub(super) fn hook<F, R, S, E>(dial: F) -> Hook
where
    F: Fn(Context, &'static str, String) -> R + Send + Sync + 'static,
    R: Future<Output = Result<S, E>> + Send + 'static,
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    Arc::new(move |ctx, network, addr| {
        let dialing = dial(ctx, network, addr);
        Box::pin(async move {
            match dialing.await {
                Ok(socket) => {
                    let ends = (&socket as &dyn Any).downcast_ref::<TcpStream>().and_then(Ends::of);
                    Ok((Box::new(socket) as Socket, ends))
                }
                Err(error) => Err(failed(error.into())),
            }
        })
    })
}

/// What a dialer has returned as its error; the system speaks as in Go.
fn failed(error: Box<dyn StdError + Send + Sync>) -> Error {
    match error.downcast::<io::Error>() {
        Ok(error) => Error::with_text(io_text(&error), *error),
        Err(error) => Error::from_boxed(error),
    }
}

tokio::task_local! {
    /// The context of the request that is being sent. The pool, which has connections made while it is polled for a
    /// request, knows of none.
    pub(super) static SENDING: Context;
}

/// Makes a connection to an address by a program's function.
pub(super) async fn dial(hook: &Hook, addr: String) -> Result<(Socket, Option<Ends>), Error> {
    let sending = SENDING.try_with(Clone::clone).unwrap_or_else(|_| context::background());
    let (ctx, needed) = Needed::new(sending);
    let made = hook(ctx, "tcp", addr).await;
    needed.no_more();
    made
}

/// A connection that is being made is needed. When this is dropped, nobody waits for it any more: its context, which is
/// not the request's, is cancelled. So a request that is over sooner, because another one has given its connection back,
/// stops no dialer whose connection the pool will keep.
struct Needed {
    /// The request's context.
    sending: Context,
    /// Cancels the dialer's; gone once the dialer has returned.
    cancel: Option<CancelCauseFunc>,
    /// What has the request's deadline, if there is one.
    until: Context,
}

impl Needed {
    /// The context of a dialer, with the values and the deadline of a request's.
    fn new(sending: Context) -> (Context, Needed) {
        let values = context::without_cancel(&sending);
        let until = match sending.deadline() {
            Some(deadline) => context::with_deadline(&values, deadline).0,
            None => values,
        };
        let (ctx, cancel) = context::with_cancel_cause(&until);
        (ctx, Needed { sending, cancel: Some(cancel), until })
    }

    /// The dialer has returned: what it has made is no longer its context's concern.
    fn no_more(mut self) {
        self.cancel = None;
    }
}

impl Drop for Needed {
    fn drop(&mut self) {
        // Neither the dialer nor its connection has a deadline any more.
        self.until.defuse();
        let Some(cancel) = self.cancel.take() else { return };
        // A deadline is the dialer's own too, and tells it by itself.
        if self.sending.err() != Some(DEADLINE_EXCEEDED) {
            cancel(context::cause(&self.sending).unwrap_or_else(|| CANCELED.into()));
        }
    }
}
