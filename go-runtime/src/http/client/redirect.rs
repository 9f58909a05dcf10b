//! Redirects: which request follows which response.

use ::http::Method;
use ::http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderName, WWW_AUTHENTICATE,
};
use url::Url;

use super::response::Response;
use super::target::{self, operation};
use crate::http::body::Body;
use crate::http::error::Error;
use crate::http::header::Header;
use crate::http::request::Request;

/// A redirect that is about to be followed, see [`Client::check_redirect`](super::Client::check_redirect).
#[derive(Debug)]
pub struct Hop<'a> {
    /// The request that is about to be sent.
    pub request: &'a Request,
    /// The URLs of the requests before it, the first one first.
    pub via: &'a [Url],
}

/// The requests that were sent because of one.
pub(super) struct Redirects {
    /// The first request's method.
    method: Method,
    /// The first request's URL as the program wrote it.
    text: String,
    /// The first request's fields.
    header: Header,
    /// The first request's body, if it can be sent again.
    body: Option<Body>,
    /// The host that the program has set.
    host: Option<String>,
    /// Whether the body is still sent.
    keeps_body: bool,
    /// Whether the fields that are nobody else's business are left out.
    is_abroad: bool,
    /// The URLs, the first one first.
    via: Vec<Url>,
}

/// The fields that a request to another host does not get.
const SENSITIVE: [HeaderName; 3] = [AUTHORIZATION, COOKIE, WWW_AUTHENTICATE];
/// The fields that say what the body is.
const OF_BODY: [HeaderName; 3] = [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING];

impl Redirects {
    /// The first request.
    pub(super) fn new(request: &Request) -> Redirects {
        let more = request.peek_more();
        let text = more.and_then(|more| more.url_text.clone()).unwrap_or_else(|| request.url.to_string());
        Redirects {
            method: request.method.clone(),
            text,
            header: request.header.clone(),
            body: request.body.try_clone(),
            host: more.and_then(|more| more.host.clone()),
            keeps_body: true,
            is_abroad: false,
            via: Vec::new(),
        }
    }

    /// How many requests were sent.
    pub(super) fn count(&self) -> usize {
        self.via.len()
    }

    /// The URL of the latest request, for errors.
    pub(super) fn url_text(&self) -> String {
        match self.via.get(1..).and_then(<[Url]>::last) {
            Some(url) => target::without_password(url, url.as_str()),
            None => self.text.clone(),
        }
    }

    /// Notes that a request is sent; its URL.
    pub(super) fn sent(&mut self, request: &Request) -> Url {
        if self.via.is_empty() {
            let parsed = Url::parse(&request.url.to_string());
            // A request whose URL was set by hand to something that is none fails when it is sent.
            self.via.push(parsed.unwrap_or_else(|_| fallback()));
        }
        self.via.last().cloned().unwrap_or_else(fallback)
    }

    /// Notes that a redirect is followed.
    pub(super) fn follow(&mut self, next: &Request) {
        if let Ok(url) = Url::parse(&next.url.to_string()) {
            self.via.push(url);
        }
    }

    /// What is asked about a redirect.
    pub(super) fn hop<'a>(&'a self, request: &'a Request) -> Hop<'a> {
        Hop { request, via: &self.via }
    }

    /// `Get "URL": error`
    pub(super) fn error(&self, url: &str, error: Error) -> Error {
        Error::wrap(format!("{} {url:?}", operation(&self.method)), error)
    }

    /// The request that follows a response to a request by `method`, if one does.
    pub(super) fn next(&mut self, response: &Response, method: &Method) -> Result<Option<Request>, Error> {
        let next_method = match response.status {
            301..=303 if *method == Method::HEAD => Method::HEAD,
            301..=303 => Method::GET,
            307 | 308 if self.body.is_none() && self.keeps_body => return Ok(None),
            307 | 308 => method.clone(),
            _ => return Ok(None),
        };
        let location = response.header.get("Location");
        let Some(last) = self.via.last().filter(|_| !location.is_empty()) else { return Ok(None) };
        let fail = |what: &str| Error::new(format!("failed to parse Location header {location:?}: {what}"));
        let mut url = last.join(location).map_err(|error| fail(&error.to_string()))?;
        if url.fragment().is_none() {
            url.set_fragment(last.fragment());
        }
        if !matches!(response.status, 307 | 308) {
            self.keeps_body = false;
        }
        let uri = target::uri(&url).ok_or_else(|| fail("invalid URL"))?;
        let body = if self.keeps_body {
            self.body.as_ref().and_then(Body::try_clone).unwrap_or_default()
        } else {
            Body::empty()
        };
        let mut parts = ::http::Request::new(()).into_parts().0;
        parts.method = next_method;
        parts.uri = uri;
        let mut next = Request::received(parts, body, None, None);
        next.header = self.header.clone();
        let first = &self.via[0];
        self.is_abroad |= !is_same_or_below(first.host_str(), url.host_str());
        if self.is_abroad {
            SENSITIVE.iter().for_each(|name| _ = next.header.remove(name));
        }
        if !self.keeps_body {
            OF_BODY.iter().for_each(|name| _ = next.header.remove(name));
        }
        if let Some(value) = target::authorization(&url) {
            next.header.set("Authorization", &value);
        }
        let leaves_tls = last.scheme() == "https" && url.scheme() == "http";
        if leaves_tls {
            next.header.del("Referer");
        } else if next.header.get("Referer").is_empty() {
            let mut referer = last.clone();
            referer.set_fragment(None);
            // Only URLs that cannot have them refuse, and then have none.
            let _ = referer.set_username("");
            let _ = referer.set_password(None);
            next.header.set("Referer", referer.as_str());
        }
        if Url::parse(location).is_err()
            && let Some(host) = &self.host
        {
            next.set_host(host.clone());
        }
        next.more().url_text = Some(target::without_password(&url, url.as_str()));
        Ok(Some(next))
    }
}

/// A URL that stands for one that is none.
fn fallback() -> Url {
    match Url::parse("http://invalid/") {
        Ok(url) => url,
        Err(error) => unreachable!("a constant URL: {error}"),
    }
}

/// Whether `host` is `first` or a part of its domain.
fn is_same_or_below(first: Option<&str>, host: Option<&str>) -> bool {
    let (Some(first), Some(host)) = (first, host) else { return false };
    let is_name = |host: &str| !host.contains(':') && host.parse::<std::net::IpAddr>().is_err();
    first == host || (is_name(first) && host.strip_suffix(first).is_some_and(|before| before.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::is_same_or_below;

    #[test]
    fn secrets_stay_in_their_domain() {
        for (first, host, same) in [
            ("a.org", "a.org", true),
            ("a.org", "x.a.org", true),
            ("a.org", "xa.org", false),
            ("x.a.org", "a.org", false),
            ("1.2.3.4", "5.1.2.3.4", false),
        ] {
            assert_eq!(is_same_or_below(Some(first), Some(host)), same, "{first} {host}");
        }
    }
}
