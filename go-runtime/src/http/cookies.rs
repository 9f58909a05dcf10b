//! Setting cookies.

use cookie::Cookie;

use super::writer::ResponseWriter;

/// Adds a `Set-Cookie` field to the response.
///
/// # Go
/// `http.SetCookie(w, cookie)`
///
/// # Examples
/// ```
/// use go::http::{self, Cookie, Request, ResponseWriter};
///
/// async fn login(w: ResponseWriter, _r: Request) {
///     http::set_cookie(&w, &Cookie::build(("session", "abc")).path("/").http_only(true).build());
///     let _ = writeln!(w, "welcome");
/// }
/// # let _ = login;
/// ```
pub fn set_cookie(w: &ResponseWriter, cookie: &Cookie<'_>) {
    w.header().add("Set-Cookie", &cookie.to_string());
}
