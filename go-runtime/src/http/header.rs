//! Headers with Go's methods, on the `http` crate's map.

use std::fmt;
use std::ops::{Deref, DerefMut};

use ::http::header::{HeaderMap, HeaderName, HeaderValue};

/// The header fields of a request or a response.
///
/// Go's methods are `get`, `set`, `add`, `del` and `values`; names are compared without regard to case. It is also a
/// [`HeaderMap`], whose other methods can be called on it.
///
/// # Go
/// `http.Header`
///
/// # Examples
/// ```
/// use go::http::Header;
///
/// let mut header = Header::new();
/// header.set("X-Answer", "42");
/// header.add("x-answer", "43");
/// assert_eq!(header.get("x-ANSWER"), "42");
/// assert_eq!(header.values("X-Answer"), ["42", "43"]);
/// header.del("X-Answer");
/// assert_eq!(header.get("X-Answer"), "");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// The fields.
    map: HeaderMap,
}

impl Header {
    /// No fields.
    #[must_use]
    pub fn new() -> Header {
        Header::default()
    }

    /// The first value of a field; empty if there is none, or if it is not text.
    ///
    /// # Go
    /// `h.Get(name)`
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.map.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The first value of a field by its typed name.
    pub(super) fn get_value(&self, name: &HeaderName) -> Option<&str> {
        self.map.get(name).and_then(|value| value.to_str().ok())
    }

    /// All values of a field that are text.
    ///
    /// # Go
    /// `h.Values(name)`
    #[must_use]
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.map.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect()
    }

    /// Sets a field to one value. A name that is not a token is ignored, line breaks in the value become spaces, as when
    /// Go writes the header.
    ///
    /// # Go
    /// `h.Set(name, value)`
    pub fn set(&mut self, name: &str, value: &str) {
        if let Some((name, value)) = field(name, value) {
            self.map.insert(name, value);
        }
    }

    /// Adds a value to a field.
    ///
    /// # Go
    /// `h.Add(name, value)`
    pub fn add(&mut self, name: &str, value: &str) {
        if let Some((name, value)) = field(name, value) {
            self.map.append(name, value);
        }
    }

    /// Removes a field.
    ///
    /// # Go
    /// `h.Del(name)`
    pub fn del(&mut self, name: &str) {
        self.map.remove(name);
    }

    /// The `http` crate's map.
    #[must_use]
    pub fn into_map(self) -> HeaderMap {
        self.map
    }
}

/// A name and a value as the map wants them; `None` if it cannot have them.
pub(super) fn field(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let value = value.trim_matches([' ', '\t', '\r', '\n']);
    let value = HeaderValue::from_str(value)
        .or_else(|_| HeaderValue::from_bytes(value.replace(['\r', '\n'], " ").as_bytes()))
        .ok()?;
    Some((name, value))
}

impl Deref for Header {
    type Target = HeaderMap;

    fn deref(&self) -> &HeaderMap {
        &self.map
    }
}

impl DerefMut for Header {
    fn deref_mut(&mut self) -> &mut HeaderMap {
        &mut self.map
    }
}

impl From<HeaderMap> for Header {
    fn from(map: HeaderMap) -> Header {
        Header { map }
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.map.fmt(f)
    }
}
