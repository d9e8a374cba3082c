//! *Is this true?* on an archive of a tenth.

use fluxchat_testkit::large::Size;

use crate::Outcome;
use crate::line::{Budget, Row};
use crate::measure::{Of, Samples, time};
use crate::world::Worlds;

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    let size = worlds.big.size;
    let tenth = worlds.of(Size {
        messages: size.messages / 10,
        conversations: (size.conversations / 10).max(2),
        ledger: size.ledger / 10,
    })?;
    let copy = worlds.copy_of(&tenth, "audited")?;
    let runtime = worlds.runtime;
    let app = runtime.block_on(copy.app())?;
    let mut samples = Samples::default();
    let report = time(Of::Process, &mut samples, || {
        Ok(runtime.block_on(app.prove(None))?)
    })?;
    runtime.block_on(app.shutdown());
    std::fs::remove_dir_all(&copy.profile)?;
    if !report.holds {
        return Err("the self-audit found a law broken".into());
    }
    let note = format!(
        "{} messages, {} MiB, {} checks",
        tenth.size.messages,
        tenth.archive_bytes()? >> 20,
        report.checks.len()
    );
    Row::new(
        "truth",
        "is this true? on a tenth of the archive",
        "",
        Budget::WallMs(30_000.0),
    )
    .note(&note)
    .print(&samples, None);
    Ok(())
}
