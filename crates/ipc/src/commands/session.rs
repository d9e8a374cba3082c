//! Opening the profile, first run, settings.

use fluxchat_core::{App, session_problem};
use fluxchat_model::{Secret, SessionState};

use super::{
    attachment, chat, consent, egress, filing, instructions, retention, source, temporary,
};
use crate::ApiError;
use crate::dto::attachment::AttachmentListReq;
use crate::dto::chat::{ConversationListReq, DraftGetReq};
use crate::dto::session::{
    Audience, FirstScreen, FirstScreenReq, SessionCreateReq, SessionInfo, SessionStartFreshReq,
    SessionUnlockReq, Settings, SettingsSetReq, SetupReq,
};
use crate::dto::{Done, Empty};

type Answer<T> = Result<T, ApiError>;

/// How it stands, with the settings.
pub async fn info(app: &App) -> SessionInfo {
    let status = app.status();
    SessionInfo {
        state: status.state,
        storage: status.storage,
        setup_done: status.setup_done,
        supervised: status.supervised,
        offline: status.offline,
        has_passphrase: status.has_passphrase,
        problem: (!matches!(status.state, SessionState::Ready | SessionState::FirstRun))
            .then(|| session_problem(status.state).into()),
        settings: app.window_settings::<Settings>().await,
        app_version: app.version().to_owned(),
        platform: std::env::consts::OS.to_owned(),
        automation: cfg!(feature = "automation"),
    }
}

/// Reads the session again.
///
/// # Errors
/// Never.
pub async fn session_get(app: &App, _: Empty) -> Answer<SessionInfo> {
    Ok(info(app).await)
}

/// Reads everything the first screen shows.
///
/// # Errors
/// When the archive is not open.
pub async fn first_screen(app: &App, req: FirstScreenReq) -> Answer<FirstScreen> {
    let sources = source::source_list(app, Empty {}).await?;
    let default = sources
        .rows
        .iter()
        .find(|row| Some(row.id) == sources.default_source_id)
        .or(sources.rows.first());
    let beside_draft = AttachmentListReq {
        conversation_id: None,
        source_id: default.map(|row| row.id),
        model: default.and_then(|row| row.default_model.clone()),
    };
    let first_page = ConversationListReq {
        cursor: None,
        limit: req.limit,
        archived: false,
    };
    Ok(FirstScreen {
        conversations: chat::conversation_list(app, first_page).await?,
        temporary: temporary::temporary_list(app, Empty {}).await?,
        filing: filing::filing_get(app, Empty {}).await?,
        restriction: retention::restriction_get(app, Empty {}).await?,
        egress: egress::egress_status(app, Empty {}).await?,
        policy: consent::policy_status(app, Empty {}).await?,
        presets: instructions::preset_list(app, Empty {}).await?,
        draft: chat::draft_get(
            app,
            DraftGetReq {
                conversation_id: None,
            },
        )
        .await?,
        files: attachment::attachment_list(app, beside_draft).await.ok(),
        sources,
    })
}

/// Tries again to open the profile; the keychain may ask.
///
/// # Errors
/// Never; the state says what stands in the way.
pub async fn session_retry(app: &App, _: Empty) -> Answer<SessionInfo> {
    app.reopen_with_prompt().await;
    Ok(info(app).await)
}

/// Opens with a passphrase.
///
/// # Errors
/// `wrong_passphrase`.
pub async fn session_unlock(app: &App, req: SessionUnlockReq) -> Answer<SessionInfo> {
    app.unlock(Secret::new(req.passphrase)).await?;
    Ok(info(app).await)
}

/// Creates an archive without a keychain.
///
/// # Errors
/// `passphrase_short`, or why nothing can be written.
pub async fn session_create(app: &App, req: SessionCreateReq) -> Answer<SessionInfo> {
    app.create(req.storage, req.passphrase.map(Secret::new))
        .await?;
    Ok(info(app).await)
}

/// Sets an archive that cannot be opened aside.
///
/// # Errors
/// `not_confirmed`, or why the files cannot be renamed.
pub async fn session_start_fresh(app: &App, req: SessionStartFreshReq) -> Answer<SessionInfo> {
    if !req.confirmed {
        return Err(ApiError::invalid(
            "not_confirmed",
            "Starting anew has to be confirmed.",
        ));
    }
    app.start_fresh().await?;
    Ok(info(app).await)
}

/// Completes the first run.
///
/// # Errors
/// When the policy is not the one in force or the archive cannot be created.
pub async fn setup_complete(app: &App, req: SetupReq) -> Answer<SessionInfo> {
    let consents = req
        .consents
        .iter()
        .map(|purpose| super::privacy::purpose(purpose))
        .collect::<Result<_, _>>()?;
    app.setup(fluxchat_core::Setup {
        audience: match req.audience {
            Audience::Adult => fluxchat_core::Audience::Adult,
            Audience::Guardian => fluxchat_core::Audience::Guardian(Secret::new(
                req.guardian_passphrase.unwrap_or_default(),
            )),
        },
        policy_version: req.policy_version,
        language: req.language,
        consents,
    })
    .await?;
    Ok(info(app).await)
}

/// Replaces the settings.
///
/// # Errors
/// When the archive is not open.
pub async fn settings_set(app: &App, req: SettingsSetReq) -> Answer<Done> {
    let mut settings = req.settings;
    settings.list_width = settings.list_width.clamp(200, 480);
    settings.text_percent = settings.text_percent.clamp(80, 200);
    app.set_window_settings(settings).await?;
    Ok(Done {})
}
