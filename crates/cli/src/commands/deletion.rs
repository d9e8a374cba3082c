use std::io::IsTerminal as _;
use std::process::ExitCode;

use fluxchat_core::{App, Confirmation, Previewed};
use fluxchat_model::{ErasurePreview, ErasureScope, MediaKind, Receipt, TimeRange, Timestamp};
use serde_json::{Value, json};

use super::Done;
use crate::args::deletion::{Delete, Media, Scope};
use crate::output::{Failure, Out};

const WORD: &str = "DELETE";

/// Looks, asks, deletes.
pub async fn delete(app: &App, args: Delete, out: &Out) -> Done {
    let scope = scope(app, &args).await?;
    let found = app.preview_deletion(scope).await?;
    if args.preview {
        out.answer(&document(&found), |_| listed(&found));
        return Ok(ExitCode::SUCCESS);
    }
    if !args.yes {
        confirm(&found, out)?;
    }
    let receipt = carry_out(app, found).await?;
    app.flush_outbox().await?;
    out.answer(&receipt, proven);
    Ok(ExitCode::SUCCESS)
}

/// `privacy delete-all`.
pub async fn everything(app: &App, yes: bool, out: &Out) -> Done {
    let args = Delete {
        scope: Scope::Everything,
        id: None,
        from: None,
        to: None,
        media: None,
        preview: false,
        yes,
    };
    delete(app, args, out).await
}

/// `privacy rotate-key`.
pub async fn rotate_key(app: &App, status: bool, out: &Out) -> Done {
    if !status {
        let receipt = app.rotate_key().await?;
        out.answer(&receipt, |receipt| {
            let old = match receipt.crypto_erased_at {
                Some(_) => "the old one is destroyed",
                None => "the old one opens other secrets and is kept; from the next change on, old keys are destroyed",
            };
            format!(
                "Key {} is in force; {old} (receipt {}).\n",
                receipt.key_epoch, receipt.hash
            )
        });
        return Ok(ExitCode::SUCCESS);
    }
    let state = app.key_state().await?;
    let document = json!({
        "epoch": state.epoch,
        "changed_at": state.changed_at,
        "due_at": state.due_at,
        "can_change": state.can_change,
    });
    out.answer(&document, |_| {
        let due = match state.due_at {
            Some(at) => format!("changed by itself at the latest at {}", at.0),
            None => "nothing was deleted since".to_owned(),
        };
        format!("key {}, {due}\n", state.epoch)
    });
    Ok(ExitCode::SUCCESS)
}

async fn carry_out(app: &App, found: Previewed) -> Result<Receipt, Failure> {
    let id = match found.scope {
        ErasureScope::Message(id) => app.delete_message(id).await?.id,
        ErasureScope::Conversation(id) => app.delete_conversation(id).await?.id,
        scope => {
            let confirmation = Confirmation {
                token: found.token,
                word: WORD.to_owned(),
            };
            app.begin_deletion(scope, confirmation).await?
        }
    };
    Ok(app.purge_now(id).await?)
}

async fn scope(app: &App, args: &Delete) -> Result<ErasureScope, Failure> {
    let named = || {
        args.id
            .as_deref()
            .ok_or_else(|| Failure::usage("This scope needs --id"))
    };
    let id = |error: fluxchat_model::InvalidId| Failure::usage(&error.to_string());
    Ok(match args.scope {
        Scope::Message => ErasureScope::Message(named()?.parse().map_err(id)?),
        Scope::Conversation => ErasureScope::Conversation(named()?.parse().map_err(id)?),
        Scope::Folder => ErasureScope::Folder(app.folder_named(named()?).await?.id),
        Scope::Tag => ErasureScope::Tag(app.tag_named(named()?).await?.id),
        Scope::Source => {
            let name = named()?;
            match name.parse() {
                Ok(id) => ErasureScope::Source(id),
                Err(_) => ErasureScope::Source(app.source_named(name).await?.id),
            }
        }
        Scope::Range => {
            let from = args
                .from
                .as_deref()
                .ok_or_else(|| Failure::usage("A range needs --from"))?;
            let to = match args.to.as_deref() {
                Some(day) => start_of(day)?.plus_ms(Timestamp::DAY),
                None => app.moment().plus_ms(1),
            };
            ErasureScope::Range(TimeRange {
                from: start_of(from)?,
                to,
            })
        }
        Scope::Media => {
            let media = args
                .media
                .ok_or_else(|| Failure::usage("Files need --media"))?;
            ErasureScope::Media(match media {
                Media::Image => MediaKind::Image,
                Media::Audio => MediaKind::Audio,
                Media::Video => MediaKind::Video,
                Media::Document => MediaKind::Document,
                Media::Other => MediaKind::Other,
            })
        }
        Scope::Search => ErasureScope::Searches,
        Scope::Drafts => ErasureScope::Drafts,
        Scope::Everything => ErasureScope::Everything,
    })
}

fn start_of(day: &str) -> Result<Timestamp, Failure> {
    fluxchat_core::clock::start_of_day(day)
        .ok_or_else(|| Failure::usage(&format!("“{day}” is not a day; days look like 2026-03-01")))
}

fn document(found: &Previewed) -> Value {
    json!({
        "scope": found.scope.word(),
        "removes": found.preview,
        "stays": found.stays,
        "token": found.token,
        "can_be_undone": found.can_be_undone,
    })
}

fn listed(found: &Previewed) -> String {
    let ErasurePreview {
        conversations,
        partly,
        messages,
        drafts,
        files,
        searches,
        labels,
        bytes,
        pinned,
        frozen,
        ..
    } = &found.preview;
    let mut text = String::from("would be deleted\n");
    for (name, count) in [
        ("conversations", conversations),
        ("in part", partly),
        ("messages", messages),
        ("drafts", drafts),
        ("files", files),
        ("searches", searches),
        ("folders, tags", labels),
        ("of them pinned", pinned),
        ("of them frozen", frozen),
    ] {
        if *count > 0 {
            text.push_str(&format!("  {name:<15} {count:>9}\n"));
        }
    }
    text.push_str(&format!("  {:<15} {bytes:>9}\nstays\n", "bytes"));
    for stays in &found.stays {
        text.push_str(&format!("  {}\n", reason(*stays)));
    }
    text
}

fn reason(stays: fluxchat_core::Stays) -> &'static str {
    use fluxchat_core::Stays;
    match stays {
        Stays::Ledger => "the ledger: what left stays accounted for, without content or names",
        Stays::Consents => "the consents: they prove what was allowed",
        Stays::Receipts => "receipts and tombstones: the proof, and against coming back by import",
        Stays::Messages => "the messages the files were in",
        Stays::Source => "the settings of the source and its key",
        Stays::Service => "what the service keeps: it is asked to delete it",
        Stays::Forks => "conversations you copied from these, unless they are deleted as well",
        Stays::Exports => "copies you exported",
        Stays::Backups => "backups and snapshots of your system",
    }
}

fn proven(receipt: &Receipt) -> String {
    format!(
        "Deleted for good, proven on this computer (receipt {}).\n",
        receipt.hash
    )
}

fn confirm(found: &Previewed, out: &Out) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("A deletion has to be confirmed: add --yes."));
    }
    out.note(&listed(found));
    out.note("It happens at once; there is no undo. Type DELETE to go on:");
    let mut typed = String::new();
    let _ = std::io::stdin().read_line(&mut typed);
    if typed.trim() == WORD {
        Ok(())
    } else {
        Err(Failure::not_confirmed(
            "The word was not typed, so nothing was deleted.",
            "Run it again and type the word, if you want it.",
        ))
    }
}
