//! What an answer asks of its source: the branch as it goes out, with its files and tools.

use fluxchat_model::{
    AnswerNotice, AttachmentTold, ConversationId, Dialect, Message, Role, SealedPart,
};
use fluxchat_providers::{ChatMessage, ChatRequest, Sealed};

use super::super::context::Going;
use super::super::outgoing;
use super::super::said::Listener;
use super::{Gathered, Run, calls_of};
use crate::tools::Offered;
use crate::{Error, attachments, only_here, restriction, spend, tokens, tools};

const CONTINUE: &str = "Continue your last answer exactly where it stopped. Do not repeat anything and do not introduce it.";

impl Run {
    pub(super) async fn request(
        &self,
        model: String,
        so_far: Option<&Message>,
        offered: &Offered,
        gathered: &mut Gathered,
    ) -> Result<ChatRequest, Error> {
        let question = self.answer.parent_id.ok_or(Error::NotFound("question"))?;
        let id = self.answer.conversation_id;
        let (conversation, path, mut instructions) = self
            .app
            .read_at(&self.home, move |tx| {
                let path = tx.path_to(question, outgoing::LONGEST_PATH)?;
                Ok((tx.conversation(id)?, path, tx.instructions(id)?))
            })
            .await?;
        let conversation = conversation.ok_or(Error::NotFound("conversation"))?;
        // It may have been frozen or kept to this computer since the question was asked.
        let asked = conversation.clone();
        self.app
            .read(move |tx| restriction::check(tx, Some(&asked)))
            .await??;
        only_here::check(&conversation, &self.source)?;
        only_here::check_model(&conversation, &self.source, &model)?;
        let again = so_far.map(|it| tokens::of_words(&it.text()));
        let going = Going {
            source: &self.source,
            model: &model,
            instructions: &instructions,
            after: again.filter(|it| *it > 0),
            asked: true,
        };
        let (path, mut estimate) = self.app.fit(&self.home, &going, path).await?;
        let mut path = attachments::path(path);
        let listener = Listener {
            source: self.source.id,
            model: model.clone(),
            has_tools: !offered.is_empty(),
        };
        let mut continues = false;
        if let Some(so_far) = so_far {
            if self.source.dialect == Dialect::Fluxchat && self.source.is_in_process() {
                // Guide answers the same question in the same words, so it starts over and what
                // is already here is skipped.
                gathered.repeated = so_far.text();
            } else if !so_far.text().is_empty() || calls_of(so_far).next().is_some() {
                path.push((so_far.role, so_far.parts.clone()));
                continues = self.so_far.is_some() && !gathered.was_asked;
            }
        }
        let read: Vec<(String, u32)> = path
            .iter()
            .flat_map(|(_, parts)| crate::tools::pages_read(parts))
            .map(|(name, page)| (name.to_owned(), page))
            .collect();
        let said = self
            .app
            .said(&self.home, &self.source, path, listener)
            .await?;
        estimate.count_told(&instructions, &said, &self.source, &model);
        estimate.check()?;
        self.note_files(&said.told()).await?;
        for name in said.left_out() {
            let name = name.to_owned();
            gathered.note(AnswerNotice::FileLeftOut { name });
        }
        gathered.documents = said.documents();
        gathered.pages = said.pages();
        for (_, name, pages) in &mut gathered.pages {
            let of_it = read.iter().filter(|(of, _)| of == name);
            pages.extend(of_it.map(|(_, page)| *page));
        }
        let mut messages = said.messages;
        // After results of tools the source goes on by itself, after words it has to be asked to.
        if continues
            && messages
                .last()
                .is_some_and(|last| last.role == Role::Assistant)
        {
            messages.push(ChatMessage::text(Role::User, CONTINUE));
        }
        gathered.was_asked = true;
        let alias = self.alias().await?;
        let longest = self
            .app
            .reserve(&self.open, self.answer.id, &self.source, &estimate)
            .await?;
        gathered.is_shortened = longest.is_some();
        instructions.parameters.no_longer_than(longest);
        gathered.asked_model = Some(model.clone());
        gathered.asked = Some(spend::Asked {
            model: model.clone(),
            tokens: estimate.raw,
        });
        let outgoing = self
            .app
            .outgoing(&self.source, model, messages, instructions, alias)
            .await?
            .keeping(!self.home.is_temporary)
            .offering(offered.wire());
        gathered.text = outgoing.redactor.restorer();
        gathered.reasoning = outgoing.redactor.restorer();
        Ok(outgoing.request)
    }

    /// Keeps what the source is given of files, so that it shows while the answer arrives.
    async fn note_files(&self, told: &[AttachmentTold]) -> Result<(), Error> {
        if told.is_empty() {
            return Ok(());
        }
        let (id, told) = (self.answer.id, told.to_vec());
        self.app
            .write_at(&self.home, move |tx| attachments::note(tx, id, &told))
            .await
    }

    /// The tools the source may ask for.
    pub(super) async fn offer(
        &self,
        asked: &tools::Asked,
        gathered: &mut Gathered,
    ) -> Result<Offered, Error> {
        let id = self.answer.conversation_id;
        let (chosen, whose) = self
            .app
            .read_at(&self.home, move |tx| {
                Ok((tx.instructions(id)?, tx.conversation(id)?))
            })
            .await?;
        let stays_here = whose.is_some_and(|it| it.local_only);
        let tools = &chosen.parameters.tools;
        let offered = self
            .app
            .offer(&asked.source, tools, stays_here, Some(asked));
        let offered = tokio::select! {
            biased;
            () = self.generation.cancel.cancelled() => {
                return Err(fluxchat_egress::EgressError::Cancelled.into());
            }
            offered = offered => offered?,
        };
        for notice in &offered.missing {
            gathered.note(notice.clone());
        }
        Ok(offered)
    }

    pub(super) fn sealed(&self, sealed: Sealed, model: &str) -> SealedPart {
        SealedPart {
            source_id: self.source.id,
            model: model.to_owned(),
            dialect: sealed.dialect,
            data: sealed.data.to_string(),
        }
    }

    /// The answer as far as it is in the archive.
    pub(super) async fn as_kept(&self) -> Result<Message, Error> {
        let id = self.answer.id;
        self.app
            .read_at(&self.home, move |tx| tx.message(id))
            .await?
            .ok_or(Error::NotFound("message"))
    }

    /// What the ledger may know the conversation by.
    pub(super) fn in_ledger(&self) -> Option<ConversationId> {
        (!self.home.is_temporary).then_some(self.answer.conversation_id)
    }

    /// The random name under which the service may keep what belongs to this conversation, so
    /// that an erasure finds it. Of a temporary one it is to keep nothing.
    async fn alias(&self) -> Result<Option<String>, Error> {
        if self.source.dialect != Dialect::Fluxchat || self.home.is_temporary {
            return Ok(None);
        }
        let id = self.answer.conversation_id;
        let fresh = hex::encode(crate::clock::random10()?);
        let alias = self
            .app
            .write(move |tx| {
                if let Some(alias) = tx.conversation_alias(id)? {
                    return Ok(alias);
                }
                tx.conversation_alias_set(id, &fresh)?;
                Ok(fresh)
            })
            .await?;
        Ok(Some(alias))
    }
}
