use std::process::ExitCode;

use fluxchat_core::App;
use fluxchat_model::Secret;
use serde_json::json;

use super::Done;
use crate::args::OnOff;
use crate::args::lock::Lock;
use crate::input::secret_from;
use crate::output::{Failure, Out};

pub async fn run(app: &App, lock: Lock, out: &Out) -> Done {
    let current = app.given_passphrase();
    let needed = || {
        current
            .clone()
            .ok_or_else(|| Failure::usage("Give the passphrase there is with --passphrase-fd N."))
    };
    match lock {
        Lock::Status => {}
        Lock::When {
            idle,
            sleep,
            screen,
        } => {
            let mut settings = app.lock_settings().await?;
            if let Some(minutes) = idle {
                settings.idle_minutes = (minutes > 0).then_some(minutes);
            }
            settings.on_sleep = sleep.map_or(settings.on_sleep, |it| it == OnOff::On);
            settings.on_screen_lock = screen.map_or(settings.on_screen_lock, |it| it == OnOff::On);
            app.set_lock_settings(settings).await?;
        }
        Lock::Set {
            new_fd,
            without_keychain,
        } => {
            app.passphrase_set(secret_from(new_fd)?, !without_keychain)
                .await?;
        }
        Lock::Change { new_fd } => {
            app.passphrase_change(needed()?, secret_from(new_fd)?)
                .await?;
        }
        Lock::Remove => app.passphrase_remove(needed()?).await?,
        Lock::Recovery => return code(&app.recovery_create(current).await?, out),
        Lock::Recover { code_fd, new_fd } => {
            let typed = secret_from(code_fd)?;
            let new = new_fd.map(secret_from).transpose()?;
            return code(&app.recover(typed, new).await?, out);
        }
    }
    status(app, out).await
}

async fn status(app: &App, out: &Out) -> Done {
    let status = app.lock_status().await?;
    let settings = app.lock_settings().await.ok();
    let document = json!({
        "passphrase": status.passphrase,
        "recovery": status.recovery,
        "keychain": status.keychain,
        "key_left_in_keychain": status.key_left_in_keychain,
        "wait_ms": status.wait_ms,
        "idle_minutes": settings.and_then(|it| it.idle_minutes),
        "on_sleep": settings.map(|it| it.on_sleep),
        "on_screen_lock": settings.map(|it| it.on_screen_lock),
    });
    out.answer(&document, |_| {
        let word = |yes: bool| if yes { "yes" } else { "no" };
        let mut text = format!(
            "passphrase     {}\nrecovery code  {}\nkeychain       {}\n",
            word(status.passphrase),
            word(status.recovery),
            word(status.keychain),
        );
        if let Some(settings) = settings.filter(|_| status.passphrase) {
            let idle = settings
                .idle_minutes
                .map_or("never".to_owned(), |it| format!("after {it} minutes"));
            text.push_str(&format!(
                "idle           {idle}\nsleep          {}\nscreen lock    {}\n",
                word(settings.on_sleep),
                word(settings.on_screen_lock),
            ));
        }
        if status.key_left_in_keychain {
            text.push_str(
                "The keychain may still hold a key from before; it is removed when it answers.\n",
            );
        }
        if status.wait_ms > 0 {
            let seconds = status.wait_ms.div_ceil(1_000);
            text.push_str(&format!(
                "The next attempt can be made in {seconds} seconds.\n"
            ));
        }
        text
    });
    Ok(ExitCode::SUCCESS)
}

fn code(code: &Secret<String>, out: &Out) -> Done {
    out.note("Write it down and keep it where the computer is not. It is not shown again.");
    out.answer(&json!({ "recovery_code": code.expose() }), |_| {
        format!("{}\n", code.expose())
    });
    Ok(ExitCode::SUCCESS)
}
