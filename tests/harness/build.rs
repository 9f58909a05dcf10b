//! The examples' executables: Cargo builds them, once for a test binary.
//!
//! `cargo test --workspace` has built them already, and Cargo then only looks; a suite that is run by itself would find
//! them missing or out of date. Cargo holds no lock while it runs tests, so it can be called from one.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Where the examples' executables are.
static EXAMPLES: LazyLock<PathBuf> = LazyLock::new(build);

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

/// Builds the examples with the profile and into the target folder of this test; returns their folder.
fn build() -> PathBuf {
    // <target>[/<triple>]/<profile>/deps/<test>
    let test = std::env::current_exe().expect("a test knows its executable");
    let above = |path: &Path| path.parent().expect("the test is in Cargo's target folder").to_owned();
    let profile_dir = above(&above(&test));
    let outer = above(&profile_dir);
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    // Cargo marks its target folder with this file, so that a folder inside a marked one is a triple's.
    let cross = above(&outer).join("CACHEDIR.TAG").exists() && name(&outer).contains('-');

    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let mut command = Command::new(cargo);
    // All packages, as for `cargo test --workspace`: with the same features Cargo finds what that has built.
    command.args(["build", "--workspace", "--examples", "--quiet"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.arg("--profile").arg(match name(&profile_dir).as_str() {
        "debug" => "dev".to_owned(),
        profile => profile.to_owned(),
    });
    if cross {
        command.arg("--target").arg(name(&outer)).arg("--target-dir").arg(above(&outer));
    } else {
        command.arg("--target-dir").arg(&outer);
    }
    // Past the test harness, which would keep it to itself: a build from nothing takes a while.
    let _ = writeln!(std::io::stderr(), "has the examples built, if they are not: {command:?}");
    let status = command.status().expect("Cargo can be run");
    assert!(status.success(), "the examples do not build");
    profile_dir.join("examples")
}
