//! Responses that a server has compressed because it was asked to, decompressed while they arrive.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::http::Method;
use ::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue, RANGE};
use bytes::{Buf, Bytes};
use flate2::write::MultiGzDecoder;
use http_body::Frame;

use crate::http::body::Body;
use crate::http::error::{ERR_UNEXPECTED_EOF, Error};
use crate::http::request::Request;

/// Asks for compression, unless the program has asked for something itself; whether it was asked for.
pub(super) fn ask(request: &mut Request) -> bool {
    let header = &mut request.header;
    let has_asked = header.contains_key(ACCEPT_ENCODING) || header.contains_key(RANGE);
    let asks = !has_asked && request.method != Method::HEAD;
    if asks {
        header.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
    asks
}

/// Whether a response that was asked for in compressed form is compressed. Its fields then are those of the plain one.
pub(super) fn is_compressed(header: &mut HeaderMap, body: &Body) -> bool {
    let is_gzip = header.get(CONTENT_ENCODING).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"gzip"));
    if is_gzip && !body.is_empty() {
        header.remove(CONTENT_ENCODING);
        header.remove(CONTENT_LENGTH);
        return true;
    }
    false
}

/// The plain body.
pub(super) fn plain(body: Body) -> Body {
    Body::stream(Gunzip { body, input: Bytes::new(), decoder: Some(MultiGzDecoder::new(Vec::new())), is_empty: true })
}

/// A body that is decompressed.
struct Gunzip {
    /// The compressed one.
    body: Body,
    /// What was received of it and not decompressed yet.
    input: Bytes,
    /// The decoder, which collects what is plain; none at the end.
    decoder: Option<MultiGzDecoder<Vec<u8>>>,
    /// Whether nothing was received.
    is_empty: bool,
}

impl Gunzip {
    /// Goes on to the next plain bytes; `None` at the end.
    fn poll_plain(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        loop {
            let Some(decoder) = &mut self.decoder else { return Poll::Ready(None) };
            let plain = std::mem::take(decoder.get_mut());
            if !plain.is_empty() {
                return Poll::Ready(Some(Ok(plain.into())));
            }
            if !self.input.is_empty() {
                // One step, not all of it: a little input can be much output.
                match decoder.write(&self.input) {
                    Ok(count) => self.input.advance(count),
                    Err(error) => return Poll::Ready(Some(Err(self.fail(error)))),
                }
                continue;
            }
            match ready!(self.body.poll_chunk(cx)) {
                Some(Ok(bytes)) => (self.input, self.is_empty) = (bytes, false),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(self.finish()),
            }
        }
    }

    /// The rest, when all was received.
    fn finish(&mut self) -> Option<Result<Bytes, Error>> {
        let mut decoder = self.decoder.take().filter(|_| !self.is_empty)?;
        match decoder.try_finish() {
            Ok(()) => {
                Some(std::mem::take(decoder.get_mut())).filter(|rest| !rest.is_empty()).map(|rest| Ok(rest.into()))
            }
            Err(error) => Some(Err(self.fail(error))),
        }
    }

    /// What Go says for bytes that are not what they should be. There are no more.
    fn fail(&mut self, error: io::Error) -> Error {
        self.decoder = None;
        let text = error.to_string();
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return ERR_UNEXPECTED_EOF;
        }
        let text = match text.as_str() {
            text if text.contains("header") => "gzip: invalid header",
            text if text.contains("checksum") => "gzip: invalid checksum",
            _ => "flate: corrupt input",
        };
        Error::with_text(text.to_owned(), error)
    }
}

impl http_body::Body for Gunzip {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let plain = ready!(self.poll_plain(cx));
        Poll::Ready(match plain {
            Some(plain) => Some(plain.map(Frame::data)),
            None => self.body.take_trailer().map(|trailer| Ok(Frame::trailers(trailer))),
        })
    }
}
