//! Trust in one certificate by its SHA-256 fingerprint: how a client on another host knows a server whose
//! certificate nobody else vouches for.
//!
//! The remote command line builds its client with [`client`], from what [`split`] finds in `--server`. Must
//! know nothing of tasks and tokens.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio_rustls::rustls;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use crate::hex::hex;

/// What stands before a fingerprint in the fragment of an address.
const KEY: &str = "fingerprint=";

/// The SHA-256 of a certificate, as browsers and `openssl x509 -fingerprint -sha256` show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// That of a certificate in DER.
    pub fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }

    /// With colons, in capitals: to be compared with what a browser shows.
    pub fn spelled(&self) -> String {
        let pairs: Vec<String> = self.0.iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }
}

/// 64 hexadecimal digits in lower case: for links and files.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// A text that is no SHA-256 of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no SHA-256 fingerprint: 64 hexadecimal digits, with or without colons")]
pub struct NoFingerprint(String);

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    /// In both spellings, in capitals or not.
    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let wrong = || NoFingerprint(text.to_owned());
        let digits: Vec<u32> = text
            .chars()
            .filter(|c| *c != ':')
            .map(|c| c.to_digit(16).ok_or_else(wrong))
            .collect::<Result<_, _>>()?;
        let bytes: Vec<u8> = digits
            .chunks(2)
            .map(|pair| (pair.iter().fold(0, |byte, digit| byte << 4 | digit)) as u8)
            .collect();
        match (<[u8; 32]>::try_from(bytes), digits.len()) {
            (Ok(bytes), 64) => Ok(Self(bytes)),
            _ => Err(wrong()),
        }
    }
}

/// Parts an address `https://host:port#fingerprint=…` (a pairing link with its ticket as well) into the address
/// proper and the fingerprint that it names.
///
/// # Errors
/// When what it names is no fingerprint.
pub fn split(address: &str) -> Result<(&str, Option<Fingerprint>), NoFingerprint> {
    let (url, fragment) = address.split_once('#').unwrap_or((address, ""));
    let named = fragment.split('&').find_map(|part| part.strip_prefix(KEY));
    Ok((url, named.map(str::parse).transpose()?))
}

/// An HTTP client that talks to nobody but the holder of this certificate's key; without a fingerprint, one
/// that asks the authorities that everybody trusts.
pub fn client(fingerprint: Option<Fingerprint>) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder();
    match fingerprint {
        Some(fingerprint) => builder.https_only(true).tls_backend_preconfigured(tls(fingerprint)),
        None => builder,
    }
}

/// The TLS of a client that trusts one certificate.
pub fn tls(fingerprint: Fingerprint) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let only = Arc::new(Only { fingerprint, provider: provider.clone() });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows the usual versions of TLS")
        .dangerous()
        .with_custom_certificate_verifier(only)
        .with_no_client_auth();
    config.alpn_protocols = ["h2", "http/1.1"].map(|name| name.as_bytes().to_vec()).into();
    config
}

/// Accepts one certificate, whatever names and dates it holds: it was compared by a person or handed over with
/// a token. That the server also has its key is checked as for any certificate.
#[derive(Debug)]
struct Only {
    fingerprint: Fingerprint,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Only {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match Fingerprint::of(end_entity) == self.fingerprint {
            true => Ok(ServerCertVerified::assertion()),
            false => Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

    #[test]
    fn both_spellings_are_read() {
        let fingerprint: Fingerprint = PLAIN.parse().expect("a fingerprint");
        assert_eq!(fingerprint.to_string(), PLAIN);
        assert!(fingerprint.spelled().starts_with("00:01:02") && fingerprint.spelled().ends_with("1E:FF"));
        assert_eq!(fingerprint.spelled().parse(), Ok(fingerprint));
        for bad in ["", "00", &PLAIN[1..], &format!("{PLAIN}00"), &PLAIN.replace('f', "g")] {
            assert!(bad.parse::<Fingerprint>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_may_name_a_fingerprint() {
        let fingerprint = PLAIN.parse().ok();
        for (address, url, named) in [
            ("https://box:1".to_owned(), "https://box:1", None),
            (format!("https://box:1#fingerprint={PLAIN}"), "https://box:1", fingerprint),
            (format!("https://box:1/#ticket=t&fingerprint={PLAIN}"), "https://box:1/", fingerprint),
            ("https://box:1/#ticket=t".to_owned(), "https://box:1/", None),
        ] {
            assert_eq!(split(&address), Ok((url, named)), "{address}");
        }
        assert!(split("https://box:1#fingerprint=12").is_err());
    }
}

#[cfg(all(test, feature = "server"))]
mod handshakes {
    use rustls::crypto::aws_lc_rs::sign::any_supported_type;
    use rustls::pki_types::PrivateKeyDer;
    use rustls::server::ResolvesServerCert;
    use rustls::sign::{CertifiedKey, SingleCertAndKey};
    use rustls::{ClientConnection, ServerConfig, ServerConnection};

    use super::*;

    struct Pair {
        certificate: CertificateDer<'static>,
        key: PrivateKeyDer<'static>,
    }

    fn pair() -> Pair {
        let made = rcgen::generate_simple_self_signed(["box".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        Pair { certificate: made.cert.der().clone(), key }
    }

    /// What a client that trusts `fingerprint` says to a server with this certificate and this key.
    fn shake(fingerprint: Fingerprint, certificate: &Pair, key: &Pair) -> Result<(), Error> {
        let key = any_supported_type(&key.key).expect("a key");
        let shown = CertifiedKey::new(vec![certificate.certificate.clone()], key);
        let shown: Arc<dyn ResolvesServerCert> = Arc::new(SingleCertAndKey::from(shown));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions()?.with_no_client_auth();
        let mut server = ServerConnection::new(Arc::new(config.with_cert_resolver(shown)))?;
        let name = ServerName::try_from("another.name").expect("a name");
        let mut client = ClientConnection::new(Arc::new(tls(fingerprint)), name)?;
        while client.is_handshaking() {
            let (mut up, mut down) = (Vec::new(), Vec::new());
            client.write_tls(&mut up).expect("a vector");
            server.read_tls(&mut up.as_slice()).expect("a vector");
            server.process_new_packets()?;
            server.write_tls(&mut down).expect("a vector");
            client.read_tls(&mut down.as_slice()).expect("a vector");
            client.process_new_packets()?;
        }
        Ok(())
    }

    #[test]
    fn one_certificate_is_trusted_and_no_other() {
        let (own, other) = (pair(), pair());
        let fingerprint = Fingerprint::of(&own.certificate);
        assert_eq!(shake(fingerprint, &own, &own), Ok(()));
        let refused = Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure);
        assert_eq!(shake(fingerprint, &other, &other), Err(refused));
    }

    #[test]
    fn who_shows_the_certificate_without_its_key_is_refused() {
        let (own, other) = (pair(), pair());
        let answer = shake(Fingerprint::of(&own.certificate), &own, &other);
        assert_eq!(answer, Err(Error::InvalidCertificate(CertificateError::BadSignature)));
    }
}
