//! Imports that are none.
use go::prelude::*;

golang! {
    import "fmt";
    import std::collections::{HashMap, HashSet};
    import std::sync::Arc;
}

fn main() {}
