//! An archive of any size, the same every time: for measuring what grows and what must not.
//!
//! Words follow Zipf's law, so that there are very common and very rare ones, as in a language.
//! One message in fifty is Chinese. Some conversations are long, most are short, and what was said
//! in one lies close together in time.

use fluxchat_model::{
    Conversation, ConversationId, DataPractices, Dialect, EgressRecord, Folder, FolderId,
    Initiator, Message, MessageId, MessageStatus, Outcome, Part, Purpose, RequestId, Role, Source,
    SourceId, Timestamp,
};
use fluxchat_store::{ConversationPatch, Store, StoreError};

/// Changes when another archive is made of the same size.
pub const VERSION: u32 = 1;
/// How long the long conversations are.
pub const LONG: u64 = 5_000;
/// How many of them there are, in an archive that has room for them.
pub const LONG_ONES: u64 = 4;
/// How many messages the first conversation has.
pub const SHORT: u64 = 20;
/// Half a year after the last message, so that no rule of a test is about the future.
pub const NOW: Timestamp = Timestamp(1_795_000_000_000);
/// A word of ten messages.
pub const RARE: &str = "quixotry";
/// An identifier that a part of is searched for.
pub const IDENTIFIER: &str = "getUserName";
/// The name of the source that answered in a tenth of the conversations.
pub const SOURCE: &str = "llama";

const BATCH: u64 = 5_000;
const WORDS: usize = 50_000;
const YEARS_5: i64 = 5 * 365 * Timestamp::DAY;
const HALF_A_YEAR: i64 = 182 * Timestamp::DAY;
const HOSTS: [&str; 12] = [
    "in-process",
    "api.openai.com:443",
    "api.anthropic.com:443",
    "openrouter.ai:443",
    "api.mistral.ai:443",
    "api.groq.com:443",
    "127.0.0.1:11434",
    "127.0.0.1:8080",
    "llama.example.org:443",
    "api.deepseek.com:443",
    "team.example.net:443",
    "api.fluxchat.example:443",
];
const PURPOSES: [Purpose; 5] = [
    Purpose::Chat,
    Purpose::Chat,
    Purpose::Models,
    Purpose::Title,
    Purpose::PolicyCheck,
];

/// How much to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Messages in all.
    pub messages: u64,
    /// Conversations they are in.
    pub conversations: u64,
    /// Rows of the ledger.
    pub ledger: u64,
}

impl Size {
    /// A hundredth of it.
    #[must_use]
    pub fn hundredth(self) -> Self {
        Self {
            messages: self.messages / 100,
            conversations: (self.conversations / 100).max(2),
            ledger: self.ledger / 100,
        }
    }

    fn is_long(self, at: u64) -> bool {
        let middle = self.conversations / 2;
        self.messages > 4 * LONG_ONES * LONG && (middle..middle + LONG_ONES).contains(&at)
    }

    /// How many messages each conversation has.
    fn lengths(self) -> Vec<u64> {
        let mut left = self.messages;
        let mut lengths = Vec::new();
        for at in 0..self.conversations {
            let wanted = match at {
                0 => SHORT,
                _ if self.is_long(at) => LONG,
                _ => left.div_ceil(self.conversations - at),
            };
            let length = wanted.min(left);
            left -= length;
            lengths.push(length);
        }
        lengths
    }
}

/// A small generator of numbers; the same seed gives the same numbers on every machine.
pub struct Numbers(u64);

impl Numbers {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn bytes(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.next().to_le_bytes());
        bytes[8..].copy_from_slice(&self.next().to_le_bytes()[..2]);
        bytes
    }
}

/// The words of an archive.
pub struct Language {
    words: Vec<String>,
    /// The share of all words up to each.
    shares: Vec<f64>,
}

impl Default for Language {
    fn default() -> Self {
        Self::new()
    }
}

impl Language {
    /// Fifty thousand words of syllables.
    #[must_use]
    pub fn new() -> Self {
        const ONSETS: [&str; 16] = [
            "b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "w",
        ];
        const NUCLEI: [&str; 8] = ["a", "e", "i", "o", "u", "ei", "ou", "ia"];
        const CODAS: [&str; 6] = ["", "", "n", "r", "s", "l"];
        let mut numbers = Numbers::new(20_261_123);
        let mut seen = std::collections::HashSet::new();
        let mut words = Vec::with_capacity(WORDS);
        while words.len() < WORDS {
            let syllables = 1 + numbers.below(3) + u64::from(words.len() > 200);
            let mut word = String::new();
            for _ in 0..syllables {
                word.push_str(ONSETS[numbers.below(16) as usize]);
                word.push_str(NUCLEI[numbers.below(8) as usize]);
                word.push_str(CODAS[numbers.below(6) as usize]);
            }
            if seen.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut sum = 0.0;
        let mut shares: Vec<f64> = (1..=WORDS)
            .map(|rank| {
                sum += (rank as f64).powf(-1.05);
                sum
            })
            .collect();
        shares.iter_mut().for_each(|share| *share /= sum);
        Self { words, shares }
    }

    /// The word of a rank, from 0: the most common first.
    #[must_use]
    pub fn word(&self, rank: usize) -> &str {
        &self.words[rank]
    }

    /// The most common word with so many letters.
    #[must_use]
    pub fn common_of_length(&self, letters: usize) -> &str {
        let found = self.words.iter().find(|word| word.len() == letters);
        found.map_or("", String::as_str)
    }

    /// Letters that are no word and begin the most.
    #[must_use]
    pub fn common_beginning(&self, letters: usize) -> Option<String> {
        let mut weights = std::collections::BTreeMap::<&str, f64>::new();
        let mut before = 0.0;
        for (word, share) in self.words.iter().zip(&self.shares) {
            if word.len() > letters {
                *weights.entry(&word[..letters]).or_default() += share - before;
            }
            before = *share;
        }
        for word in &self.words {
            weights.remove(word.as_str());
        }
        let most = weights.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
        most.map(|(beginning, _)| beginning.to_owned())
    }

    fn any(&self, numbers: &mut Numbers) -> &str {
        let at = numbers.fraction();
        let rank = self.shares.partition_point(|share| *share < at);
        &self.words[rank.min(WORDS - 1)]
    }

    /// A message of about 424 characters.
    fn text(&self, numbers: &mut Numbers, at: u64, of: u64) -> String {
        if at % 50 == 7 {
            let length = 40 + numbers.below(80);
            let mut text = String::from("人工");
            for _ in 0..length {
                let sign = 0x4e00 + numbers.below(900) as u32;
                text.push(char::from_u32(sign).unwrap_or('字'));
            }
            return text;
        }
        let length = 20 + numbers.below(90);
        let mut text = String::new();
        for word in 0..length {
            text.push_str(if word == 0 {
                ""
            } else if word % 13 == 0 {
                ". "
            } else {
                " "
            });
            text.push_str(self.any(numbers));
        }
        if at % 200 == 9 {
            text.push(' ');
            text.push_str(IDENTIFIER);
        }
        if at % (of / 10).max(1) == 3 {
            text.push(' ');
            text.push_str(RARE);
        }
        text
    }

    fn title(&self, numbers: &mut Numbers) -> String {
        let words: Vec<&str> = (0..4).map(|_| self.any(numbers)).collect();
        words.join(" ")
    }
}

/// What a measurement asks for by name.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Landmarks {
    /// A conversation of [`SHORT`] messages.
    pub short: ConversationId,
    /// Conversations of [`LONG`] messages; the longest ones of a small archive.
    pub long: Vec<ConversationId>,
    /// A conversation of usual length, in the middle.
    pub usual: Vec<ConversationId>,
    /// The folder with a twentieth of the conversations.
    pub folder: FolderId,
    /// The source that answered in a tenth of them.
    pub source: SourceId,
    /// When the first message was written.
    pub from: Timestamp,
    /// After the last message.
    pub until: Timestamp,
}

impl Landmarks {
    /// Of an archive with nothing in it.
    #[must_use]
    pub fn nowhere() -> Self {
        let nothing = [0; 10];
        Self {
            short: ConversationId::new(NOW, nothing),
            long: Vec::new(),
            usual: Vec::new(),
            folder: FolderId::new(NOW, nothing),
            source: SourceId::new(NOW, nothing),
            from: NOW,
            until: NOW,
        }
    }
}

/// Fills an empty archive. `told` hears how far it is.
///
/// # Errors
/// When the archive cannot be written.
pub fn fill(
    store: &Store,
    size: Size,
    mut told: impl FnMut(&str, u64, u64),
) -> Result<Landmarks, StoreError> {
    let language = Language::new();
    let mut numbers = Numbers::new(7);
    let from = NOW.plus_ms(-YEARS_5 - HALF_A_YEAR);
    let step = YEARS_5 / i64::try_from(size.messages.max(1)).unwrap_or(i64::MAX);
    let at = |n: u64| from.plus_ms(step * i64::try_from(n).unwrap_or(0));
    let folder = Folder {
        id: FolderId::new(from, numbers.bytes()),
        name: "Taxes".to_owned(),
        created_at: from,
    };
    let source = source(SourceId::new(from, numbers.bytes()), from);
    store.write(|tx| {
        tx.folder_insert(&folder)?;
        tx.source_insert(&source)
    })?;
    let lengths = size.lengths();
    let mut ids = Vec::with_capacity(lengths.len());
    let mut written = 0;
    let mut todo = lengths.iter().copied().peekable();
    while todo.peek().is_some() {
        let until = written + BATCH;
        store.write(|tx| {
            while written < until
                && let Some(length) = todo.next()
            {
                let id = ConversationId::new(at(written), numbers.bytes());
                let mut conversation =
                    Conversation::new(id, language.title(&mut numbers), at(written));
                conversation.pinned = ids.len() % 4_000 == 11;
                let of_source = ids.len() % 10 == 3;
                conversation.source_id = of_source.then_some(source.id);
                tx.conversation_insert(&conversation)?;
                let mut parent = None;
                for n in 0..length {
                    let text = language.text(&mut numbers, written, size.messages);
                    let mut message = message(&mut numbers, id, parent, at(written), n, text);
                    if of_source && message.role == Role::Assistant {
                        message.source_name = Some(SOURCE.to_owned());
                    }
                    tx.message_insert(&message)?;
                    parent = Some(message.id);
                    written += 1;
                }
                if ids.len() % 20 == 10 {
                    let patch = ConversationPatch {
                        folder_id: Some(Some(folder.id)),
                        ..ConversationPatch::default()
                    };
                    tx.conversation_update(id, &patch)?;
                }
                ids.push(id);
            }
            Ok(())
        })?;
        told("messages", written, size.messages);
    }
    ledger(store, size, &ids, from, &mut numbers, &mut told)?;
    let middle = ids.len() / 2;
    let after = (middle + LONG_ONES as usize).min(ids.len() - 1);
    Ok(Landmarks {
        short: ids[0],
        long: ids[middle..after].to_vec(),
        usual: ids[after..(after + 200).min(ids.len())].to_vec(),
        folder: folder.id,
        source: source.id,
        from,
        until: at(size.messages),
    })
}

fn source(id: SourceId, at: Timestamp) -> Source {
    Source {
        id,
        name: SOURCE.to_owned(),
        dialect: Dialect::Openai,
        origin: None,
        base_path: "/v1".to_owned(),
        has_credential: false,
        default_model: None,
        practices: DataPractices::default(),
        redact: false,
        created_at: at,
    }
}

fn message(
    numbers: &mut Numbers,
    conversation: ConversationId,
    parent: Option<MessageId>,
    at: Timestamp,
    place: u64,
    text: String,
) -> Message {
    let answer = place % 2 == 1;
    Message {
        id: MessageId::new(at, numbers.bytes()),
        conversation_id: conversation,
        parent_id: parent,
        role: if answer { Role::Assistant } else { Role::User },
        status: MessageStatus::Complete,
        model: answer.then(|| "llama-3".to_owned()),
        source_name: answer.then(|| Source::SANDBOX.to_owned()),
        parts: vec![Part::Text { text }],
        usage: None,
        error: None,
        created_at: at,
        finished_at: Some(at),
    }
}

fn ledger(
    store: &Store,
    size: Size,
    ids: &[ConversationId],
    from: Timestamp,
    numbers: &mut Numbers,
    told: &mut impl FnMut(&str, u64, u64),
) -> Result<(), StoreError> {
    let step = (YEARS_5 + HALF_A_YEAR - Timestamp::DAY)
        / i64::try_from(size.ledger.max(1)).unwrap_or(i64::MAX);
    let mut written = 0;
    while written < size.ledger {
        store.write(|tx| {
            for n in written..(written + BATCH).min(size.ledger) {
                let at = from.plus_ms(step * i64::try_from(n).unwrap_or(0));
                // What is used most is used most: half of it goes to two hosts.
                let wide = numbers.below(12);
                let host = HOSTS[numbers.below(wide + 1) as usize];
                let purpose = PURPOSES[numbers.below(5) as usize];
                let conversation = ids[(n * ids.len() as u64 / size.ledger) as usize];
                let record = EgressRecord {
                    request_id: RequestId::new(at, numbers.bytes()),
                    at,
                    purpose,
                    basis: purpose.basis(),
                    consent_event_id: None,
                    policy_version: Some("2026-11-01".to_owned()),
                    endpoint: "chat.completions".to_owned(),
                    method: "POST".to_owned(),
                    host: host.to_owned(),
                    categories: purpose.categories().to_vec(),
                    initiator: Initiator::User,
                    conversation_id: (purpose == Purpose::Chat).then_some(conversation),
                    training_allowed: false,
                };
                if n % 97 == 0 {
                    tx.ledger_blocked(&record)?;
                    continue;
                }
                let seq = tx.ledger_begin(&record)?;
                let outcome = match n % 41 {
                    0 => Outcome::Failed,
                    1 => Outcome::Cancelled,
                    _ => Outcome::Sent,
                };
                tx.ledger_finish(
                    seq,
                    outcome,
                    Some(200),
                    800 + numbers.below(9_000),
                    numbers.below(20_000),
                )?;
            }
            Ok(())
        })?;
        written = (written + BATCH).min(size.ledger);
        told("ledger rows", written, size.ledger);
    }
    Ok(())
}
