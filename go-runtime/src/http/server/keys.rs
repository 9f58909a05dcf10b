//! The keys under which a request's context has its server and its address.

/// The key of the [`Server`](super::Server) in the context of its requests.
///
/// # Go
/// `http.ServerContextKey`
pub const SERVER_CONTEXT_KEY: ServerContextKey = ServerContextKey { _private: () };

/// The type of [`SERVER_CONTEXT_KEY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerContextKey {
    /// There is one value only.
    _private: (),
}

/// The key of the address (a `SocketAddr`) at which a request's connection was accepted.
///
/// # Go
/// `http.LocalAddrContextKey`
pub const LOCAL_ADDR_CONTEXT_KEY: LocalAddrContextKey = LocalAddrContextKey { _private: () };

/// The type of [`LOCAL_ADDR_CONTEXT_KEY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalAddrContextKey {
    /// There is one value only.
    _private: (),
}
