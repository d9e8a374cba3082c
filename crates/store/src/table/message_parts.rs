//! How the parts of a message are stored: their words in `text`, which is searched, the rest in
//! `parts`. A message that is one text, as nearly all are, has no JSON at all.

use fluxchat_model::{AssetId, Part};
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::table::{from_json, to_json};

const SEPARATOR: &str = "\n\n";

/// A part as it is stored: the words of text parts are in the column that is searched.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Piece {
    Text {
        len: usize,
    },
    #[serde(untagged)]
    Other(Box<Part>),
}

/// The columns `parts` and `text`.
pub(crate) fn encode(parts: &[Part]) -> Result<(String, String), StoreError> {
    if let [Part::Text { text }] = parts
        && !text.is_empty()
    {
        return Ok((String::new(), text.clone()));
    }
    if parts.is_empty() {
        return Ok((String::new(), String::new()));
    }
    let mut words = Vec::new();
    let mut pieces = Vec::with_capacity(parts.len());
    for part in parts {
        pieces.push(match part {
            Part::Text { text } => {
                words.push(text.as_str());
                Piece::Text { len: text.len() }
            }
            other => Piece::Other(Box::new(other.clone())),
        });
    }
    Ok((to_json(&pieces, "message")?, words.join(SEPARATOR)))
}

pub(crate) fn decode(parts: &str, text: String) -> Result<Vec<Part>, StoreError> {
    if parts.is_empty() {
        return Ok(if text.is_empty() {
            Vec::new()
        } else {
            vec![Part::Text { text }]
        });
    }
    let mut rest = text.as_str();
    let mut decoded = Vec::new();
    let mut first = true;
    for piece in from_json::<Vec<Piece>>(parts, "message")? {
        decoded.push(match piece {
            Piece::Other(part) => *part,
            Piece::Text { len } => {
                let broken = StoreError::Unreadable("message");
                if !first {
                    rest = rest.strip_prefix(SEPARATOR).ok_or(broken.clone())?;
                }
                first = false;
                let words = rest.get(..len).ok_or(broken)?.to_owned();
                rest = &rest[len..];
                Part::Text { text: words }
            }
        });
    }
    Ok(decoded)
}

/// Whether a part is this file.
pub(crate) fn is_file(part: &Part, file: AssetId) -> bool {
    matches!(part, Part::Attachment { asset_id, .. } if *asset_id == file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(parts: &[Part]) {
        let (stored, text) = encode(parts).unwrap();
        assert_eq!(
            decode(&stored, text).unwrap(),
            parts,
            "parts come back as they were; stored as {stored}"
        );
    }

    #[test]
    fn parts_come_back_as_they_were() {
        let text = |text: &str| Part::Text {
            text: text.to_owned(),
        };
        check(&[]);
        check(&[text("one")]);
        check(&[text("")]);
        check(&[text("a\n\nb"), text(""), text("ü\n\n")]);
        check(&[
            Part::Reasoning {
                text: "hm".to_owned(),
            },
            text("one"),
            Part::Unknown {
                raw: "{\"type\":\"text\"}".to_owned(),
            },
            text("two"),
        ]);
    }
}
