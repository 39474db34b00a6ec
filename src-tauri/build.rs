//! Makes of each command a permission of its own: what `capabilities/` does not name, the page may not call.

use tauri_build::{AppManifest, Attributes};

/// Every command of `src/commands`; a test holds them against what is registered and what is allowed.
const COMMANDS: &[&str] = &include!("src/commands/names.in");

fn main() {
    println!("cargo::rerun-if-changed=src/commands/names.in");
    let attributes = Attributes::new().app_manifest(AppManifest::new().commands(COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
