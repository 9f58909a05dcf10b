//! Static files, by tower-http.

use std::path::Path;

use tower_http::services::{ServeDir, ServeFile};

use super::handler::{AnyHandler, IntoHandler};

/// A handler that answers with the files below a directory: ranges, conditional requests and types included, a
/// directory's `index.html` for the directory. Paths cannot lead out of it.
///
/// # Go
/// `http.FileServer(http.Dir(root))`; a directory without `index.html` is not listed but 404.
///
/// # Examples
/// ```
/// use go::http;
///
/// http::handle("/static/", http::strip_prefix("/static", http::file_server("./public")));
/// ```
#[track_caller]
pub fn file_server(root: impl AsRef<Path>) -> AnyHandler {
    ServeDir::new(root).into_handler()
}

/// A handler that answers with one file.
///
/// # Go
/// `http.ServeFile(w, r, name)`
#[track_caller]
pub fn serve_file(path: impl AsRef<Path>) -> AnyHandler {
    ServeFile::new(path).into_handler()
}
