//! The message bus: record format, append, read, follow, rotate, verify.
