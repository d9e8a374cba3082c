//! What comes back, piece by piece.

use fluxchat_model::{AnswerNotice, Part};
use fluxchat_providers::{ChatEvent, FinishReason, Notice};
use fluxchat_store::ChunkKind;

use super::{Gathered, Run};
use crate::attachments;

impl Run {
    pub(super) fn take(
        &self,
        event: ChatEvent,
        model: &str,
        gathered: &mut Gathered,
    ) -> Option<FinishReason> {
        match event {
            ChatEvent::Started { model } => gathered.model = model.or(gathered.model.take()),
            ChatEvent::Text(piece) => {
                let piece = gathered.text.push(&piece);
                self.take_text(&piece, gathered);
            }
            ChatEvent::Reasoning(piece) => {
                let piece = gathered.reasoning.push(&piece);
                self.take_reasoning(&piece, gathered);
            }
            ChatEvent::Citation {
                title,
                target,
                span,
            } => {
                let title = gathered.text.restore(&title);
                let target = gathered.text.restore(&target);
                let part = attachments::citation(title, target, &gathered.documents);
                // Words that wait for the rest of a placeholder have no place yet.
                let span = span.map(|span| (part.clone(), span));
                gathered.spans.extend(span);
                self.cite(part, gathered);
            }
            ChatEvent::Usage(usage) => gathered.usage = Some(usage),
            ChatEvent::Finished { reason } => return Some(reason),
            ChatEvent::TrainingEcho(allowed) => {
                if gathered.told.is_some_and(|told| told != allowed) {
                    tracing::warn!(name: "training.echo_differs", allowed);
                }
                gathered.echo = Some(allowed);
            }
            ChatEvent::ToolCall(delta) => gathered.calls.take(delta),
            ChatEvent::Sealed(sealed) => {
                self.take_rest(gathered);
                let sealed = self.sealed(sealed, model);
                gathered.unsaved.part(Part::Sealed(sealed));
                gathered.ruler.part();
            }
            ChatEvent::Notice(notice) => gathered.note(match notice {
                Notice::ParameterDropped { name } => AnswerNotice::ParameterDropped { name },
                Notice::PartLeftOut { name } => AnswerNotice::PartLeftOut { name },
                Notice::FramesSkipped { count } => AnswerNotice::FramesSkipped { count },
            }),
        }
        None
    }

    fn take_text(&self, piece: &str, gathered: &mut Gathered) {
        let len = piece.len();
        let piece = new_part(&mut gathered.repeated, piece);
        gathered.ruler.words(len, piece.len());
        gathered.unsaved.words(ChunkKind::Text, piece);
        self.generation.live().text(piece);
    }

    fn take_reasoning(&self, piece: &str, gathered: &mut Gathered) {
        gathered.unsaved.words(ChunkKind::Reasoning, piece);
        if !piece.is_empty() {
            gathered.ruler.part();
        }
        self.generation.live().reasoning(piece);
    }

    /// What might have become a placeholder and did not, and where what is cited stands now that
    /// all words are there.
    pub(super) fn take_rest(&self, gathered: &mut Gathered) {
        let text = gathered.text.finish();
        self.take_text(&text, gathered);
        let reasoning = gathered.reasoning.finish();
        self.take_reasoning(&reasoning, gathered);
        for (mut part, span) in std::mem::take(&mut gathered.spans) {
            if let (Part::Citation { spans, .. }, Some(span)) =
                (&mut part, gathered.ruler.span(span, &gathered.text))
            {
                spans.push(span);
                self.cite(part, gathered);
            }
        }
    }

    /// Pages that the answer names become what it cites.
    pub(super) fn cite_pages(&self, gathered: &mut Gathered) {
        let mut given = std::mem::take(&mut gathered.pages);
        given.append(&mut gathered.read);
        if given.is_empty() {
            return;
        }
        let answer = self.generation.live().whole();
        let is_kept_so = answer.len() == gathered.ruler.kept();
        for mut part in attachments::cited(&answer, &given) {
            if let Part::Citation { spans, .. } = &mut part {
                spans.retain(|_| is_kept_so);
            }
            self.cite(part, gathered);
        }
    }

    /// What is cited twice is shown once, at every place.
    fn cite(&self, part: Part, gathered: &mut Gathered) {
        Part::cite(&mut gathered.citations, part.clone());
        let mut live = self.generation.live();
        if !live.cites(&part) {
            live.citation(part);
        }
    }
}

/// What of `piece` goes beyond the text that is repeated; consumes the repeated text.
fn new_part<'p>(repeated: &mut String, piece: &'p str) -> &'p str {
    if repeated.is_empty() {
        return piece;
    }
    let same = repeated
        .char_indices()
        .zip(piece.chars())
        .take_while(|((_, a), b)| a == b)
        .map(|((at, a), _)| at + a.len_utf8())
        .last()
        .unwrap_or(0);
    if same < piece.len() {
        repeated.clear();
    } else {
        repeated.drain(..same);
    }
    &piece[same..]
}

#[cfg(test)]
mod tests {
    use super::new_part;

    #[test]
    fn a_repeated_beginning_is_skipped_and_only_that() {
        let mut repeated = "Grüße aus".to_owned();
        let pieces = ["Grü", "ße ", "aus Köln", " und Rom"];
        let kept: String = pieces
            .iter()
            .map(|piece| new_part(&mut repeated, piece))
            .collect();
        assert_eq!(kept, " Köln und Rom");
    }
}
