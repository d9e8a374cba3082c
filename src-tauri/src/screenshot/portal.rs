//! The desktop portal (`org.freedesktop.portal.Screenshot`): the desktop shows its own tool, and
//! says where the picture is. It writes that file; here it is read and removed.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use fluxchat_core::read_file;
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use gtk::glib;
use zbus::message::Type;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, MatchRule, Message, MessageStream, connection};

use super::Trouble;

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SCREENSHOT: &str = "org.freedesktop.portal.Screenshot";
const REQUEST: &str = "org.freedesktop.portal.Request";
/// Clocks of file systems are coarse.
const COARSE: Duration = Duration::from_secs(2);

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Asks, and waits for as long as a person needs.
pub(super) async fn ask(bus: Option<&str>) -> Result<Option<Vec<u8>>, Trouble> {
    let bus = match bus {
        Some(address) => connection::Builder::address(address),
        None => connection::Builder::session(),
    };
    let connect = async { bus?.build().await };
    let bus = connect.await.map_err(|_| Trouble::None)?;
    let asked_at = SystemTime::now();
    let answer = answer(&bus).await.map_err(|error| {
        tracing::info!(name: "screenshot.not_asked", "");
        if is_missing(&error) {
            Trouble::None
        } else {
            Trouble::Failed
        }
    })?;
    let (code, results): (u32, HashMap<String, OwnedValue>) = match answer {
        Some(answer) => answer.body().deserialize().map_err(|_| Trouble::Failed)?,
        None => return Err(Trouble::Failed),
    };
    match code {
        0 => {}
        1 => return Ok(None),
        _ => return Err(Trouble::Failed),
    }
    let uri = results
        .get("uri")
        .and_then(|uri| <&str>::try_from(&**uri).ok())
        .ok_or(Trouble::Failed)?;
    let (path, _) = glib::filename_from_uri(uri).map_err(|_| Trouble::Failed)?;
    tokio::task::spawn_blocking(move || taken(&path, asked_at))
        .await
        .map_err(|_| Trouble::Failed)?
        .map(Some)
}

/// The picture; its file is removed, unless it was there before anybody asked.
fn taken(path: &Path, asked_at: SystemTime) -> Result<Vec<u8>, Trouble> {
    let read = read_file(path).map_err(|_| Trouble::Failed);
    let is_new = fs::symlink_metadata(path).is_ok_and(|meta| {
        let written = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        meta.is_file() && written + COARSE >= asked_at
    });
    if is_new && fs::remove_file(path).is_err() {
        tracing::warn!(name: "screenshot.file_left", "");
    }
    read
}

/// What the portal answers; `None` if it went away.
async fn answer(bus: &Connection) -> zbus::Result<Option<Message>> {
    let own = bus.unique_name().map(|name| name.as_str());
    let own = own.unwrap_or_default().trim_start_matches(':');
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let token = format!("fluxchat{}_{number}", std::process::id());
    let handle = format!("{PATH}/request/{}/{token}", own.replace('.', "_"));
    // Before it is asked: an answer may come at once.
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .interface(REQUEST)?
        .member("Response")?
        .path(handle)?
        .build();
    let mut responses = MessageStream::for_match_rule(rule, bus, None).await?;
    let names = zbus::fdo::DBusProxy::new(bus).await?;
    let mut owners = names
        .receive_name_owner_changed_with_args(&[(0, PORTAL)])
        .await?;
    let options = HashMap::from([
        ("handle_token", Value::from(token)),
        ("interactive", Value::from(true)),
        ("modal", Value::from(true)),
    ]);
    let begun = bus
        .call_method(
            Some(PORTAL),
            PATH,
            Some(SCREENSHOT),
            "Screenshot",
            &("", options),
        )
        .await?;
    let begun = begun.header();
    loop {
        match select(responses.next(), owners.next()).await {
            Either::Left((Some(response), _)) => {
                let response = response?;
                // Anybody on the bus may send a signal of that name; the portal alone is heard.
                if response.header().sender() == begun.sender() {
                    return Ok(Some(response));
                }
            }
            Either::Left((None, _)) | Either::Right((None, _)) => return Ok(None),
            Either::Right((Some(change), _)) => {
                let gone = change.args().is_ok_and(|it| it.new_owner().is_none());
                if gone {
                    return Ok(None);
                }
            }
        }
    }
}

/// Nobody there does such a thing.
fn is_missing(error: &zbus::Error) -> bool {
    const NAMES: [&str; 4] = [
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.UnknownInterface",
        "org.freedesktop.DBus.Error.UnknownMethod",
        "org.freedesktop.DBus.Error.UnknownObject",
    ];
    matches!(error, zbus::Error::MethodError(name, ..) if NAMES.contains(&name.as_str()))
}
