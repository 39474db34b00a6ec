//! Quoting for a POSIX shell.

use std::borrow::Cow;
use std::ffi::OsStr;

/// `word` as one word of a shell's command line, with quotes only where it needs them.
pub fn quote(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:,@%=^".contains(c);
    // `=` first would be an assignment of nothing in some shells, and `^` a pipe in old ones: quoted there.
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with(['=', '^']) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

/// The words as one command line.
pub(super) fn line<'a>(words: impl IntoIterator<Item = &'a OsStr>) -> String {
    let quoted: Vec<String> =
        words.into_iter().map(|word| quote(&word.to_string_lossy()).into_owned()).collect();
    quoted.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_quotes_gets_them() {
        assert_eq!(quote("--model=opus"), "--model=opus");
        assert_eq!(quote("/a b/c"), "'/a b/c'");
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote("$(rm)"), "'$(rm)'");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("~"), "'~'");
        assert_eq!(quote("ä"), "'ä'");
    }
}
