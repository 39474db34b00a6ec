//! Paths of a repository as text: as they are, or in git's own quotes where they are no text.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// A path as text: itself, or quoted as git quotes (`"caf\351"`) where it is not UTF-8 or begins with a
/// quote. [`from_text`] is the way back.
pub fn to_text(path: &Path) -> String {
    let bytes = path.as_os_str().as_bytes();
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with('"') => text.to_owned(),
        _ => quote(bytes),
    }
}

/// The path that a text stands for; none where its quotes are not whole.
pub fn from_text(text: &str) -> Option<PathBuf> {
    match text.strip_prefix('"') {
        None => Some(PathBuf::from(text)),
        Some(rest) => unquote(rest.strip_suffix('"')?).map(|bytes| PathBuf::from(OsString::from_vec(bytes))),
    }
}

/// In git's quotes, whatever it is.
pub(super) fn quote(bytes: &[u8]) -> String {
    let mut text = String::from('"');
    for byte in bytes {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => text.push(char::from(*byte)),
            _ => text.push_str(&format!("\\{byte:03o}")),
        }
    }
    text.push('"');
    text
}

fn unquote(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                escaped @ (b'"' | b'\\') => escaped,
                first @ b'0'..=b'3' => {
                    let digits = [first, rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 8).ok()?
                }
                _ => return None,
            },
            b'"' => return None,
            byte => byte,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(bytes: &[u8]) -> PathBuf {
        PathBuf::from(OsString::from_vec(bytes.to_vec()))
    }

    #[test]
    fn only_what_is_no_text_is_quoted() {
        assert_eq!(to_text(&path("src/caf\u{e9} \"a\"\n".as_bytes())), "src/caf\u{e9} \"a\"\n");
        assert_eq!(to_text(&path(b"caf\xe9\\")), r#""caf\351\\""#);
        assert_eq!(to_text(&path(b"\"x")), r#""\"x""#);
        for broken in ["\"", "\"a", "\"a\\\"", "\"\\8\"", "\"\\12\"", "\"a\"b\"", "\"\\n\""] {
            assert_eq!(from_text(broken), None, "{broken}");
        }
    }

    proptest! {
        #[test]
        fn every_path_comes_back(bytes in prop::collection::vec(1_u8.., 1..30)) {
            prop_assert_eq!(from_text(&to_text(&path(&bytes))), Some(path(&bytes)));
            let quoted = quote(&bytes);
            prop_assert!(quoted.is_ascii());
            prop_assert_eq!(from_text(&quoted), Some(path(&bytes)));
        }
    }
}
