//! URLs: from what the program wrote to what is sent, and back into errors.

use ::http::{HeaderMap, Method, Uri};
use url::{ParseError, Url};

use crate::context::Context;
use crate::http::basic_auth;
use crate::http::body::Body;
use crate::http::error::Error;
use crate::http::request::Request;

/// A request for a URL.
pub(super) fn request(ctx: &Context, method: Method, text: &str, body: Body) -> Result<Request, Error> {
    let fail = |what: &str| Error::new(format!("parse {text:?}: {what}"));
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(ParseError::RelativeUrlWithoutBase) if text.starts_with(':') => {
            return Err(fail("missing protocol scheme"));
        }
        // Go takes it for a path, and fails when it sends it.
        Err(ParseError::RelativeUrlWithoutBase) => {
            return Err(Error::new(format!("{} {text:?}: unsupported protocol scheme \"\"", operation(&method))));
        }
        Err(ParseError::InvalidPort) => return Err(fail("invalid port number")),
        Err(error) => return Err(fail(&error.to_string())),
    };
    let uri = uri(&url).ok_or_else(|| fail("invalid URL"))?;
    let parts = {
        let mut request = ::http::Request::new(());
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        request.into_parts().0
    };
    let mut request = Request::received(parts, body, None, None).with_context(ctx);
    if let Some(value) = authorization(&url) {
        request.header.set("Authorization", &value);
    }
    request.more().url_text = Some(without_password(&url, text));
    Ok(request)
}

/// The URL as it is sent: without the name, the password and the fragment.
pub(super) fn uri(url: &Url) -> Option<Uri> {
    let mut url = url.clone();
    url.set_fragment(None);
    // Only URLs that cannot have them refuse, and then have none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Uri::try_from(url.as_str()).ok()
}

/// The basic authentication that a URL asks for.
pub(super) fn authorization(url: &Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some(basic_auth::encode(&plain(url.username()), &plain(url.password().unwrap_or_default())))
}

/// The URL as the program wrote it, for errors: without its password.
pub(super) fn without_password(url: &Url, text: &str) -> String {
    if url.password().is_none() {
        return text.to_owned();
    }
    let mut url = url.clone();
    // A URL that has a password can have another one.
    let _ = url.set_password(Some("***"));
    url.to_string()
}

/// The first word of an error: `Get` for GET.
pub(super) fn operation(method: &Method) -> String {
    let lower = method.as_str().to_lowercase();
    let mut letters = lower.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The `http` crate's head of a request.
pub(super) fn head(request: Request) -> (Method, Uri, HeaderMap, ::http::Extensions) {
    (request.method, request.url, request.header.into_map(), request.extensions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context;

    fn error(url: &str) -> String {
        request(&context::background(), Method::GET, url, Body::empty()).unwrap_err().to_string()
    }

    #[test]
    fn wrong_urls_are_errors() {
        assert_eq!(error("::bad"), "parse \"::bad\": missing protocol scheme");
        assert_eq!(error("plain"), "Get \"plain\": unsupported protocol scheme \"\"");
        assert_eq!(error("http://h:99999/"), "parse \"http://h:99999/\": invalid port number");
        assert_eq!(operation(&Method::DELETE), "Delete");
    }

    #[test]
    fn names_and_passwords_become_authorization() {
        let text = "http://ann:s%20cret@h.org/p#part";
        let request = request(&context::background(), Method::GET, text, Body::empty()).unwrap();
        assert_eq!(request.url, "http://h.org/p");
        assert_eq!(request.basic_auth(), Some(("ann".to_owned(), "s cret".to_owned())));
        let shown = request.peek_more().unwrap().url_text.as_deref().unwrap();
        assert_eq!(shown, "http://ann:***@h.org/p#part");
    }
}
