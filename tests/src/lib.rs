//! Shared parts of the behaviour, fault and end-to-end suites.
