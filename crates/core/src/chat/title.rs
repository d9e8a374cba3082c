//! Titles: the first words of the question, or, where a person switched it on, a few words of the
//! model that answered. One request of its own purpose; what it costs counts. A title that
//! somebody wrote is never changed.

use fluxchat_egress::{Ctx, Reply};
use fluxchat_markup as markup;
use fluxchat_model::{
    ConversationId, DataCategory, Instructions, Message, MessageId, MessageStatus, Parameters,
    Purpose, Role, Source, Usage,
};
use fluxchat_providers::{ChatEvent, ChatMessage};
use fluxchat_store::ConversationPatch;
use futures_util::StreamExt as _;

use crate::spend::{Asked, Ended};
use crate::{App, Error, Event, restriction, tokens};

const BY_MODEL: &str = "titles_by_model";
const ASK: &str = "Give this conversation a title of two to six words in its own language. \
                   Answer with the title alone, without quotation marks.";
/// Of the question and of the answer.
const EXCERPT: usize = 1_000;
/// A title is short; a model that thinks first needs some room.
const LONGEST: u32 = 1_024;

impl App {
    /// Whether the model that answers gives titles.
    ///
    /// # Errors
    /// When the archive is not open.
    pub async fn titles_by_model(&self) -> Result<bool, Error> {
        let on = self.read(|tx| tx.setting(BY_MODEL)).await?;
        Ok(on.unwrap_or(false))
    }

    /// Lets the model that answers give titles, or no longer.
    ///
    /// # Errors
    /// In a supervised profile, unless its guardian unlocked it.
    pub async fn set_titles_by_model(&self, on: bool) -> Result<(), Error> {
        if on {
            self.guarded().await?;
        }
        self.write(move |tx| tx.setting_set(BY_MODEL, &on)).await?;
        self.tell(Event::SettingsChanged);
        Ok(())
    }

    /// Asks for a title after the first answer, beside everything else. What fails leaves the
    /// title as it is.
    pub(super) async fn title_soon(
        &self,
        answer: &Message,
        source: &Source,
        model: Option<String>,
    ) {
        // The command line ends with its answer.
        let (Ok(open), Some(model)) = (self.open(), model) else {
            return;
        };
        if source.is_in_process() || self.inner.options.surface != "window" {
            return;
        }
        // As it is set when the answer ends: later it is about later answers.
        if !self.titles_by_model().await.unwrap_or(false) {
            return;
        }
        // Of several answers to the first question, the one that is there first is enough.
        let (id, conversation) = (answer.id, answer.conversation_id);
        if !open.titling().insert(conversation) {
            return;
        }
        let (app, source) = (self.clone(), source.clone());
        open.clone().tasks.spawn(async move {
            if let Err(error) = app.title(id, source, model).await {
                tracing::info!(name: "title.not_given", code = error.code());
            }
            open.titling().remove(&conversation);
        });
    }

    async fn title(&self, answer: MessageId, source: Source, model: String) -> Result<(), Error> {
        let Some(first) = self.first_words(answer).await? else {
            return Ok(());
        };
        let text = format!("{ASK}\n\n{}\n\n{}", first.question, first.answer);
        let instructions = Instructions {
            parameters: Parameters {
                max_tokens: Some(LONGEST),
                ..Parameters::default()
            },
            ..Instructions::default()
        };
        let raw = tokens::of_words(&text);
        let lines = [super::trim::Line {
            tokens: raw,
            is_mine: true,
            always: true,
        }];
        let facts = self.facts_of(&source, &model).await?;
        let (_, estimate) = super::estimate::weigh(&facts, &instructions, &lines);
        let said = vec![ChatMessage::text(Role::User, text)];
        let outgoing = self
            .outgoing(&source, model.clone(), said, instructions, None)
            .await?
            .keeping(false);
        let mut restorer = outgoing.redactor.restorer();
        let open = self.open()?;
        // It is no message, and is counted as one that nobody sees.
        let id = self.fresh(MessageId::new)?;
        self.reserve(&open, id, &source, &estimate).await?;
        let ctx = Ctx {
            policy_version: Some(self.policy_in_force().0),
            conversation_id: Some(first.conversation),
            reply: Reply::Stream,
            cancel: open.stop.child_token(),
            ..Ctx::new(
                Purpose::Title,
                &[DataCategory::Content, DataCategory::Parameters],
            )
        };
        let credential = self.credential(&source).await;
        let (mut words, mut usage) = (String::new(), None::<Usage>);
        let end: Result<(), Error> = async {
            let request = outgoing.request;
            let mut stream =
                fluxchat_providers::chat(&open.door, &source, credential?, ctx, request).await?;
            while let Some(event) = stream.next().await {
                match event? {
                    ChatEvent::Text(piece) if words.len() < EXCERPT => {
                        words.push_str(&restorer.push(&piece));
                    }
                    ChatEvent::Usage(told) => usage = Some(told),
                    _ => {}
                }
            }
            words.push_str(&restorer.finish());
            Ok(())
        }
        .await;
        let asked = Asked { model, tokens: raw };
        let status = match end {
            Ok(()) => MessageStatus::Complete,
            Err(_) => MessageStatus::Failed,
        };
        let ended = Ended {
            answer: id,
            source: &source,
            asked: Some(asked),
            usage,
            before: None,
            status,
            is_kept: true,
        };
        self.settle_cost(&open, ended).await;
        end?;
        let title = markup::title_told(&words);
        if !title.is_empty() {
            self.retitle(first, answer, title).await?;
        }
        Ok(())
    }

    /// What a title is asked with; `None` where none is to be asked for.
    async fn first_words(&self, answer: MessageId) -> Result<Option<First>, Error> {
        self.read(move |tx| {
            if !tx.setting(BY_MODEL)?.unwrap_or(false) {
                return Ok(None);
            }
            let Some(answer) = tx.message(answer)? else {
                return Ok(None);
            };
            let question = answer.parent_id.map(|id| tx.message(id)).transpose()?;
            let Some(question) = question.flatten().filter(|it| it.parent_id.is_none()) else {
                return Ok(None);
            };
            let Some(conversation) = tx.conversation(answer.conversation_id)? else {
                return Ok(None);
            };
            let frozen = restriction::check(tx, Some(&conversation))?.is_err();
            let title = markup::title_from(&question.text());
            if frozen || conversation.local_only || conversation.title != title {
                return Ok(None);
            }
            Ok(Some(First {
                conversation: conversation.id,
                question_id: question.id,
                title,
                question: excerpt(&question),
                answer: excerpt(&answer),
            }))
        })
        .await
    }

    /// Changes a title, unless somebody else did meanwhile. It goes with what it was made of.
    async fn retitle(&self, first: First, answer: MessageId, title: String) -> Result<(), Error> {
        let id = first.conversation;
        self.write(move |tx| {
            let now = tx.conversation(id)?;
            if now.is_none_or(|now| now.title != first.title) {
                return Ok(());
            }
            let patch = ConversationPatch {
                title: Some(title),
                ..ConversationPatch::default()
            };
            tx.conversation_update(id, &patch)?;
            tx.title_told_set(id, first.question_id, answer)
        })
        .await?;
        self.tell(Event::ConversationChanged(id));
        Ok(())
    }
}

struct First {
    conversation: ConversationId,
    question_id: MessageId,
    /// The title by the rule, as it stands.
    title: String,
    question: String,
    answer: String,
}

fn excerpt(message: &Message) -> String {
    message.text().chars().take(EXCERPT).collect()
}
