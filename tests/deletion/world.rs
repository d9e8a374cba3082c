//! A profile in this process with something worth deleting in every place that keeps content.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fluxchat_core::{App, Ask, LedgerLayer, NewSource};
use fluxchat_egress::{Finish, Ledger, LedgerSeq, Refusal};
use fluxchat_model::{
    AssetId, ConversationId, Dialect, DraftKey, EgressRecord, Message, MessageId, MessageStatus,
    Part, Purpose, Role, SourceId, Timestamp,
};
use fluxchat_store::{ConversationPatch, OpenOptions, PathAnchor, SandboxRecord, SearchHit, Store};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::{ManualClock, canary, cyrillic_canary, han_canary};
use fluxchat_vault::MemoryKeychain;

use super::{assert_gone, remnants};
use crate::support::app;

const START: i64 = 1_790_000_000_000;

/// A word for every place.
pub struct Canaries {
    pub title: String,
    pub message: String,
    pub cyrillic: String,
    pub han: String,
    pub long: String,
    pub answer: String,
    pub error: String,
    pub guide: String,
    pub draft: String,
    pub search: String,
    pub file_name: String,
    pub file_body: String,
    pub sandbox: String,
}

impl Canaries {
    pub fn new() -> Self {
        Self {
            title: canary(),
            message: canary(),
            cyrillic: cyrillic_canary(),
            han: han_canary(),
            long: canary(),
            answer: canary(),
            error: canary(),
            guide: canary(),
            draft: canary(),
            search: canary(),
            file_name: canary(),
            file_body: canary(),
            sandbox: canary(),
        }
    }

    /// All that the pages of the archive hold; the body of a file is nowhere but in that file.
    pub fn in_pages(&self) -> [&str; 12] {
        [
            &self.title,
            &self.message,
            &self.cyrillic,
            &self.han,
            &self.long,
            &self.answer,
            &self.error,
            &self.guide,
            &self.draft,
            &self.search,
            &self.file_name,
            &self.sandbox,
        ]
    }

    pub fn all(&self) -> Vec<&str> {
        let mut all = self.in_pages().to_vec();
        all.push(&self.file_body);
        all
    }
}

/// Lets requests about rights wait, so that a test sees them wait.
struct Lock {
    real: Arc<dyn Ledger>,
    closed: Arc<AtomicBool>,
}

impl Ledger for Lock {
    fn begin(&self, intent: &EgressRecord) -> Result<LedgerSeq, Refusal> {
        if intent.purpose == Purpose::RightsRequest && self.closed.load(Ordering::SeqCst) {
            return Err(Refusal::LedgerUnavailable);
        }
        self.real.begin(intent)
    }
    fn block(&self, intent: &EgressRecord, why: Refusal) {
        self.real.block(intent, why);
    }
    fn finish(&self, seq: LedgerSeq, finish: Finish) {
        self.real.finish(seq, finish);
    }
}

/// A home folder, a profile in it, and the app that owns it.
pub struct World {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub recorder: Recorder,
    pub source: SourceId,
    /// While true, no request about rights leaves.
    pub rights_wait: Arc<AtomicBool>,
    keychain: Arc<MemoryKeychain>,
    settle: bool,
    home: tempfile::TempDir,
}

impl World {
    /// `settle`: whether it carries deletions out at start and end, as the window does.
    pub async fn start(settle: bool) -> Self {
        let home = tempfile::Builder::new()
            .prefix("fluxchat-world-")
            .tempdir()
            .unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        let clock = Arc::new(ManualClock::at(START));
        let rights_wait = Arc::new(AtomicBool::new(false));
        let recorder = Recorder::start(Answer::Words(vec!["fine".to_owned()])).await;
        let app = start(&home, &keychain, &clock, &rights_wait, settle).await;
        app::set_up(&app).await;
        let source = app
            .add_source(NewSource {
                name: "recorder".to_owned(),
                url: recorder.base_url(),
                dialect: Dialect::Openai,
                key: None,
            })
            .await
            .unwrap()
            .source
            .id;
        Self {
            app,
            clock,
            recorder,
            source,
            rights_wait,
            keychain,
            settle,
            home,
        }
    }

    /// Ends the app without a word and starts it again.
    pub async fn crash_and_restart(&mut self) {
        // What a killed process cannot do: give the profile back in order. Closing the app would
        // carry the deletions out, so a second one is started from a copy of the folder.
        let copy = tempfile::Builder::new()
            .prefix("fluxchat-world-")
            .tempdir()
            .unwrap();
        copy_folder(&self.profile(), &copy.path().join("profile"));
        self.app = start(
            &copy,
            &self.keychain,
            &self.clock,
            &self.rights_wait,
            self.settle,
        )
        .await;
        self.home = copy;
    }

    pub fn profile(&self) -> PathBuf {
        self.home.path().join("profile")
    }

    /// A second handle on the archive, for what no use case offers.
    pub fn with_store<T>(&self, f: impl FnOnce(&Store) -> T) -> T {
        let key = app::archive_key(&self.profile(), &self.keychain);
        let path = self.profile().join("archive.db");
        let store = Store::open(OpenOptions::existing(
            path,
            fluxchat_model::ArchiveKey::new(key),
        ))
        .unwrap();
        let value = f(&store);
        store.close();
        value
    }

    pub async fn ask(&self, conversation: Option<ConversationId>, text: &str) -> Message {
        let source = Some(self.source);
        app::ask(
            &self.app,
            Ask {
                conversation,
                text: text.to_owned(),
                source,
                model: None,
                ..Ask::default()
            },
        )
        .await
    }

    pub async fn ask_guide(&self, conversation: Option<ConversationId>, text: &str) -> Message {
        let source = Some(self.app.source_named("sandbox").await.unwrap().id);
        let model = Some("guide".to_owned());
        app::ask(
            &self.app,
            Ask {
                conversation,
                text: text.to_owned(),
                source,
                model,
                ..Ask::default()
            },
        )
        .await
    }

    /// Answers with these words from now on.
    pub fn answer(&self, words: &[&str]) {
        self.recorder.answer(Answer::Words(
            words.iter().map(|word| format!("{word} ")).collect(),
        ));
    }

    /// One conversation with a canary in every place, made by use cases wherever there is one.
    pub async fn plant(&self, canaries: &Canaries) -> (ConversationId, AssetId) {
        self.answer(&["so", &canaries.answer, "it", "is"]);
        let words = [&canaries.message, &canaries.cyrillic, &canaries.han].map(String::as_str);
        let id = self
            .ask(None, &format!("Please explain {}.", words.join(" ")))
            .await
            .conversation_id;
        let long = format!(
            "{} {} {}",
            "several pages ".repeat(900),
            canaries.long,
            "of words ".repeat(900)
        );
        self.ask(Some(id), &long).await;
        let refusal = format!(
            r#"{{"error":{{"message":"not with {}","type":"invalid_request_error"}}}}"#,
            canaries.error
        );
        self.recorder
            .answer(Answer::Plain(400, "application/json", refusal));
        let failed = self.ask(Some(id), "Once more.").await;
        assert_eq!(failed.status, MessageStatus::Failed);
        let guided = self
            .ask_guide(Some(id), &format!("What is {}?", canaries.guide))
            .await;
        assert_eq!(guided.status, MessageStatus::Complete);

        let title = Some(format!("About {}", canaries.title));
        let patch = ConversationPatch {
            title,
            ..ConversationPatch::default()
        };
        self.app.update_conversation(id, patch).await.unwrap();
        self.app
            .set_draft(
                DraftKey::Conversation(id),
                format!("unsent {}", canaries.draft),
            )
            .await
            .unwrap();
        self.app
            .remember_search(canaries.search.clone())
            .await
            .unwrap();
        let body = format!(
            "{} {}",
            "a file of some length ".repeat(9_000),
            canaries.file_body
        );
        let name = format!("{}.txt", canaries.file_name);
        let media = "text/plain".to_owned();
        let asset = self
            .app
            .add_asset(Some(id), name.clone(), media.clone(), body.into_bytes())
            .await
            .unwrap();
        self.attach(id, asset, name, media).await;
        (id, asset)
    }

    async fn attach(
        &self,
        conversation: ConversationId,
        asset: AssetId,
        name: String,
        media_type: String,
    ) {
        let last = self
            .app
            .message_page(conversation, PathAnchor::End, 1)
            .await
            .unwrap();
        let text = "see the file".to_owned();
        let message = Message {
            id: MessageId::new(Timestamp(START), [7; 10]),
            conversation_id: conversation,
            parent_id: last.messages.last().map(|shown| shown.message.id),
            role: Role::User,
            status: MessageStatus::Complete,
            model: None,
            source_name: None,
            parts: vec![
                Part::Text { text },
                Part::Attachment {
                    asset_id: asset,
                    name,
                    media_type,
                    call: None,
                },
            ],
            usage: None,
            error: None,
            created_at: Timestamp(START),
            finished_at: None,
        };
        self.with_store(|store| store.write(|tx| tx.message_insert(&message)).unwrap());
    }

    /// A record of the sandbox that quotes, under the name it knows the conversation by. The real
    /// service never quotes; whatever it keeps has to go all the same.
    pub fn plant_in_sandbox(&self, conversation: ConversationId, canaries: &Canaries) -> String {
        self.with_store(|store| {
            let alias = store
                .read(|tx| tx.conversation_alias(conversation))
                .unwrap()
                .unwrap();
            let record = SandboxRecord {
                collection: "requests".to_owned(),
                key: "planted".to_owned(),
                owner: Some(alias.clone()),
                body: format!(r#"{{"quoted":"{}"}}"#, canaries.sandbox),
                at: Timestamp(START),
            };
            store.write(|tx| tx.sandbox_put(&record)).unwrap();
            alias
        })
    }

    /// Puts a conversation into a folder or gives it a tag, past the use cases.
    pub fn label(&self, table: &str, name: &str, conversation: ConversationId) {
        let key = app::archive_key(&self.profile(), &self.keychain);
        let of = format!("x'{}'", conversation.0.simple());
        let tie = match table {
            "folder" => format!(
                "UPDATE conversation SET folder_id = x'{:032x}' WHERE id = {of}",
                7
            ),
            _ => format!(
                "INSERT INTO conversation_tag (conversation_id, tag_id) VALUES ({of}, x'{:032x}')",
                7
            ),
        };
        let sql = format!(
            "INSERT INTO {table} (id, created_at, name) VALUES (x'{:032x}', 1, '{name}'); {tie};",
            7
        );
        fluxchat_testkit::raw::run(&self.profile().join("archive.db"), &key, &sql);
    }

    pub async fn find(&self, text: &str) -> Vec<SearchHit> {
        self.app.search(text.to_owned(), None, 10).await.unwrap()
    }

    fn scan(&self, canaries: &[&str]) -> Vec<fluxchat_testkit::forensic::Hit> {
        let key = app::archive_key(&self.profile(), &self.keychain);
        remnants(self.home.path(), &self.profile(), &key, canaries)
    }

    /// Each of them is in the archive, and no file shows any of them without its key.
    #[track_caller]
    pub fn assert_there(&self, canaries: &[&str]) {
        let hits = self.scan(canaries);
        for canary in canaries {
            assert!(
                hits.iter().any(|hit| hit.needle.canary == *canary),
                "the scan sees {canary}"
            );
        }
        let decrypted = |place: &str| place.starts_with("page") || place.starts_with("frame");
        let raw: Vec<_> = hits
            .into_iter()
            .filter(|hit| !decrypted(&hit.place))
            .collect();
        assert_gone(&raw);
    }

    #[track_caller]
    pub fn assert_gone(&self, canaries: &[&str]) {
        assert_gone(&self.scan(canaries));
    }
}

async fn start(
    home: &tempfile::TempDir,
    keychain: &Arc<MemoryKeychain>,
    clock: &Arc<ManualClock>,
    rights_wait: &Arc<AtomicBool>,
    settle_deletions: bool,
) -> App {
    let closed = Arc::clone(rights_wait);
    let layer: LedgerLayer = Arc::new(move |real| {
        Arc::new(Lock {
            real,
            closed: Arc::clone(&closed),
        }) as Arc<dyn Ledger>
    });
    let clock: Arc<dyn fluxchat_model::Clock> = Arc::clone(clock) as _;
    let options = app::options(&home.path().join("profile"), keychain, clock);
    App::start(fluxchat_core::Options {
        settle_deletions,
        ledger_layer: Some(layer),
        ..options
    })
    .await
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &there);
        } else {
            std::fs::copy(entry.path(), there).unwrap();
        }
    }
}
