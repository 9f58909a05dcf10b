//! The examples' executables: Cargo builds them, once for a test binary.
//!
//! `cargo test --workspace` has built them already, and Cargo then only looks; a suite that is run by itself would find
//! them missing or out of date. Cargo holds no lock while it runs tests, so it can be called from one.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Where the examples' executables are.
static EXAMPLES: LazyLock<PathBuf> = LazyLock::new(build);

/// How the variables begin that Cargo sets for the package whose test it runs.
const OF_THE_PACKAGE: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];

/// The executable of an example, up to date.
///
/// # Panics
/// If the examples cannot be built, or there is none of that name.
#[must_use]
pub fn example(name: &str) -> PathBuf {
    let path = EXAMPLES.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "there is no example `{name}`: {} does not exist", path.display());
    path
}

/// Cargo, about to build what the arguments say that are still to be added, of all packages, with the profile and into the
/// target folder of this test.
///
/// # Panics
/// If the test is not in Cargo's target folder.
#[must_use]
pub fn cargo_build() -> Command {
    let (profile_dir, outer) = (profile_dir(), above(&profile_dir()));
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    // Cargo marks its target folder with this file, so that a folder inside a marked one is a triple's.
    let cross = above(&outer).join("CACHEDIR.TAG").exists() && name(&outer).contains('-');

    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let mut command = Command::new(cargo);
    // All packages, as for `cargo test --workspace`: with the same features Cargo finds what that has built.
    command.args(["build", "--workspace", "--quiet"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    // Cargo sets these for the test. Build scripts look at them (ring's does), and with others than it was built with, most
    // of what is built already would be built again: by this Cargo, and then by the next one.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| OF_THE_PACKAGE.iter().any(|start| name.starts_with(start))) {
            command.env_remove(name);
        }
    }
    command.arg("--profile").arg(match name(&profile_dir).as_str() {
        "debug" => "dev".to_owned(),
        profile => profile.to_owned(),
    });
    if cross {
        command.arg("--target").arg(name(&outer)).arg("--target-dir").arg(above(&outer));
    } else {
        command.arg("--target-dir").arg(&outer);
    }
    command
}

/// The folder above a path.
fn above(path: &Path) -> PathBuf {
    path.parent().expect("the test is in Cargo's target folder").to_owned()
}

/// The profile's folder in Cargo's target folder.
fn profile_dir() -> PathBuf {
    // <target>[/<triple>]/<profile>/deps/<test>
    above(&above(&std::env::current_exe().expect("a test knows its executable")))
}

/// Builds the examples; returns their folder.
fn build() -> PathBuf {
    let mut command = cargo_build();
    command.arg("--examples");
    // Past the test harness, which would keep it to itself: a build from nothing takes a while.
    let args: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    let _ = writeln!(std::io::stderr(), "has the examples built, if they are not: cargo {}", args.join(" "));
    let status = command.status().expect("Cargo can be run");
    assert!(status.success(), "the examples do not build");
    profile_dir().join("examples")
}
