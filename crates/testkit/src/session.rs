//! A desktop session of one's own for child processes: home folder, runtime folder, bus,
//! keychain and display, none of them the machine's.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// What kind of keychain the session has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// gnome-keyring, unlocked with a known password.
    Unlocked,
    /// gnome-keyring, started without its password.
    Locked,
    /// A bus without anything that keeps secrets.
    NoProvider,
    /// Not even a bus.
    NoBus,
}

/// A session. Dropping it ends its processes and removes its folders.
pub struct DesktopSession {
    home: PathBuf,
    children: Vec<Child>,
    env: Vec<(String, String)>,
    display: Option<String>,
    _owned: Option<TempDir>,
}

const PASSWORD: &[u8] = b"correct horse";

impl DesktopSession {
    /// Starts a session in a fresh home folder.
    ///
    /// # Panics
    /// When a tool is missing; the message names the package.
    #[must_use]
    pub fn start(keyring: Keyring, display: bool) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("fluxchat-session-")
            .tempdir()
            .expect("temp folder");
        let mut session = Self::start_in(dir.path(), keyring, display);
        session._owned = Some(dir);
        session
    }

    /// Starts a session over a home folder that an earlier one used.
    ///
    /// # Panics
    /// When a tool is missing; the message names the package.
    #[must_use]
    pub fn start_in(home: &Path, keyring: Keyring, display: bool) -> Self {
        let runtime = home.join("run");
        for folder in [
            &runtime,
            &home.join(".local/share"),
            &home.join(".config"),
            &home.join(".cache"),
        ] {
            std::fs::create_dir_all(folder).expect("folders of the session");
        }
        set_private(&runtime);
        let env = [
            ("HOME", home.to_path_buf()),
            ("XDG_RUNTIME_DIR", runtime.clone()),
            ("XDG_DATA_HOME", home.join(".local/share")),
            ("XDG_CONFIG_HOME", home.join(".config")),
            ("XDG_CACHE_HOME", home.join(".cache")),
        ];
        let mut session = Self {
            home: home.to_path_buf(),
            children: Vec::new(),
            env: env
                .map(|(k, v)| (k.to_owned(), v.display().to_string()))
                .into(),
            display: None,
            _owned: None,
        };
        if keyring != Keyring::NoBus {
            session.start_bus();
        }
        if matches!(keyring, Keyring::Unlocked | Keyring::Locked) {
            session.start_keyring(keyring == Keyring::Unlocked);
        }
        if display {
            session.start_display();
        }
        session
    }

    /// The home folder.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The X display, where one was started.
    #[must_use]
    pub fn display(&self) -> Option<&str> {
        self.display.as_deref()
    }

    /// The address of its bus, where it has one.
    #[must_use]
    pub fn bus_address(&self) -> Option<&str> {
        let bus = |(name, _): &&(String, String)| name == "DBUS_SESSION_BUS_ADDRESS";
        self.env.iter().find(bus).map(|(_, value)| value.as_str())
    }

    /// A command inside the session.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        self.apply(&mut command);
        command
    }

    /// Moves a command into the session.
    pub fn apply(&self, command: &mut Command) {
        for name in [
            "DBUS_SESSION_BUS_ADDRESS",
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "GNOME_KEYRING_CONTROL",
        ] {
            command.env_remove(name);
        }
        command.envs(self.env.iter().map(|(k, v)| (k, v)));
        // One software renderer everywhere: a test machine has no GPU worth asking.
        command
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        command.env("NO_AT_BRIDGE", "1").env("LANG", "C.UTF-8");
    }

    /// A picture of the whole display, as it would be seen.
    ///
    /// # Panics
    /// When there is no display or the picture cannot be taken.
    pub fn screenshot(&self, path: &Path) {
        let display = self.display.as_deref().expect("the session has a display");
        let status = self
            .command("import")
            .args(["-display", display, "-window", "root"])
            .arg(path)
            .status()
            .unwrap_or_else(|error| {
                panic!("import: {error}; install it with: apt-get install imagemagick")
            });
        assert!(status.success(), "import wrote no picture");
    }

    /// Takes pictures of the display until it stands still and shows something, and keeps the last
    /// one. False if that never happens in so many pictures: a blinking caret never rests.
    ///
    /// # Panics
    /// When there is no display or no picture can be taken.
    #[must_use]
    pub fn settled_screenshot(&self, path: &Path, pictures: u32) -> bool {
        let mut before = Vec::new();
        for _ in 0..pictures {
            self.screenshot(path);
            let now = std::fs::read(path).expect("the picture");
            // An empty screen compresses to almost nothing.
            if now == before && now.len() > 6_000 {
                return true;
            }
            before = now;
            std::thread::sleep(std::time::Duration::from_millis(250));
        }
        false
    }

    /// What another program of the session would paste; `None` where there is no text.
    ///
    /// # Panics
    /// When the tool that asks is missing.
    #[must_use]
    pub fn clipboard(&self) -> Option<String> {
        let asked = self
            .command("timeout")
            .args(["10", "xclip", "-out", "-selection", "clipboard"])
            .args(["-target", "UTF8_STRING"])
            .output()
            .unwrap_or_else(|error| panic!("timeout: {error}"));
        assert!(
            asked.status.code() != Some(127),
            "xclip is missing; install it with: apt-get install xclip"
        );
        let text = asked.status.success().then_some(asked.stdout)?;
        String::from_utf8(text).ok()
    }

    /// A keychain that was locked is unlocked, as by the next login.
    ///
    /// # Panics
    /// When the daemon does not start.
    pub fn unlock_keyring(&mut self) {
        self.kill_keyring();
        self.start_keyring(true);
    }

    /// Ends the keychain daemon, as if it had crashed.
    pub fn kill_keyring(&mut self) {
        let _ = self
            .command("pkill")
            .args(["-9", "-f"])
            .arg(format!("gnome-keyring-daemon.*{}", self.home.display()))
            .status();
    }

    fn start_bus(&mut self) {
        let config = self.home.join("run/bus.conf");
        let socket = self.home.join("run/bus");
        let text = format!(
            "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
             \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n<busconfig>\
             <type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
             <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n",
            socket.display()
        );
        std::fs::write(&config, text).expect("bus configuration");
        let _ = std::fs::remove_file(&socket);
        let mut child = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("dbus-daemon: {error}; install it with: apt-get install dbus")
            });
        let address = first_line(&mut child);
        self.children.push(child);
        self.env
            .push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), address));
    }

    fn start_keyring(&mut self, unlock: bool) {
        let mut command = self.command("gnome-keyring-daemon");
        command
            .args([
                "--components=secrets",
                "--foreground",
                "--control-directory",
            ])
            .arg(self.home.join("run/keyring"));
        command.arg(if unlock { "--unlock" } else { "--start" });
        if !unlock {
            command = self.command("gnome-keyring-daemon");
            command
                .args([
                    "--components=secrets",
                    "--foreground",
                    "--control-directory",
                ])
                .arg(self.home.join("run/keyring"));
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "gnome-keyring-daemon: {error}; install it with: apt-get install gnome-keyring"
                )
            });
        if let Some(mut stdin) = child.stdin.take()
            && unlock
        {
            stdin.write_all(PASSWORD).expect("password to the keychain");
        }
        self.children.push(child);
        self.wait_for_name("org.freedesktop.secrets");
    }

    fn start_display(&mut self) {
        let (read, number) = (Stdio::piped(), "-displayfd");
        let mut child = Command::new("Xvfb")
            .args([
                number,
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdout(read)
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("Xvfb: {error}; install it with: apt-get install xvfb"));
        let display = format!(":{}", first_line(&mut child));
        self.children.push(child);
        self.env.push(("DISPLAY".to_owned(), display.clone()));
        self.display = Some(display);
    }

    /// Something on the bus that answers to a name and says what a test wants: an object of
    /// python-dbusmock, on the bus of the session whatever it stands for.
    ///
    /// # Panics
    /// When the package is missing.
    pub fn mock(&mut self, name: &str, path: &str, interface: &str) {
        let child = self
            .command("/usr/bin/python3")
            .args(["-m", "dbusmock", "--session", name, path, interface])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3 starts");
        self.children.push(child);
        self.wait_for_name(name);
    }

    /// Waits until somebody owns a name on the bus. `gdbus wait` blocks on the bus's own signal.
    fn wait_for_name(&self, name: &str) {
        let status = self
            .command("gdbus")
            .args(["wait", "--session", "--timeout", "20", name])
            .status()
            .unwrap_or_else(|error| {
                panic!("gdbus: {error}; install it with: apt-get install libglib2.0-bin")
            });
        assert!(
            status.success(),
            "nobody owns {name} on the session bus; what can be missing: \
             apt-get install gnome-keyring python3-dbusmock"
        );
    }
}

impl Drop for DesktopSession {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn first_line(child: &mut Child) -> String {
    let stdout = child.stdout.take().expect("piped");
    let mut line = String::new();
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("a line from the child");
    assert!(
        !line.trim().is_empty(),
        "the child ended before it was ready"
    );
    line.trim().to_owned()
}

fn set_private(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
            .expect("private folder");
    }
    #[cfg(not(unix))]
    let _ = folder;
}
