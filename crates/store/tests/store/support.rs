//! An archive of one's own, and short words for what tests put into it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

use fluxchat_forensic::{Hit, Needle, Scanner};
use fluxchat_model::{
    ArchiveKey, Conversation, ConversationId, ErasureId, ErasureScope, Message, MessageId,
    MessageStatus, Part, Role, Timestamp, TombstoneId,
};
use fluxchat_store::{
    ErasureRequest, FinishedBy, OpenOptions, PathAnchor, Purged, SearchFilter, SearchHit,
    SearchQuery, SearchScope, Store, StoreError,
};

pub const KEY: [u8; 32] = [0x5a; 32];
/// 2026-11-23, some time.
pub const NOW: Timestamp = Timestamp(1_795_000_000_000);

pub struct Archive {
    pub dir: tempfile::TempDir,
    pub store: Store,
    next: AtomicU8,
    clock: AtomicI64,
}

/// How these tests name a conversation by its question: by all of its words.
pub fn titled(question: &str) -> [String; 2] {
    [question.to_owned(), question.to_owned()]
}

pub fn key() -> ArchiveKey {
    ArchiveKey::new(KEY)
}

impl Archive {
    pub fn new() -> Self {
        Self::with(OpenOptions::create)
    }

    /// The control arm.
    pub fn unprotected() -> Self {
        Self::with(OpenOptions::control_arm)
    }

    fn with(options: impl FnOnce(PathBuf, ArchiveKey) -> OpenOptions) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(options(dir.path().join("archive.db"), key())).unwrap();
        Self {
            dir,
            store,
            next: AtomicU8::new(0),
            clock: AtomicI64::new(NOW.0),
        }
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().join("archive.db")
    }

    pub fn wal(&self) -> PathBuf {
        self.dir.path().join("archive.db-wal")
    }

    pub fn random(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        getrandom::fill(&mut bytes).unwrap();
        bytes[0] = self.next.fetch_add(1, Ordering::Relaxed);
        bytes
    }

    /// Every call is a second later.
    pub fn tick(&self) -> Timestamp {
        Timestamp(self.clock.fetch_add(1_000, Ordering::Relaxed) + 1_000)
    }

    pub fn conversation(&self, title: &str) -> ConversationId {
        let at = self.tick();
        let id = ConversationId::new(at, self.random());
        let conversation = Conversation::new(id, title.to_owned(), at);
        self.store
            .write(|tx| tx.conversation_insert(&conversation))
            .unwrap();
        id
    }

    pub fn message(
        &self,
        conversation: ConversationId,
        parent: Option<MessageId>,
        text: &str,
    ) -> Message {
        let at = self.tick();
        Message {
            id: MessageId::new(at, self.random()),
            conversation_id: conversation,
            parent_id: parent,
            role: Role::User,
            status: MessageStatus::Complete,
            model: None,
            source_name: None,
            parts: vec![Part::Text {
                text: text.to_owned(),
            }],
            usage: None,
            error: None,
            created_at: at,
            finished_at: Some(at),
        }
    }

    pub fn say(
        &self,
        conversation: ConversationId,
        parent: Option<MessageId>,
        text: &str,
    ) -> MessageId {
        let message = self.message(conversation, parent, text);
        self.store.write(|tx| tx.message_insert(&message)).unwrap();
        message.id
    }

    /// A chain of messages; their ids in order.
    pub fn talk(&self, conversation: ConversationId, texts: &[&str]) -> Vec<MessageId> {
        let mut parent = None;
        let mut ids = Vec::new();
        for text in texts {
            let id = self.say(conversation, parent, text);
            parent = Some(id);
            ids.push(id);
        }
        ids
    }

    /// The texts of the branch that is shown.
    pub fn shown(&self, conversation: ConversationId) -> Vec<String> {
        let page = self
            .store
            .read(|tx| tx.path_page(conversation, PathAnchor::End, 1_000))
            .unwrap();
        assert_eq!(
            page.total as usize,
            page.items.len(),
            "the page holds the whole branch"
        );
        page.items.iter().map(|item| item.message.text()).collect()
    }

    pub fn find(&self, text: &str) -> Vec<SearchHit> {
        self.store.read(|tx| tx.search(&query(text))).unwrap()
    }

    pub fn hide(&self, scope: ErasureScope) -> Result<ErasureId, StoreError> {
        let at = self.tick();
        let id = ErasureId::new(at, self.random());
        self.store.write(|tx| {
            tx.erasure_request(&ErasureRequest {
                id,
                scope,
                requested_at: at,
                purge_after: at.plus_ms(30_000),
            })
        })?;
        Ok(id)
    }

    pub fn purge(&self, id: ErasureId) -> Purged {
        let at = self.tick();
        while !self.store.erasure_step(id, titled).unwrap().done {}
        self.store
            .erasure_purge(id, TombstoneId::new(at, self.random()), at)
            .unwrap()
    }

    pub fn by(&self) -> FinishedBy {
        FinishedBy {
            files_removed: 0,
            key_epoch: 1,
            app_version: "0.1.0".to_owned(),
            at: self.tick(),
        }
    }

    /// Everything from asking to receipt.
    pub fn erase(&self, scope: ErasureScope) -> fluxchat_model::Receipt {
        let id = self.hide(scope).unwrap();
        self.purge(id);
        self.store.erasure_scrub(id).unwrap();
        self.store.erasure_finish(id, &self.by()).unwrap()
    }
}

pub fn query(text: &str) -> SearchQuery {
    SearchQuery {
        text: text.to_owned(),
        prefix_last: false,
        scope: SearchScope::All,
        filter: SearchFilter::default(),
        before: None,
        limit: 50,
    }
}

/// 24 random lower-case letters.
pub fn canary() -> String {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).unwrap();
    bytes
        .iter()
        .map(|byte| char::from(b'a' + byte % 26))
        .collect()
}

pub fn han_canary() -> String {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).unwrap();
    bytes
        .iter()
        .map(|byte| char::from_u32(0x4e00 + 71 * u32::from(*byte)).unwrap())
        .collect()
}

/// What is found in the pages and the log of an archive, and in its files as they are.
pub fn scan_database(archive: &Archive, needles: &[Needle]) -> Vec<Hit> {
    let scanner = Scanner::new(needles).unwrap();
    scanner.database(&archive.path(), &KEY).unwrap()
}

/// What is found in the folder of an archive.
pub fn scan_tree(archive: &Archive, needles: &[Needle]) -> Vec<Hit> {
    let scanner = Scanner::new(needles).unwrap();
    scanner.tree(archive.dir.path()).unwrap()
}
