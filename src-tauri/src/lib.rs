//! The desktop shell: nothing but Tauri glue around `fluxchat-ipc`.
//!
//! A start reads from top to bottom in [`run`]. Everything that decides anything is in the
//! crates below; what stands here binds it to a window, a channel, a dialog or the browser.

mod arguments;
mod assets;
mod channels;
pub mod commands;
mod core;
mod desktop;
pub mod hygiene;
pub mod media;
pub mod screenshot;
pub mod watch;

use std::ffi::OsString;
use std::fs::DirBuilder;
use std::path::Path;
use std::process::ExitCode;

use fluxchat_core::logging::{self, LogTarget};
use fluxchat_core::profile;
use tauri::{Builder, Manager as _, RunEvent, Runtime};

pub use core::Core;

use desktop::single_instance::{self, First, Instance};
use desktop::window;

pub use fluxchat_core::read_apart_if_asked;

/// Starts the app and returns when its window is closed.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let folder = match arguments::parse(arguments) {
        Ok(arguments) => arguments.profile.or_else(profile::default_folder),
        Err(error) => return complain(2, &error.to_string()),
    };
    let Some(profile) = folder else {
        return complain(
            2,
            "There is no home folder; name a folder with --profile DIR.",
        );
    };
    make_private(&profile);
    logging::init(
        tracing::Level::INFO,
        LogTarget::Folder(profile.join(profile::LOG_FOLDER)),
    );
    hygiene::hush_panics();
    fluxchat_core::crash::record_panics(&profile);
    hygiene::forbid_core_dumps();
    let first = match single_instance::claim(&profile) {
        Instance::First(first) => first,
        Instance::AlreadyRunning => return ExitCode::SUCCESS,
        Instance::Stuck => return complain(1, "Fluxchat is running already, but does not answer."),
    };
    match start(first, &profile) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(1, &format!("The window could not be opened: {error}")),
    }
}

/// The commands, the protocol for media and the core, for any runtime: tests use Tauri's mock.
pub fn equip<R: Runtime>(builder: Builder<R>, core: Core) -> Builder<R> {
    builder
        .invoke_handler(commands::handler())
        .register_asynchronous_uri_scheme_protocol(media::SCHEME, assets::serve)
        .manage(core)
}

fn start(first: First, profile: &Path) -> tauri::Result<()> {
    let core = Core::start(profile);
    let folder = profile.to_owned();
    let watched = core.clone();
    let app = equip(tauri::Builder::default(), core.clone())
        .setup(move |app| {
            window::open(app.handle(), &folder)?;
            let handle = app.handle().clone();
            first.listen(move || window::bring_to_front(&handle));
            desktop::signals::close_politely(app.handle());
            watch::start(watched);
            app.manage(first);
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(move |app, event| {
        if let RunEvent::Exit = event {
            core.stop();
            app.state::<First>().leave();
        }
    });
    Ok(())
}

/// A folder only its owner can enter. If it cannot be made, opening the archive says why.
fn make_private(profile: &Path) {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let _ = builder.create(profile);
}

#[allow(clippy::print_stderr, reason = "there is no window to say it in")]
fn complain(code: u8, sentence: &str) -> ExitCode {
    eprintln!("{sentence}");
    ExitCode::from(code)
}
