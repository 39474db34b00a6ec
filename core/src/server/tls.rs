//! The certificate that a port is encrypted with: one that the server made for itself, or a configured one.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{Error as TlsError, ServerConfig};

use super::names::Names;
use crate::api::{ApiError, ErrorCode};
use crate::config::TlsFiles;
use crate::pinned::Fingerprint;
use crate::store::{CertificateFile, Root};

/// How long a certificate of our own holds; systems of phones take none that holds longer.
const LIFETIME: Duration = Duration::from_secs(824 * DAY);
/// One that holds for less than this is made anew at a start.
const NEARLY_OVER: Duration = Duration::from_secs(30 * DAY);
/// How much slower the clocks of clients may go.
const BEHIND: Duration = Duration::from_secs(DAY);
const DAY: u64 = 24 * 3600;

/// What encrypts a port.
#[derive(Clone)]
pub struct Tls {
    /// Accepts connections.
    pub acceptor: TlsAcceptor,
    /// Of the certificate.
    pub fingerprint: Fingerprint,
    /// The fingerprint of the certificate in whose place this one was made just now.
    pub replaces: Option<String>,
}

impl Tls {
    /// With the certificate that the root's server made for itself; made where there is none that holds.
    /// Other names of the machine are no reason to make another: who pinned its fingerprint is not to be
    /// locked out by an address that changed.
    ///
    /// # Errors
    /// When it can be neither read nor made.
    pub fn own(root: &Root, names: &Names, now: Timestamp) -> Result<Self, ApiError> {
        let mut replaces = None;
        let is_good = |file: &CertificateFile| file.expires_at > now + NEARLY_OVER;
        let file = CertificateFile::keep(root, is_good, |old| {
            replaces = old.map(|old| old.fingerprint);
            make(names, now, replaces.clone())
        })?;
        let unusable = |error: &dyn std::fmt::Display| {
            ApiError::new(
                ErrorCode::Damaged,
                format_args!("the server's certificate cannot be used: {error}"),
            )
            .with_hint("remove the folder state/tls of the root: another is made, with another fingerprint")
        };
        let certificates = certificates(file.certificate.as_bytes()).map_err(|error| unusable(&error))?;
        let key = PrivateKeyDer::from_pem_slice(file.key.as_bytes()).map_err(|error| unusable(&error))?;
        Ok(Self { replaces, ..Self::of(certificates, key).map_err(|error| unusable(&error))? })
    }

    /// With the configured certificate.
    ///
    /// # Errors
    /// When a file cannot be read or is no such thing, and where the key is not that of the certificate.
    pub fn configured(files: &TlsFiles) -> Result<Self, ApiError> {
        let wrong = |name: &str, path: &Path, error: &dyn std::fmt::Display| {
            ApiError::new(ErrorCode::Config, format_args!("api.tls.{name}: {}: {error}", path.display()))
        };
        let of_cert = |error: &dyn std::fmt::Display| {
            wrong("cert", &files.cert, error).with_hint("a file in PEM: the certificate, then its chain")
        };
        let of_key = |error: &dyn std::fmt::Display| {
            wrong("key", &files.key, error).with_hint("a file in PEM that holds the certificate's key")
        };
        let pem = std::fs::read(&files.cert).map_err(|error| of_cert(&error))?;
        let certificates = certificates(&pem).map_err(|error| of_cert(&error))?;
        let pem = std::fs::read(&files.key).map_err(|error| of_key(&error))?;
        let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|error| of_key(&error))?;
        Self::of(certificates, key).map_err(|error| of_key(&error))
    }

    fn of(certificates: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, TlsError> {
        let first = certificates.first().ok_or(TlsError::NoCertificatesPresented)?;
        let fingerprint = Fingerprint::of(first);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let mut config = config.with_no_client_auth().with_single_cert(certificates, key)?;
        config.alpn_protocols = ["h2", "http/1.1"].map(|name| name.as_bytes().to_vec()).into();
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), fingerprint, replaces: None })
    }
}

/// All certificates of a text; at least one.
fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, PemError> {
    let all: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>()?;
    if all.is_empty() { Err(PemError::NoItemsFound) } else { Ok(all) }
}

fn make(names: &Names, now: Timestamp, replaces: Option<String>) -> Result<CertificateFile, ApiError> {
    let failed = |error: rcgen::Error| {
        ApiError::new(ErrorCode::Io, format_args!("cannot make a certificate for the server: {error}"))
    };
    let names = names.all();
    let rcgen_date = |at: Timestamp| {
        let date = at.to_zoned_datetime(TimeZone::UTC).date();
        rcgen::date_time_ymd(date.year().into(), date.month() as u8, date.day() as u8)
    };
    let over = now + LIFETIME;
    let mut params = CertificateParams::new(names.clone()).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, format!("Conductor Loop on {}", names[0]));
    params.not_before = rcgen_date(now - BEHIND);
    params.not_after = rcgen_date(over);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    Ok(CertificateFile {
        version: CertificateFile::VERSION,
        made_at: now,
        // The day begins when the certificate ends.
        expires_at: over - Duration::from_secs(over.as_second().rem_euclid(DAY as i64) as u64),
        names,
        fingerprint: Fingerprint::of(certificate.der()).to_string(),
        replaces,
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testkit::root;

    #[test]
    fn the_fingerprint_stays_until_the_certificate_is_nearly_over() {
        let (_folder, root) = root();
        let now: Timestamp = "2026-11-20T20:13:00Z".parse().expect("a time");
        let own = |days: u64| {
            let tls = Tls::own(&root, &Names::default(), now + Duration::from_secs(days * DAY));
            let tls = tls.unwrap_or_else(|error| panic!("{error}"));
            (tls.fingerprint, tls.replaces)
        };
        let (first, none) = own(0);
        assert_eq!(none, None);
        assert_eq!(own(790), (first, None));
        let (second, replaced) = own(800);
        assert_ne!(second, first);
        assert_eq!(replaced, Some(first.to_string()), "it is said once");
        assert_eq!(own(801), (second, None));
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let now = Timestamp::now();
        let (one, other) = (make(&Names::default(), now, None), make(&Names::default(), now, None));
        let (one, other) = (one.expect("a certificate"), other.expect("a certificate"));
        let files = TlsFiles { cert: folder.path().join("cert"), key: folder.path().join("key") };
        let answer = |cert: &str, key: &str| {
            std::fs::write(&files.cert, cert).expect("a file");
            std::fs::write(&files.key, key).expect("a file");
            Tls::configured(&files).map(|tls| tls.fingerprint.to_string()).map_err(|error| error.message)
        };
        assert_eq!(answer(&one.certificate, &one.key), Ok(one.fingerprint.clone()));
        for (cert, key, place) in [
            (one.certificate.as_str(), other.key.as_str(), "api.tls.key"),
            ("", &one.key, "api.tls.cert"),
            (&one.certificate, "", "api.tls.key"),
            (&one.certificate, &one.certificate, "api.tls.key"),
        ] {
            let error = answer(cert, key).expect_err("no such pair");
            assert!(error.starts_with(place), "{error}");
        }
    }
}
