//! From the start of the program until nothing happens any more, as it is shipped.

use std::path::Path;

use crate::Outcome;
use crate::line::{Budget, Row};
use crate::measure::Samples;
use crate::window::{Desk, Processes, program};
use crate::world::Worlds;

const TURNS: usize = 9;

#[derive(Default)]
struct Seen {
    times: Samples,
    memory: Samples,
}

pub fn measure(worlds: &mut Worlds<'_>) -> Outcome {
    let (app, floor) = (program("FLUXCHAT_APP_PRODUCT")?, program("FLUXCHAT_FLOOR")?);
    let desk = Desk::open();
    let (big, empty) = (
        worlds.copy_of(&worlds.big, "window")?,
        worlds.copy_of(&worlds.empty()?, "window-empty")?,
    );
    desk.trust(&big)?;
    desk.trust(&empty)?;
    let profile = |world: &crate::world::World| world.profile.display().to_string();
    let (big, empty) = (profile(&big), profile(&empty));
    let mut seen: [Seen; 3] = Default::default();
    // The first turn fills the caches of the system and does not count.
    for turn in 0..=TURNS {
        let mut discarded: [Seen; 3] = Default::default();
        let into = if turn == 0 { &mut discarded } else { &mut seen };
        let [blank, ours, nothing] = into;
        start(&desk, &floor, &["blank"], blank)?;
        start(&desk, &app, &["--profile", &big], ours)?;
        start(&desk, &app, &["--profile", &empty], nothing)?;
    }
    let [blank, ours, nothing] = &seen;
    Row::new(
        "window",
        "start until at rest, all processes",
        "a window with nothing in it",
        Budget::Ratio(1.35),
    )
    .print(&ours.times, Some(&blank.times));
    Row::new(
        "window",
        "start until at rest, all processes",
        "the same with an empty archive",
        Budget::Ratio(1.05),
    )
    .print(&ours.times, Some(&nothing.times));
    Row::new(
        "window",
        "memory at rest after the start, all processes",
        "a window with nothing in it",
        Budget::Ratio(1.25),
    )
    .print_as("MiB", &ours.memory, Some(&blank.memory));
    Ok(())
}

fn start(desk: &Desk, program: &Path, arguments: &[&str], seen: &mut Seen) -> Outcome {
    let mut child = desk.start(program, arguments)?;
    let processes = Processes::of(child.id());
    let rest = processes.rest();
    let memory = processes.memory_mib();
    processes.stop()?;
    child.wait()?;
    let (cpu, passed) = rest?;
    seen.times.add(passed, cpu);
    seen.memory.add(memory, memory);
    Ok(())
}
