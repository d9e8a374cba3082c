//! Taking everything along: how fast, and with how much memory.

use std::fs;

use fluxchat_core::ExportRequest;

use crate::Outcome;
use crate::floor;
use crate::line::{Budget, Row};
use crate::measure::{Of, Samples, forget_peak_memory, peak_memory, time};
use crate::world::{World, Worlds};

const MIB: f64 = 1_048_576.0;

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    // The larger one first: what it leaves to the allocator would hide what it needed.
    let before = memory_now();
    let (big, big_peak, bytes) = export(worlds, &worlds.big)?;
    let (_, small_peak, _) = export(worlds, &worlds.small)?;
    let raw = floor::reader(&worlds.big)?;
    let mut floor = Samples::default();
    time(Of::Process, &mut floor, || {
        floor::read_all(&raw, "SELECT * FROM message ORDER BY seq", [])?;
        floor::read_all(&raw, "SELECT * FROM conversation ORDER BY seq", [])?;
        floor::read_all(&raw, "SELECT * FROM egress_record ORDER BY seq", [])
    })?;
    let seconds = big.median() / 1_000.0;
    let note = format!(
        "{:.0} MiB of ZIP, {:.0} messages a second",
        bytes as f64 / MIB,
        worlds.big.size.messages as f64 / seconds
    );
    Row::new(
        "export",
        "export everything",
        "reading every row in raw SQL, nothing written",
        Budget::None,
    )
    .note(&note)
    .print(&big, Some(&floor));
    if let (Some(big), Some(small), Some(before)) = (big_peak, small_peak, before) {
        let note = format!("{before:.0} MiB before it began");
        Row::new(
            "export",
            "memory at its highest while exporting",
            "exporting an archive a hundred times smaller",
            Budget::Ratio(1.5),
        )
        .note(&note)
        .print_as("MiB", &Samples::of(big), Some(&Samples::of(small)));
    }
    Ok(())
}

fn memory_now() -> Option<f64> {
    forget_peak_memory();
    peak_memory()
}

fn export(worlds: &Worlds<'_>, world: &World) -> Outcome<(Samples, Option<f64>, u64)> {
    let path = worlds.place("export.zip");
    let path = std::path::absolute(path)?;
    let request = ExportRequest {
        path: path.clone(),
        replace: true,
        passphrase: None,
    };
    let runtime = worlds.runtime;
    let app = runtime.block_on(world.app())?;
    let mut samples = Samples::default();
    forget_peak_memory();
    let done = time(Of::Process, &mut samples, || {
        Ok(runtime.block_on(app.export(request))?)
    })?;
    let peak = peak_memory();
    runtime.block_on(app.shutdown());
    fs::remove_file(&path)?;
    Ok((samples, peak, done.bytes))
}
