//! The dashboard that a build of the server holds is that of `ui/dist`: it is built anew when that changes.

fn main() {
    println!("cargo::rerun-if-changed=../ui/dist");
}
