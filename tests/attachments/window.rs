//! The same in the real window: files come by the button, by drag and drop from another
//! program and from its clipboard, are drawn, leave as it was said, are cited, saved and deleted.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use base64::Engine as _;
use fluxchat_testkit::canary;
use fluxchat_testkit::forensic::{all_needles, scan_tree};
use fluxchat_testkit::recorder::{Answer, Recorder};
use fluxchat_testkit::webdriver::Window;
use serde_json::{Value, json};

use super::{pdf, photo};
use crate::accessibility::axe_is_content;
use crate::desktop::{Desk, add_source, delete_open_conversation, first_run, set_theme};
use crate::support::{in_namespace, runtime};

/// Another program: a small window in the corner whose files can be dragged.
const DRAG_SOURCE: &str = "
import sys, gi
gi.require_version('Gtk', '3.0')
from gi.repository import Gtk, Gdk
window = Gtk.Window(type=Gtk.WindowType.POPUP)
window.set_default_size(60, 40)
window.move(0, 0)
box = Gtk.EventBox()
window.add(box)
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
box.connect('drag-begin', lambda *_: print('begun', flush=True))
box.connect('drag-data-get', lambda _, context, data, info, time: data.set_uris(sys.argv[1:]))
box.connect('drag-end', lambda *_: Gtk.main_quit())
window.show_all()
Gdk.Display.get_default().sync()
print('shown', flush=True)
Gtk.main()
";

/// Width and height of a PNG.
fn size(png: &[u8]) -> (u32, u32) {
    let at = |from: usize| u32::from_be_bytes(png[from..from + 4].try_into().unwrap());
    (at(16), at(20))
}

/// What somebody does outside of the page.
struct Hands<'d> {
    desk: &'d Desk,
    files: PathBuf,
}

impl Hands<'_> {
    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::create_dir_all(&self.files).unwrap();
        let path = self.files.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn xdotool(&self, args: &[&str]) {
        let mut command = self.desk.session.command("xdotool");
        let status = command.args(args).status().unwrap_or_else(|error| {
            panic!("xdotool: {error}; install it with: apt-get install xdotool")
        });
        assert!(status.success(), "xdotool {args:?}");
    }

    /// Clicks an element as a mouse does: WebDriver's clicks never pass through the window, which
    /// gives its keys to what was clicked last. Without a manager of windows it stands at 0, 0.
    async fn click_in_the_window(&self, window: &Window, testid: &str) {
        let script = "const at = document.querySelector(`[data-testid='${arguments[0]}']`).getBoundingClientRect();
          return [Math.round(at.x + at.width / 2), Math.round(at.y + at.height / 2)]";
        let at = window.run(script, vec![json!(testid)]).await;
        let (x, y) = (at[0].to_string(), at[1].to_string());
        self.xdotool(&["mousemove", "--sync", &x, &y, "click", "1"]);
        let focused = "return document.activeElement?.dataset.testid === arguments[0]";
        let what = format!("{testid} has the keyboard");
        window.wait_true(focused, vec![json!(testid)], &what).await;
    }

    /// Presses keys as a keyboard does: WebDriver's never pass through the window.
    fn press_in_the_window(&self, keys: &str) {
        self.xdotool(&[
            "search",
            "--onlyvisible",
            "--name",
            "^Fluxchat$",
            "windowfocus",
        ]);
        self.xdotool(&["key", "--clearmodifiers", keys]);
    }

    /// Answers the dialog of the system that asks where to save.
    fn save_as(&self, path: &Path) {
        let patience = [
            "30",
            "xdotool",
            "search",
            "--sync",
            "--onlyvisible",
            "--name",
            "Save",
        ];
        let found = self.desk.session.command("timeout").args(patience).output();
        assert!(
            found.is_ok_and(|it| it.status.success()),
            "a dialog asks where to save"
        );
        self.xdotool(&["search", "--onlyvisible", "--name", "Save", "windowfocus"]);
        self.xdotool(&["key", "--clearmodifiers", "ctrl+a"]);
        self.xdotool(&["type", "--delay", "20", path.to_str().unwrap()]);
        self.xdotool(&["key", "--clearmodifiers", "Return"]);
    }

    /// Drags files from another program to the middle of the window; `over` looks at it there.
    async fn drag(&self, paths: &[&Path], over: impl AsyncFnOnce()) {
        let uris = paths
            .iter()
            .map(|path| format!("file://{}", path.display()));
        let mut command = self.desk.session.command("timeout");
        command
            .args(["120", "/usr/bin/python3", "-c", DRAG_SOURCE])
            .args(uris)
            .stdout(Stdio::piped());
        let mut source = command.spawn().expect("timeout starts");
        let mut said = BufReader::new(source.stdout.take().unwrap()).lines();
        let mut wait_for = |word: &str| {
            let line = said.next().and_then(Result::ok);
            assert_eq!(
                line.as_deref(),
                Some(word),
                "what can be missing: apt-get install python3-gi gir1.2-gtk-3.0"
            );
        };
        wait_for("shown");
        self.xdotool(&["mousemove", "20", "20", "mousedown", "1"]);
        for step in ["30", "45", "80", "200"] {
            self.xdotool(&["mousemove", "--sync", step, step]);
        }
        wait_for("begun");
        self.xdotool(&[
            "mousemove",
            "--sync",
            "600",
            "380",
            "mousemove",
            "--sync",
            "640",
            "400",
        ]);
        over().await;
        self.xdotool(&["mouseup", "1"]);
        let ended = source.wait().expect("it ends");
        assert!(ended.success(), "the drag ended");
    }

    /// Another program offers a picture to paste, until it is ended.
    fn copy_picture(&self, path: &Path) -> Child {
        let mut command = self.desk.session.command("timeout");
        command
            .args(["120", "xclip", "-quiet", "-selection", "clipboard"])
            .args(["-target", "image/png"])
            .arg(path)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("xclip: {error}; install it with: apt-get install xclip")
        });
        // It speaks once it owns the clipboard.
        let mut said = String::new();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        stderr.read_line(&mut said).unwrap();
        assert!(said.contains("Waiting"), "xclip: {said}");
        // It speaks of every request, and would end if nobody could hear it.
        child.stderr = Some(stderr.into_inner());
        child
    }
}

/// A PDF that opens with a password alone.
fn locked() -> Vec<u8> {
    let plain = String::from_utf8(pdf(1, |_| vec!["nobody reads this".to_owned()])).unwrap();
    let (key, id) = ("5a".repeat(32), "07".repeat(16));
    let lock = format!(
        "<< /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{key}> /U <{key}> >> /ID [<{id}> <{id}>] "
    );
    plain
        .replace("trailer\n<< ", &format!("trailer\n{lock}"))
        .into_bytes()
}

/// Waits until so many chips are ready.
async fn ready(window: &Window, count: usize) {
    let script = "return document.querySelectorAll(\"[data-testid='attach-chip'][data-state='ready']\").length === arguments[0]";
    window
        .wait_true(
            script,
            vec![json!(count)],
            &format!("{count} files are ready"),
        )
        .await;
}

/// Waits until so many pictures within are drawn with pixels of their own.
async fn drawn(window: &Window, within: &str, count: usize) {
    let script = "const all = [...document.querySelectorAll(`[data-testid='${arguments[0]}'] img`)];\
        return all.length === arguments[1] && all.every(it => it.src.startsWith('fluxblob:') && it.complete && it.naturalWidth > 0)";
    let what = format!("{count} pictures of {within} are drawn");
    window
        .wait_true(script, vec![json!(within), json!(count)], &what)
        .await;
}

/// The tokens that the line below the composer tells.
async fn tokens(window: &Window) -> u64 {
    let script = "return Number((document.querySelector(\"[data-testid='context-line']\")?.textContent ?? '0').split('/')[0].replace(/[^0-9]/g, ''))";
    window.run(script, vec![]).await.as_u64().unwrap_or(0)
}

async fn sendable(window: &Window) -> bool {
    let script = "return !document.querySelector(\"[data-testid='send']\").disabled";
    window.run(script, vec![]).await == json!(true)
}

/// Asks, and waits until so many answers are complete.
async fn ask(window: &Window, question: &str, answers: usize) {
    window.type_into("composer-input", question).await;
    window.click("send").await;
    let script = "return document.querySelectorAll(\"[data-testid='message-row'][data-role='assistant'][data-status='complete']\").length === arguments[0]";
    window
        .wait_true(script, vec![json!(answers)], "no answer was completed")
        .await;
}

/// The last question on the wire.
fn question(server: &Recorder) -> Value {
    let seen = server.seen();
    let last = seen.iter().rev().find(|it| it.method == "POST").unwrap();
    serde_json::from_str(&last.body).unwrap()
}

fn pictures(question: &Value) -> Vec<Vec<u8>> {
    let messages = question["messages"].as_array().unwrap();
    let parts = messages.iter().filter_map(|it| it["content"].as_array());
    parts
        .flatten()
        .filter_map(|part| part["image_url"]["url"].as_str())
        .map(|url| {
            let (_, data) = url.split_once("base64,").unwrap();
            base64::engine::general_purpose::STANDARD
                .decode(data)
                .unwrap()
        })
        .collect()
}

fn assets(desk: &Desk) -> usize {
    std::fs::read_dir(desk.profile.join("assets")).map_or(0, Iterator::count)
}

#[test]
fn files_are_attached_shown_sent_cited_saved_and_deleted() {
    in_namespace("attachments::window::journey");
}

#[test]
#[ignore = "runs inside the namespace that files_are_attached_shown_sent_cited_saved_and_deleted makes"]
fn journey() {
    runtime().block_on(async {
        let words = "With 42 newton metres [manual.pdf, p. 317].".to_owned();
        let server = Recorder::start(Answer::Words(vec![words])).await;
        let (place, word) = (canary(), canary());
        let desk = Desk::new();
        let hands = Hands {
            desk: &desk,
            // Not below the home, which is searched for what is left in the end.
            files: tempfile::tempdir().unwrap().keep(),
        };
        let large = hands.file("holiday.png", &photo(2_600, 1_300, &place));
        let small = hands.file("small.png", &photo(320, 200, &place));
        let shot = hands.file("shot.png", &photo(640, 400, &place));
        let manual = pdf(400, |page| {
            let mut lines: Vec<String> = (0..12)
                .map(|line| format!("Line {line} of page {page} speaks of oil and patience."))
                .collect();
            if page == 317 {
                lines.push(format!("The Zephyr valve is closed with 42 newton metres, {word}."));
            }
            lines
        });
        let manual_path = hands.file("manual.pdf", &manual);
        let window = desk.open().await;
        first_run(&window).await;

        // The guide takes no pictures: it is said, nothing can be sent, and taking it away erases.
        hand_over(&window, std::slice::from_ref(&small)).await;
        window.wait("attach-notes").await;
        window.wait_text("Not every file can be sent here").await;
        assert!(!sendable(&window).await);
        desk.picture("attach-refused");
        assert_eq!(assets(&desk), 1);
        window.click("attach-remove").await;
        window.wait_gone("[data-testid='attach-chip']").await;

        add_source(&window, "Recorder", &server.base_url()).await;
        window.click("new-chat").await;
        hand_over(&window, std::slice::from_ref(&small)).await;
        ready(&window, 1).await;
        assert_eq!(assets(&desk), 1, "what was taken away is erased");
        let one = tokens(&window).await;
        hands
            .drag(&[&large], async || {
                window.wait("attach-drop").await;
                desk.picture("attach-dragging");
                axe_is_content(&window, "files over the window").await;
            })
            .await;
        ready(&window, 2).await;
        window.wait_gone("[data-testid='attach-drop']").await;
        let mut clipboard = hands.copy_picture(&shot);
        hands.click_in_the_window(&window, "composer-input").await;
        hands.press_in_the_window("ctrl+v");
        ready(&window, 3).await;
        clipboard.kill().unwrap();
        clipboard.wait().unwrap();
        drawn(&window, "attach-chip", 3).await;
        window.wait_text("Place, camera and time were taken out").await;
        window.wait_text("2048 × 1024").await;
        window
            .wait_true(
                "const line = document.querySelector(\"[data-testid='context-line']\");\
                 return line !== null && Number(line.textContent.split('/')[0].replace(/[^0-9]/g, '')) > arguments[0]",
                vec![json!(one.max(1_000))],
                "the line below the composer counts the pictures",
            )
            .await;
        desk.picture("attach-ready");
        axe_is_content(&window, "files beside a question").await;
        ask(&window, "What is on them?", 1).await;
        drawn(&window, "message-file", 3).await;
        desk.picture("attach-sent");

        let sent = pictures(&question(&server));
        let mut sizes: Vec<_> = sent.iter().map(|it| size(it)).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [(320, 200), (640, 400), (2_048, 1_024)], "made smaller, and whole");
        for picture in &sent {
            let text = String::from_utf8_lossy(picture);
            assert!(!text.contains(&place) && !text.contains("tEXt"), "no details leave");
        }

        // One with a password is told apart; what was typed stays, and it goes on without the file.
        let secret = hands.file("payslip.pdf", &locked());
        window.type_into("composer-input", "How tight is ").await;
        hand_over(&window, std::slice::from_ref(&secret)).await;
        window.wait_css("[data-testid='attach-chip'][data-state='failed']").await;
        window.wait_text("The file is protected by a password.").await;
        assert!(!sendable(&window).await);
        desk.picture("attach-locked");
        axe_is_content(&window, "a locked file").await;
        window.click("attach-remove").await;
        window.wait_gone("[data-testid='attach-chip']").await;

        // A page is cited; the citation shows it, and a copy is the file as it was.
        hand_over(&window, std::slice::from_ref(&manual_path)).await;
        ready(&window, 1).await;
        ask(&window, "the Zephyr valve?", 2).await;
        let asked = question(&server).to_string();
        assert!(asked.contains(&word), "the page was sent");
        assert!(asked.contains("How tight is the Zephyr valve?"), "{asked}");
        assert!(!asked.contains("Line 1 of page 12 "), "and not the whole file");
        desk.picture("attach-cited");
        window.wait_css("button[data-testid='citation']").await;
        window.click("citation").await;
        window.wait("attach-sheet").await;
        let first = "return document.querySelector(\"[data-testid='attach-page']\")?.textContent === 'Page 317'";
        window.wait_true(first, vec![], "the sheet begins with the page").await;
        window.wait_text(&word).await;
        desk.picture("attach-page");
        axe_is_content(&window, "a page of a file").await;
        let copy = hands.files.join("copy.pdf");
        window.click("attach-save").await;
        hands.save_as(&copy);
        window.wait_text("A copy was saved").await;
        assert!(std::fs::read(&copy).unwrap() == manual, "byte by byte");
        window.click_exactly("Close").await;
        window.wait_gone("[data-testid='attach-sheet']").await;

        assert_eq!(assets(&desk), 4);
        delete_open_conversation(&window).await;
        desk.quit(window).await;
        assert_eq!(assets(&desk), 0, "the files went with their conversation");
        let receipts = desk.cli(&["privacy", "receipts"]);
        assert_eq!(receipts[0]["files"], json!(4), "{receipts}");
        crate::deletion::assert_proven(&receipts[0], "conversation");
        let hits = scan_tree(desk.home(), &all_needles(&[place, word]));
        assert!(hits.is_empty(), "nothing of them is on the disk: {hits:?}");
        std::fs::remove_dir_all(&hands.files).unwrap();
    });
}

/// Chooses files for the button. WebDriver answers in place of the system's dialog, which WebKit
/// does not show while it is driven.
async fn hand_over(window: &Window, paths: &[PathBuf]) {
    let all: Vec<String> = paths.iter().map(|it| it.display().to_string()).collect();
    let input = window.wait("attach-input").await;
    input.send_keys(&all.join("\n")).await.unwrap();
}

async fn settled(window: &Window, count: usize) {
    let script = "const all = [...document.querySelectorAll(\"[data-testid='attach-chip']\")];\
        return all.length === arguments[0] && all.every(it => it.dataset.state !== 'reading')";
    window
        .wait_true(
            script,
            vec![json!(count)],
            &format!("{count} files are read"),
        )
        .await;
}

/// What goes wrong is said file by file, and many files at once all arrive.
#[test]
fn many_files_and_broken_ones_each_say_what_they_are() {
    runtime().block_on(async {
        let server = Recorder::start(Answer::Words(vec!["fine".to_owned()])).await;
        let desk = Desk::new();
        let hands = Hands {
            desk: &desk,
            files: desk.home().join("files"),
        };
        let window = desk.open().await;
        first_run(&window).await;
        add_source(&window, "Recorder", &server.base_url()).await;
        window.click("new-chat").await;
        window.wait("attach-input").await;
        let broken = [
            hands.file("broken.docx", b"PK\x03\x04 no more"),
            hands.file("tool.bin", b"\x7FELF\x02\x01\x01\0\0\0"),
            hands.file("empty.txt", b""),
            hands.file("huge.png", &vec![0; (50 << 20) + 1]),
            hands.file("a rather long name of a file that somebody once gave it.txt", b"words"),
        ];
        hand_over(&window, &broken).await;
        settled(&window, 5).await;
        let failed = "return [...document.querySelectorAll(\"[data-testid='attach-chip'][data-state='failed']\")].map(it => it.textContent.trim())";
        let failed = window.run(failed, vec![]).await.to_string();
        for (name, why) in [
            ("broken.docx", "damaged"),
            ("tool.bin", "not a kind of file"),
            ("empty.txt", "is empty"),
            ("huge.png", "larger than 50 MB"),
        ] {
            assert!(failed.contains(name) && failed.contains(why), "{name}: {failed}");
        }
        assert!(!sendable(&window).await);
        desk.picture("attach-errors");
        let narrow = async |width| {
            let script = "window.resizeTo(arguments[0], 780); return true";
            let _ = window.client().set_window_rect(0, 0, width, 780).await;
            window.run(script, vec![json!(width)]).await;
        };
        narrow(420).await;
        desk.picture("attach-errors-narrow");
        narrow(1_200).await;
        let remove = "document.querySelectorAll(\"[data-testid='attach-remove']\").forEach(it => it.click()); return true";
        window.run(remove, vec![]).await;
        settled(&window, 0).await;

        let many: Vec<PathBuf> = (1..=22)
            .map(|at| hands.file(&format!("photo {at}.png"), &photo(200 + at * 10, 200, "x")))
            .collect();
        hand_over(&window, &many).await;
        settled(&window, 22).await;
        let ready = "return document.querySelectorAll(\"[data-testid='attach-chip'][data-state='ready']\").length";
        assert_eq!(window.run(ready, vec![]).await, json!(20), "twenty go with a question");
        window.wait_text("There are twenty files beside this question already").await;
        drawn(&window, "attach-chip", 20).await;
        desk.picture("attach-many");
        narrow(420).await;
        desk.picture("attach-many-narrow");
        narrow(1_200).await;
        set_theme(&window, "Dark").await;
        drawn(&window, "attach-chip", 20).await;
        desk.picture("attach-many-dark");
        desk.quit(window).await;
    });
}
