//! The methods' names, as in Go.

/// `http.MethodGet`
pub const METHOD_GET: &str = "GET";
/// `http.MethodHead`
pub const METHOD_HEAD: &str = "HEAD";
/// `http.MethodPost`
pub const METHOD_POST: &str = "POST";
/// `http.MethodPut`
pub const METHOD_PUT: &str = "PUT";
/// `http.MethodPatch`
pub const METHOD_PATCH: &str = "PATCH";
/// `http.MethodDelete`
pub const METHOD_DELETE: &str = "DELETE";
/// `http.MethodConnect`
pub const METHOD_CONNECT: &str = "CONNECT";
/// `http.MethodOptions`
pub const METHOD_OPTIONS: &str = "OPTIONS";
/// `http.MethodTrace`
pub const METHOD_TRACE: &str = "TRACE";
