//! The real window and the real sound system, with pipes in the place of devices: somebody dictates,
//! sends, and has the answer read aloud.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use fluxchat_testkit::recorder::{Answer, Recorder};

use crate::desktop::{Desk, add_source, first_run};
use crate::support::{in_namespace, runtime};

const PIPES: &str = r#"
pcm.null { type null }
pcm.ears { type file slave.pcm "null" file "/dev/null" infile "FOLDER/ears" format "raw" }
pcm.mouth { type file slave.pcm "null" file "FOLDER/mouth" format "raw" }
pcm.!default {
  type asym
  capture.pcm { type plug slave { pcm "ears" rate 16000 channels 1 format S16_LE } }
  playback.pcm { type plug slave { pcm "mouth" rate 16000 channels 1 format S16_LE } }
}
ctl.!default { type null }
"#;

fn tone(seconds: u32) -> Vec<u8> {
    let at = |n: u32| (n as f32 * 440.0 * std::f32::consts::TAU / 16_000.0).sin();
    (0..16_000 * seconds)
        .flat_map(|n| ((at(n) * 12_000.0) as i16).to_le_bytes())
        .collect()
}

fn is_loud(bytes: &[u8]) -> bool {
    let samples = bytes.as_chunks::<2>().0.iter();
    samples
        .filter(|it| i16::from_le_bytes(**it).unsigned_abs() > 6_000)
        .count()
        > 1_000
}

/// Makes the pipes and tells the sound system of them. Whatever reads and writes them sets the pace.
pub fn pipes(home: &Path) -> String {
    let folder = home.join("sound");
    std::fs::create_dir(&folder).unwrap();
    for pipe in ["ears", "mouth"] {
        let made = Command::new("mkfifo").arg(folder.join(pipe)).status();
        assert!(made.unwrap().success(), "mkfifo is part of coreutils");
    }
    let file = folder.join("asound.conf");
    let settings = PIPES.replace("FOLDER", folder.to_str().unwrap());
    std::fs::write(&file, settings).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Reads what is played until the other side closes; the first megabytes are kept.
fn listen(pipe: std::path::PathBuf) -> Arc<Mutex<Vec<u8>>> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heard);
    std::thread::spawn(move || {
        let mut pipe = std::fs::File::open(pipe).unwrap();
        let mut piece = [0; 4_096];
        while let Ok(read) = pipe.read(&mut piece) {
            if read == 0 {
                break;
            }
            let mut kept = kept.lock().unwrap();
            if kept.len() < 4 << 20 {
                kept.extend_from_slice(&piece[..read]);
            }
        }
    });
    heard
}

/// Speaks, and goes on with silence until told to stop.
pub fn talk(pipe: std::path::PathBuf) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    std::thread::spawn(move || {
        // What the device can do is asked by opening and closing it, which breaks the pipe; without
        // somebody who writes, its next opening would wait for ever.
        while !told.load(Ordering::SeqCst) {
            let mut pipe = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
            let mut goes_on = pipe.write_all(&tone(2)).is_ok();
            while goes_on && !told.load(Ordering::SeqCst) {
                // The pace of a microphone.
                std::thread::sleep(std::time::Duration::from_millis(10));
                goes_on = pipe.write_all(&[0; 320]).is_ok();
            }
        }
    });
    stop
}

#[test]
fn somebody_dictates_sends_and_listens() {
    in_namespace("voice::window::inside");
}

#[test]
#[ignore = "runs inside the namespace that somebody_dictates_sends_and_listens makes"]
fn inside() {
    runtime().block_on(async {
        let words = "What did I just say?";
        let server = Recorder::start(Answer::ByPath(vec![
            ("/completions", Answer::Words(vec!["You asked ".into(), "me something.".into()])),
            (
                "/transcriptions",
                Answer::Plain(200, "application/json", format!(r#"{{"text":"{words}"}}"#)),
            ),
            ("/speech", Answer::Bytes("audio/wav", super::wav(&tone(1)))),
        ]))
        .await;
        let desk = Desk::new();
        let settings = pipes(desk.home());
        let sound = desk.home().join("sound");
        let window = desk.open_with(&[("ALSA_CONFIG_PATH", &settings)]).await;
        first_run(&window).await;
        add_source(&window, "Mock", &server.base_url()).await;
        window.click("new-chat").await;

        // Nobody was chosen yet, and that is said with a way on.
        window.click("voice-dictate").await;
        window.click("voice-settings").await;
        window.wait_text("Turns what you say into words").await;
        desk.picture("voice-settings");
        let chosen = window
            .run(
                "for (const select of document.querySelectorAll('select')) {
                   const mock = [...select.options].find((one) => one.text === 'Mock');
                   if (mock) { select.value = mock.value; select.dispatchEvent(new Event('change', { bubbles: true })); return true; }
                 } return false;",
                vec![],
            )
            .await;
        assert_eq!(chosen, true);
        window.wait_text("You are asked before the first recording").await;
        window
            .run(
                "const select = [...document.querySelectorAll('select')].filter((one) => [...one.options].some((it) => it.text === 'Mock'))[1];
                 select.value = [...select.options].find((it) => it.text === 'Mock').value;
                 select.dispatchEvent(new Event('change', { bubbles: true })); return true;",
                vec![],
            )
            .await;
        desk.picture("voice-settings-chosen");
        window.click("rail-chat").await;
        window.click("new-chat").await;

        let stop = talk(sound.join("ears"));
        window.click("voice-dictate").await;
        window.wait("voice-agree").await;
        window.wait_text(server.host()).await;
        desk.picture("voice-ask");
        let audio = || {
            let seen = server.seen().into_iter();
            seen.filter(|it| it.path.contains("/audio/")).count()
        };
        assert_eq!(audio(), 0, "nothing left before somebody agreed");
        window.click("voice-agree").await;
        window.wait("voice-recording").await;
        window
            .wait_true(
                "return /0:0[2-9]/.test(document.querySelector('[data-testid=voice-time]')?.textContent ?? '')",
                vec![],
                "it counts what it hears",
            )
            .await;
        desk.picture("voice-recording");
        window.click("voice-done").await;
        // What would leave is seen before it does.
        window.wait("voice-shown").await;
        window.wait_text(&format!("→ {}", server.host())).await;
        desk.picture("voice-shown");
        assert_eq!(audio(), 0, "nothing left before somebody sent it");
        window.click("voice-send").await;
        window
            .wait_true(
                "return document.querySelector('[data-testid=composer-input]').value === arguments[0]",
                vec![words.into()],
                "the words stand in the message field",
            )
            .await;
        stop.store(true, Ordering::SeqCst);
        let sent = server.seen().into_iter().find(|it| it.path.contains("transcriptions")).unwrap();
        assert!(sent.body.contains("filename=\"recording.wav\""));
        assert!(sent.body.len() > 30_000, "the recording has what was said: {}", sent.body.len());
        desk.picture("voice-words");
        assert_eq!(
            server.seen().iter().filter(|it| it.path.contains("completions")).count(),
            0,
            "words are never sent by themselves"
        );
        window.click("send").await;
        window.wait_text("You asked me something.").await;

        let heard = listen(sound.join("mouth"));
        // A pipe hears faster than a person: what is shown meanwhile is looked for as it happens.
        window
            .run(
                "new MutationObserver(() => { if (document.querySelector('[data-testid=voice-player]')) window.played = true; })
                   .observe(document.body, { childList: true, subtree: true })",
                vec![],
            )
            .await;
        window.click_in_message(-1, "message-more").await;
        window.click("message-read").await;
        window
            .wait_true("return window.played === true", vec![], "the player is shown")
            .await;
        window.wait_gone("[data-testid=voice-player]").await;
        let began = std::time::Instant::now();
        while !is_loud(&heard.lock().unwrap()) {
            assert!(began.elapsed().as_secs() < 30, "the sound arrived at the loudspeaker");
            window.run("return true", vec![]).await;
        }
        let spoken = server.seen().into_iter().find(|it| it.path.contains("speech")).unwrap();
        assert!(spoken.body.contains("You asked me something."), "{}", spoken.body);
        desk.quit(window).await;

        let rows = desk.cli(&["privacy", "ledger", "--limit", "50"]).to_string();
        for purpose in ["svc.transcription", "svc.speech"] {
            assert!(rows.contains(purpose), "{rows}");
        }
    });
}
