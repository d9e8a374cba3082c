//! Files count before they are sent: those that are chosen, and those that are in the conversation.

use fluxchat_core::Ask;
use fluxchat_model::{AssetId, DraftKey};

use super::{MODEL, TOKEN, World, code, words};
use crate::attachments::{pdf, photo};
use crate::support::{app, cli_path};

impl World {
    async fn attach(&self, name: &str, bytes: Vec<u8>) -> AssetId {
        self.app.read_files_with(cli_path());
        let attached = self
            .app
            .attach(DraftKey::NewConversation, name.to_owned(), bytes);
        attached.await.unwrap().asset_id
    }

    fn with(&self, text: &str, attachments: Vec<AssetId>) -> Ask {
        Ask {
            attachments,
            model: Some(MODEL.to_owned()),
            ..self.asking(text)
        }
    }

    async fn tokens(&self, ask: Ask) -> u64 {
        self.app.estimate(ask).await.unwrap().tokens
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_counts_before_it_is_sent_and_after() {
    let world = World::new(words("fine")).await;
    let picture = world.attach("photo.png", photo(1_000, 1_000, "here")).await;
    let bare = world.tokens(world.with("what is it?", Vec::new())).await;
    let line = world.tokens(world.with("what is it?", vec![picture])).await;
    // Patches of 28 pixels: 36 by 36.
    assert_eq!(line - bare, 1_296);
    assert_eq!(
        world.tokens(world.with("", vec![picture])).await,
        1_296,
        "without words"
    );
    let shown = world
        .app
        .preview(world.with("what is it?", vec![picture]))
        .await
        .unwrap();
    assert!(
        shown.estimate.tokens.abs_diff(line) <= 8,
        "{} and {line}",
        shown.estimate.tokens
    );

    let answer = app::ask(&world.app, world.with("what is it?", vec![picture])).await;
    let next = Ask {
        conversation: Some(answer.conversation_id),
        text: "and now?".to_owned(),
        ..Ask::default()
    };
    // What the server counted halves the estimate, and no more.
    let line = world.tokens(next.clone()).await;
    assert!(line > 1_296 / 2, "it is still in the conversation: {line}");
    let shown = world.app.preview(next).await.unwrap().estimate.tokens;
    assert!(shown.abs_diff(line) <= 16, "{shown} and {line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_document_counts_by_the_parts_that_would_go() {
    let world = World::new(words("fine")).await;
    let page = |page| {
        let line = |line| format!("Line {line} of page {page} speaks of oil, screws and patience.");
        (0..30).map(line).collect()
    };
    let short = world.attach("short.pdf", pdf(2, page)).await;
    let long = world.attach("long.pdf", pdf(300, page)).await;
    let of = async |id| world.tokens(world.with("oil?", vec![id])).await;
    let (short_line, long_line) = (of(short).await, of(long).await);
    assert!((600..2_000).contains(&short_line), "{short_line}");
    assert!(
        (4_000..7_000).contains(&long_line),
        "not all of it: {long_line}"
    );
    for (id, line) in [(short, short_line), (long, long_line)] {
        let shown = world
            .app
            .preview(world.with("oil?", vec![id]))
            .await
            .unwrap();
        let shown = shown.estimate.tokens;
        assert!(shown.abs_diff(line) * 100 / line < 45, "{shown} and {line}");
    }
    // What is known to have been taken away counts for nothing.
    world
        .app
        .detach(DraftKey::NewConversation, long)
        .await
        .unwrap();
    let bare = world.tokens(world.with("oil?", Vec::new())).await;
    assert_eq!(of(long).await, bare);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_stops_what_only_its_picture_makes_dear() {
    let world = World::dear(words("fine")).await;
    world.budget(500).await;
    let picture = world.attach("photo.png", photo(1_000, 1_000, "here")).await;
    let ask = world.with("what is it?", vec![picture]);
    let shown = world.app.estimate(ask.clone()).await.unwrap();
    assert_eq!(
        shown.stop.map(|it| it.code),
        Some("budget_reached".to_owned())
    );
    assert!(shown.nanos.unwrap() > 1_296 * TOKEN);
    let before = world.left().await;
    let answer = app::ask(&world.app, ask).await;
    assert_eq!(code(&answer), Some("budget_reached"));
    assert_eq!(world.left().await, before, "nothing left");
    // The control arm: the words alone.
    let answer = app::ask(&world.app, world.with("what is it?", Vec::new())).await;
    assert_eq!(code(&answer), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_went_as_it_is_counts_so_from_then_on() {
    let world = World::new(words("fine")).await;
    world.recorder.models(
        r#"{"data":[{"id":"recorder-1","architecture":{"input_modalities":["text","file"]}}]}"#,
    );
    let source = world.app.source(world.source).await.unwrap();
    world.app.models(&source).await.unwrap();
    let paper = world
        .attach(
            "paper.pdf",
            pdf(4, |page| vec![format!("Page {page} is short.")]),
        )
        .await;
    let line = world.tokens(world.with("what?", vec![paper])).await;
    assert!(line > 4 * 1_500, "its pages are pictures too: {line}");
    let answer = app::ask(&world.app, world.with("what?", vec![paper])).await;
    let next = Ask {
        conversation: Some(answer.conversation_id),
        text: "and now?".to_owned(),
        ..Ask::default()
    };
    let next_line = world.tokens(next.clone()).await;
    let shown = world.app.preview(next).await.unwrap().estimate.tokens;
    // What the server counted halves the estimate, and no more.
    assert!(next_line > line / 2, "{next_line} after {line}");
    assert!(shown.abs_diff(next_line) <= 40, "{shown} and {next_line}");
}
