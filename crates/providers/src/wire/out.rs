//! What a reader of frames may say.

use std::collections::VecDeque;

use fluxchat_egress::Credential;
use fluxchat_model::Usage;

use super::cited::{At, Cites, Told};
use super::think::{Piece, ThinkSplitter};
use super::{Step, unexpected};
use crate::normalise::{RemoteError, safe_message};
use crate::{ChatEvent, FinishReason, Notice, ProviderError, Sealed, ToolCallDelta};

/// More tool calls than this no answer asks for; who sends more wants something else.
const MOST_CALLS: usize = 1_000;

/// Takes what a dialect's reader found, in order, and keeps what all of them need: that an answer
/// begins and ends once, that usage is told when it changes, which tool call a piece belongs to.
pub(crate) struct Out {
    credential: Option<Credential>,
    steps: VecDeque<Step>,
    think: ThinkSplitter,
    /// The id last seen at each place of the wire, and which call of ours it is.
    calls: Vec<(u64, Option<String>)>,
    cites: Cites,
    /// Thoughts were taken out of the content, so places in it are no longer those of the answer.
    thought_within: bool,
    usage: Option<Usage>,
    echoed: bool,
    started: bool,
    named: bool,
    skipped: u32,
    reason: Option<FinishReason>,
    ended: bool,
    over: bool,
    failed: bool,
}

impl Out {
    pub(super) fn new(credential: Option<Credential>) -> Self {
        Self {
            credential,
            steps: VecDeque::new(),
            think: ThinkSplitter::default(),
            calls: Vec::new(),
            cites: Cites::default(),
            thought_within: false,
            usage: None,
            echoed: false,
            started: false,
            named: false,
            skipped: 0,
            reason: None,
            ended: false,
            over: false,
            failed: false,
        }
    }

    /// The source began. Only the first time counts, and the first name: Azure has none to tell in
    /// its first chunk.
    pub(crate) fn start(&mut self, model: Option<&str>) {
        match model.filter(|name| !name.is_empty()) {
            Some(model) if !self.named => self.model(model),
            None if !self.started => {
                self.started = true;
                self.give(ChatEvent::Started { model: None });
            }
            _ => {}
        }
    }

    /// This model goes on.
    pub(crate) fn model(&mut self, model: &str) {
        self.started = true;
        self.named = true;
        self.give(ChatEvent::Started {
            model: Some(model.to_owned()),
        });
    }

    /// A piece of the answer.
    pub(crate) fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.give(ChatEvent::Text(text.to_owned()));
        }
    }

    /// A piece of the answer of a source that may write `<think>…</think>` before it.
    pub(crate) fn content(&mut self, text: &str) {
        let mut pieces = Vec::new();
        self.think.push(text, &mut pieces);
        self.give_pieces(pieces);
    }

    /// A piece of the reasoning.
    pub(crate) fn reasoning(&mut self, text: &str) {
        if !text.is_empty() {
            self.give(ChatEvent::Reasoning(text.to_owned()));
        }
    }

    /// What the source wants back with the reasoning before it.
    pub(crate) fn sealed(&mut self, sealed: Sealed) {
        self.give(ChatEvent::Sealed(sealed));
    }

    /// A piece of a tool call. `place` is where the wire says it belongs; a new id at a place
    /// already taken is a new call.
    pub(crate) fn tool_call(&mut self, place: u64, piece: ToolCallDelta) {
        let id = piece.id.filter(|id| !id.is_empty());
        let known = self.calls.iter().rposition(|(at, _)| *at == place);
        let ours = match known {
            // vLLM: a new id at a place already taken is a new call.
            Some(at) if id.is_none() || self.calls[at].1 == id => at,
            _ if self.calls.len() >= MOST_CALLS => return self.fail_with(ProviderError::TooLarge),
            _ => {
                self.calls.push((place, id.clone()));
                self.calls.len() - 1
            }
        };
        self.give(ChatEvent::ToolCall(ToolCallDelta {
            index: u32::try_from(ours).unwrap_or(u32::MAX),
            id,
            name: piece.name.filter(|name| !name.is_empty()),
            ..piece
        }));
    }

    /// The place behind what was said.
    pub(crate) fn now(&self) -> At {
        self.cites.now()
    }

    /// The place where the content begins; `None` where thoughts were taken out of it.
    pub(crate) fn beginning(&self) -> Option<At> {
        (!self.thought_within).then(At::default)
    }

    /// Where in the answer these words are: at one of the places told, or where they are said first.
    pub(crate) fn find(&self, told: impl IntoIterator<Item = Told>, words: &str) -> Option<Told> {
        let mut told = told.into_iter();
        told.find(|told| self.cites.is_said(*told, words))
            .or_else(|| self.cites.find(words))
    }

    /// Where a statement comes from. Without a title the target stands for it.
    pub(crate) fn citation(&mut self, title: &str, target: &str) {
        self.citation_of(title, target, None);
    }

    /// The same for certain words. What was told already is not told again.
    pub(crate) fn citation_of(&mut self, title: &str, target: &str, told: Option<Told>) {
        if target.is_empty() || self.cites.is_full() {
            return;
        }
        let title = if title.is_empty() { target } else { title };
        let title = safe_message(title, None);
        if let Some(span) = self.cites.add(&title, target, told) {
            self.give(ChatEvent::Citation {
                title,
                target: target.to_owned(),
                span,
            });
        }
    }

    /// What the answer cost so far.
    pub(crate) fn usage(&mut self, usage: Usage) {
        if self.usage != Some(usage) {
            self.usage = Some(usage);
            self.give(ChatEvent::Usage(usage));
        }
    }

    /// What the source understood about training.
    pub(crate) fn echo(&mut self, allowed: bool) {
        if !std::mem::replace(&mut self.echoed, true) {
            self.give(ChatEvent::TrainingEcho(allowed));
        }
    }

    /// Why the answer ends; more may follow, such as the usage.
    pub(crate) fn reason(&mut self, reason: FinishReason) {
        self.reason = Some(reason);
    }

    /// A reason in words nobody knows.
    pub(crate) fn other_reason(&mut self, word: &str) {
        self.reason(FinishReason::Other(safe_message(word, None)));
    }

    /// The source says that nothing follows.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    /// The source says that it failed.
    pub(crate) fn fail(&mut self, said: &RemoteError) {
        let error = said.classify(200, None, self.credential.as_ref());
        self.fail_with(error);
    }

    /// The same, in our words.
    pub(crate) fn fail_with(&mut self, error: ProviderError) {
        if self.over {
            return;
        }
        self.flush();
        self.steps.push_back(Step::Error(error));
        self.over = true;
        self.failed = true;
    }

    /// Something came that is no answer; these are its words.
    pub(super) fn fail_as_unexpected(&mut self, words: &str) {
        self.fail_with(unexpected(words, self.credential.as_ref()));
    }

    /// The source refuses to go on, for this reason.
    pub(crate) fn refuse(&mut self, why: &str) {
        let message = safe_message(why, self.credential.as_ref());
        self.fail_with(ProviderError::ContentRefused { message });
    }

    /// A frame that cannot be read.
    pub(crate) fn skip(&mut self) {
        self.skipped = self.skipped.saturating_add(1);
    }

    pub(super) fn skipped(&self) -> u32 {
        self.skipped
    }

    pub(super) fn next(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    /// The end was told; nothing follows it.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    pub(super) fn has_reason(&self) -> bool {
        self.reason.is_some()
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// The end. `stated` is true if the source said so, by a last frame or by closing a document.
    pub(super) fn close(&mut self, stated: bool) {
        match (self.reason.take(), stated) {
            (None, false) => self.fail_with(ProviderError::Interrupted { how: "" }),
            (reason, _) => {
                self.flush();
                self.give(ChatEvent::Finished {
                    reason: reason.unwrap_or(FinishReason::NotStated),
                });
                self.over = true;
            }
        }
    }

    fn give(&mut self, event: ChatEvent) {
        if let ChatEvent::Text(text) = &event {
            self.cites.say(text);
        }
        self.steps.push_back(Step::Event(event));
    }

    fn give_pieces(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            self.thought_within |= matches!(piece, Piece::Reasoning(_));
            self.give(match piece {
                Piece::Text(text) => ChatEvent::Text(text),
                Piece::Reasoning(text) => ChatEvent::Reasoning(text),
            });
        }
    }

    /// What was held back, and what was skipped.
    fn flush(&mut self) {
        let mut pieces = Vec::new();
        self.think.finish(&mut pieces);
        self.give_pieces(pieces);
        for (title, target, span) in self.cites.late() {
            self.give(ChatEvent::Citation {
                title,
                target,
                span: Some(span),
            });
        }
        let count = std::mem::take(&mut self.skipped);
        if count > 0 {
            tracing::warn!(name: "providers.frames_skipped", count);
            self.give(ChatEvent::Notice(Notice::FramesSkipped { count }));
        }
    }
}
