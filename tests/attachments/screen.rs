//! A picture of the screen comes from the desktop's own tool, by a press of a person there, and its
//! file does not stay.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use fluxchat_lib::screenshot::{Asked, choose};
use fluxchat_testkit::session::{DesktopSession, Keyring};
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, connection};

use crate::support::runtime;

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";

/// A desktop on which somebody presses, or does not.
struct Portal {
    /// What is answered, and the file that is named.
    answers: (u32, Option<PathBuf>),
    /// Somebody else on the bus.
    stranger: Connection,
}

#[zbus::interface(name = "org.freedesktop.portal.Screenshot")]
impl Portal {
    async fn screenshot(
        &self,
        _parent: String,
        options: HashMap<String, OwnedValue>,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> OwnedObjectPath {
        let interactive = options.get("interactive").map(|it| bool::try_from(&**it));
        assert_eq!(interactive, Some(Ok(true)), "a person has to press");
        let token = <&str>::try_from(&*options["handle_token"]).unwrap();
        let asker = header.sender().unwrap();
        let own = asker.trim_start_matches(':').replace('.', "_");
        let handle = format!("{PATH}/request/{own}/{token}");
        let (code, file) = &self.answers;
        let uri = |path: &PathBuf| format!("file://{}", path.display());
        let results: HashMap<&str, Value<'_>> = file
            .iter()
            .map(|path| ("uri", Value::from(uri(path))))
            .collect();
        let forged = HashMap::from([("uri", Value::from("file:///etc/hostname"))]);
        let request = "org.freedesktop.portal.Request";
        self.stranger
            .emit_signal(
                None::<&str>,
                &*handle,
                request,
                "Response",
                &(0_u32, forged),
            )
            .await
            .unwrap();
        emitter
            .connection()
            .emit_signal(
                None::<&str>,
                &*handle,
                request,
                "Response",
                &(*code, results),
            )
            .await
            .unwrap();
        OwnedObjectPath::try_from(handle).unwrap()
    }
}

async fn at(address: &str) -> Connection {
    let builder = connection::Builder::address(address).unwrap();
    builder.build().await.unwrap()
}

#[test]
fn a_picture_of_the_screen_comes_by_the_press_of_a_person_and_leaves_no_file() {
    runtime().block_on(async {
        let session = DesktopSession::start(Keyring::NoProvider, false);
        let address = session.bus_address().unwrap().to_owned();
        let asked = Asked {
            bus: Some(address.clone()),
        };
        let none = choose(&asked).await.unwrap_err();
        assert_eq!(none.code(), "screenshot_unavailable", "there is no portal");

        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("Screenshot from today.png");
        let old = folder.path().join("old.png");
        fs::write(&old, "old").unwrap();
        let yesterday = std::time::SystemTime::now() - std::time::Duration::from_secs(86_400);
        let file = fs::File::options().write(true).open(&old).unwrap();
        file.set_modified(yesterday).unwrap();
        fs::write(&new, "png").unwrap();

        let answering = async |code, file: Option<&PathBuf>| {
            let portal = Portal {
                answers: (code, file.cloned()),
                stranger: at(&address).await,
            };
            let served = connection::Builder::address(address.as_str())
                .unwrap()
                .name(PORTAL)
                .unwrap()
                .serve_at(PATH, portal)
                .unwrap();
            let served = served.build().await.unwrap();
            let answer = choose(&asked).await;
            served.close().await.unwrap();
            answer
        };
        let spaced = folder.path().join("Screenshot%20from%20today.png");
        let png = answering(0, Some(&spaced)).await.unwrap();
        assert_eq!(png.as_deref(), Some(b"png".as_slice()));
        assert!(!new.exists(), "what was made for us does not stay");
        let png = answering(0, Some(&old)).await.unwrap();
        assert_eq!(png.as_deref(), Some(b"old".as_slice()));
        assert!(old.exists(), "what was there before stays");
        assert_eq!(answering(1, None).await.unwrap(), None, "Escape");
        for (code, file) in [(2, None), (0, None), (0, Some(&new))] {
            let failed = answering(code, file).await.unwrap_err();
            assert_eq!(failed.code(), "screenshot_failed", "{code}");
        }
    });
}
