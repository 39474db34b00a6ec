//! What the window's page may call, a few lines each. `names.in` lists them all: for the build, which makes a permission
//! of each, and for the tests.

pub mod core;
pub mod desktop;
pub mod open;
pub mod stream;
