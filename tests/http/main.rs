//! Suite http: the server and the client over real sockets, Go's `net/http` tests written afresh.

mod client;
mod compressed;
mod conn;
mod crowd;
mod debug;
mod dialer;
mod direct;
mod ending;
mod forms;
mod given_up;
mod handlers;
mod leaving;
mod malformed;
mod mux;
mod response;
mod rows;
mod seed;
mod server;
mod service;
mod shared;
mod slow;
mod strict;
mod tls;
mod tower;
mod unread;
mod wire;
