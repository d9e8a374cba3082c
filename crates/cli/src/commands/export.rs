//! Everything in one file to take along.

use std::process::ExitCode;
use std::sync::Mutex;

use fluxchat_core::{App, Event, ExportProgress, ExportRequest, fresh_passphrase};
use serde_json::json;

use super::Done;
use crate::args::Export;
use crate::input;
use crate::output::{Out, count, plain};

pub async fn run(app: &App, args: Export, out: &Out) -> Done {
    let passphrase = match (args.encrypt_fd, args.passphrase_out_fd) {
        (Some(fd), _) => Some(input::secret_from(fd)?),
        (None, Some(fd)) => {
            let fresh = fresh_passphrase()?;
            // Before the file exists: a sealed file nobody can open is worth nothing.
            input::secret_to(fd, &fresh)?;
            Some(fresh)
        }
        (None, None) => None,
    };
    tell_progress(app);
    let done = app
        .export(ExportRequest {
            path: args.out,
            replace: false,
            passphrase,
        })
        .await?;
    let document = json!({
        "name": done.name,
        "bytes": done.bytes,
        "entries": done.entries,
        "counts": done.counts,
        "encrypted": done.encrypted,
        "problems": done.problems,
        "restarts": done.restarts,
    });
    out.answer(&document, |_| {
        let mut text = format!(
            "Everything is in {} ({} bytes, {} entries). README.md in it says what is what.\n",
            plain(&done.name),
            done.bytes,
            done.entries
        );
        if done.encrypted {
            text.push_str("It is sealed: open it with `age --decrypt`.\n");
        }
        if done.problems > 0 {
            text.push_str(&format!(
                "{} damaged or gone; manifest.json says which.\n",
                count(u64::from(done.problems), "file is", "files are")
            ));
        }
        text
    });
    Ok(ExitCode::SUCCESS)
}

/// One line per tenth and per kind, for people.
fn tell_progress(app: &App) {
    let last = Mutex::new(("", 0, 0));
    app.events().listen(move |event| {
        let Event::ExportProgress(at) = event else {
            return !matches!(event, Event::ExportEnded);
        };
        let now = (at.kind, tenths(at), at.restarts);
        if let Ok(mut last) = last.lock()
            && *last != now
        {
            *last = now;
            note(at);
        }
        true
    });
}

fn tenths(at: &ExportProgress) -> u64 {
    at.items.saturating_mul(10) / at.items_total.max(1)
}

#[allow(clippy::print_stderr, reason = "progress is for people, as it happens")]
fn note(at: &ExportProgress) {
    let again = if at.restarts > 0 {
        ", begun again without what was deleted"
    } else {
        ""
    };
    eprintln!(
        "{:<15} {:>3} %  {} bytes{again}",
        at.kind,
        tenths(at) * 10,
        at.bytes
    );
}
