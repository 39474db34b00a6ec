//! What a gate is told to become: program, arguments, environment and working folder.
//!
//! They travel in a file without a name, so that no size is too large and nobody waits while they do.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use rustix::fs::MemfdFlags;

/// What a gate is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Orders<'a> {
    pub nice: i32,
    pub oom_score_adj: i32,
    pub cwd: &'a Path,
    pub program: &'a Path,
    pub args: &'a [OsString],
    pub env: &'a BTreeMap<OsString, OsString>,
}

/// The same as it arrives.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Received {
    pub nice: i32,
    pub oom_score_adj: i32,
    pub cwd: OsString,
    pub program: OsString,
    pub args: Vec<OsString>,
    pub env: Vec<(OsString, OsString)>,
}

impl Orders<'_> {
    /// Writes them into a file of their own.
    ///
    /// # Errors
    /// When one of them holds a NUL, which no program could be given, or there is no room.
    pub(super) fn write(&self) -> io::Result<File> {
        let numbers = [self.nice.to_string(), self.oom_score_adj.to_string(), self.args.len().to_string()];
        let words = numbers.iter().map(OsStr::new);
        let words = words.chain([self.cwd.as_os_str(), self.program.as_os_str()]);
        let words = words.chain(self.args.iter().map(OsString::as_os_str));
        let words = words.chain(self.env.iter().flat_map(|(name, value)| [name.as_os_str(), value]));
        let mut text = Vec::with_capacity(4096);
        for word in words.map(OsStr::as_bytes) {
            if word.contains(&0) {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "a NUL in what the program is given",
                ));
            }
            text.extend_from_slice(word);
            text.push(0);
        }
        let mut file = File::from(rustix::fs::memfd_create("orders", MemfdFlags::CLOEXEC)?);
        file.write_all(&text)?;
        file.rewind()?;
        Ok(file)
    }
}

impl Received {
    /// Reads what [`Orders::write`] wrote.
    ///
    /// # Errors
    /// When the file cannot be read or is something else.
    pub(super) fn read(mut file: File) -> io::Result<Self> {
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        Self::parse(&text).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let mut words = text.strip_suffix(b"\0")?.split(|byte| *byte == 0);
        let mut word = || words.next().map(|word| OsString::from_vec(word.to_vec()));
        let number = |word: Option<OsString>| word?.to_str()?.parse::<i32>().ok();
        let (nice, oom_score_adj, count) = (number(word())?, number(word())?, number(word())?);
        let (cwd, program) = (word()?, word()?);
        let args = (0..count).map(|_| word()).collect::<Option<_>>()?;
        let mut env = Vec::new();
        while let Some(name) = word() {
            env.push((name, word()?));
        }
        Some(Self { nice, oom_score_adj, cwd, program, args, env })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn what_is_told_arrives_whatever_it_is() {
        let long = "x".repeat(1 << 20);
        let args = words(&["", "-p", "two\nlines", &long]);
        let env = BTreeMap::from([("A=".into(), "1=2".into()), ("B".into(), OsString::new())]);
        let (cwd, program) = (Path::new("/a b"), Path::new("agent"));
        let orders = Orders { nice: 5, oom_score_adj: -3, cwd, program, args: &args, env: &env };
        let received = Received::read(orders.write().expect("a file")).expect("the same");
        assert_eq!((received.nice, received.oom_score_adj), (5, -3));
        assert_eq!((received.cwd, received.program), ("/a b".into(), "agent".into()));
        assert_eq!(received.args, args);
        assert_eq!(received.env, env.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn without_arguments_and_environment_there_is_still_a_program() {
        let env = BTreeMap::new();
        let path = Path::new("/p");
        let orders = Orders { nice: 0, oom_score_adj: 0, cwd: path, program: path, args: &[], env: &env };
        let received = Received::read(orders.write().expect("a file")).expect("the same");
        assert_eq!((received.args.len(), received.env.len()), (0, 0));
    }

    #[test]
    fn a_nul_is_refused_and_half_of_the_orders_too() {
        let (env, path) = (BTreeMap::new(), Path::new("/p"));
        let args = words(&["a\0b"]);
        let orders = Orders { nice: 0, oom_score_adj: 0, cwd: path, program: path, args: &args, env: &env };
        assert_eq!(orders.write().expect_err("a NUL").kind(), io::ErrorKind::InvalidInput);
        for half in [&b""[..], b"0\0", b"0\x000\x002\0/\0/\0one\0", b"0\x000\x000\0/\0/\0name\0"] {
            assert_eq!(Received::parse(half), None, "{half:?}");
        }
    }
}
