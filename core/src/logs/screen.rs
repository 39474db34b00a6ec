//! A log on its way to a person: secrets masked first, then made safe.

use secrecy::SecretString;

use super::mask::Mask;
use super::sanitise::Sanitiser;

/// Masks and sanitises the bytes of one log.
#[derive(Debug)]
pub struct Screen {
    mask: Mask,
    sanitiser: Sanitiser,
}

impl Screen {
    /// Hides these secrets; keeps colours or leaves them out.
    pub fn new(secrets: &[SecretString], keeps_colours: bool) -> Self {
        Self { mask: Mask::new(secrets), sanitiser: Sanitiser::with_colours(keeps_colours) }
    }

    /// Takes the next bytes; gives the text that is certain.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        let masked = self.mask.push(bytes);
        self.sanitiser.push(&masked)
    }

    /// Gives what was held back. A new log may follow.
    pub fn finish(&mut self) -> String {
        let rest = self.mask.finish();
        let mut text = self.sanitiser.push(&rest);
        text.push_str(&self.sanitiser.finish());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_and_sequences_left_out_across_chunks() {
        let mut screen = Screen::new(&[SecretString::from("s3cr3t")], false);
        let mut text = screen.push(b"key s3c");
        text.push_str(&screen.push(b"r3t\x1b[2"));
        text.push_str(&screen.push(b"J end s3c"));
        text.push_str(&screen.finish());
        assert_eq!(text, "key ****** end s3c");
    }
}
