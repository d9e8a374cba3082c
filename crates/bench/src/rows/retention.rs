//! What a rule would delete, and one pass of it.

use fluxchat_core::NewRule;
use fluxchat_model::{RetentionKind, RetentionTarget, Timestamp};
use fluxchat_testkit::large::NOW;

use crate::Outcome;
use crate::line::{Budget, Row};
use crate::measure::{Of, Samples, both, time};
use crate::world::{World, Worlds};

const ALL: RetentionTarget = RetentionTarget::Kind(RetentionKind::Conversations);
/// How many days of the archive one pass deletes.
const DAYS: i64 = 2;

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    let runtime = worlds.runtime;
    let world = worlds.changed()?;
    let app = runtime.block_on(world.app())?;
    let tenth = days_after_the_first(world, 182);
    let (ours, _) = both(
        Of::Process,
        5,
        || Ok(runtime.block_on(app.preview_retention(rule(tenth)))?),
        || Ok(()),
    )?;
    let found = runtime.block_on(app.preview_retention(rule(tenth)))?;
    let note = format!(
        "{} conversations, {} messages{}",
        found.conversations,
        found.messages,
        if found.at_least { " and more" } else { "" }
    );
    Row::new(
        "retention",
        "preview of a rule",
        "",
        Budget::WallMs(1_000.0),
    )
    .note(&note)
    .print(&ours, None);

    runtime.block_on(app.sweep_retention())?;
    let due = days_after_the_first(world, DAYS);
    let meant = runtime.block_on(app.preview_retention(rule(due)))?;
    let mut samples = Samples::default();
    // A rule wakes the pass that runs beside everything else; ours waits for it or is it.
    time(Of::Process, &mut samples, || {
        runtime.block_on(app.set_retention(rule(due)))?;
        Ok(runtime.block_on(app.sweep_retention())?)
    })?;
    let left = runtime.block_on(app.preview_retention(rule(due)))?;
    let gone = meant.conversations.saturating_sub(left.conversations);
    let mut each = Samples::default();
    let shared = gone.max(1) as f64;
    each.add(samples.median() / shared, samples.cpu() / shared);
    let note = format!(
        "{gone} conversations deleted with proof in {:.1} s",
        samples.median() / 1_000.0
    );
    Row::new(
        "retention",
        "one pass, for each conversation",
        "",
        Budget::None,
    )
    .note(&note)
    .print(&each, None);
    runtime.block_on(app.shutdown());
    Ok(())
}

/// A rule that deletes what is at least that old.
fn rule(days: u32) -> NewRule {
    NewRule {
        target: ALL,
        idle_days: Some(days),
        archived_days: None,
    }
}

/// So many days ago was so many days after the first message.
fn days_after_the_first(world: &World, days: i64) -> u32 {
    let age = (NOW.0 - world.marks.from.0) / Timestamp::DAY;
    u32::try_from((age - days).max(1)).unwrap_or(1)
}
