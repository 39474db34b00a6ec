//! Webhooks: where they go, what is sent to them, and which parts of their settings are keys.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use super::error::ConfigErrorKind;
use super::settings::Config;
use super::token::{self, hidden};
use super::units;

/// The name of the one webhook that is configured as `webhook`.
pub(super) const ONLY: &str = "webhook";
/// How a secret of the Standard Webhooks specification begins; what follows is base64.
const STANDARD_SECRET: &str = "whsec_";
/// Parts of an address that are at least so long are taken for keys.
const SHORTEST_KEY: usize = 16;

/// Notifications to another system.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Where they are posted to. It may hold a key, so only its host is ever shown.
    #[serde(serialize_with = "host_only")]
    #[schemars(with = "String")]
    pub url: SecretString,
    /// What is posted.
    #[serde(default)]
    pub format: WebhookFormat,
    /// Kinds of journal records that are sent, such as `task.failed` or `run.*`. Where empty: all; for
    /// chats those that a person wants to know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// The key that signs them: any text, or `whsec_` and base64.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "hidden")]
    #[schemars(with = "Option<String>")]
    pub secret: Option<SecretString>,
    /// File that holds the key that signs them; wins over `secret`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<PathBuf>,
    /// How long one delivery may take.
    #[serde(default = "Webhook::default_timeout", with = "units::duration")]
    #[schemars(with = "String", extend("default" = "10s"))]
    pub timeout: Duration,
    /// Whether they may go to this machine or into a private network.
    #[serde(default)]
    pub allow_private: bool,
}

/// What is posted to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WebhookFormat {
    /// Everything, for programs.
    #[default]
    Json,
    /// An incoming webhook of Slack, or of what understands the same.
    Slack,
    /// A topic of ntfy.
    Ntfy,
    /// `sendMessage` of Telegram's bots, with `chat_id` in the address.
    Telegram,
}

impl WebhookFormat {
    /// Its word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            WebhookFormat::Json => "json",
            WebhookFormat::Slack => "slack",
            WebhookFormat::Ntfy => "ntfy",
            WebhookFormat::Telegram => "telegram",
        }
    }
}

impl Webhook {
    fn default_timeout() -> Duration {
        Duration::from_secs(10)
    }

    /// Its address without what may be a key: scheme and host.
    pub fn shown_url(&self) -> String {
        shown(self.url.expose_secret())
    }

    /// The bytes that sign, none where nothing is signed; and the secret's own text.
    ///
    /// # Errors
    /// When the file cannot be read or is empty, or what follows `whsec_` is no base64.
    pub fn signing_key(&self) -> Result<Option<SigningKey>, ConfigErrorKind> {
        let text = match (&self.secret_file, &self.secret) {
            (Some(path), _) => token::read_token(path)?,
            (None, Some(secret)) => secret.clone(),
            (None, None) => return Ok(None),
        };
        SigningKey::new(text).map(Some)
    }

    /// What of it must be masked wherever text is shown.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let file = self.secret_file.as_deref().and_then(|path| token::read_token(path).ok());
        let mut found: Vec<SecretString> = self.secret.iter().cloned().chain(file).collect();
        let url = self.url.expose_secret();
        // An address that holds no key is no secret, and `http://localhost:8080/hook` stands in many logs.
        found.extend(keys(url, self.format).into_iter().map(SecretString::from));
        if found.iter().any(|secret| url.contains(secret.expose_secret())) {
            found.push(self.url.clone());
        }
        found
    }

    /// Checks what only the values themselves tell; the key that is wrong, below the webhook's own.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        let url = self.url.expose_secret();
        if self.timeout.is_zero() {
            return Err(("timeout", "must be more than 0".to_owned()));
        }
        if self.format == WebhookFormat::Telegram && !url.contains("chat_id=") {
            let why = "must name the chat: https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>";
            return Err(("url", why.to_owned()));
        }
        match self.secret.clone().map(SigningKey::new) {
            Some(Err(kind)) => Err(("secret", kind.to_string())),
            _ => Ok(()),
        }
    }
}

/// What signs: the key, and the text that it was made of.
pub struct SigningKey {
    /// The key of the Standard Webhooks signature.
    pub bytes: Vec<u8>,
    /// The secret as it is configured.
    pub text: SecretString,
}

impl SigningKey {
    fn new(text: SecretString) -> Result<Self, ConfigErrorKind> {
        // Some senders leave the padding out.
        let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let bytes = match text.expose_secret().strip_prefix(STANDARD_SECRET) {
            None => text.expose_secret().as_bytes().to_vec(),
            Some(encoded) => GeneralPurpose::new(&alphabet::STANDARD, lenient)
                .decode(encoded)
                .map_err(|_| ConfigErrorKind::Invalid { why: "must be base64 after whsec_".to_owned() })?,
        };
        Ok(Self { bytes, text })
    }
}

impl Config {
    /// All webhooks by name; the one of `webhook` is named so.
    pub fn webhooks(&self) -> impl Iterator<Item = (&str, &Webhook)> {
        let only = self.webhook.iter().map(|webhook| (ONLY, webhook));
        only.chain(self.webhooks.iter().map(|(name, webhook)| (name.as_str(), webhook)))
    }
}

/// The dotted key of a part of a webhook's settings.
pub(super) fn key_of(name: &str, part: &str) -> String {
    if name == ONLY { format!("{ONLY}.{part}") } else { format!("webhooks.{name}.{part}") }
}

/// An address without what may be a key.
fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return token::HIDDEN.to_owned() };
    let (authority, path) = at_path(rest);
    let host = authority.rsplit('@').next().unwrap_or_default();
    let more = if path.len() > 1 || host != authority { "/…" } else { "" };
    format!("{scheme}://{host}{more}")
}

/// What of an address may be a key: a password, long parts that are no words, values that are named so.
fn keys(url: &str, format: WebhookFormat) -> Vec<&str> {
    let (authority, rest) = at_path(url.split_once("://").map_or(url, |(_, rest)| rest));
    let login = authority.rsplit_once('@').map(|(login, _)| login).unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let password = login.split_once(':').map(|(_, password)| password);
    // Who knows the name of a topic can read it.
    let is_topic = format == WebhookFormat::Ntfy;
    let segments = path.split(['/', ':', '#']).filter(|part| (is_topic && !part.is_empty()) || is_key(part));
    let values = query.split('&').filter_map(|pair| pair.split_once('='));
    let values = values.filter(|(name, value)| token::is_secret_name(name) || is_key(value));
    password.into_iter().chain(segments).chain(values.map(|(_, value)| value)).collect()
}

/// Divides what follows `://` before its path.
fn at_path(rest: &str) -> (&str, &str) {
    rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()))
}

/// Whether a part of an address looks like a key and not like a word.
fn is_key(part: &str) -> bool {
    part.len() >= SHORTEST_KEY && part.contains(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase())
}

fn host_only<S: Serializer>(url: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&shown(url.expose_secret()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(format: WebhookFormat, url: &str) -> Webhook {
        Webhook {
            url: SecretString::from(url),
            format,
            events: Vec::new(),
            secret: None,
            secret_file: None,
            timeout: Webhook::default_timeout(),
            allow_private: false,
        }
    }

    #[test]
    fn only_the_host_of_an_address_is_shown() {
        for (url, shown) in [
            ("https://hooks.slack.com/services/T0/B0/abc", "https://hooks.slack.com/…"),
            ("https://user:pass@example.org", "https://example.org/…"),
            ("http://127.0.0.1:8080?token=x", "http://127.0.0.1:8080/…"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ] {
            assert_eq!(webhook(WebhookFormat::Json, url).shown_url(), shown, "{url}");
        }
    }

    #[test]
    fn the_keys_in_an_address_are_masked_and_its_words_are_not() {
        use WebhookFormat::{Json, Ntfy, Slack, Telegram};
        for (format, url, masked) in [
            (Json, "http://localhost:8080/hooks/conductor", &[][..]),
            (Json, "https://u:hunter22@example.org/x", &["hunter22"]),
            (Json, "https://example.org/x?page=1&api_key=abcdef", &["abcdef"]),
            (Slack, "https://hooks.slack.com/services/T024/B024/XXXXXXXXXXXXXXXX", &["XXXXXXXXXXXXXXXX"]),
            (Ntfy, "https://ntfy.sh/my-topic", &["my-topic"]),
            (
                Telegram,
                "https://api.telegram.org/bot12:AAEhBOweik9ai2o01-XX/sendMessage?chat_id=7",
                &["AAEhBOweik9ai2o01-XX"],
            ),
        ] {
            let secrets = webhook(format, url).secrets();
            let found: Vec<&str> = secrets.iter().map(ExposeSecret::expose_secret).collect();
            let whole = (!masked.is_empty()).then_some(url);
            let expected: Vec<&str> = masked.iter().copied().chain(whole).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_standard_secret_is_decoded_and_any_other_is_taken_as_it_is() {
        let bytes = |text: &str| SigningKey::new(SecretString::from(text)).map(|key| key.bytes).ok();
        assert_eq!(bytes("plain"), Some(b"plain".to_vec()));
        assert_eq!(bytes("whsec_aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(bytes("whsec_aGVsbG8"), Some(b"hello".to_vec()));
        assert_eq!(bytes("whsec_!"), None);
    }
}
