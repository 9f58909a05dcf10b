//! The head of a request, read without hyper where it is plain.
//!
//! Plain is what leaves nothing to decide: HTTP/1.1, a path, one valid `Host`, no `Transfer-Encoding`, `Expect` or `Upgrade`,
//! a `Connection` of one known word, and a body that is there already, if there is one. Whatever else comes, right or wrong,
//! is hyper's. Both use the same parser, so both see the same requests.

use std::mem::MaybeUninit;
use std::ops::Range;

use ::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use bytes::{Bytes, BytesMut};

/// How long a plain request is at most, with its body. hyper reads as much at once, and so gets the whole of one that is
/// handed on to it.
const LENGTH: usize = 8192;
/// How many fields a plain request has at most.
const FIELDS: usize = 32;

/// How much a plain request is at most.
#[derive(Clone, Copy)]
pub(super) struct Most {
    /// How long its head is.
    head: usize,
    /// How many fields it has.
    fields: usize,
}

impl Most {
    /// The most that a plain request may be at a server with these limits.
    pub(super) fn new(head: usize, fields: Option<usize>) -> Most {
        Most { head, fields: fields.unwrap_or(FIELDS).min(FIELDS) }
    }
}

/// A plain request.
pub(super) struct Plain {
    /// The method.
    pub(super) method: Method,
    /// The path and the query.
    pub(super) url: Uri,
    /// The fields.
    pub(super) header: HeaderMap,
    /// The body.
    pub(super) body: Bytes,
    /// All of it as it was sent.
    pub(super) raw: Bytes,
    /// Whether the client wants the connection closed afterwards.
    pub(super) is_last: bool,
}

/// What the bytes of a connection begin with.
#[allow(clippy::large_enum_variant, reason = "it is taken apart where it is made")]
pub(super) enum Begin {
    /// A part of a head.
    Part,
    /// A plain request, which was taken from the bytes.
    Plain(Plain),
    /// Something else.
    Other,
}

/// Where a field lies.
#[derive(Clone, Copy)]
struct Field {
    /// Where its name begins.
    name: u16,
    /// Where its name ends.
    name_end: u16,
    /// Where its value begins.
    value: u16,
    /// Where its value ends.
    value_end: u16,
}

/// What the fields say of the request.
#[derive(Default)]
struct Framing {
    /// How many `Host` fields there are.
    hosts: usize,
    /// How long the body is.
    length: Option<usize>,
    /// Whether there is a `Connection` field.
    has_connection: bool,
    /// Whether it says `close`.
    is_last: bool,
}

impl Framing {
    /// Looks at a field; false if the request is not plain.
    fn take(&mut self, name: &str, value: &[u8]) -> bool {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        match name.len() {
            4 if is("host") => {
                self.hosts += 1;
                self.hosts == 1 && value.iter().all(|byte| (0x21..0x7F).contains(byte))
            }
            10 if is("connection") => {
                self.is_last = value.eq_ignore_ascii_case(b"close");
                !std::mem::replace(&mut self.has_connection, true)
                    && (self.is_last || value.eq_ignore_ascii_case(b"keep-alive"))
            }
            14 if is("content-length") => {
                let is_first = self.length.is_none();
                self.length = number(value);
                is_first && self.length.is_some()
            }
            6 => !is("expect"),
            7 => !is("upgrade"),
            17 => !is("transfer-encoding"),
            _ => true,
        }
    }
}

/// A number of a few digits.
fn number(digits: &[u8]) -> Option<usize> {
    if digits.is_empty() || digits.len() > 5 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |number, digit| 10 * number + usize::from(digit - b'0')))
}

/// Where `part` lies in `whole`; both are short.
fn range(whole: &[u8], part: &[u8]) -> (u16, u16) {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    (start as u16, (start + part.len()) as u16)
}

/// Takes the request that `bytes` begin with if it is plain.
pub(super) fn begin(bytes: &mut BytesMut, most: Most) -> Begin {
    let mut parsed = [const { MaybeUninit::uninit() }; FIELDS];
    let mut fields = [Field { name: 0, name_end: 0, value: 0, value_end: 0 }; FIELDS];
    let mut head = httparse::Request::new(&mut []);
    // Longer heads are not looked at, so that every place has room in 16 bits.
    let visible = &bytes[..bytes.len().min(LENGTH)];
    let length = match head.parse_with_uninit_headers(visible, &mut parsed[..most.fields]) {
        Ok(httparse::Status::Complete(length)) if length <= most.head => length,
        Ok(httparse::Status::Partial) if visible.len() < LENGTH => return Begin::Part,
        _ => return Begin::Other,
    };
    let (Some(method), Some(path), Some(1)) = (head.method, head.path, head.version) else { return Begin::Other };
    let Ok(method) = Method::from_bytes(method.as_bytes()) else { return Begin::Other };
    if !path.starts_with('/') || method == Method::CONNECT {
        return Begin::Other;
    }
    let path: Range<usize> = {
        let (start, end) = range(visible, path.as_bytes());
        start.into()..end.into()
    };
    let mut framing = Framing::default();
    let count = head.headers.len();
    for (field, parsed) in fields.iter_mut().zip(head.headers.iter()) {
        if !framing.take(parsed.name, parsed.value) {
            return Begin::Other;
        }
        let ((name, name_end), (value, value_end)) =
            (range(visible, parsed.name.as_bytes()), range(visible, parsed.value));
        *field = Field { name, name_end, value, value_end };
    }
    let end = length + framing.length.unwrap_or(0);
    if framing.hosts != 1 || end > visible.len() {
        return Begin::Other;
    }
    let raw = bytes.split_to(end).freeze();
    match fill(&raw, path, &fields[..count]) {
        Some((url, header)) => {
            let body = if length < end { raw.slice(length..) } else { Bytes::new() };
            Begin::Plain(Plain { method, url, header, body, raw, is_last: framing.is_last })
        }
        None => {
            put_back(bytes, &raw);
            Begin::Other
        }
    }
}

/// The URL and the fields of a head; `None` if the URL is wrong.
fn fill(raw: &Bytes, path: Range<usize>, fields: &[Field]) -> Option<(Uri, HeaderMap)> {
    let url = Uri::from_maybe_shared(raw.slice(path)).ok()?;
    let mut header = HeaderMap::with_capacity(fields.len());
    for field in fields {
        let name = HeaderName::from_bytes(&raw[field.name.into()..field.name_end.into()]).ok()?;
        let value = raw.slice(usize::from(field.value)..field.value_end.into());
        header.append(name, HeaderValue::from_maybe_shared(value).ok()?);
    }
    Some((url, header))
}

/// Puts a request back before what came after it.
pub(super) fn put_back(bytes: &mut BytesMut, raw: &[u8]) {
    let mut all = BytesMut::with_capacity(raw.len() + bytes.len());
    all.extend_from_slice(raw);
    all.extend_from_slice(bytes);
    *bytes = all;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a connection that has sent `sent` begins with, and what is left of it.
    fn read(sent: &str) -> (Begin, BytesMut) {
        let mut bytes = BytesMut::from(sent);
        (begin(&mut bytes, Most::new(1 << 20, None)), bytes)
    }

    #[test]
    fn a_plain_request_is_taken() {
        let sent = "POST /a?b=c HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nx-one: 2\r\nContent-Length: 3\r\n\r\nabcGET / HT";
        let (begun, rest) = read(sent);
        let Begin::Plain(plain) = begun else { panic!("not plain") };
        assert_eq!((plain.method.as_str(), plain.url.to_string().as_str()), ("POST", "/a?b=c"));
        let ones: Vec<_> = plain.header.get_all("X-One").iter().collect();
        assert_eq!(ones, ["1", "2"]);
        assert_eq!((&plain.body[..], &rest[..], plain.is_last), (&b"abc"[..], &b"GET / HT"[..], false));
        assert_eq!(plain.raw, sent[..sent.len() - rest.len()]);
        let (begun, _) = read("GET / HTTP/1.1\r\nhost:h\r\nconnection: Close\r\n\r\n");
        assert!(matches!(begun, Begin::Plain(Plain { is_last: true, .. })));
    }

    #[test]
    fn a_part_is_waited_for_as_long_as_it_can_become_a_head() {
        for sent in ["", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: h\r\n"] {
            let (begun, rest) = read(sent);
            assert!(matches!(begun, Begin::Part) && rest == sent, "{sent}");
        }
    }

    #[test]
    fn the_servers_limits_are_kept() {
        let sent = "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n";
        for (head, fields, is_plain) in
            [(sent.len(), Some(2), true), (sent.len() - 1, None, false), (9999, Some(1), false)]
        {
            let mut bytes = BytesMut::from(sent);
            let begun = begin(&mut bytes, Most::new(head, fields));
            assert_eq!(matches!(begun, Begin::Plain(_)), is_plain, "{head} {fields:?}");
            assert_eq!(bytes == sent, !is_plain);
        }
    }

    #[test]
    fn everything_else_is_left_as_it_is() {
        let long = format!("GET / HTTP/1.1\r\nHost: h\r\nX: {}", "x".repeat(LENGTH));
        let many = format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", "X: y\r\n".repeat(FIELDS));
        for sent in [
            "GET / HTTP/1.0\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h h\r\n\r\n",
            "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
            "CONNECT /h:1 HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: close, x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\ntransfer-encoding: chunked\r\nContent-Length: 1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \r\n\r\nx",
            "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n",
            "nonsense\r\n\r\n",
            &long,
            &many,
        ] {
            let (begun, rest) = read(sent);
            assert!(matches!(begun, Begin::Other) && rest == sent, "{sent}");
        }
    }
}
