//! logind tells of sleep and of sessions that are to be locked; the screen savers of the desktops
//! tell when the screen goes.

use std::os::fd::AsRawFd as _;

use fluxchat_core::{Hears, Occasion};
use futures_util::StreamExt as _;
use futures_util::stream::SelectAll;
use zbus::message::Type;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};
use zbus::{Connection, MatchRule, Message, MessageStream, connection};

const LOGIND: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";
/// What desktops call the one who locks the screen; each is a name and an interface.
const SCREEN_SAVERS: [&str; 4] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
];

/// Where to listen; the buses of the system and of the session unless tests say otherwise.
#[derive(Clone, Debug, Default)]
pub struct Buses {
    /// The address of the bus of the system.
    pub system: Option<String>,
    /// The address of the bus of the session.
    pub session: Option<String>,
}

/// Listens. Dropping it ends that.
pub struct Watch {
    system: Option<Connection>,
    signals: SelectAll<MessageStream>,
    hears: Hears,
    /// The computer waits with its sleep for as long as this is there.
    delay: Option<OwnedFd>,
}

/// What a signal says.
enum Told {
    Occasion(Occasion),
    AwakeAgain,
    Nothing,
}

impl Watch {
    /// Begins to listen to whatever of it is there.
    pub async fn begin(buses: &Buses) -> Self {
        let mut watch = Self {
            system: None,
            signals: SelectAll::new(),
            hears: Hears::default(),
            delay: None,
        };
        let system = connected(connection::Builder::system(), buses.system.as_deref()).await;
        match system {
            Ok(system) => watch.listen_to_logind(system).await,
            Err(_) => tracing::info!(name: "watch.no_system_bus", ""),
        }
        let session = connected(connection::Builder::session(), buses.session.as_deref()).await;
        match session {
            Ok(session) => watch.listen_to_screen_savers(&session).await,
            Err(_) => tracing::info!(name: "watch.no_session_bus", ""),
        }
        watch
    }

    /// What can be heard here.
    #[must_use]
    pub fn hears(&self) -> Hears {
        self.hears
    }

    /// Tells of every occasion, one after the other, until nothing can be heard any more. The
    /// computer sleeps only after `tell` has ended, or when it loses its patience, which is 5
    /// seconds where nobody changed that.
    pub async fn run<F: Future>(mut self, tell: impl Fn(Occasion) -> F) {
        while let Some(message) = self.signals.next().await {
            let Ok(message) = message else { continue };
            match self.told(&message).await {
                Told::Occasion(occasion) => {
                    tell(occasion).await;
                    if occasion == Occasion::Sleep {
                        self.delay = None;
                    }
                }
                Told::AwakeAgain => self.delay_sleep().await,
                Told::Nothing => {}
            }
        }
    }

    async fn listen_to_logind(&mut self, system: Connection) {
        let there = has(&system, LOGIND).await;
        let heard = self
            .listen(&system, MANAGER, "PrepareForSleep", Some(LOGIND))
            .await
            && self.listen(&system, SESSION, "Lock", Some(LOGIND)).await;
        self.system = Some(system);
        if there && heard {
            self.hears.sleep = true;
            self.hears.screen = true;
            self.delay_sleep().await;
        }
    }

    async fn listen_to_screen_savers(&mut self, session: &Connection) {
        for name in SCREEN_SAVERS {
            let heard = self.listen(session, name, "ActiveChanged", None).await;
            self.hears.screen |= heard && has(session, name).await;
        }
    }

    async fn listen(
        &mut self,
        bus: &Connection,
        interface: &'static str,
        member: &'static str,
        sender: Option<&'static str>,
    ) -> bool {
        let begun = async {
            let mut rule = MatchRule::builder()
                .msg_type(Type::Signal)
                .interface(interface)?
                .member(member)?;
            if let Some(sender) = sender {
                rule = rule.sender(sender)?;
            }
            MessageStream::for_match_rule(rule.build(), bus, None).await
        };
        match begun.await {
            Ok(stream) => {
                self.signals.push(stream);
                true
            }
            Err(_) => false,
        }
    }

    /// Asks for time before the next sleep.
    async fn delay_sleep(&mut self) {
        let Some(system) = &self.system else { return };
        let asked = async {
            let answer = system
                .call_method(
                    Some(LOGIND),
                    "/org/freedesktop/login1",
                    Some(MANAGER),
                    "Inhibit",
                    &("sleep", "Fluxchat", "Locks its archive", "delay"),
                )
                .await?;
            answer.body().deserialize::<OwnedFd>()
        };
        match asked.await {
            Ok(delay) => {
                tracing::debug!(name: "watch.sleep_delayed", fd = delay.as_raw_fd());
                self.delay = Some(delay);
            }
            Err(_) => tracing::info!(name: "watch.sleep_not_delayed", ""),
        }
    }

    async fn told(&self, message: &Message) -> Told {
        let header = message.header();
        let member = header.member().map(|it| it.as_str());
        let on = || message.body().deserialize::<bool>().unwrap_or(false);
        match member {
            Some("PrepareForSleep") if on() => Told::Occasion(Occasion::Sleep),
            Some("PrepareForSleep") => Told::AwakeAgain,
            Some("ActiveChanged") if on() => Told::Occasion(Occasion::ScreenLock),
            Some("Lock") if self.is_ours(message).await => Told::Occasion(Occasion::ScreenLock),
            _ => Told::Nothing,
        }
    }

    /// Whether the session that is to be locked is one of this person. Where that is not known, it
    /// is: locking too often costs a passphrase, locking too rarely costs more.
    async fn is_ours(&self, lock: &Message) -> bool {
        let (Some(system), Some(path)) = (&self.system, lock.header().path().cloned()) else {
            return true;
        };
        let asked = async {
            let answer = system
                .call_method(
                    Some(LOGIND),
                    path,
                    Some("org.freedesktop.DBus.Properties"),
                    "Get",
                    &(SESSION, "User"),
                )
                .await?;
            let value: zbus::zvariant::OwnedValue = answer.body().deserialize()?;
            <(u32, OwnedObjectPath)>::try_from(value).map_err(zbus::Error::from)
        };
        let user = asked.await.ok().map(|(user, _)| user);
        user.is_none_or(|user| user == rustix::process::getuid().as_raw())
    }
}

async fn connected(
    usual: zbus::Result<connection::Builder<'_>>,
    address: Option<&str>,
) -> zbus::Result<Connection> {
    match address {
        Some(address) => connection::Builder::address(address)?.build().await,
        None => usual?.build().await,
    }
}

/// Whether somebody has a name, or would come if called by it.
async fn has(bus: &Connection, name: &'static str) -> bool {
    let asked = async {
        let bus = zbus::fdo::DBusProxy::new(bus).await?;
        let owned = bus.name_has_owner(name.try_into()?).await?;
        let callable = || async { bus.list_activatable_names().await };
        Ok::<_, zbus::Error>(owned || callable().await?.iter().any(|it| it.as_str() == name))
    };
    asked.await.unwrap_or(false)
}
