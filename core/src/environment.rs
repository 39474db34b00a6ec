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

static OTHER: RwLock<Option<Arc<Other>>> = RwLock::new(None);

/// Where an environment was read that is not this process's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// In words: `the login shell /bin/bash`.
    pub what: String,
    /// Why nothing was read, and the process's own counts.
    pub problem: Option<String>,
}

struct Other {
    variables: Variables,
    origin: Origin,
}

/// The environment that counts now.
pub fn current() -> Variables {
    other().map_or_else(|| std::env::vars_os().collect(), |other| other.variables.clone())
}

/// Where it was read; none: it is that of this process.
pub fn origin() -> Option<Origin> {
    other().map(|other| other.origin.clone())
}

/// Lets another environment count from now on, for the whole process. What was opened before keeps what it has
/// read.
pub fn replace(variables: Variables, origin: Origin) {
    *OTHER.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Other { variables, origin }));
}

fn other() -> Option<Arc<Other>> {
    OTHER.read().unwrap_or_else(PoisonError::into_inner).clone()
}
