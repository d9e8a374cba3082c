//! What of files a source is told, for a question: the file, its text, or the parts of its text
//! that fit the question best. The same for asking and for showing what would be asked.

use std::collections::HashMap;

use fluxchat_model::{
    Abilities, AssetId, Attachment, AttachmentKind, AttachmentTold, AttachmentWay, DraftKey,
    Message, Part, Role, Source, SourceId,
};
use fluxchat_providers::{ChatMessage, ChatPart, Takes, takes};
use fluxchat_store::{AttachmentChunk, ReadTx, StoreError};

use super::of;
use crate::chat::said::{Listener, Telling, text_of};
use crate::temporary::Home;
use crate::{App, Error, tokens};

/// Up to here a text goes whole, in bytes: some six thousand tokens.
pub(crate) const WHOLE: u32 = 24 << 10;
/// The pages a source reads in one PDF; a longer one goes as text.
const PDF_PAGES: u32 = 100;
/// The most bytes of files in one request; providers take some 20 MB as Base64.
const LARGEST_REQUEST: u64 = 15 << 20;
/// What fits so much less than the best is not told: nothing leaves that does not help.
const LEAST_SHARE: f64 = 0.2;
/// What it counts that a question names the page: more than some rare words.
const NAMED: f64 = 24.0;
/// Words of a question that are looked for.
const MOST_WORDS: usize = 48;
/// A shorter word says little, in characters; of a script without spaces any does.
const SHORTEST_WORD: usize = 3;

/// A file as it leaves, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSent {
    /// The file.
    pub attachment: Attachment,
    /// How much of it; `None`: nothing, the source cannot take it.
    pub way: Option<AttachmentWay>,
    /// The pages, where it is not all.
    pub pages: Vec<u32>,
    /// Whether it leaves as it is although private details are to be replaced.
    pub unredacted: bool,
    /// Whether it goes with the question, and not with an earlier one.
    pub is_new: bool,
}

impl FileSent {
    /// About how many tokens it is, for a model of a source.
    pub(crate) fn tokens(&self, source: &Source, model: &str) -> u64 {
        tokens::of_file(source, model, &self.attachment, self.way, WHOLE)
    }
}

/// Who is given files: a source as it stands, and what its list tells of the model.
pub(crate) struct Taker<'s> {
    source: &'s Source,
    model: &'s str,
    abilities: Abilities,
    redact: bool,
}

/// A conversation as it is told.
pub(crate) struct Said {
    pub(crate) messages: Vec<ChatMessage>,
    pub(crate) files: Vec<FileSent>,
}

impl Said {
    /// What was given of the files, to be kept.
    pub(crate) fn told(&self) -> Vec<AttachmentTold> {
        let mut told: Vec<AttachmentTold> = Vec::new();
        for file in &self.files {
            let Some(way) = file.way else { continue };
            if told
                .iter()
                .all(|it| it.asset_id != file.attachment.asset_id)
            {
                told.push(AttachmentTold {
                    asset_id: file.attachment.asset_id,
                    way,
                    pages: file.pages.clone(),
                });
            }
        }
        told
    }

    /// About how many tokens it is, for a model of a source. Texts of files are among the messages.
    pub(crate) fn tokens(&self, source: &Source, model: &str) -> u64 {
        let as_they_are = self
            .files
            .iter()
            .filter(|file| file.way == Some(AttachmentWay::File));
        let files = as_they_are.map(|file| file.tokens(source, model));
        tokens::of_told(&self.messages) + files.sum::<u64>()
    }

    /// The files that are documents of the request, in its order: what a source that cites by
    /// itself counts.
    pub(crate) fn documents(&self) -> Vec<(AssetId, String)> {
        self.files
            .iter()
            .filter(|file| file.way == Some(AttachmentWay::File))
            .map(|file| &file.attachment)
            .filter(|it| it.facts.kind == AttachmentKind::Pdf)
            .map(|it| (it.asset_id, it.name.clone()))
            .collect()
    }

    /// The pages that an answer may name.
    pub(crate) fn pages(&self) -> Vec<(AssetId, String, Vec<u32>)> {
        self.files
            .iter()
            .map(|file| {
                let pages = match file.way {
                    Some(AttachmentWay::Pages) => file.pages.clone(),
                    Some(_) => (1..=file.attachment.facts.page_count).collect(),
                    None => Vec::new(),
                };
                let it = &file.attachment;
                (it.asset_id, it.name.clone(), pages)
            })
            .collect()
    }
}

impl Taker<'_> {
    /// How a file would be told; `None` where the model cannot take it.
    fn plan(&self, it: &Attachment) -> Option<AttachmentWay> {
        let facts = &it.facts;
        let has_text = facts.text_bytes > 0;
        match takes(self.source, self.abilities, facts.kind, &it.media_type) {
            Takes::Nothing => None,
            // Words can be redacted, and a long text can be searched; bytes cannot.
            Takes::File if facts.kind == AttachmentKind::Pdf && has_text => {
                if facts.text_bytes > 4 * WHOLE || facts.page_count > PDF_PAGES {
                    Some(AttachmentWay::Pages)
                } else if self.redact {
                    Some(words(facts.text_bytes))
                } else {
                    Some(AttachmentWay::File)
                }
            }
            Takes::File => Some(AttachmentWay::File),
            Takes::Words => has_text.then(|| words(facts.text_bytes)),
        }
    }

    /// The same, for people.
    pub(crate) fn planned(&self, attachment: Attachment) -> FileSent {
        let way = self.plan(&attachment);
        FileSent {
            unredacted: self.redact && way == Some(AttachmentWay::File),
            attachment,
            way,
            pages: Vec::new(),
            is_new: true,
        }
    }

    /// About how many tokens files are.
    pub(crate) fn tokens(&self, files: Vec<Attachment>) -> u64 {
        let planned = files.into_iter().map(|it| self.planned(it));
        planned.map(|it| it.tokens(self.source, self.model)).sum()
    }

    fn refused(&self, it: &Attachment) -> Error {
        let told = match it.facts.kind {
            AttachmentKind::Picture => self.abilities.images,
            AttachmentKind::Audio => self.abilities.audio,
            _ => None,
        };
        // What the list says of a model is said of the model.
        let who = match told {
            Some(false) => self.model,
            _ => &self.source.name,
        };
        let what = match it.facts.kind {
            AttachmentKind::Picture => "pictures",
            AttachmentKind::Audio => "this kind of sound",
            _ => {
                return Error::invalid(
                    "attachment_refused",
                    format!(
                        "No words were found in “{}”, and {who} cannot read the file itself.",
                        it.name
                    ),
                );
            }
        };
        Error::invalid(
            "attachment_refused",
            format!("{who} cannot take {what}: “{}”.", it.name),
        )
    }
}

fn words(text_bytes: u32) -> AttachmentWay {
    if text_bytes <= WHOLE {
        AttachmentWay::Text
    } else {
        AttachmentWay::Pages
    }
}

impl App {
    /// A branch as a source is told it, with its files.
    pub(crate) async fn said(
        &self,
        home: &Home,
        source: &Source,
        path: Vec<(Role, Vec<Part>)>,
        to: Listener,
    ) -> Result<Said, Error> {
        let (redact, abilities) = self.taken_by(source, &to.model).await?;
        let (source, home) = (source.clone(), home.clone());
        self.off_thread(move |app| {
            let model = to.model.clone();
            let taker = Taker {
                source: &source,
                model: &model,
                abilities,
                redact,
            };
            app.say(&home, &taker, &path, to)
        })
        .await
    }

    /// Whether private details are replaced for a source, and what its list tells of a model.
    async fn taken_by(&self, source: &Source, model: &str) -> Result<(bool, Abilities), Error> {
        let (id, model) = (source.id, model.to_owned());
        self.read(move |tx| {
            let redact = tx.source(id)?.is_some_and(|source| source.redact);
            Ok((redact, tx.model_fact(id, &model)?.abilities))
        })
        .await
    }

    /// Who is given files.
    pub(crate) async fn taker<'s>(
        &self,
        source: &'s Source,
        model: Option<&'s str>,
    ) -> Result<Taker<'s>, Error> {
        let model = model.unwrap_or_default();
        let (redact, abilities) = self.taken_by(source, model).await?;
        Ok(Taker {
            source,
            model,
            abilities,
            redact,
        })
    }

    /// How the files beside an unsent text would be told, before it is sent.
    ///
    /// # Errors
    /// When there is no source, or the archive is not open.
    pub async fn attachment_plans(
        &self,
        key: DraftKey,
        source: Option<SourceId>,
        model: Option<String>,
    ) -> Result<Vec<FileSent>, Error> {
        let home = self.home_of_draft(key)?;
        let existing = match key {
            DraftKey::Conversation(id) => Some(self.conversation(id).await?),
            DraftKey::NewConversation => None,
        };
        let source = self.source_for(existing.as_ref(), source).await?;
        let model = crate::chat::model_for(existing.as_ref(), &source, model);
        let taker = self.taker(&source, model.as_deref()).await?;
        let files = self
            .read_at(&home, move |tx| tx.draft_attachments(key))
            .await?;
        Ok(files.into_iter().map(|it| taker.planned(it)).collect())
    }

    /// Refuses files that a model of a source cannot take, before anything is written or sent.
    pub(crate) async fn must_take(
        &self,
        source: &Source,
        model: Option<&str>,
        files: &[Attachment],
    ) -> Result<(), Error> {
        if files.is_empty() {
            return Ok(());
        }
        let taker = self.taker(source, model).await?;
        for it in files {
            if taker.plan(it).is_none() {
                return Err(taker.refused(it));
            }
        }
        let bytes = files
            .iter()
            .filter(|it| taker.plan(it) == Some(AttachmentWay::File))
            .map(|it| it.bytes)
            .sum::<u64>();
        if bytes > LARGEST_REQUEST {
            return Err(together());
        }
        Ok(())
    }

    fn say(
        &self,
        home: &Home,
        taker: &Taker<'_>,
        path: &[(Role, Vec<Part>)],
        to: Listener,
    ) -> Result<Said, Error> {
        let question = path
            .iter()
            .rev()
            .find(|(role, _)| *role == Role::User)
            .map(|(_, parts)| text_of(parts))
            .unwrap_or_default();
        let last = path.len().saturating_sub(1);
        let mut files = Vec::new();
        let mut telling = Telling::new(to);
        let mut bytes = 0;
        for (at, (role, parts)) in path.iter().enumerate() {
            let mut said = Vec::new();
            for id in of(parts) {
                let Some(it) = home.store.read(|tx| tx.attachment(id))? else {
                    continue;
                };
                let mut file = taker.planned(it);
                file.is_new = at == last;
                match file.way {
                    Some(AttachmentWay::File) => {
                        bytes += file.attachment.bytes;
                        if bytes > LARGEST_REQUEST {
                            return Err(together());
                        }
                        let content = self.file_bytes(home, id)?;
                        said.push(as_file(&file.attachment, content));
                    }
                    Some(AttachmentWay::Text) => {
                        let chunks = home
                            .store
                            .read(|tx| tx.attachment_chunks(id, 0, u32::MAX))?;
                        said.push(whole(&file.attachment, &chunks));
                    }
                    Some(AttachmentWay::Pages) => {
                        let best = home
                            .store
                            .read(|tx| best(tx, &file.attachment, &question))?;
                        file.pages = pages_of(&best);
                        said.push(in_parts(&file.attachment, &best));
                    }
                    None => said.push(ChatPart::Text(format!(
                        "[The file {} was attached here. It is not part of this request.]",
                        file.attachment.name
                    ))),
                }
                files.push(file);
            }
            if said.is_empty() {
                telling.tell(*role, parts);
                continue;
            }
            let text = text_of(parts);
            if !text.is_empty() {
                said.push(ChatPart::Text(text));
            }
            telling.told.push(ChatMessage {
                role: *role,
                parts: said,
            });
        }
        Ok(Said {
            messages: telling.told,
            files,
        })
    }
}

/// A branch as [`App::said`] wants it.
pub(crate) fn path(messages: Vec<Message>) -> Vec<(Role, Vec<Part>)> {
    messages
        .into_iter()
        .map(|message| (message.role, message.parts))
        .collect()
}

fn together() -> Error {
    Error::invalid(
        "files_too_large",
        "The files of this conversation are together larger than one request can be.",
    )
}

fn as_file(it: &Attachment, content: Vec<u8>) -> ChatPart {
    let media_type = it.media_type.clone();
    if it.facts.kind == AttachmentKind::Picture {
        return ChatPart::Image {
            media_type,
            bytes: content.into(),
        };
    }
    ChatPart::File {
        name: it.name.clone(),
        media_type,
        bytes: content.into(),
    }
}

fn whole(it: &Attachment, chunks: &[AttachmentChunk]) -> ChatPart {
    let mut text = format!("{}:\n", it.name);
    if it.facts.page_count > 0 {
        text.push_str(&how_to_cite(it));
    }
    let mut page = 0;
    for chunk in chunks {
        if chunk.page != page || text.ends_with(":\n") {
            page = chunk.page;
            text.push_str(&heading(it, page));
        }
        let fresh = usize::try_from(chunk.fresh).unwrap_or(0);
        text.push_str(chunk.body.get(fresh..).unwrap_or_default());
    }
    ChatPart::Text(text)
}

fn in_parts(it: &Attachment, chunks: &[AttachmentChunk]) -> ChatPart {
    let mut text = format!(
        "{}: the parts of it that fit the question best; the rest is not in this request.\n",
        it.name
    );
    if it.facts.page_count > 0 {
        text.push_str(&how_to_cite(it));
    }
    let (mut page, mut after) = (0, None);
    for chunk in chunks {
        let goes_on = after == Some(chunk.seq) && page == chunk.page;
        let from = if goes_on {
            usize::try_from(chunk.fresh).unwrap_or(0)
        } else {
            text.push_str(&heading(it, chunk.page));
            0
        };
        text.push_str(chunk.body.get(from..).unwrap_or_default());
        (page, after) = (chunk.page, Some(chunk.seq + 1));
    }
    ChatPart::Text(text)
}

fn how_to_cite(it: &Attachment) -> String {
    format!(
        "It has {} pages. Name the pages you rely on in this form: [{}, p. 1]\n",
        it.facts.page_count, it.name
    )
}

fn heading(it: &Attachment, page: u32) -> String {
    if page == 0 {
        "\n\n".to_owned()
    } else {
        format!("\n\n[{}, p. {page}]\n", it.name)
    }
}

fn pages_of(chunks: &[AttachmentChunk]) -> Vec<u32> {
    let mut pages: Vec<u32> = chunks
        .iter()
        .map(|it| it.page)
        .filter(|page| *page > 0)
        .collect();
    pages.dedup();
    pages
}

/// The pieces of a file that fit a question best, in the order of the file: by BM25 among the
/// pieces of this file alone, so that the cost does not depend on what else is kept.
fn best(
    tx: &ReadTx<'_>,
    it: &Attachment,
    question: &str,
) -> Result<Vec<AttachmentChunk>, StoreError> {
    let id = it.asset_id;
    let pieces = tx.attachment_chunks(id, 0, u32::MAX)?;
    let mut scores: HashMap<i64, f64> = HashMap::new();
    let count = pieces.len() as f64;
    let by_seq: HashMap<i64, &AttachmentChunk> =
        pieces.iter().map(|piece| (piece.seq, piece)).collect();
    for word in words_of(question) {
        let found = tx.attachment_find(id, &word)?;
        let holders = found.len() as f64;
        let rarity = (1.0 + (count - holders + 0.5) / (holders + 0.5)).ln();
        for seq in found {
            let Some(piece) = by_seq.get(&seq) else {
                continue;
            };
            let times = times(&piece.body, &word);
            let length = piece.body.len() as f64 / 1_600.0;
            let weight = times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length));
            *scores.entry(seq).or_default() += rarity * weight;
        }
    }
    let named = pages_named(question);
    for piece in pieces.iter().filter(|piece| named.contains(&piece.page)) {
        *scores.entry(piece.seq).or_default() += NAMED;
    }
    let mut order: Vec<&AttachmentChunk> = pieces.iter().collect();
    // Where nothing fits, the beginning is as good as any.
    let score = |piece: &AttachmentChunk| scores.get(&piece.seq).copied().unwrap_or(0.0);
    order.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.seq.cmp(&b.seq)));
    let mut room = usize::try_from(WHOLE).unwrap_or(usize::MAX);
    let mut chosen: Vec<AttachmentChunk> = Vec::new();
    let least = order.first().map_or(0.0, |first| score(first)) * LEAST_SHARE;
    for piece in order {
        if piece.body.len() > room || score(piece) < least {
            break;
        }
        room -= piece.body.len();
        chosen.push(piece.clone());
    }
    chosen.sort_by_key(|piece| piece.seq);
    Ok(chosen)
}

fn times(body: &str, word: &str) -> f64 {
    let found = body.to_lowercase().matches(word).count();
    f64::from(u32::try_from(found).unwrap_or(u32::MAX)).max(1.0)
}

fn words_of(question: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in question.split(|it: char| !it.is_alphanumeric() && it != '-' && it != '_') {
        let word = word.to_lowercase();
        let says = word.chars().count() >= SHORTEST_WORD
            || !word.is_ascii()
            || word.contains(|it: char| it.is_ascii_digit());
        if says && !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words.truncate(MOST_WORDS);
    words
}

/// The pages a question names: “page 12”, “S. 12”.
fn pages_named(question: &str) -> Vec<u32> {
    const NAMES: &[&str] = &[
        "page", "pages", "p", "slide", "sheet", "seite", "seiten", "s", "folie",
    ];
    let words: Vec<String> = question
        .split(|it: char| !it.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words
        .windows(2)
        .filter(|pair| NAMES.contains(&pair[0].as_str()))
        .filter_map(|pair| pair[1].parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_names_pages_and_words() {
        assert_eq!(pages_named("What is on page 77, and on S. 3?"), [77, 3]);
        assert_eq!(pages_named("Are 42 pages enough?"), [] as [u32; 0]);
        assert_eq!(
            words_of("Is it A4 or 7 nm? 漢"),
            ["a4", "7", "漢"],
            "short words say little, numbers much"
        );
    }
}
