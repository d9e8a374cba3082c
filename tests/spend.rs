//! What goes along is shown and trimmed by a visible rule; what it costs is kept; a budget stops
//! before a byte leaves.

mod budget;
mod command_line;
mod context;
mod files;
mod published;
mod title;
mod together;
mod window;

use std::sync::Arc;

use fluxchat_core::clock::SystemClock;
use fluxchat_core::{App, Ask, NewSource};
use fluxchat_model::{Budget, Dialect, LedgerFilter, Message, Period, Price, SourceId};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_vault::MemoryKeychain;

use crate::support::app;

/// What the recording server calls its model.
const MODEL: &str = "recorder-1";
/// A thousandth of a dollar for a token: what a question costs can be counted by hand.
const DEAR: Price = Price {
    cached: None,
    input: 1_000_000_000,
    output: 1_000_000_000,
};
const TOKEN: u64 = 1_000_000;
/// A budget has to have room for an answer of so many tokens.
const SHORTEST: u64 = 256;

/// An app with a recording server as its source.
struct World {
    app: App,
    recorder: Recorder,
    source: SourceId,
    _home: tempfile::TempDir,
}

impl World {
    async fn new(answer: Answer) -> Self {
        let home = tempfile::tempdir().unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        let app = App::start(app::options(home.path(), &keychain, Arc::new(SystemClock))).await;
        app::set_up(&app).await;
        let recorder = Recorder::start(answer).await;
        let source = NewSource {
            name: "recorder".to_owned(),
            url: recorder.base_url(),
            dialect: Dialect::Openai,
            key: None,
        };
        let source = app.add_source(source).await.unwrap().source.id;
        Self {
            app,
            recorder,
            source,
            _home: home,
        }
    }

    /// The same, where a token costs a thousandth of a dollar.
    async fn dear(answer: Answer) -> Self {
        let world = Self::new(answer).await;
        let entered = world
            .app
            .set_model_facts(world.source, MODEL, None, Some(DEAR));
        entered.await.unwrap();
        world
    }

    fn asking(&self, text: &str) -> Ask {
        Ask {
            text: text.to_owned(),
            source: Some(self.source),
            ..Ask::default()
        }
    }

    async fn ask(&self, text: &str) -> Message {
        app::ask(&self.app, self.asking(text)).await
    }

    /// A budget of so many tokens a day, of all sources together.
    async fn budget(&self, tokens: u64) {
        let budget = Budget {
            source_id: None,
            period: Period::Day,
            nanos: tokens * TOKEN,
            warn_percent: 80,
        };
        self.app.set_budget(budget).await.unwrap();
    }

    /// How many requests arrived, and how many rows the ledger has.
    async fn left(&self) -> (usize, usize) {
        let rows = self.app.ledger_page(LedgerFilter::default(), 1_000).await;
        (self.recorder.seen().len(), rows.unwrap().len())
    }

    fn last_body(&self) -> serde_json::Value {
        serde_json::from_str(&self.recorder.seen().pop().unwrap().body).unwrap()
    }

    async fn spent(&self) -> u64 {
        let rows = self.app.spending(1).await.unwrap().rows;
        rows.iter().map(|row| row.nanos).sum()
    }
}

fn words(text: &str) -> Answer {
    Answer::Words(vec![text.to_owned()])
}

fn code(message: &Message) -> Option<&str> {
    message.error.as_ref().map(|error| error.code.as_str())
}
