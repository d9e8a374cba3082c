//! What servers offer besides tools: a person asks for it, from where they are allowed to, and what
//! they wrote is content in the ledger. What comes back is somebody else's.

use std::time::Duration;

use fluxchat_core::{App, Brought, Error, NewToolServer, OfferAsking, OfferValues};
use fluxchat_model::{
    Dialect, DraftKey, LedgerEntry, LedgerFilter, OfferAskingId, Purpose, Secret, Timestamp,
    ToolDecision, ToolServer, ToolServerId, ToolState,
};
use fluxchat_testkit::canary;
use fluxchat_testkit::tool_host::{Manner, ToolHost};

use super::remote::at;
use super::time::{let_go, slow_reader};
use super::under_way::{begin, read, slow};
use super::{World, calls, openai, world};

const NEW: DraftKey = DraftKey::NewConversation;

struct Afar {
    world: World,
    host: ToolHost,
    server: ToolServer,
}

impl Afar {
    async fn start(manner: Manner) -> Self {
        let world = world(Dialect::Openai, vec![openai("fine", &[])]).await;
        world.app.read_files_with(crate::support::cli_path());
        let host = ToolHost::start(manner).await;
        let server = world.app.add_tool_server(at(&host.url())).await.unwrap();
        Self {
            world,
            host,
            server,
        }
    }

    fn app(&self) -> &App {
        &self.world.app
    }

    async fn fill(&self, key: DraftKey, first: &str) -> Result<Brought, Error> {
        fill(self.app(), self.server.id, key, first).await
    }

    async fn attach(&self, key: DraftKey, uri: &str) -> Result<Brought, Error> {
        let asking = asking(self.server.id, key);
        self.app()
            .attach_resource(asking, uri, None, Vec::new())
            .await
    }
}

async fn fill(app: &App, id: ToolServerId, key: DraftKey, first: &str) -> Result<Brought, Error> {
    let values = vec![("first".to_owned(), first.to_owned())];
    app.fill_server_prompt(asking(id, key), "compare", values)
        .await
}

fn asking(server: ToolServerId, key: DraftKey) -> OfferAsking {
    OfferAsking {
        server,
        key,
        id: None,
    }
}

/// The same by somebody who can stop it.
async fn fill_as(afar: &Afar, id: OfferAskingId) -> Result<Brought, Error> {
    let asking = OfferAsking {
        id: Some(id),
        ..asking(afar.server.id, NEW)
    };
    let values = vec![("first".to_owned(), "a".to_owned())];
    afar.app()
        .fill_server_prompt(asking, "compare", values)
        .await
}

fn asking_id(number: u8) -> OfferAskingId {
    OfferAskingId::new(Timestamp(0), [number; 10])
}

/// Everything a person can ask a server for, with the code it ends with.
async fn every_asking(app: &App, id: ToolServerId, key: DraftKey) -> [Option<&'static str>; 4] {
    let none = OfferValues::new();
    let asking = asking(id, key);
    let prompts = app.server_prompts(asking).await.err();
    let resources = app.server_resources(asking).await.err();
    let filled = fill(app, id, key, "a").await.err();
    let attached = app.attach_resource(asking, "file:///plans/a.md", None, none);
    let attached = attached.await.err();
    [prompts, resources, filled, attached].map(|it| it.map(|it| it.code()))
}

async fn rows(app: &App) -> Vec<LedgerEntry> {
    let filter = LedgerFilter {
        purpose: Some(Purpose::Tool),
        ..LedgerFilter::default()
    };
    app.ledger_page(filter, 1_000).await.unwrap()
}

fn with_content(rows: &[LedgerEntry]) -> usize {
    let is_content =
        |row: &&LedgerEntry| row.record.categories.iter().any(|it| it.id() == "content");
    rows.iter().filter(is_content).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_asks_for_is_in_the_ledger_and_what_they_wrote_is_content() {
    let afar = Afar::start(Manner::Well).await;
    let (app, id) = (afar.app(), afar.server.id);
    let sent = app.ask(afar.world.question("hello", &[])).await.unwrap();
    let key = DraftKey::Conversation(sent.conversation_id);
    assert!(afar.host.seen().is_empty(), "nothing asks by itself");

    let prompts = app.server_prompts(asking(id, key)).await.unwrap();
    let names: Vec<&str> = prompts.rows.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["compare", "second"], "of both pages");
    app.server_resources(asking(id, key)).await.unwrap();
    let listed = rows(app).await;
    // The control arm: whoever asks what there is tells nothing of their own.
    assert_eq!((with_content(&listed), listed.is_empty()), (0, false));

    let words = canary();
    let brought = afar.fill(key, &words).await.unwrap();
    assert!(brought.text.contains(&words));
    assert_eq!(with_content(&rows(app).await), 1);
    afar.attach(key, "file:///plans/lisbon.md").await.unwrap();
    let all = rows(app).await;
    assert_eq!(with_content(&all), 2);

    // What is on the wire is in the ledger, no more and no less, and from where.
    let mut told: Vec<String> = all
        .iter()
        .map(|it| it.record.request_id.to_string())
        .collect();
    told.sort();
    assert_eq!(told, afar.host.request_ids());
    for row in &all {
        assert_eq!(row.record.host, afar.host.host());
        assert_eq!(row.record.conversation_id, Some(sent.conversation_id));
    }
    let session = |what: &[&'static str]| {
        let begin = ["initialize", "notifications/initialized"];
        [&begin, what, &["DELETE"]].concat()
    };
    let want = [
        session(&["prompts/list", "prompts/list"]),
        session(&["resources/list", "resources/templates/list"]),
        session(&["prompts/get"]),
        session(&["resources/read"]),
    ];
    assert_eq!(
        afar.host.asked(),
        want.concat(),
        "each has a session of its own"
    );
    let ledger = format!("{all:?}");
    assert!(!ledger.contains(&words), "and no words are in it");
    assert_eq!(
        afar.world.bodies().len(),
        1,
        "nothing went to the source by itself"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_temporary_conversation_no_row_names_it() {
    let afar = Afar::start(Manner::Well).await;
    let begun = afar
        .app()
        .begin_temporary(Some(afar.world.source), None)
        .await
        .unwrap();
    let key = DraftKey::Conversation(begun.id);
    let brought = afar.attach(key, "x://dot").await.unwrap();
    assert_eq!(brought.files.len(), 1);
    let assets = afar.app().profile().join("assets");
    let there = std::fs::read_dir(&assets).map_or(0, Iterator::count);
    assert_eq!(there, 0, "nor is anything of it on the disk");
    let rows = rows(afar.app()).await;
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|it| it.record.conversation_id.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_for_the_text_and_files_stand_beside_it() {
    let afar = Afar::start(Manner::Well).await;
    let (app, id) = (afar.app(), afar.server.id);
    let brought = afar.fill(NEW, "Lisbon").await.unwrap();
    // What would turn the words around is to be seen, and the words of a model are a quotation.
    assert_eq!(brought.text, "Compare Lisbon\\u202e.\n\n> First:\n> second");
    let left: Vec<_> = brought
        .left_out
        .iter()
        .map(|it| (it.name.as_str(), it.problem.code.as_str()))
        .collect();
    assert_eq!(left, [("audio/wav", "file_unreadable")]);
    afar.attach(NEW, "file:///plans/lisbon.md").await.unwrap();
    let seen = app.server_resources(asking(id, NEW)).await.unwrap().rows;
    let labels: Vec<&str> = seen.iter().map(|it| it.label.as_str()).collect();
    assert_eq!(labels, ["Lis\\u202ebon", "dot", "nothing", "plan"]);
    assert_eq!(
        (seen[0].size, seen[0].media_type.as_str()),
        (Some(9), "text/markdown")
    );
    assert_eq!(
        seen[0].name, "Lis\u{202e}bon",
        "for its file, which is tidied"
    );
    let plan = &seen[3];
    assert_eq!(plan.fields.len(), 1);
    let values = vec![("name".to_owned(), "a b".to_owned())];
    let completed = app.attach_resource(asking(id, NEW), &plan.uri, Some("Faro"), values);
    completed.await.unwrap();
    let lisbon = &seen[0];
    let named = app.attach_resource(asking(id, NEW), &lisbon.uri, Some(&lisbon.name), Vec::new());
    named.await.unwrap();

    let files = app.attachments(NEW).await.unwrap();
    let kept: Vec<_> = files
        .iter()
        .map(|it| (it.name.as_str(), it.media_type.as_str()))
        .collect();
    let markdown = "text/markdown";
    assert_eq!(
        kept,
        [
            ("picture-1.png", "image/png"),
            ("lisbon.md", markdown),
            ("Faro.md", markdown),
            ("Lisbon.md", markdown)
        ]
    );
    for file in &files {
        assert_eq!(
            file.facts.from.as_deref(),
            Some("Afar"),
            "where it came from"
        );
    }
    let body = &app.attachment_text(files[2].asset_id, 0).await.unwrap()[0].body;
    assert!(body.contains("file:///plans/a%20b"), "{body}");
    assert_eq!(prompt_label(&afar).await, "Compare\\u200b two");

    // They go with the next question like any file.
    let mut ask = afar.world.question("what is it?", &[]);
    ask.attachments = files.iter().map(|it| it.asset_id).collect();
    afar.world.asked(ask, ToolDecision::Refuse).await;
    let sent = afar.world.bodies()[0].to_string();
    assert!(sent.contains("file:///plans/lisbon.md"), "{sent}");
}

async fn prompt_label(afar: &Afar) -> String {
    let prompts = afar
        .app()
        .server_prompts(asking(afar.server.id, NEW))
        .await
        .unwrap();
    prompts.rows[0].label.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_brings_nothing_says_so() {
    let afar = Afar::start(Manner::Well).await;
    let code = |result: Result<Brought, Error>| result.unwrap_err().code();
    assert_eq!(code(afar.attach(NEW, "x://nothing").await), "tool_nothing");
    assert_eq!(
        code(afar.attach(NEW, "file:///plans/none").await),
        "tool_refused"
    );
    let second = afar
        .app()
        .fill_server_prompt(asking(afar.server.id, NEW), "second", Vec::new());
    assert_eq!(code(second.await), "tool_nothing");
    let long = "x".repeat((1 << 20) + 1);
    let before = afar.host.seen().len();
    assert_eq!(code(afar.fill(NEW, &long).await), "message_too_long");
    assert_eq!(afar.host.seen().len(), before, "nobody was told");
    assert!(afar.app().attachments(NEW).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_may_be_asked_nobody_is() {
    let afar = Afar::start(Manner::Well).await;
    let (app, id) = (afar.app(), afar.server.id);
    let all = |code| [Some(code); 4];
    assert_eq!(
        every_asking(app, id, NEW).await,
        [None; 4],
        "the control arm"
    );
    let before = afar.host.seen().len();

    app.set_offline(true).await.unwrap();
    assert_eq!(every_asking(app, id, NEW).await, all("offline"));
    app.set_offline(false).await.unwrap();
    app.enable_tool_server(id, false).await.unwrap();
    assert_eq!(every_asking(app, id, NEW).await, all("not_found"));
    app.enable_tool_server(id, true).await.unwrap();

    let sent = app.ask(afar.world.question("hello", &[])).await.unwrap();
    let key = DraftKey::Conversation(sent.conversation_id);
    app.restrict(sent.conversation_id, true).await.unwrap();
    assert_eq!(every_asking(app, id, key).await, all("restricted"));
    app.restrict(sent.conversation_id, false).await.unwrap();
    app.restrict_everything(true).await.unwrap();
    assert_eq!(
        every_asking(app, id, NEW).await,
        all("everything_restricted")
    );
    app.restrict_everything(false).await.unwrap();

    let mut elsewhere = at("https://tools.invalid/mcp");
    elsewhere.name = "Elsewhere".to_owned();
    let elsewhere = app.add_tool_server(elsewhere).await.unwrap().id;
    app.keep_here(sent.conversation_id, true).await.unwrap();
    assert_eq!(every_asking(app, elsewhere, key).await, all("only_here"));

    let guardian = Secret::new("four plum trees".to_owned());
    app.guardian_begin(guardian).await.unwrap();
    assert_eq!(every_asking(app, id, NEW).await, all("supervised"));
    assert_eq!(afar.host.seen().len(), before, "through all of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_longer_than_they_want() {
    let afar = Afar::start(Manner::Silent).await;
    let (app, id) = (afar.app(), afar.server.id);
    let waits = fill_as(&afar, asking_id(1));
    let stops = async {
        while !afar.host.asked().iter().any(|it| it == "prompts/get") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        app.stop_asking(asking_id(1)).unwrap();
    };
    let (stopped, ()) = tokio::join!(waits, stops);
    assert_eq!(stopped.unwrap_err().code(), "cancelled");
    let told = afar.host.asked();
    assert_eq!(told.last().map(String::as_str), Some("DELETE"), "{told:?}");
    app.tools_count_as_second(Duration::from_millis(5));
    let late = afar.attach(NEW, "x://dot").await;
    assert_eq!(late.unwrap_err().code(), "tool_no_answer");
    assert!(app.attachments(NEW).await.unwrap().is_empty());
    // Whoever asks anew is not stopped by that.
    afar.host.behave(Manner::Well);
    app.server_prompts(asking(id, NEW)).await.unwrap();
    afar.host.behave(Manner::Fails(500));
    assert_eq!(afar.fill(NEW, "a").await.unwrap_err().code(), "tool_status");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_of_one_asking_and_not_lost_where_it_is_first() {
    let afar = Afar::start(Manner::Well).await;
    afar.app().stop_asking(asking_id(1)).unwrap();
    let stopped = fill_as(&afar, asking_id(1)).await;
    assert_eq!(stopped.unwrap_err().code(), "cancelled");
    assert!(afar.host.seen().is_empty(), "nothing left");
    let other = fill_as(&afar, asking_id(2)).await;
    assert_eq!(other.unwrap().files.len(), 1, "the control arm");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_when_nobody_waited_stands_beside_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let afar = Afar::start(Manner::Well).await;
    afar.app().read_files_with(slow_reader(folder.path()));
    let stopped_by = async |stop: OfferAskingId| {
        let reads = fill_as(&afar, asking_id(1));
        let stops = async {
            read(folder.path().join("began")).await;
            afar.app().stop_asking(stop).unwrap();
            let_go(folder.path()).await;
        };
        tokio::join!(reads, stops).0
    };
    let stopped = stopped_by(asking_id(1)).await;
    assert_eq!(stopped.unwrap_err().code(), "cancelled");
    assert!(afar.app().attachments(NEW).await.unwrap().is_empty());
    let assets = afar.app().profile().join("assets");
    let there = std::fs::read_dir(&assets).map_or(0, Iterator::count);
    assert_eq!(there, 0, "nor is it on the disk");
    stopped_by(asking_id(2)).await.unwrap();
    let there = afar.app().attachments(NEW).await.unwrap().len();
    assert_eq!(there, 1, "the control arm");
}

/// A program that says there are prompts, and answers no question about them.
pub(super) fn with_prompts(server: NewToolServer) -> NewToolServer {
    let mut arguments = server.arguments;
    for argument in &mut arguments {
        *argument = argument.replace(r#""tools":{}}"#, r#""tools":{},"prompts":{}}"#);
    }
    NewToolServer {
        arguments,
        ..server
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_at_what_a_program_offers_ends_nothing_it_is_doing() {
    let folder = tempfile::tempdir().unwrap();
    let turns = vec![openai("", &[("Slow__t", "{}")]), openai("Done.", &[])];
    let world = world(Dialect::Openai, turns).await;
    let server = with_prompts(slow(folder.path()));
    let server = world.app.add_tool_server(server).await.unwrap();
    let reading = read(folder.path().join("began"));
    let began = async { drop(reading.await) };
    let ask = world.question("do it", &[&server.id.to_string()]);
    let sent = begin(&world, ask, began).await;
    // Its own time was counted in seconds as they are.
    world.app.tools_count_as_second(Duration::from_millis(1));
    let looked = async || world.app.server_prompts(asking(server.id, NEW)).await;
    assert_eq!(looked().await.unwrap_err().code(), "tool_no_answer");
    let runs = async || world.app.tools().await.unwrap().servers[0].is_running;
    assert!(runs().await);
    let mut events = world.app.events().subscribe();
    let_go(folder.path()).await;
    let answer = world
        .until_end(&mut events, sent.answer_id, ToolDecision::Once)
        .await;
    assert_eq!(calls(&answer)[0].state, ToolState::Done);
    assert_eq!(answer.text(), "Done.");
    // Whoever does nothing and does not answer is ended.
    assert_eq!(looked().await.unwrap_err().code(), "tool_no_answer");
    assert!(!runs().await, "the control arm");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_say_that_there_are_any_is_not_asked() {
    let world = world(Dialect::Openai, vec![]).await;
    let program = world.program().await;
    // It would answer no such question, and be waited for.
    let found = tokio::time::timeout(Duration::from_secs(10), async {
        let prompts = world
            .app
            .server_prompts(asking(program.id, NEW))
            .await
            .unwrap();
        let resources = world
            .app
            .server_resources(asking(program.id, NEW))
            .await
            .unwrap();
        prompts.rows.len() + resources.rows.len()
    });
    assert_eq!(found.await, Ok(0));
}
