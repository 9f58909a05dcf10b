//! A page that shows the program's goroutines: how many, what they wait for and where, and who has waited longest.
//!
//! It is one page without anything from elsewhere, works without JavaScript and loads itself again every two seconds; the
//! same is there as text and as JSON.
//!
//! # Go
//! Package `net/http/pprof`, its `/debug/pprof/goroutine`.
//!
//! # Examples
//! ```
//! use go::http::{ServeMux, debug};
//!
//! let mux = ServeMux::new();
//! debug::mount(&mux); // http://localhost:8080/debug/goroutines
//! ```

mod json;
mod page;
mod snapshot;
mod text;

use std::net::IpAddr;

use super::answers::error;
use super::handler::{AnyHandler, IntoHandler};
use super::mux::ServeMux;
use super::request::Request;
use super::writer::ResponseWriter;
use crate::rt;
use snapshot::Snapshot;

/// Where the page is.
const PATH: &str = "/debug/goroutines";

/// Adds the page to a mux as `/debug/goroutines`, for requests from this machine only.
///
/// `?format=text` and `?format=json` give the same without HTML, `?format=stacks` each goroutine by itself, `?refresh=0`
/// the page without its timer.
///
/// # Panics
/// If the mux has a handler there.
#[track_caller]
pub fn mount(mux: &ServeMux) {
    mux.handle(&format!("GET {PATH}"), handler());
}

/// Adds the page to a mux as `/debug/goroutines`, for requests from anywhere: whoever can reach the server can see the
/// names of the program's functions and files.
///
/// # Panics
/// If the mux has a handler there.
#[track_caller]
pub fn mount_for_everybody(mux: &ServeMux) {
    mux.handle(&format!("GET {PATH}"), handler_for_everybody());
}

/// The page as a handler, for requests from this machine only.
///
/// A request that a proxy on this machine has passed on, or that came by a name other than `localhost`, is not taken for
/// one from this machine.
#[track_caller]
pub fn handler() -> AnyHandler {
    (|w: ResponseWriter, r: Request| {
        if is_local(&r) {
            answer(&w, &r);
        } else {
            error(&w, "this page is for requests from this machine only", 403);
        }
    })
    .into_handler()
}

/// The page as a handler, for requests from anywhere.
#[track_caller]
pub fn handler_for_everybody() -> AnyHandler {
    (|w: ResponseWriter, r: Request| answer(&w, &r)).into_handler()
}

/// Whether a request comes from this machine, and from a program that meant to ask it.
fn is_local(r: &Request) -> bool {
    let is_passed_on =
        ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"].iter().any(|name| r.header.contains_key(*name));
    // A page from elsewhere can have the browser ask this machine, but only by the name that it came from.
    let host = r.host();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    let is_named = name == "localhost" || name.parse::<IpAddr>().is_ok();
    let is_here = r.remote_addr().is_some_and(|addr| addr.ip().is_loopback());
    is_here && is_named && !is_passed_on
}

/// Answers with a snapshot.
fn answer(w: &ResponseWriter, r: &Request) {
    let query = r.query();
    let (content_type, body) = match query.get("format") {
        "stacks" => ("text/plain; charset=utf-8", rt::dump()),
        "text" => ("text/plain; charset=utf-8", text::write(&Snapshot::take())),
        "json" => ("application/json", json::write(&Snapshot::take())),
        _ => ("text/html; charset=utf-8", page::write(&Snapshot::take(), query.get("refresh") != "0")),
    };
    let header = w.header();
    header.set("Content-Type", content_type);
    header.set("Cache-Control", "no-store");
    header.set("X-Content-Type-Options", "nosniff");
    header.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    // A client that has left misses nothing.
    let _ = w.write_str(&body);
}
