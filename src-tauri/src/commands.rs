//! Every command of the contract as Tauri wants it: a shim of one statement each.

use std::io;

use fluxchat_ipc::ApiError;
use fluxchat_ipc::commands;
use fluxchat_ipc::dto::attachment::*;
use fluxchat_ipc::dto::branches::*;
use fluxchat_ipc::dto::chat::*;
use fluxchat_ipc::dto::code::*;
use fluxchat_ipc::dto::consent::*;
use fluxchat_ipc::dto::deletion::*;
use fluxchat_ipc::dto::diagnostics::*;
use fluxchat_ipc::dto::diagram::*;
use fluxchat_ipc::dto::event::*;
use fluxchat_ipc::dto::export::*;
use fluxchat_ipc::dto::filing::*;
use fluxchat_ipc::dto::instructions::*;
use fluxchat_ipc::dto::ledger::*;
use fluxchat_ipc::dto::lock::*;
use fluxchat_ipc::dto::offers::*;
use fluxchat_ipc::dto::preview::*;
use fluxchat_ipc::dto::privacy::*;
use fluxchat_ipc::dto::proof::*;
use fluxchat_ipc::dto::retention::*;
use fluxchat_ipc::dto::rights::*;
use fluxchat_ipc::dto::search::*;
use fluxchat_ipc::dto::session::*;
use fluxchat_ipc::dto::source::*;
use fluxchat_ipc::dto::spend::*;
use fluxchat_ipc::dto::temporary::*;
use fluxchat_ipc::dto::tools::*;
use fluxchat_ipc::dto::voice::*;
use fluxchat_ipc::dto::{Done, Empty};
use fluxchat_model::{
    ConversationTotals, Instructions, PolicyDiff, Preset, ProofReport, Receipt, TrainingEcho,
};
use tauri::ipc::{Channel, Invoke};
use tauri::{Manager as _, Runtime, State, WebviewWindow};

use crate::channels;
use crate::core::Core;
use crate::desktop::{browser, facts, save_dialog};
use crate::screenshot;

macro_rules! shims {
    ($($group:ident $name:ident($req:ident) -> $res:ident;)+) => {$(
        #[tauri::command]
        async fn $name(core: State<'_, Core>, req: $req) -> Result<$res, ApiError> {
            commands::$group::$name(core.ready().await, req).await
        }
    )+};
}

macro_rules! with_desktop_commands {
    ($($group:ident $name:ident($req:ident) -> $res:ident;)+) => {
        tauri::generate_handler![
            session_open, link_open, tool_sign_in_open, ledger_export, consent_export, privacy_prove, proof_save,
            export_start, support_bundle_save, attachment_save, code_save, diagram_save, screenshot_take, conversation_save, $($name),+
        ]
    };
}

fluxchat_ipc::for_each_command!(shims);

/// Answers every command of the contract.
pub fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    fluxchat_ipc::for_each_command!(with_desktop_commands)
}

/// Opens the profile and keeps telling the window what happens.
#[tauri::command]
async fn session_open(
    core: State<'_, Core>,
    #[expect(
        unused,
        reason = "every command takes a request, and this one asks for nothing"
    )]
    req: Empty,
    events: Channel<String>,
) -> Result<SessionInfo, ApiError> {
    let app = core.ready().await;
    fluxchat_ipc::forward(app, channels::listener(events));
    Ok(commands::session::info(app).await)
}

/// Opens a link of a message in the browser. The page names the link by number; where it leads
/// is read from the archive.
#[tauri::command]
async fn link_open(core: State<'_, Core>, req: LinkOpenReq) -> Result<Done, ApiError> {
    let address = commands::desktop::link_address(core.ready().await, req).await?;
    browsed(browser::open(&address))?;
    Ok(Done {})
}

fn browsed(opened: io::Result<()>) -> Result<(), ApiError> {
    opened.map_err(|error| {
        tracing::warn!(name: "shell.link_not_opened", kind = %error.kind(), "");
        ApiError {
            code: "browser_failed".into(),
            message: "The link could not be opened.".into(),
            next: "Choose a default browser in the settings of your system and try again.".into(),
            ..ApiError::default()
        }
    })
}

/// Opens the page of a sign-in in the browser. Its address never reaches the page of the app.
#[tauri::command]
async fn tool_sign_in_open(
    core: State<'_, Core>,
    req: ToolServerReq,
) -> Result<ToolList, ApiError> {
    let app = core.ready().await;
    let id = req.id;
    if let Some(address) = commands::desktop::sign_in_address(app, req).await?
        && let Err(error) = browsed(browser::open_sign_in(&address))
    {
        commands::tools::tool_sign_in_cancel(app, ToolServerReq { id }).await?;
        return Err(error);
    }
    commands::tools::tool_list(app, Empty {}).await
}

/// Saves the ledger where the person says. The path never reaches the page.
#[tauri::command]
async fn ledger_export<R: Runtime>(
    core: State<'_, Core>,
    window: WebviewWindow<R>,
    req: LedgerExportReq,
) -> Result<Exported, ApiError> {
    let (name, kind, extension) = match req.format {
        ExportFormat::Json => ("fluxchat-ledger.json", "JSON", "json"),
        ExportFormat::Csv => ("fluxchat-ledger.csv", "CSV", "csv"),
    };
    match save_dialog::ask(&window, name, kind, extension).await {
        Ok(Some(path)) => commands::desktop::ledger_export(core.ready().await, req, &path).await,
        Ok(None) | Err(_) => Ok(Exported {
            saved: false,
            rows: 0,
        }),
    }
}

/// Exports everything to where the person says, and answers at its end.
#[tauri::command]
async fn export_start<R: Runtime>(
    core: State<'_, Core>,
    window: WebviewWindow<R>,
    req: ExportStartReq,
) -> Result<ExportResult, ApiError> {
    let (name, kind, extension) = match req.passphrase {
        Some(_) => ("fluxchat-export.zip.age", "age", "age"),
        None => ("fluxchat-export.zip", "ZIP", "zip"),
    };
    match save_dialog::ask(&window, name, kind, extension).await {
        Ok(Some(path)) => commands::export::export_start(core.ready().await, req, &path).await,
        Ok(None) | Err(_) => Ok(commands::export::nothing_exported()),
    }
}

/// Saves the support bundle, as the person left it, where they say.
#[tauri::command]
async fn support_bundle_save<R: Runtime>(
    core: State<'_, Core>,
    window: WebviewWindow<R>,
    req: SupportBundleSaveReq,
) -> Result<SupportBundleSaved, ApiError> {
    match save_dialog::ask(&window, "fluxchat-support.txt", "Text", "txt").await {
        Ok(Some(path)) => {
            commands::diagnostics::support_bundle_save(core.ready().await, req, &path).await
        }
        Ok(None) | Err(_) => Ok(SupportBundleSaved {
            saved: false,
            name: String::new(),
        }),
    }
}

/// Looks whether the laws hold here and now; only the shell knows how the window was built.
#[tauri::command]
async fn privacy_prove<R: Runtime>(
    core: State<'_, Core>,
    window: WebviewWindow<R>,
    #[expect(unused, reason = "every command takes a request")] req: Empty,
) -> Result<ProofReport, ApiError> {
    let facts = facts::of(window.app_handle());
    Ok(core.ready().await.prove(Some(facts)).await?)
}

/// Saves a copy of an attached file where the person says. The path never reaches the page.
#[tauri::command]
async fn attachment_save<R: Runtime>(
    core: State<'_, Core>,
    window: WebviewWindow<R>,
    req: AttachmentReq,
) -> Result<AttachmentSaved, ApiError> {
    let app = core.ready().await;
    let name = commands::attachment::name_of(app, req.asset_id).await?;
    match save_dialog::ask_named(&window, &name).await {
        Ok(Some(path)) => commands::attachment::attachment_save(app, req, &path).await,
        Ok(None) | Err(_) => Ok(AttachmentSaved { saved: false }),
    }
}

/// Saves a block of code where the person says. The path never reaches the page.
#[tauri::command]
async fn code_save<R: Runtime>(
    core: State<'_, Core>,
    window: WebviewWindow<R>,
    req: CodeReq,
) -> Result<CodeSaved, ApiError> {
    let app = core.ready().await;
    let name = commands::code::name_of(app, &req).await?;
    match save_dialog::ask_named(&window, &name).await {
        Ok(Some(path)) => commands::code::code_save(app, req, &path).await,
        Ok(None) | Err(_) => Ok(CodeSaved { saved: false }),
    }
}

/// Saves the picture of a diagram where the person says. The path never reaches the page.
#[tauri::command]
async fn diagram_save<R: Runtime>(
    core: State<'_, Core>,
    window: WebviewWindow<R>,
    req: DiagramSaveReq,
) -> Result<DiagramSaved, ApiError> {
    let app = core.ready().await;
    app.expect_open()?;
    match save_dialog::ask(&window, "diagram.svg", "SVG", "svg").await {
        Ok(Some(path)) => commands::diagram::diagram_save(app, req, &path).await,
        Ok(None) | Err(_) => Ok(DiagramSaved { saved: false }),
    }
}

/// Lets a person choose a picture of the screen in the system's own tool. It arrives in the window
/// as a pasted one does, beside the unsent text.
#[tauri::command]
async fn screenshot_take(
    core: State<'_, Core>,
    #[expect(unused, reason = "every command takes a request")] req: Empty,
) -> Result<ScreenshotTaken, ApiError> {
    let app = core.ready().await;
    app.expect_open()?;
    let Some(png) = screenshot::choose(&screenshot::Asked::default()).await? else {
        return Ok(ScreenshotTaken { taken: false });
    };
    app.add_screenshot(png)?;
    Ok(ScreenshotTaken { taken: true })
}

/// Saves a conversation where the person says. The path never reaches the page.
#[tauri::command]
async fn conversation_save<R: Runtime>(
    core: State<'_, Core>,
    window: WebviewWindow<R>,
    req: ConversationTextReq,
) -> Result<ConversationSaved, ApiError> {
    let app = core.ready().await;
    let name = commands::export::name_of(app, &req).await?;
    match save_dialog::ask(&window, &name, "Markdown", "md").await {
        Ok(Some(path)) => commands::export::conversation_save(app, req, &path).await,
        Ok(None) | Err(_) => Ok(ConversationSaved { saved: false }),
    }
}

/// Saves the last self-audit where the person says.
#[tauri::command]
async fn proof_save<R: Runtime>(
    core: State<'_, Core>,
    window: WebviewWindow<R>,
    #[expect(unused, reason = "every command takes a request")] req: Empty,
) -> Result<ProofSaved, ApiError> {
    match save_dialog::ask(&window, "fluxchat-self-audit.json", "JSON", "json").await {
        Ok(Some(path)) => commands::desktop::proof_save(core.ready().await, &path).await,
        Ok(None) | Err(_) => Ok(ProofSaved { saved: false }),
    }
}

/// Saves the consent records where the person says. The path never reaches the page.
#[tauri::command]
async fn consent_export<R: Runtime>(
    core: State<'_, Core>,
    window: WebviewWindow<R>,
    req: ConsentExportReq,
) -> Result<Exported, ApiError> {
    let (name, kind, extension) = match req.format {
        ConsentFormat::Iso27560 => ("fluxchat-consents.jsonld", "JSON-LD", "jsonld"),
        ConsentFormat::Kantara => ("fluxchat-consent-receipts.json", "JSON", "json"),
    };
    match save_dialog::ask(&window, name, kind, extension).await {
        Ok(Some(path)) => commands::desktop::consent_export(core.ready().await, req, &path).await,
        Ok(None) | Err(_) => Ok(Exported {
            saved: false,
            rows: 0,
        }),
    }
}
