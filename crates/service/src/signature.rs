//! Signed answers: Ed25519 over the canonical form of the body.
//!
//! Canonical: the object without `processor_signature` and without fields that are null, the
//! fields of every object in the order of their names, no white space. In front of it stands
//! [`DOMAIN`], so that a signature made for something else is never one for an answer.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde_json::Value;

const DOMAIN: &str = "fluxchat-rights/1\n";
const FIELD: &str = "processor_signature";

/// What a service signs its answers with.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// The key that belongs to 32 random bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(seed).ok().map(Self)
    }

    /// The half that everybody may know.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(bytes)
    }

    /// The signature of a body, in base64.
    #[must_use]
    pub fn sign(&self, body: &Value) -> String {
        STANDARD.encode(self.0.sign(canonical(body).as_bytes()))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

/// What the signatures of a service are checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// Reads [`PublicKey::to_text`].
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The key in base64.
    #[must_use]
    pub fn to_text(self) -> String {
        STANDARD.encode(self.0)
    }

    /// What the signature of a body is worth under this key.
    #[must_use]
    pub fn check(&self, body: &Value) -> SignatureCheck {
        let signature = match &body[FIELD] {
            Value::Null => return SignatureCheck::Absent,
            Value::String(text) => STANDARD.decode(text).unwrap_or_default(),
            _ => Vec::new(),
        };
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        match key.verify(canonical(body).as_bytes(), &signature) {
            Ok(()) => SignatureCheck::Valid,
            Err(_) => SignatureCheck::Forged,
        }
    }
}

/// What a signature is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureCheck {
    /// There is none.
    Absent,
    /// It was made with the key.
    Valid,
    /// It was not, or the body was changed afterwards.
    Forged,
}

fn canonical(body: &Value) -> String {
    let mut text = DOMAIN.to_owned();
    match body {
        Value::Object(fields) => {
            object(fields.iter().filter(|(name, _)| *name != FIELD), &mut text)
        }
        other => write(other, &mut text),
    }
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => object(fields.iter(), text),
        Value::Array(items) => {
            text.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        plain => {
            let _ = write!(text, "{plain}");
        }
    }
}

fn object<'v>(fields: impl Iterator<Item = (&'v String, &'v Value)>, text: &mut String) {
    let mut fields: Vec<_> = fields.filter(|(_, value)| !value.is_null()).collect();
    fields.sort_by(|a, b| a.0.cmp(b.0));
    text.push('{');
    for (n, (name, value)) in fields.into_iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        let _ = write!(text, "{}:", Value::from(name.as_str()));
        write(value, text);
    }
    text.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_signature_covers_every_field_and_no_layout() {
        let key = SigningKey::from_seed(&[7; 32]).unwrap();
        let mut body =
            json!({ "status": "fulfilled", "id": 1, "more": { "b": 1, "a": [true, null] } });
        assert_eq!(key.public().check(&body), SignatureCheck::Absent);
        body[FIELD] = json!(key.sign(&body));
        assert_eq!(key.public().check(&body), SignatureCheck::Valid);

        let text = r#"{"more":{"a":[true,null],"b":1},"reason":null,"id":1,"status":"fulfilled"}"#;
        let mut other: Value = serde_json::from_str(text).unwrap();
        other[FIELD] = body[FIELD].clone();
        assert_eq!(key.public().check(&other), SignatureCheck::Valid, "layout");

        for (field, value) in [("status", json!("denied")), ("new", json!(0))] {
            let mut changed = body.clone();
            changed[field] = value;
            assert_eq!(
                key.public().check(&changed),
                SignatureCheck::Forged,
                "{field}"
            );
        }
        let stranger = SigningKey::from_seed(&[8; 32]).unwrap().public();
        assert_eq!(stranger.check(&body), SignatureCheck::Forged);
        body[FIELD] = json!(17);
        assert_eq!(key.public().check(&body), SignatureCheck::Forged);
    }
}
