//! The certificate that a root's server made for itself (`state/tls/certificate.yaml`, mode 0600).
//!
//! Clients know it by its fingerprint, so it stays the same for as long as it is any good. Certificate and
//! key stand in one file, so that neither is ever there without the other.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::dir::Dir;
use super::error::{Result, StoreError, StoreErrorKind, optional};
use super::lock::OfdLock;
use super::root::Root;
use super::yaml;

const FOLDER: &str = "tls";
const FILE: &str = "certificate.yaml";
/// The certificate alone, to be given to other machines.
const PUBLIC: &str = "certificate.pem";
const LOCK_FILE: &str = "lock";
const VERSION: u32 = 1;
/// How long another server may take to make one.
const WAIT: Duration = Duration::from_secs(10);

/// A certificate and its key. Not `Debug`: the key is secret.
#[derive(Clone, Serialize, Deserialize)]
pub struct CertificateFile {
    /// Version of this format.
    pub version: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// Names and addresses that it is for.
    pub names: Vec<String>,
    /// Its SHA-256, hexadecimal.
    pub fingerprint: String,
    /// The fingerprint of the one before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// The certificate, PEM.
    pub certificate: String,
    /// Its key, PEM.
    pub key: String,
}

impl CertificateFile {
    /// The version of the format that is written.
    pub const VERSION: u32 = VERSION;

    /// The kept one where it is still `good`, else what `make` makes in its place. Two servers that start at
    /// once get the same.
    ///
    /// # Errors
    /// When it can be neither read nor kept (a damaged one is not replaced: whoever trusts it would not know),
    /// and what `make` says.
    pub fn keep<E: From<StoreError>>(
        root: &Root,
        good: impl FnOnce(&Self) -> bool,
        make: impl FnOnce(Option<Self>) -> Result<Self, E>,
    ) -> Result<Self, E> {
        let dir = root.server_state()?.make_sub(FOLDER)?;
        let _lock = OfdLock::acquire(&dir, LOCK_FILE, WAIT)?;
        let kept = read(&dir)?;
        let file = match kept {
            Some(kept) if good(&kept) => kept,
            kept => {
                let made = make(kept)?;
                dir.replace(FILE, yaml::emit(&made)?.as_bytes())?;
                made
            }
        };
        if optional(dir.read_text(PUBLIC, yaml::MAX_BYTES))?.as_ref() != Some(&file.certificate) {
            dir.replace(PUBLIC, file.certificate.as_bytes())?;
        }
        Ok(file)
    }
}

fn read(dir: &Dir) -> Result<Option<CertificateFile>> {
    let file: Option<CertificateFile> = optional(yaml::read(dir, FILE))?;
    match &file {
        Some(file) if file.version > VERSION => {
            let kind = StoreErrorKind::NewerVersion { found: file.version, known: VERSION, binary: None };
            Err(StoreError::new(dir.join(FILE), kind))
        }
        _ => Ok(file),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::store::testkit::root;

    fn file(fingerprint: &str) -> CertificateFile {
        CertificateFile {
            version: VERSION,
            made_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::UNIX_EPOCH,
            names: vec!["box".to_owned()],
            fingerprint: fingerprint.to_owned(),
            replaces: None,
            certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned(),
            key: "-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----\n".to_owned(),
        }
    }

    #[test]
    fn what_is_good_is_kept_and_its_key_is_its_owners_alone() {
        let (_folder, root) = root();
        let keep = |name: &str, good: bool| {
            let made = CertificateFile::keep::<StoreError>(&root, |_| good, |_| Ok(file(name)));
            made.expect("a certificate").fingerprint
        };
        assert_eq!(keep("a", false), "a");
        assert_eq!(keep("b", true), "a");
        assert_eq!(keep("c", false), "c");
        let folder = root.path().join(".conductor/state/tls");
        let mode = |name: &str| folder.join(name).metadata().expect("a file").permissions().mode() & 0o777;
        assert_eq!((mode("certificate.yaml"), mode("certificate.pem")), (0o600, 0o600));
        let public = std::fs::read_to_string(folder.join("certificate.pem")).expect("a file");
        assert_eq!(public, file("").certificate);
    }

    #[test]
    fn a_damaged_one_is_not_replaced() {
        let (_folder, root) = root();
        let keep = || CertificateFile::keep::<StoreError>(&root, |_| true, |_| Ok(file("a")));
        assert!(keep().is_ok());
        let path = root.path().join(".conductor/state/tls/certificate.yaml");
        std::fs::write(&path, "version: 1\nfingerprint: [").expect("damage");
        assert!(keep().is_err_and(|error| error.is_damage()));
    }
}
