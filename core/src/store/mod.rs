//! What is on disk: layout, atomic files, locks, run-info, task state, journal, index.
