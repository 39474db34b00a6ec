//! Errors with their causes, on one line.

/// The words of the cause behind all others, without the system's number for it.
pub fn innermost(error: &dyn std::error::Error) -> String {
    let last = std::iter::successors(error.source(), |cause| cause.source()).last();
    let text = last.map_or_else(|| error.to_string(), ToString::to_string);
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// An error with its causes, since the outermost often says only what was tried.
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
