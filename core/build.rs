//! How `run-agent` is linked: agents call it many times, so that its start counts.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|set| set == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        // An executable at a fixed address has no tens of thousands of addresses to correct before its
        // first instruction.
        link_arg("-no-pie");
        if let Some(folder) = unwinder() {
            link_arg(&format!("-L{}", folder.display()));
        }
    }
}

fn link_arg(argument: &str) {
    println!("cargo::rustc-link-arg-bin=run-agent={argument}");
}

/// A folder in which the name of the shared unwinder stands for the one that is linked into the
/// program: a library less to be found, mapped and bound at each start. None where the compiler has
/// only the shared one, or it cannot be told.
fn unwinder() -> Option<PathBuf> {
    let is_native = std::env::var_os("HOST") == std::env::var_os("TARGET");
    let asked = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output().ok()?;
    let path = String::from_utf8(asked.stdout).ok()?;
    if !is_native || !Path::new(path.trim()).is_absolute() {
        return None;
    }
    let folder = PathBuf::from(std::env::var_os("OUT_DIR")?).join("unwinder");
    std::fs::create_dir_all(&folder).ok()?;
    std::fs::write(folder.join("libgcc_s.so"), "INPUT ( -lgcc_eh -lgcc )\n").ok()?;
    Some(folder)
}
