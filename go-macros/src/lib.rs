//! The macros of `go-runtime`.
