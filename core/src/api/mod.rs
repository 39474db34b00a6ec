//! The use cases that every face calls.
