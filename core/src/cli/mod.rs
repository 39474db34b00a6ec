//! The command line: one file per command, and their output.
