//! Cookies that a client keeps.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cookie::Cookie;
use cookie_store::CookieStore;
use url::Url;

use crate::http::request::Request;
use crate::share::Share;

/// The cookies of clients, in memory: a handle, which clients and clones share.
///
/// # Go
/// `cookiejar.Jar` of `net/http/cookiejar`, without a list of public suffixes.
///
/// # Examples
/// ```
/// use go::http::{Client, Cookie, CookieJar, Url};
///
/// let jar = CookieJar::new();
/// let client = Client::new().jar(jar.clone());
/// let url = Url::parse("http://example.com/").unwrap();
/// jar.set_cookies(&url, [Cookie::new("session", "abc")]);
/// assert_eq!(jar.cookies(&url)[0].value(), "abc");
/// # let _ = client;
/// ```
#[derive(Clone, Default)]
pub struct CookieJar {
    /// The cookies.
    store: Arc<Mutex<CookieStore>>,
}

impl CookieJar {
    /// A jar without cookies.
    ///
    /// # Go
    /// `cookiejar.New(nil)`
    #[must_use]
    pub fn new() -> CookieJar {
        CookieJar::default()
    }

    /// The store; a panic under the lock leaves it whole.
    fn store(&self) -> MutexGuard<'_, CookieStore> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cookies that a request for a URL is sent with.
    ///
    /// # Go
    /// `jar.Cookies(u)`
    #[must_use]
    pub fn cookies(&self, url: &Url) -> Vec<Cookie<'static>> {
        let store = self.store();
        store.get_request_values(url).map(|(name, value)| Cookie::new(name.to_owned(), value.to_owned())).collect()
    }

    /// Keeps cookies that a response for a URL has set.
    ///
    /// # Go
    /// `jar.SetCookies(u, cookies)`
    pub fn set_cookies(&self, url: &Url, cookies: impl IntoIterator<Item = Cookie<'static>>) {
        self.store().store_response_cookies(cookies.into_iter(), url);
    }

    /// Adds the cookies for a URL to a request, which has a cookie of the same name already if the program has set it.
    pub(super) fn add_to(&self, request: &mut Request, url: &Url) {
        for cookie in self.cookies(url) {
            if request.cookie(cookie.name()).is_err() {
                request.add_cookie(&cookie);
            }
        }
    }
}

impl Share for CookieJar {
    fn share(&self) -> CookieJar {
        self.clone()
    }
}

impl fmt::Debug for CookieJar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CookieJar").field("cookies", &self.store().iter_any().count()).finish()
    }
}
