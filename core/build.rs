//! How `run-agent` is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|set| set == value);
    // Agents call it many times, so that its start counts: an executable at a fixed address has no
    // tens of thousands of addresses to correct before its first instruction.
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bin=run-agent=-no-pie");
    }
}
