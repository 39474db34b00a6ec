//! The environment in which agents are looked for and supervisors are started: that of this process, unless
//! a face has read another one.
//!
//! An app that is started from a launcher has neither the `PATH` nor the keys of its person's shell. Setting
//! variables of a process whose threads read them is unsafe, so what was read is kept here.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::{Arc, PoisonError, RwLock};

/// Variables by their names.
pub type Variables = BTreeMap<OsString, OsString>;

static OTHER: RwLock<Option<Arc<Variables>>> = RwLock::new(None);

/// The environment that counts now.
pub fn current() -> Variables {
    let other = OTHER.read().unwrap_or_else(PoisonError::into_inner).clone();
    other.map_or_else(|| std::env::vars_os().collect(), |other| (*other).clone())
}

/// Lets another environment count from now on, for the whole process. What was opened before keeps what it has
/// read.
pub fn replace(other: Variables) {
    *OTHER.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(other));
}
