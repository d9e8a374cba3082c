//! A profile in this process, a source elsewhere, and a ledger that can be set aside.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use fluxchat_core::{App, Ask, LedgerLayer, NewSource, PathAnchor};
use fluxchat_egress::{Finish, Ledger, LedgerSeq, Refusal};
use fluxchat_model::{
    ConversationId, Dialect, DraftKey, EgressRecord, Message, MessageStatus, SourceId,
};
use fluxchat_testkit::forensic::{all_needles, scan_database, scan_tree};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::{ManualClock, canary, cyrillic_canary};
use fluxchat_vault::MemoryKeychain;

use crate::support::app;

const START: i64 = 1_790_000_000_000;

/// A ledger that can be told to write nothing for a while, so that whatever else writes is seen.
struct Aside {
    real: Arc<dyn Ledger>,
    aside: Arc<AtomicBool>,
    next: AtomicI64,
}

const ASIDE: i64 = 1 << 40;

impl Ledger for Aside {
    fn begin(&self, intent: &EgressRecord) -> Result<LedgerSeq, Refusal> {
        if self.aside.load(Ordering::SeqCst) {
            return Ok(LedgerSeq(ASIDE + self.next.fetch_add(1, Ordering::SeqCst)));
        }
        self.real.begin(intent)
    }
    fn block(&self, intent: &EgressRecord, why: Refusal) {
        self.real.block(intent, why);
    }
    fn finish(&self, seq: LedgerSeq, finish: Finish) {
        if seq.0 < ASIDE {
            self.real.finish(seq, finish);
        }
    }
}

pub struct World {
    pub app: App,
    pub recorder: Recorder,
    pub remote: SourceId,
    pub guide: SourceId,
    pub aside: Arc<AtomicBool>,
    keychain: Arc<MemoryKeychain>,
    pub home: tempfile::TempDir,
}

impl World {
    pub async fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        let aside = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&aside);
        let layer: LedgerLayer = Arc::new(move |real| {
            Arc::new(Aside {
                real,
                aside: Arc::clone(&told),
                next: AtomicI64::new(0),
            }) as Arc<dyn Ledger>
        });
        let clock = Arc::new(ManualClock::at(START));
        let app = App::start(fluxchat_core::Options {
            ledger_layer: Some(layer),
            ..app::options(&home.path().join("profile"), &keychain, clock)
        })
        .await;
        app::set_up(&app).await;
        let recorder = Recorder::start(Answer::Words(vec!["fine".to_owned()])).await;
        let new = NewSource {
            name: "recorder".to_owned(),
            url: recorder.base_url(),
            dialect: Dialect::Openai,
            key: None,
        };
        let remote = app.add_source(new).await.unwrap().source.id;
        let guide = app.source_named("sandbox").await.unwrap().id;
        Self {
            app,
            recorder,
            remote,
            guide,
            aside,
            keychain,
            home,
        }
    }

    pub fn profile(&self) -> PathBuf {
        self.home.path().join("profile")
    }

    pub fn key(&self) -> [u8; 32] {
        app::archive_key(&self.profile(), &self.keychain)
    }

    pub async fn begin(&self) -> ConversationId {
        let begun = self.app.begin_temporary(Some(self.remote), None).await;
        begun.unwrap().id
    }

    pub async fn ask(&self, id: ConversationId, source: SourceId, text: &str) -> Message {
        app::ask(
            &self.app,
            Ask {
                conversation: Some(id),
                text: text.to_owned(),
                source: Some(source),
                model: (source == self.guide).then(|| "guide".to_owned()),
                ..Ask::default()
            },
        )
        .await
    }

    /// All that can be done in a conversation, with a word of each kind.
    pub async fn live(&self, id: ConversationId, words: &Words) {
        let app = &self.app;
        let key = DraftKey::Conversation(id);
        app.set_draft(key, format!("unsent {}", words.draft))
            .await
            .unwrap();
        self.recorder
            .answer(Answer::Words(vec![format!("so {} ", words.answer)]));
        let first = self
            .ask(id, self.remote, &format!("about {}", words.question))
            .await;
        assert_eq!(first.status, MessageStatus::Complete);
        let guided = self
            .ask(id, self.guide, &format!("What is {}?", words.guided))
            .await;
        assert_eq!(guided.status, MessageStatus::Complete);
        let refusal = format!(r#"{{"error":{{"message":"not with {}"}}}}"#, words.error);
        self.recorder
            .answer(Answer::Plain(400, "application/json", refusal));
        let failed = self.ask(id, self.remote, "once more").await;
        assert_eq!(failed.status, MessageStatus::Failed);
        // Branches, by every way to one.
        self.recorder.answer(Answer::Words(vec!["fine".to_owned()]));
        let mut events = app.events().subscribe();
        let question = failed.parent_id.unwrap();
        let mut answers = Vec::new();
        for turn in 0..3 {
            let sent = match turn {
                0 => app.regenerate(failed.id, None, None).await,
                1 => app.resume(failed.id).await,
                _ => {
                    app.edit(question, &format!("not {}", words.edited), &[])
                        .await
                }
            }
            .unwrap();
            answers.push(sent.answer_id);
            while let Some(event) = events.recv().await {
                if matches!(event, fluxchat_core::Event::StreamEnded { answer: id, .. } if id == sent.answer_id)
                {
                    break;
                }
            }
        }
        app.select_branch(answers[0]).await.unwrap();
        let shown = app.message_page(id, PathAnchor::End, 50).await.unwrap();
        assert_eq!(shown.messages.last().unwrap().message.id, answers[0]);
        assert_eq!(shown.messages.last().unwrap().branches.len(), 2);
        let preview = Ask {
            conversation: Some(id),
            text: "what would leave".to_owned(),
            ..Ask::default()
        };
        app.preview(preview).await.unwrap();
        app.set_draft(key, format!("unsent {}", words.draft))
            .await
            .unwrap();
        assert!(app.draft(key).await.unwrap().contains(&words.draft));
    }

    /// What is found of these words in the archive and in every file around it.
    pub fn found(&self, words: &[&str]) -> BTreeSet<String> {
        let needles = all_needles(words);
        let mut hits = scan_database(&self.profile().join("archive.db"), &self.key(), &needles);
        hits.extend(scan_tree(self.home.path(), &needles));
        hits.into_iter().map(|hit| hit.needle.canary).collect()
    }
}

pub struct Words {
    pub question: String,
    pub answer: String,
    pub guided: String,
    pub error: String,
    pub edited: String,
    pub draft: String,
}

impl Words {
    pub fn new() -> Self {
        Self {
            question: canary(),
            answer: canary(),
            guided: cyrillic_canary(),
            error: canary(),
            edited: canary(),
            draft: canary(),
        }
    }

    pub fn all(&self) -> [&str; 6] {
        [
            &self.question,
            &self.answer,
            &self.guided,
            &self.error,
            &self.edited,
            &self.draft,
        ]
    }
}
