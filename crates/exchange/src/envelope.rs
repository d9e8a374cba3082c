use std::io::{self, Write};

use age::secrecy::SecretString;
use age::stream::StreamWriter;
use fluxchat_model::Secret;

/// Where the bytes of a package go: as they are, or sealed with a passphrase as `age` does it
/// (scrypt, then ChaCha20-Poly1305 in chunks of 64 KiB), so that any `age` tool opens it.
pub enum Envelope<W: Write> {
    /// As they are.
    Open(W),
    /// Sealed.
    Sealed(Box<StreamWriter<W>>),
}

impl<W: Write> Envelope<W> {
    /// An envelope around `out`; sealed if there is a passphrase.
    ///
    /// # Errors
    /// When the head cannot be written.
    pub fn new(out: W, passphrase: Option<&Secret<String>>) -> io::Result<Self> {
        let Some(passphrase) = passphrase else {
            return Ok(Self::Open(out));
        };
        let secret = SecretString::from(passphrase.expose().clone());
        let sealed = age::Encryptor::with_user_passphrase(secret).wrap_output(out)?;
        Ok(Self::Sealed(Box::new(sealed)))
    }

    /// Closes it. Without this, what was sealed cannot be opened.
    ///
    /// # Errors
    /// When the last bytes cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Open(out) => Ok(out),
            Self::Sealed(sealed) => sealed.finish(),
        }
    }
}

impl<W: Write> Write for Envelope<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Open(out) => out.write(bytes),
            Self::Sealed(sealed) => sealed.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Open(out) => out.flush(),
            Self::Sealed(sealed) => sealed.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn open(sealed: &[u8], passphrase: &str) -> Result<Vec<u8>, age::DecryptError> {
        let decryptor = age::Decryptor::new(sealed)?;
        let identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
        let mut plain = Vec::new();
        decryptor
            .decrypt(std::iter::once(&identity as &dyn age::Identity))?
            .read_to_end(&mut plain)
            .unwrap();
        Ok(plain)
    }

    #[test]
    fn what_was_sealed_opens_with_its_passphrase_and_with_no_other() {
        let words = b"what was said".repeat(10_000);
        let passphrase = Secret::new("correct horse".to_owned());
        let mut envelope = Envelope::new(Vec::new(), Some(&passphrase)).unwrap();
        envelope.write_all(&words).unwrap();
        let sealed = envelope.finish().unwrap();
        assert!(
            !sealed.windows(13).any(|window| window == b"what was said"),
            "nothing is readable"
        );
        assert_eq!(open(&sealed, "correct horse").unwrap(), words);
        assert!(open(&sealed, "another horse").is_err());
        assert!(
            open(&sealed[..20], "correct horse").is_err(),
            "a part of it does not open"
        );
    }
}
