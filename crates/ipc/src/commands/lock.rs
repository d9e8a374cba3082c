//! The app lock.

use fluxchat_core::{App, LockSettings};
use fluxchat_model::Secret;

use crate::ApiError;
use crate::dto::lock::{
    LockChoice, LockReport, LockSettingsReq, PassphraseChangeReq, PassphraseRemoveReq,
    PassphraseSetReq, RecoveryCode, RecoveryCreateReq, SessionRecoverReq,
};
use crate::dto::session::SessionInfo;
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

/// Locks.
///
/// # Errors
/// `no_lock` without a passphrase.
pub async fn session_lock(app: &App, _: Empty) -> Answer<SessionInfo> {
    app.lock().await?;
    Ok(super::session::info(app).await)
}

/// Somebody is there.
///
/// # Errors
/// Never.
pub async fn session_active(app: &App, _: Empty) -> Answer<Done> {
    app.touch();
    Ok(Done {})
}

/// Opens with the recovery code, and tells the one that takes its place.
///
/// # Errors
/// `wrong_code`, `no_recovery`, `too_many_attempts`, `passphrase_short`.
pub async fn session_recover(app: &App, req: SessionRecoverReq) -> Answer<RecoveryCode> {
    let passphrase = req.passphrase.map(Secret::new);
    let code = app.recover(Secret::new(req.code), passphrase).await?;
    Ok(told(&code))
}

/// How the archive is opened; answers while it is locked, too.
///
/// # Errors
/// When the folder cannot be read.
pub async fn lock_status(app: &App, _: Empty) -> Answer<LockReport> {
    let status = app.lock_status().await?;
    let settings = app.lock_settings().await.ok();
    let hears = app.hears();
    Ok(LockReport {
        passphrase: status.passphrase,
        recovery: status.recovery,
        keychain: status.keychain,
        key_left_in_keychain: status.key_left_in_keychain,
        wait_ms: u32::try_from(status.wait_ms).unwrap_or(u32::MAX),
        settings: settings.map(|settings| LockChoice {
            idle_minutes: settings.idle_minutes,
            on_sleep: settings.on_sleep,
            on_screen_lock: settings.on_screen_lock,
        }),
        hears_sleep: hears.sleep,
        hears_screen: hears.screen,
    })
}

/// Changes when the app locks by itself.
///
/// # Errors
/// `invalid_idle`; when the archive is not open.
pub async fn lock_settings_set(app: &App, req: LockSettingsReq) -> Answer<LockReport> {
    let LockChoice {
        idle_minutes,
        on_sleep,
        on_screen_lock,
    } = req.settings;
    let settings = LockSettings {
        idle_minutes,
        on_sleep,
        on_screen_lock,
    };
    app.set_lock_settings(settings).await?;
    lock_status(app, Empty {}).await
}

/// Sets the first passphrase.
///
/// # Errors
/// `passphrase_short`, `passphrase_exists`, why the keychain did not give the key.
pub async fn passphrase_set(app: &App, req: PassphraseSetReq) -> Answer<LockReport> {
    app.passphrase_set(Secret::new(req.passphrase), req.keep_keychain)
        .await?;
    lock_status(app, Empty {}).await
}

/// Changes the passphrase.
///
/// # Errors
/// `wrong_passphrase`, `too_many_attempts`, `passphrase_short`.
pub async fn passphrase_change(app: &App, req: PassphraseChangeReq) -> Answer<LockReport> {
    app.passphrase_change(Secret::new(req.current), Secret::new(req.passphrase))
        .await?;
    lock_status(app, Empty {}).await
}

/// Takes the passphrase away.
///
/// # Errors
/// `wrong_passphrase`, `too_many_attempts`, why the keychain did not take the key.
pub async fn passphrase_remove(app: &App, req: PassphraseRemoveReq) -> Answer<LockReport> {
    app.passphrase_remove(Secret::new(req.current)).await?;
    lock_status(app, Empty {}).await
}

/// Makes a recovery code, told this once.
///
/// # Errors
/// `wrong_passphrase`, `too_many_attempts`.
pub async fn recovery_create(app: &App, req: RecoveryCreateReq) -> Answer<RecoveryCode> {
    let code = app.recovery_create(req.current.map(Secret::new)).await?;
    Ok(told(&code))
}

fn told(code: &Secret<String>) -> RecoveryCode {
    RecoveryCode {
        code: code.expose().clone(),
    }
}
