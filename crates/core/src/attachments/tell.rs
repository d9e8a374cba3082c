//! What of files a source is told, for a question: the file, its text, or the parts of its text
//! that fit the question best. The same for asking and for showing what would be asked.

use fluxchat_model::{
    Abilities, AssetId, Attachment, AttachmentKind, AttachmentTold, AttachmentWay, DraftKey,
    Message, Part, Role, Source, SourceId,
};
use fluxchat_providers::{ChatMessage, ChatPart, Takes, cites_pages, takes};

use super::WHOLE;
use super::best::{best, pages_of};
use super::parts::{as_file, how_to_cite, in_parts, whole};
use crate::chat::said::{Listener, Returned, Telling, text_of};
use crate::temporary::Home;
use crate::tools::is_told_as_words;
use crate::{App, Error, tokens};

/// The pages a source reads in one PDF; a longer one goes as text.
const PDF_PAGES: u32 = 100;
/// The most bytes of files in one request; providers take some 20 MB as Base64.
const LARGEST_REQUEST: u64 = 15 << 20;

/// A file as it leaves, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSent {
    /// The file.
    pub attachment: Attachment,
    /// How much of it; `None`: nothing, the source cannot take it or there is no room for it.
    pub way: Option<AttachmentWay>,
    /// The pages, where it is not all.
    pub pages: Vec<u32>,
    /// Whether it leaves as it is although private details are to be replaced.
    pub unredacted: bool,
    /// Whether it goes with the question, and not with an earlier one.
    pub is_new: bool,
    /// Whether the source could take it, but one request cannot carry it beside the others.
    pub no_room: bool,
}

impl FileSent {
    /// About how many tokens it is, for a model of a source.
    pub(crate) fn tokens(&self, source: &Source, model: &str) -> u64 {
        tokens::of_file(source, model, &self.attachment, self.way, WHOLE)
    }
}

/// The bytes of files that one request carries.
#[derive(Default)]
struct Room {
    taken: u64,
}

impl Room {
    /// Whether a file fits as it is to go; one that does has its place from now on.
    fn takes(&mut self, file: &FileSent) -> bool {
        let bytes = match file.way {
            Some(AttachmentWay::File) => file.attachment.bytes,
            _ => 0,
        };
        let fits = self.taken + bytes <= LARGEST_REQUEST;
        if fits {
            self.taken += bytes;
        }
        fits
    }
}

/// A file, and the call that returned it.
type Fitted = (Option<u32>, FileSent);

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

    /// The files of earlier questions for which there was no room.
    pub(crate) fn left_out(&self) -> impl Iterator<Item = &str> {
        let left_out = self.files.iter().filter(|file| file.no_room);
        left_out.map(|file| file.attachment.name.as_str())
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
            no_room: false,
        }
    }

    /// The same for a file that one request cannot carry as it is: its words go, where it has any.
    fn without_room(&self, file: FileSent) -> FileSent {
        let facts = &file.attachment.facts;
        let has_words = facts.kind == AttachmentKind::Pdf && facts.text_bytes > 0;
        let way = has_words.then(|| words(facts.text_bytes));
        FileSent {
            way,
            unredacted: false,
            no_room: way.is_none(),
            ..file
        }
    }

    /// How the files of a branch would be told, message by message. Those of the question always
    /// go; of earlier ones, and of what tools returned, the newest that one request can carry beside
    /// them.
    fn fitted(
        &self,
        home: &Home,
        path: &[(Role, Vec<Part>)],
        has_tools: bool,
    ) -> Result<Vec<Vec<Fitted>>, Error> {
        let question = path.iter().rposition(|(role, _)| *role == Role::User);
        let last = path.len().saturating_sub(1);
        let mut fitted: Vec<Vec<Fitted>> = path.iter().map(|_| Vec::new()).collect();
        let mut room = Room::default();
        let earlier = (0..path.len()).rev().filter(|at| Some(*at) != question);
        for at in question.into_iter().chain(earlier) {
            let (Some((_, parts)), Some(into)) = (path.get(at), fitted.get_mut(at)) else {
                continue;
            };
            // What a call returned last is what the next one goes on with.
            for part in parts.iter().rev() {
                let Part::Attachment { asset_id, call, .. } = part else {
                    continue;
                };
                let Some(it) = home.store.read(|tx| tx.attachment(*asset_id))? else {
                    continue;
                };
                // It goes with its call, or stands in the result.
                if call.is_some() && (!has_tools || is_told_as_words(it.facts.kind)) {
                    continue;
                }
                let mut file = self.planned(it);
                file.is_new = at == last;
                if !room.takes(&file) {
                    if Some(at) == question {
                        return Err(together());
                    }
                    file = self.without_room(file);
                }
                into.push((*call, file));
            }
            into.reverse();
        }
        Ok(fitted)
    }

    /// About how many tokens files are.
    pub(crate) fn tokens(&self, files: Vec<Attachment>) -> u64 {
        let planned = files.into_iter().map(|it| self.planned(it));
        planned.map(|it| it.tokens(self.source, self.model)).sum()
    }

    /// Whether a source has to be told how pages of a file are named: it does not cite them by
    /// itself.
    fn names_pages_of(&self, it: &Attachment) -> bool {
        it.facts.page_count > 0 && !cites_pages(self.source)
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
        let mut room = Room::default();
        let mut planned = Vec::with_capacity(files.len());
        for it in files {
            let mut file = taker.planned(it);
            if !room.takes(&file) {
                (file.way, file.no_room) = (None, true);
            }
            planned.push(file);
        }
        Ok(planned)
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
        let mut room = Room::default();
        let mut planned = files.iter().map(|it| taker.planned(it.clone()));
        if planned.all(|file| room.takes(&file)) {
            Ok(())
        } else {
            Err(together())
        }
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
        let fitted = taker.fitted(home, path, to.has_tools)?;
        let mut files = Vec::new();
        let mut telling = Telling::new(to);
        for ((role, parts), fitted) in path.iter().zip(fitted) {
            let mut said = Vec::new();
            let mut returned = Returned::new();
            for (call, mut file) in fitted {
                let told = self.tell_file(home, taker, &mut file, call.is_some(), &question)?;
                match call {
                    Some(call) => returned.entry(call).or_default().extend(told),
                    None => said.extend(told),
                }
                files.push(file);
            }
            if said.is_empty() {
                telling.tell(*role, parts, &returned);
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

impl App {
    /// A file as it goes.
    fn tell_file(
        &self,
        home: &Home,
        taker: &Taker<'_>,
        file: &mut FileSent,
        is_returned: bool,
        question: &str,
    ) -> Result<Vec<ChatPart>, Error> {
        let it = &file.attachment;
        let id = it.asset_id;
        let mut told = Vec::new();
        match file.way {
            Some(AttachmentWay::File) => {
                if taker.names_pages_of(it) {
                    told.push(ChatPart::Text(format!("{}:\n{}", it.name, how_to_cite(it))));
                }
                told.push(as_file(it, self.file_bytes(home, id)?));
            }
            Some(AttachmentWay::Text) => {
                let chunks = home
                    .store
                    .read(|tx| tx.attachment_chunks(id, 0, u32::MAX))?;
                told.push(whole(it, &chunks));
            }
            Some(AttachmentWay::Pages) => {
                let best = home.store.read(|tx| best(tx, it, question))?;
                told.push(in_parts(it, &best));
                file.pages = pages_of(&best);
            }
            None => told.push(ChatPart::Text(format!(
                "[The file {} was {} here. It is not part of this request.]",
                it.name,
                if is_returned { "returned" } else { "attached" },
            ))),
        }
        Ok(told)
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
        "The files of this question are together larger than one request can be.",
    )
}
