//! Words that nobody else can know, in every place that content may take.

use fluxchat_forensic::Needle;
use fluxchat_model::{
    ConversationId, DraftKey, LedgerFilter, MessageStatus, Purpose, Source, SourceId,
};

use crate::{App, Ask, ConversationPatch, Error};

const LETTERS: usize = 24;
/// More than one page of the archive, so that a message reaches into overflow pages.
const LONG: usize = 6_000;
const ROWS: u32 = 50;

/// What was planted.
pub(super) struct Planted {
    conversation: ConversationId,
    /// Found in the decrypted pages as long as they are there.
    words: Vec<String>,
    needles: Vec<Needle>,
    /// How the answer ended.
    pub(super) status: MessageStatus,
    /// Rows of the ledger for the one question.
    pub(super) rows: usize,
}

impl Planted {
    /// Plants, and has the question answered in-process. What was planted before a failure is
    /// taken out again.
    pub(super) async fn plant(app: &App) -> Result<Self, Error> {
        let [question, long, title, draft, file, body, search] =
            [(); 7].map(|()| canary()).map(Result::ok);
        let words = [question, long, title, draft, file, search]
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .ok_or(Error::Randomness)?;
        let body = body.ok_or(Error::Randomness)?;
        let ask = Ask {
            text: format!(
                "How do I delete a conversation for good? {} {}{}",
                words[0],
                "and so on ".repeat(LONG / 10),
                words[1]
            ),
            source: Some(sandbox(app).await?),
            ..Ask::default()
        };
        let sent = app.ask(ask).await?;
        let conversation = sent.conversation_id;
        let needles = super::needles_of(&[words.clone(), vec![body.clone()]].concat());
        let mut planted = Self {
            conversation,
            words,
            needles,
            status: MessageStatus::Streaming,
            rows: 0,
        };
        let rest = async {
            if let Some(generation) = app.open()?.generation(sent.answer_id) {
                generation.ended.cancelled().await;
            }
            let status = app.message_by_id(sent.answer_id).await?.status;
            planted.fill(app, body).await?;
            Ok::<_, Error>((status, planted.rows_in_ledger(app).await?))
        };
        match rest.await {
            Ok((status, rows)) => {
                (planted.status, planted.rows) = (status, rows);
                Ok(planted)
            }
            Err(error) => {
                planted.remove(app).await?;
                Err(error)
            }
        }
    }

    async fn fill(&self, app: &App, body: String) -> Result<(), Error> {
        let [_, _, title, draft, file, search] = self.words.as_slice() else {
            return Err(Error::Task);
        };
        let patch = ConversationPatch {
            title: Some(title.clone()),
            ..ConversationPatch::default()
        };
        app.update_conversation(self.conversation, patch).await?;
        app.set_draft(DraftKey::Conversation(self.conversation), draft.clone())
            .await?;
        app.add_asset(
            Some(self.conversation),
            format!("{file}.txt"),
            "text/plain".to_owned(),
            body.into_bytes(),
        )
        .await?;
        app.remember_search(search.clone()).await
    }

    async fn rows_in_ledger(&self, app: &App) -> Result<usize, Error> {
        let filter = LedgerFilter {
            purpose: Some(Purpose::Chat),
            ..LedgerFilter::default()
        };
        let rows = app.ledger_page(filter, ROWS).await?;
        let ours = |row: &&fluxchat_model::LedgerEntry| {
            row.record.conversation_id == Some(self.conversation)
        };
        Ok(rows.iter().filter(ours).count())
    }

    /// Deletes it for good, here and now. Returns whether the receipt says what it must.
    pub(super) async fn remove(&self, app: &App) -> Result<bool, Error> {
        let erasing = app.delete_conversation(self.conversation).await?;
        let receipt = app.purge_now(erasing.id).await?;
        // The sandbox is part of this computer: what it kept goes now, not at its next turn.
        app.flush_outbox().await?;
        let open = app.open()?;
        tokio::task::spawn_blocking(move || open.store.scrub()).await??;
        Ok(receipt.wal_bytes == 0
            && receipt.checkpoint[0] == 0
            && receipt.secure_delete
            && receipt.fts_secure_delete
            && receipt.search_verified)
    }

    pub(super) fn words(&self) -> &[String] {
        &self.words
    }

    pub(super) fn needles(&self) -> &[Needle] {
        &self.needles
    }
}

pub(super) async fn sandbox(app: &App) -> Result<SourceId, Error> {
    let (sources, _) = app.sources().await?;
    sources
        .into_iter()
        .find(|source| source.name == Source::SANDBOX && source.is_in_process())
        .map(|source| source.id)
        .ok_or(Error::NotFound("sandbox"))
}

/// Twenty-four random letters: no text, key or number contains them by chance.
pub(super) fn canary() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; LETTERS];
    getrandom::fill(&mut bytes)?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(b'a' + byte % 26))
        .collect())
}
