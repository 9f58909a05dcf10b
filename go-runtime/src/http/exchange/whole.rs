//! A response that is there as a whole, written as HTTP/1.1.
//!
//! It looks as hyper would write it: names in Go's case, the length, the date.

use std::cell::Cell;
use std::task::{Context as TaskContext, Poll};
use std::time::{SystemTime, UNIX_EPOCH};

use ::http::StatusCode;
use ::http::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};

use super::{End, Exchange, Respond, State, allows_body};
use crate::http::sniff::detect_content_type;

/// What has become of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Whole {
    /// It was written.
    Written,
    /// It is sent in parts, or has something that is not common: nothing was taken.
    InParts,
    /// There is none: the handler has panicked.
    Aborted,
}

impl Respond {
    /// Waits for the response and writes it to `out` if it is whole; `is_last` says that the connection ends after it.
    pub(in crate::http) fn poll_whole(
        &mut self,
        cx: &TaskContext<'_>,
        out: &mut Vec<u8>,
        is_last: bool,
    ) -> Poll<Whole> {
        let Some(exchange) = &self.exchange else { return Poll::Pending };
        let whole = std::task::ready!(exchange.poll_whole(cx, out, is_last));
        if whole == Whole::Written {
            self.exchange = None;
        }
        Poll::Ready(whole)
    }
}

impl Exchange {
    /// See [`Respond::poll_whole`].
    fn poll_whole(&self, cx: &TaskContext<'_>, out: &mut Vec<u8>, is_last: bool) -> Poll<Whole> {
        let mut state = self.state();
        match state.end {
            End::Panicked => return Poll::Ready(Whole::Aborted),
            End::Returned => {}
            End::No if state.ready => return Poll::Ready(Whole::InParts),
            End::No | End::Hijacked => {
                state.wait_for_handler(cx);
                return Poll::Pending;
            }
        }
        if self.is_head || !state.is_plain() {
            return Poll::Ready(Whole::InParts);
        }
        state.taken = true;
        let head = state.head.take();
        let body = std::mem::take(&mut state.body);
        drop(state);
        match &head {
            Some(head) => write(out, head.status, &head.header, &body, is_last),
            None => write(out, StatusCode::OK, &HeaderMap::new(), &body, is_last),
        }
        Poll::Ready(Whole::Written)
    }
}

impl State {
    /// Whether the response of a handler that has returned is whole, and has nothing that is not common.
    fn is_plain(&self) -> bool {
        // A promise is kept or broken by the bytes themselves, and a trailer needs a body in chunks.
        let is_whole = !self.ready && self.promised.is_none_or(|promised| promised == self.written);
        is_whole
            && self.trailer.is_empty()
            && self.head.as_ref().is_none_or(|head| {
                allows_body(head.status)
                    && (head.header.is_empty()
                        || [CONNECTION, DATE, TRAILER, TRANSFER_ENCODING, UPGRADE]
                            .iter()
                            .all(|name| !head.header.contains_key(name)))
            })
    }
}

/// Writes a response.
fn write(out: &mut Vec<u8>, status: StatusCode, header: &HeaderMap, body: &[u8], is_last: bool) {
    // The status line, the date, the type and the length take about 150.
    out.reserve(256 + 64 * header.len() + body.len());
    if status == StatusCode::OK {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
    } else {
        out.extend_from_slice(b"HTTP/1.1 ");
        out.extend_from_slice(status.as_str().as_bytes());
        out.push(b' ');
        out.extend_from_slice(status.canonical_reason().unwrap_or("<none>").as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    let (mut has_type, mut has_length) = (false, false);
    for (name, value) in header {
        has_type |= name == CONTENT_TYPE || name == CONTENT_ENCODING;
        has_length |= name == CONTENT_LENGTH;
        write_name(out, name);
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    if !has_type && !body.is_empty() {
        out.extend_from_slice(b"Content-Type: ");
        out.extend_from_slice(detect_content_type(body).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    if is_last {
        out.extend_from_slice(b"Connection: close\r\n");
    }
    if !has_length {
        out.extend_from_slice(b"Content-Length: ");
        write_number(out, body.len());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"Date: ");
    write_date(out);
    out.extend_from_slice(b"\r\n\r\n");
    out.extend_from_slice(body);
}

/// Writes a name in Go's case.
fn write_name(out: &mut Vec<u8>, name: &HeaderName) {
    let start = out.len();
    out.extend_from_slice(name.as_str().as_bytes());
    let mut is_first = true;
    for byte in &mut out[start..] {
        if is_first {
            byte.make_ascii_uppercase();
        }
        is_first = *byte == b'-';
    }
}

/// Writes a number.
fn write_number(out: &mut Vec<u8>, mut number: usize) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// How long a date is: `Sun, 06 Nov 1994 08:49:37 GMT`.
const DATE_LENGTH: usize = 29;

/// A second as a text.
#[derive(Clone, Copy)]
struct Second {
    /// The second since 1970.
    number: u64,
    /// The text.
    text: [u8; DATE_LENGTH],
}

thread_local! {
    /// The second in which this thread has written last.
    static SECOND: Cell<Second> = const { Cell::new(Second { number: u64::MAX, text: [0; DATE_LENGTH] }) };
}

/// Writes the time.
fn write_date(out: &mut Vec<u8>) {
    let now = SystemTime::now();
    let number = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let known = SECOND.try_with(Cell::get).ok().filter(|second| second.number == number);
    let second = known.unwrap_or_else(|| {
        let mut text = [b' '; DATE_LENGTH];
        for (to, from) in text.iter_mut().zip(httpdate::fmt_http_date(now).bytes()) {
            *to = from;
        }
        let second = Second { number, text };
        // A thread that is being torn down forgets it.
        let _ = SECOND.try_with(|cell| cell.set(second));
        second
    });
    out.extend_from_slice(&second.text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::http::HeaderValue;

    /// A response as text, without its date.
    fn written(status: u16, header: &HeaderMap, body: &str, is_last: bool) -> String {
        let mut out = Vec::new();
        write(&mut out, StatusCode::from_u16(status).unwrap(), header, body.as_bytes(), is_last);
        let text = String::from_utf8(out).unwrap();
        let (before, after) = text.split_once("Date: ").unwrap();
        let (date, after) = after.split_at(DATE_LENGTH);
        assert!(httpdate::parse_http_date(date).is_ok(), "{date}");
        before.to_owned() + after
    }

    #[test]
    fn a_response_is_written_in_gos_case() {
        let mut header = HeaderMap::new();
        assert_eq!(
            written(200, &header, "hello", false),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\n\r\nhello"
        );
        assert_eq!(
            written(404, &header, "", true),
            "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n\r\n"
        );
        header.insert("content-type", HeaderValue::from_static("a/b"));
        header.append("x-a-1b", HeaderValue::from_static("1"));
        header.append("x-a-1b", HeaderValue::from_static("2"));
        header.insert("content-length", HeaderValue::from_static("2"));
        assert_eq!(
            written(299, &header, "ab", false),
            "HTTP/1.1 299 <none>\r\nContent-Type: a/b\r\nX-A-1b: 1\r\nX-A-1b: 2\r\nContent-Length: 2\r\n\r\n\r\nab"
        );
    }

    #[test]
    fn numbers_are_written() {
        for number in [0, 9, 10, 2048, usize::MAX] {
            let mut out = Vec::new();
            write_number(&mut out, number);
            assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
        }
    }
}
