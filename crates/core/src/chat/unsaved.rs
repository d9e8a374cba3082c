//! What has arrived of an answer and is not yet in the archive, in the order it came.

use fluxchat_model::{MessageId, Part};
use fluxchat_store::{ChunkKind, StoreError, WriteTx};

#[derive(Default)]
pub(super) struct Unsaved(Vec<Piece>);

enum Piece {
    Words(ChunkKind, String),
    Part(Box<Part>),
}

impl Unsaved {
    pub(super) fn words(&mut self, kind: ChunkKind, words: &str) {
        match self.0.last_mut() {
            _ if words.is_empty() => {}
            Some(Piece::Words(last, so_far)) if *last == kind => so_far.push_str(words),
            _ => self.0.push(Piece::Words(kind, words.to_owned())),
        }
    }

    pub(super) fn part(&mut self, part: Part) {
        self.0.push(Piece::Part(Box::new(part)));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn write(&self, tx: &WriteTx<'_>, id: MessageId) -> Result<(), StoreError> {
        for piece in &self.0 {
            match piece {
                Piece::Words(kind, words) => tx.message_append(id, *kind, words)?,
                Piece::Part(part) => tx.message_append_part(id, part)?,
            }
        }
        Ok(())
    }

    /// What could not be written comes before what arrived meanwhile.
    pub(super) fn give_back(&mut self, mut earlier: Self) {
        earlier.0.append(&mut self.0);
        *self = earlier;
    }
}
