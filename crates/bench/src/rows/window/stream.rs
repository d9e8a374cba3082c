//! An answer of 5,000 tokens, at 200 a second and all at once, in the window and in the page that
//! shows plain text.
//!
//! All at once has three floors. The budget is against the page that reads the same events by
//! itself, which is what the design measured as the least a client of a model can do. Another gets
//! the whole text in one piece, and curl shows nothing at all: less than any client does, and told
//! beside it.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fluxchat_core::NewSource;
use fluxchat_model::Dialect;
use fluxchat_testkit::recorder::{Answer, Recorder, frames_of};
use fluxchat_testkit::webdriver::Window;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike as _};

use crate::Outcome;
use crate::line::{Budget, Row};
use crate::measure::Samples;
use crate::window::{Desk, Processes, markdown, program, watch, watched};
use crate::world::{World, Worlds};

const TOKENS: usize = 5_000;
const PAUSE: Duration = Duration::from_millis(5);
const TURNS: usize = 2;
const TURNS_AT_ONCE: usize = 9;

#[derive(Default)]
struct Seen {
    cpu: Samples,
    dropped: Samples,
    gap: Samples,
    /// When the longest gap of each turn ended, and how long it was watched, in seconds.
    gaps: Vec<(f64, f64)>,
}

impl Seen {
    fn gaps(&self) -> String {
        let told = |(at, all): &(f64, f64)| format!("{at:.1} of {all:.1} s");
        let all: Vec<String> = self.gaps.iter().map(told).collect();
        format!("ended at {}", all.join(", "))
    }
}

/// What one window is asked to do.
struct Scene<'a> {
    desk: &'a Desk,
    pause: Duration,
    words: &'a [String],
}

/// At 200 tokens a second.
pub fn paced(worlds: &mut Worlds<'_>) -> Outcome {
    measure(worlds, PAUSE, TURNS)
}

/// As fast as they can be taken.
pub fn at_once(worlds: &mut Worlds<'_>) -> Outcome {
    measure(worlds, Duration::ZERO, TURNS_AT_ONCE)
}

fn measure(worlds: &mut Worlds<'_>, pause: Duration, turns: usize) -> Outcome {
    let runtime = worlds.runtime;
    let desk = Desk::open();
    let words = markdown(TOKENS);
    let server = runtime.block_on(Recorder::start(Answer::Words(words.clone())));
    let big = worlds.copy_of(&worlds.big, "window")?;
    let empty = worlds.copy_of(&worlds.empty()?, "window-empty")?;
    for world in [&big, &empty] {
        runtime.block_on(connect(world, &server))?;
        desk.trust(world)?;
    }
    runtime.block_on(async {
        let scene = Scene {
            desk: &desk,
            pause,
            words: &words,
        };
        let mut seen: [Seen; 4] = Default::default();
        for _ in 0..turns {
            let [plain, read, ours, nothing] = &mut seen;
            scene.plain(plain).await?;
            scene.app(&big, &server, ours).await?;
            match pause.is_zero() {
                true => {
                    scene.read(read).await?;
                    scene.curl(&server, nothing).await?;
                }
                false => scene.app(&empty, &server, nothing).await?,
            }
        }
        match pause.is_zero() {
            true => report_at_once("5,000 tokens all at once", &seen),
            false => report_paced("5,000 tokens at 200 a second", &seen),
        }
        Ok(())
    })
}

fn report_at_once(name: &str, [plain, read, ours, curl]: &[Seen; 4]) {
    for (floor, budget, seen) in [
        (
            "the page that reads the same events as plain text",
            Budget::Ratio(2.0),
            read,
        ),
        (
            "the page that gets the text in one piece",
            Budget::None,
            plain,
        ),
        (
            "curl, which takes the same bytes and shows nothing",
            Budget::None,
            curl,
        ),
    ] {
        Row::new("window", name, floor, budget)
            .note("main thread of the page")
            .print(&ours.cpu, Some(&seen.cpu));
    }
}

fn report_paced(name: &str, [plain, _, ours, nothing]: &[Seen; 4]) {
    Row::new("window", name, "the page of plain text", Budget::Ratio(1.5))
        .note("main thread of the page")
        .print(&ours.cpu, Some(&plain.cpu));
    Row::new(
        "window",
        name,
        "the same with an empty archive",
        Budget::Ratio(1.05),
    )
    .note("main thread of the page")
    .print(&ours.cpu, Some(&nothing.cpu));
    Row::new(
        "window",
        "frames not drawn meanwhile",
        "the page of plain text",
        Budget::WallMs(plain.dropped.p95() + 2.0),
    )
    .print_as("%", &ours.dropped, Some(&plain.dropped));
    Row::new(
        "window",
        "longest time without a frame meanwhile",
        "the page of plain text",
        Budget::WallMs(plain.gap.p95() + 50.0),
    )
    .note(&ours.gaps())
    .print(&ours.gap, Some(&plain.gap));
}

/// How long curl takes for an answer, and on the processor, in milliseconds.
fn taken_by_curl(url: &str) -> Result<(f64, f64), String> {
    let told = |error: nix::errno::Errno| error.to_string();
    let (before, began) = (children_ms().map_err(told)?, Instant::now());
    let ended = Command::new("curl")
        .args(["--silent", "--fail", "--no-buffer", "--json", "{}", url])
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("curl: {error}; `cargo xtask bench` installs it"))?;
    if !ended.success() {
        return Err(format!("curl: {ended}"));
    }
    let wall = began.elapsed().as_secs_f64() * 1_000.0;
    Ok((wall, children_ms().map_err(told)? - before))
}

/// What the processes took that were started from here and have ended.
fn children_ms() -> Result<f64, nix::errno::Errno> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let ms = |time: TimeVal| time.num_microseconds() as f64 / 1_000.0;
    Ok(ms(usage.user_time()) + ms(usage.system_time()))
}

/// Makes the server the source of new conversations.
async fn connect(world: &World, server: &Recorder) -> Outcome {
    let app = world.app().await?;
    app.add_source(NewSource {
        name: "measured".to_owned(),
        url: server.base_url(),
        dialect: Dialect::Openai,
        key: None,
    })
    .await?;
    app.shutdown().await;
    Ok(())
}

impl Scene<'_> {
    async fn app(&self, world: &World, server: &Recorder, seen: &mut Seen) -> Outcome {
        let app = program("FLUXCHAT_APP_AUTOMATION")?;
        server.answer(match self.pause.is_zero() {
            true => self.in_one_piece(),
            false => Answer::Paced(self.words.to_vec(), self.pause),
        });
        let profile = world.profile.display().to_string();
        let window = self.desk.drive(&app, &["--profile", &profile], &[]).await;
        window.click("new-chat").await;
        window.type_into("composer-input", "go on").await;
        let done = "return document.querySelector(\"[data-testid='message-row'][data-role='assistant'][data-status='complete']\") !== null";
        self.follow(window, &Processes::running(&app)?, done, seen)
            .await
    }

    async fn plain(&self, seen: &mut Seen) -> Outcome {
        let file = self.desk.place("words");
        std::fs::write(&file, self.words.join("\u{1F}") + "\u{1F}")?;
        let (file, pause) = (
            file.display().to_string(),
            self.pause.as_micros().to_string(),
        );
        let env = [("FLOOR_WORDS", file.as_str()), ("FLOOR_PAUSE_US", &pause)];
        self.floor("plain", &env, seen).await
    }

    async fn curl(&self, server: &Recorder, seen: &mut Seen) -> Outcome {
        server.answer(self.in_one_piece());
        let url = server.base_url() + "/chat/completions";
        let taken = tokio::task::spawn_blocking(move || taken_by_curl(&url));
        let (wall, cpu) = taken.await??;
        seen.cpu.add(wall, cpu);
        Ok(())
    }

    /// Made before, in one piece: there are two cores, and the page is on one of them.
    fn in_one_piece(&self) -> Answer {
        let frames: String = frames_of(self.words).collect();
        Answer::Bytes("text/event-stream", frames.into_bytes())
    }

    async fn read(&self, seen: &mut Seen) -> Outcome {
        let file = self.desk.place("stream");
        std::fs::write(&file, frames_of(self.words).collect::<String>())?;
        let file = file.display().to_string();
        self.floor("read", &[("FLOOR_STREAM", file.as_str())], seen)
            .await
    }

    async fn floor(&self, page: &str, env: &[(&str, &str)], seen: &mut Seen) -> Outcome {
        let floor = program("FLUXCHAT_FLOOR_AUTOMATION")?;
        let window = self.desk.drive(&floor, &[page], env).await;
        window.wait("send").await;
        let done = "return document.body.dataset.status === 'complete'";
        self.follow(window, &Processes::running(&floor)?, done, seen)
            .await
    }

    /// Presses *Send* once the window is at rest, and measures until the answer is complete.
    async fn follow(
        &self,
        window: Window,
        processes: &Processes,
        done: &str,
        seen: &mut Seen,
    ) -> Outcome {
        // Whoever presses it was there before: what the pointer left is no part of the answer.
        window.point_at("send").await;
        processes.rest()?;
        watch(&window, false).await;
        let before = processes.page_ms()?;
        window.click("send").await;
        // Asking costs the page something, too; while it streams nobody asks.
        if !self.pause.is_zero() {
            let tokens = u32::try_from(self.words.len())?;
            tokio::time::sleep(self.pause * tokens).await;
        }
        window
            .wait_true(done, vec![], "the answer is complete")
            .await;
        let used = processes.page_ms()? - before;
        let saw = watched(&window).await?;
        seen.cpu.add(saw.passed, used);
        seen.dropped.add(saw.dropped, saw.dropped);
        seen.gap.add(saw.gap, saw.gap);
        seen.gaps.push((saw.gap_at / 1_000.0, saw.passed / 1_000.0));
        processes.stop()?;
        window.close().await;
        Ok(())
    }
}
