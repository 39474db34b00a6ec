//! The server's tokens (`state/tokens.yaml`, mode 0600): who may ask it for what.
//!
//! Of a token only its SHA-256 is kept, but for the one named [`LOCAL`]: that one is the user's own, who
//! can read everything else in the root anyway, and whose commands and pages get it from here.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::dir::{Dir, FileStamp};
use super::error::{Result, StoreError, StoreErrorKind, optional};
use super::lock::OfdLock;
use super::root::Root;
use super::yaml;
use crate::hex::hex;
use crate::model::{ProjectId, TaskId};

/// The name of the user's own token, made at the first start of a server.
pub const LOCAL: &str = "local";
const FILE: &str = "tokens.yaml";
const LOCK_FILE: &str = "tokens.lock";
const VERSION: u32 = 1;
/// How long another writer may take.
const WAIT: Duration = Duration::from_secs(10);
/// Random bytes of a token.
const BYTES: usize = 32;
/// What every token begins with, so that scanners for leaked keys find it.
const PREFIX: &str = "conductor_";

/// What a token allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything.
    Full,
    /// Looking at everything that is no secret.
    Read,
    /// One task and its children: for an agent on another host.
    Task {
        /// Its project.
        project: ProjectId,
        /// The task.
        task: TaskId,
    },
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scope::Full => f.write_str("full"),
            Scope::Read => f.write_str("read"),
            Scope::Task { project, task } => write!(f, "task {project}/{task}"),
        }
    }
}

/// A token, without what is secret of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its name: `[a-z0-9][a-z0-9._-]{0,63}`.
    pub name: String,
    /// What it allows.
    pub scope: Scope,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its SHA-256, hexadecimal.
    sha256: String,
    /// The token itself, of [`LOCAL`] alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct TokensFile {
    version: u32,
    #[serde(default)]
    tokens: Vec<Token>,
}

/// The tokens of a root; of a foreign one they lie in the user's state folder.
#[derive(Debug, Clone)]
pub struct Tokens {
    root: Root,
}

impl Root {
    /// The tokens of its server.
    pub fn tokens(&self) -> Tokens {
        Tokens { root: self.clone() }
    }
}

impl Tokens {
    /// All of them, as they were made.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn list(&self) -> Result<Vec<Token>> {
        match self.root.known_server_state()? {
            Some(dir) => Ok(read(&dir)?.tokens),
            None => Ok(Vec::new()),
        }
    }

    /// What changes when the list does; none while there is none.
    pub(crate) fn stamp(&self) -> Option<FileStamp> {
        self.root.known_server_state().ok()??.stamp(FILE).ok()
    }

    /// Makes a token; its value is told here and nowhere else.
    ///
    /// # Errors
    /// [`StoreErrorKind::AlreadyExists`] for a name that is taken; when the list cannot be written.
    pub fn add(&self, name: &str, scope: Scope, now: Timestamp) -> Result<SecretString> {
        let value = generate();
        self.change(|dir, tokens| {
            if tokens.iter().any(|token| token.name == name) {
                return Err(StoreError::new(dir.join(name), StoreErrorKind::AlreadyExists));
            }
            tokens.push(Token::new(name, scope, now, &value));
            Ok(())
        })?;
        Ok(value)
    }

    /// The user's own token; none where it was not made, or cannot be read.
    pub fn known_local(&self) -> Option<SecretString> {
        self.list().ok()?.into_iter().find_map(|token| token.value).map(SecretString::from)
    }

    /// The user's own token, made where it is not there.
    ///
    /// # Errors
    /// When the list can be neither read nor written.
    pub fn local(&self, now: Timestamp) -> Result<SecretString> {
        let known = |tokens: &[Token]| tokens.iter().find_map(|token| token.value.clone());
        if let Some(value) = known(&self.list()?) {
            return Ok(value.into());
        }
        let fresh = generate();
        self.change(|_, tokens| {
            if let Some(value) = known(tokens) {
                return Ok(value.into());
            }
            tokens.retain(|token| token.name != LOCAL);
            let value = Some(fresh.expose_secret().to_owned());
            tokens.push(Token { value, ..Token::new(LOCAL, Scope::Full, now, &fresh) });
            Ok(fresh)
        })
    }

    /// Takes a token back: from then on it opens nothing. Whether there was one.
    ///
    /// # Errors
    /// When the list cannot be written.
    pub fn revoke(&self, name: &str) -> Result<bool> {
        self.change(|_, tokens| {
            let before = tokens.len();
            tokens.retain(|token| token.name != name);
            Ok(tokens.len() < before)
        })
    }

    /// Takes back the tokens of a task that is gone: another may have its name later.
    ///
    /// # Errors
    /// When the list can be neither read nor written.
    pub fn revoke_of(&self, project: &ProjectId, task: &TaskId) -> Result<()> {
        let is_its = |token: &Token| matches!(&token.scope, Scope::Task { project: own, task: of } if own == project && of == task);
        if !self.list()?.iter().any(is_its) {
            return Ok(());
        }
        self.change(|_, tokens| {
            tokens.retain(|token| !is_its(token));
            Ok(())
        })
    }

    fn change<T>(&self, change: impl FnOnce(&Dir, &mut Vec<Token>) -> Result<T>) -> Result<T> {
        let dir = self.root.server_state()?;
        let _lock = OfdLock::acquire(&dir, LOCK_FILE, WAIT)?;
        let mut file = read(&dir)?;
        if file.version > VERSION {
            let kind = StoreErrorKind::NewerVersion { found: file.version, known: VERSION, binary: None };
            return Err(StoreError::new(dir.join(FILE), kind));
        }
        let answer = change(&dir, &mut file.tokens)?;
        dir.replace(FILE, yaml::emit(&file)?.as_bytes())?;
        Ok(answer)
    }
}

impl Token {
    fn new(name: &str, scope: Scope, created_at: Timestamp, value: &SecretString) -> Self {
        let sha256 = hex(&Sha256::digest(value.expose_secret().as_bytes()));
        Self { name: name.to_owned(), scope, created_at, sha256, value: None }
    }

    /// Of all tokens the one that was presented. It takes as long for a wrong one as for a right one.
    pub fn find<'a>(tokens: &'a [Self], presented: &str) -> Option<&'a Self> {
        let digest = hex(&Sha256::digest(presented.as_bytes()));
        let is_it = |token: &Self| bool::from(token.sha256.as_bytes().ct_eq(digest.as_bytes()));
        tokens.iter().fold(None, |found, token| if is_it(token) { Some(token) } else { found })
    }
}

/// Whether a text can be the name of a token.
pub fn is_token_name(name: &str) -> bool {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let rest = |c: u8| plain(c) || b"._-".contains(&c);
    name.len() <= 64 && name.bytes().next().is_some_and(plain) && name.bytes().all(rest)
}

/// A secret that nobody can guess, for a token or a link that works once.
pub fn generate() -> SecretString {
    let mut bytes = [0_u8; BYTES];
    rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())
        .expect("the system has random bytes");
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)).into()
}

fn read(dir: &Dir) -> Result<TokensFile> {
    let none = TokensFile { version: VERSION, ..TokensFile::default() };
    Ok(optional(yaml::read(dir, FILE))?.unwrap_or(none))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::store::testkit::root;

    #[test]
    fn a_token_is_told_once_and_found_until_it_is_revoked() {
        let (_folder, root) = root();
        let tokens = root.tokens();
        let now = Timestamp::now();
        let local = tokens.local(now).expect("a token");
        assert_eq!(tokens.local(now).expect("the same").expose_secret(), local.expose_secret());
        let other = tokens.add("phone", Scope::Read, now).expect("another");
        assert!(tokens.add("phone", Scope::Read, now).is_err());
        let path = root.path().join(".conductor/state/tokens.yaml");
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(!text.contains(other.expose_secret()));
        assert_eq!(path.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
        let list = tokens.list().expect("a list");
        let name = |secret: &str| Token::find(&list, secret).map(|token| token.name.as_str());
        assert_eq!(name(other.expose_secret()), Some("phone"));
        assert_eq!(name(local.expose_secret()), Some(LOCAL));
        assert_eq!(name("conductor_wrong"), None);
        let stamp = tokens.stamp();
        assert!(tokens.revoke("phone").expect("revoked") && !tokens.revoke("phone").expect("gone"));
        assert!(Token::find(&tokens.list().expect("a list"), other.expose_secret()).is_none());
        assert_ne!(tokens.stamp(), stamp);
    }

    #[test]
    fn names_are_plain() {
        assert!(is_token_name("phone-1") && is_token_name("a"));
        for bad in ["", "-a", "A", "a b", "a/b", &"a".repeat(65)] {
            assert!(!is_token_name(bad), "{bad}");
        }
    }
}
