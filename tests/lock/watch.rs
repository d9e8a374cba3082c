//! The lock follows the computer: before it sleeps, and when its screen is locked.

use std::io::Read as _;

use fluxchat_core::{Hears, LockSettings, Occasion};
use fluxchat_lib::watch::{Buses, Watch};
use fluxchat_model::SessionState;
use fluxchat_testkit::session::{DesktopSession, Keyring};
use futures_util::StreamExt as _;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use zbus::zvariant::{OwnedFd, Value};
use zbus::{Connection, MatchRule, MessageStream, connection};

use super::World;
use crate::support::runtime;

const LOGIND: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const MANAGER_PATH: &str = "/org/freedesktop/login1";
const SESSION: &str = "org.freedesktop.login1.Session";
const GNOME: &str = "org.gnome.ScreenSaver";
const GNOME_PATH: &str = "/org/gnome/ScreenSaver";
const MOCK: &str = "org.freedesktop.DBus.Mock";

/// Hands out an end of a pipe, and keeps the other: it reads to its end when nobody delays any
/// more.
const INHIBIT: &str = "import os; r, w = os.pipe(); self.end = r; \
                       ret = dbus.types.UnixFd(w); os.close(w)";
const WATCHED: &str = "ret = dbus.types.UnixFd(self.end)";

/// A computer of which the app hears what a test says.
struct Computer {
    bus: Connection,
    session: DesktopSession,
}

impl Computer {
    async fn new() -> Self {
        let mut session = DesktopSession::start(Keyring::NoProvider, false);
        session.mock(LOGIND, MANAGER_PATH, MANAGER);
        session.mock(GNOME, GNOME_PATH, GNOME);
        let bus = connection::Builder::address(session.bus_address().unwrap())
            .unwrap()
            .build()
            .await
            .unwrap();
        let computer = Self { bus, session };
        for (name, takes, gives, code) in [
            ("Inhibit", "ssss", "h", INHIBIT),
            ("Watched", "", "h", WATCHED),
        ] {
            let method = (MANAGER, name, takes, gives, code);
            computer
                .ask(LOGIND, MANAGER_PATH, MOCK, "AddMethod", &method)
                .await;
        }
        computer
    }

    async fn ask<B: serde::Serialize + zbus::zvariant::DynamicType>(
        &self,
        to: &str,
        path: &str,
        interface: &str,
        member: &str,
        body: &B,
    ) -> zbus::Message {
        self.bus
            .call_method(Some(to), path, Some(interface), member, body)
            .await
            .unwrap()
    }

    async fn says(&self, who: (&str, &str), interface: &str, member: &str, what: Option<bool>) {
        let arguments: Vec<Value<'_>> = what.into_iter().map(Value::from).collect();
        let signature = if what.is_some() { "b" } else { "" };
        let signal = (interface, member, signature, arguments);
        self.ask(who.0, who.1, MOCK, "EmitSignal", &signal).await;
    }

    async fn prepares_for_sleep(&self, begins: bool) {
        let logind = (LOGIND, MANAGER_PATH);
        self.says(logind, MANAGER, "PrepareForSleep", Some(begins))
            .await;
    }

    async fn screen_saver(&self, active: bool) {
        let gnome = (GNOME, GNOME_PATH);
        self.says(gnome, GNOME, "ActiveChanged", Some(active)).await;
    }

    /// A session of somebody at this computer.
    async fn add_session(&self, path: &str, uid: u32) {
        let user = Value::from((uid, zbus::zvariant::ObjectPath::try_from(path).unwrap()));
        let properties = std::collections::HashMap::from([("User", user)]);
        let methods: Vec<(&str, &str, &str, &str)> = Vec::new();
        let object = (path, SESSION, properties, methods);
        self.ask(LOGIND, MANAGER_PATH, MOCK, "AddObject", &object)
            .await;
    }

    /// The end that reads to its end when nobody delays the sleep any more.
    async fn delay(&self) -> std::fs::File {
        let answer = self
            .ask(LOGIND, MANAGER_PATH, MANAGER, "Watched", &())
            .await;
        let fd: OwnedFd = answer.body().deserialize().unwrap();
        std::os::fd::OwnedFd::from(fd).into()
    }

    /// What logind is called for from now on.
    async fn calls(&self) -> MessageStream {
        let rule = MatchRule::builder()
            .interface(MOCK)
            .unwrap()
            .member("MethodCalled")
            .unwrap()
            .build();
        MessageStream::for_match_rule(rule, &self.bus, None)
            .await
            .unwrap()
    }

    fn buses(&self) -> Buses {
        let address = self.session.bus_address().map(str::to_owned);
        Buses {
            system: address.clone(),
            session: address,
        }
    }

    /// The app listens, and tells what it did.
    async fn watched_by(&self, world: &World) -> UnboundedReceiver<(Occasion, bool)> {
        let watch = Watch::begin(&self.buses()).await;
        let both = Hears {
            sleep: true,
            screen: true,
        };
        assert_eq!(watch.hears(), both);
        let (tell, told) = unbounded_channel();
        let app = world.app.clone();
        tokio::spawn(watch.run(move |occasion| {
            let (app, tell) = (app.clone(), tell.clone());
            async move {
                let locked = app.lock_on(occasion).await;
                let _ = tell.send((occasion, locked));
            }
        }));
        told
    }
}

async fn follows(world: &World, on_sleep: bool, on_screen_lock: bool) {
    let settings = LockSettings {
        idle_minutes: None,
        on_sleep,
        on_screen_lock,
    };
    world.app.set_lock_settings(settings).await.unwrap();
}

/// Waits until nobody delays the sleep any more, and says how the app stands at that moment.
async fn state_at_the_end_of(mut delay: std::fs::File, world: &World) -> SessionState {
    let app = world.app.clone();
    let wait = move || {
        let mut nothing = Vec::new();
        delay.read_to_end(&mut nothing).unwrap();
        app.state()
    };
    tokio::task::spawn_blocking(wait).await.unwrap()
}

#[test]
fn the_computer_sleeps_only_when_the_archive_is_locked() {
    runtime().block_on(async {
        let computer = Computer::new().await;
        let world = World::with_passphrase().await;
        follows(&world, true, false).await;
        let mut calls = computer.calls().await;
        let mut told = computer.watched_by(&world).await;
        let delay = computer.delay().await;
        computer.prepares_for_sleep(true).await;
        assert_eq!(
            state_at_the_end_of(delay, &world).await,
            SessionState::Locked,
            "before it let the computer sleep"
        );
        assert_eq!(told.recv().await, Some((Occasion::Sleep, true)));

        // Awake again, it asks for time before the next sleep.
        computer.prepares_for_sleep(false).await;
        let mut asked = 0;
        while asked < 2 {
            let call = calls.next().await.unwrap().unwrap();
            let body = call.body();
            let (name, arguments): (String, Vec<Value<'_>>) = body.deserialize().unwrap();
            if name == "Inhibit" {
                assert_eq!(arguments[0], Value::from("sleep"));
                assert_eq!(arguments[3], Value::from("delay"));
                asked += 1;
            }
        }
    });
}

#[test]
fn a_computer_that_sleeps_leaves_open_what_shall_stay_open() {
    runtime().block_on(async {
        let computer = Computer::new().await;
        let world = World::with_passphrase().await;
        follows(&world, false, true).await;
        let mut told = computer.watched_by(&world).await;
        let delay = computer.delay().await;
        computer.prepares_for_sleep(true).await;
        let state = state_at_the_end_of(delay, &world).await;
        assert_eq!(state, SessionState::Ready, "and sleeps all the same");
        assert_eq!(told.recv().await, Some((Occasion::Sleep, false)));
    });
}

#[test]
fn a_locked_screen_locks_whoever_tells_of_it() {
    runtime().block_on(async {
        let computer = Computer::new().await;
        let world = World::with_passphrase().await;
        let me = rustix::process::getuid().as_raw();
        let (mine, other) = (
            "/org/freedesktop/login1/session/_31",
            "/org/freedesktop/login1/session/_32",
        );
        computer.add_session(mine, me).await;
        computer.add_session(other, me + 1).await;
        let mut told = computer.watched_by(&world).await;

        follows(&world, false, false).await;
        computer.screen_saver(true).await;
        assert_eq!(told.recv().await, Some((Occasion::ScreenLock, false)));
        assert_eq!(
            world.app.state(),
            SessionState::Ready,
            "it was not asked to"
        );

        follows(&world, false, true).await;
        computer.screen_saver(false).await;
        computer.screen_saver(true).await;
        assert_eq!(told.recv().await, Some((Occasion::ScreenLock, true)));
        assert_eq!(world.app.state(), SessionState::Locked);
        world
            .app
            .unlock(super::secret(super::PASSPHRASE))
            .await
            .unwrap();

        computer.says((LOGIND, other), SESSION, "Lock", None).await;
        computer.says((LOGIND, mine), SESSION, "Lock", None).await;
        assert_eq!(told.recv().await, Some((Occasion::ScreenLock, true)));
        assert_eq!(world.app.state(), SessionState::Locked);
        assert!(told.is_empty(), "somebody else's session is not ours");
    });
}

#[test]
fn without_a_bus_it_says_that_it_hears_nothing() {
    runtime().block_on(async {
        let nowhere = Some("unix:path=/nonexistent/bus".to_owned());
        let buses = Buses {
            system: nowhere.clone(),
            session: nowhere,
        };
        let watch = Watch::begin(&buses).await;
        assert_eq!(watch.hears(), Hears::default());
        watch.run(|_| async {}).await;
    });
}
