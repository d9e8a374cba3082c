//! What has to be on the machine, and how it gets there.

use std::fs;
use std::process::{Command, Stdio};

use crate::shell::{self, Failure, Outcome, has, root};
use crate::ui;

/// What for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// To build and start the app.
    Run,
    /// To drive it on a virtual screen as well.
    Tour,
    /// To run every test as well.
    Test,
}

/// A family of systems: what its packages are called and how they are asked for and installed.
struct Family {
    name: &'static str,
    packages: [&'static [&'static str]; 3],
    missing: fn(&[&'static str]) -> Vec<&'static str>,
    update: &'static [&'static str],
    install: &'static [&'static str],
}

const DEBIAN: Family = Family {
    name: "Debian",
    packages: [
        &[
            "build-essential",
            "pkg-config",
            "perl",
            "libssl-dev",
            "libasound2-dev",
            "libdbus-1-dev",
            "libgtk-3-dev",
            "libwebkit2gtk-4.1-dev",
            "librsvg2-dev",
        ],
        &[
            "webkit2gtk-driver",
            "xvfb",
            "dbus",
            "fonts-dejavu-core",
            "imagemagick",
            "gnome-keyring",
            "procps",
            "curl",
        ],
        &[
            "strace",
            "iproute2",
            "util-linux",
            "x11-utils",
            "xclip",
            "xdotool",
            "python3-dbusmock",
            "python3-gi",
            "gir1.2-gtk-3.0",
        ],
    ],
    missing: |packages| {
        one_by_one(
            packages,
            &["dpkg-query", "--show", "--showformat=${db:Status-Status}"],
            "installed",
        )
    },
    update: &["apt-get", "update", "-q"],
    install: &["apt-get", "install", "-q", "-y", "--no-install-recommends"],
};

const FEDORA: Family = Family {
    name: "Fedora",
    packages: [
        &[
            "gcc",
            "gcc-c++",
            "make",
            "perl-core",
            "pkgconf-pkg-config",
            "openssl-devel",
            "alsa-lib-devel",
            "dbus-devel",
            "gtk3-devel",
            "webkit2gtk4.1-devel",
            "librsvg2-devel",
        ],
        // The driver comes with the GTK 4 build of WebKit.
        &[
            "webkitgtk6.0",
            "xorg-x11-server-Xvfb",
            "dbus-daemon",
            "dejavu-sans-fonts",
            "ImageMagick",
            "gnome-keyring",
            "procps-ng",
            "curl",
        ],
        &[
            "strace",
            "iproute",
            "util-linux",
            "xwininfo",
            "xclip",
            "xdotool",
            "python3-gobject",
        ],
    ],
    missing: |packages| one_by_one(packages, &["rpm", "--query", "--whatprovides"], ""),
    update: &[],
    install: &["dnf", "install", "-y"],
};

const ARCH: Family = Family {
    name: "Arch",
    packages: [
        &[
            "base-devel",
            "perl",
            "openssl",
            "alsa-lib",
            "dbus",
            "gtk3",
            "webkit2gtk-4.1",
            "librsvg",
        ],
        // The driver comes with the GTK 4 build of WebKit.
        &[
            "webkitgtk-6.0",
            "xorg-server-xvfb",
            "ttf-dejavu",
            "imagemagick",
            "gnome-keyring",
            "procps-ng",
            "curl",
        ],
        &[
            "strace",
            "iproute2",
            "util-linux",
            "xorg-xwininfo",
            "xclip",
            "xdotool",
            "python-gobject",
        ],
    ],
    missing: |packages| one_by_one(packages, &["pacman", "-Q"], ""),
    update: &[],
    install: &["pacman", "-S", "--needed", "--noconfirm"],
};

/// Packages the query does not know; with `expected`, those whose answer is another one.
fn one_by_one(packages: &[&'static str], query: &[&str], expected: &str) -> Vec<&'static str> {
    let there = |package: &str| {
        let mut ask = Command::new(query[0]);
        ask.args(&query[1..])
            .arg(package)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        ask.output().is_ok_and(|answer| {
            // The whole word: a package dpkg has only heard of is `not-installed`.
            let says = |word: &str| word == expected || expected.is_empty();
            answer.status.success() && says(String::from_utf8_lossy(&answer.stdout).trim())
        })
    };
    packages
        .iter()
        .copied()
        .filter(|package| !there(package))
        .collect()
}

/// Everything: the system, the tools of Rust, Node and the packages.
pub fn setup(need: Need) -> Outcome {
    system(need)?;
    ui::install("ui")?;
    if need == Need::Test {
        ui::install("tests/peers")?;
    }
    Ok(())
}

/// The system and the tools; no packages of npm.
pub fn system(need: Need) -> Outcome {
    node()?;
    rust()?;
    match std::env::consts::OS {
        "linux" => linux(need),
        "macos" => macos(),
        "windows" => windows(),
        other => {
            println!("  nobody has tried {other} yet; WebKitGTK 4.1 and OpenSSL are needed");
            Ok(())
        }
    }
}

fn linux(need: Need) -> Outcome {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let Some(family) = family(&release) else {
        println!(
            "  this Linux is not known here; install with its own tools what Debian calls {}",
            wanted(&DEBIAN, need).join(" ")
        );
        return Ok(());
    };
    let missing = (family.missing)(&wanted(family, need));
    if missing.is_empty() {
        println!("  every package is there ({})", family.name);
        return Ok(());
    }
    println!("  missing: {}", missing.join(" "));
    let sudo = !is_root();
    let by_hand = format!(
        "{}{} {}",
        if sudo { "sudo " } else { "" },
        family.install.join(" "),
        missing.join(" ")
    );
    if sudo && !has("sudo") {
        return Err(Failure(format!("become root and run: {by_hand}")));
    }
    if !family.update.is_empty() {
        shell::run(&mut as_root(sudo, family.update))?;
    }
    shell::run(as_root(sudo, family.install).args(&missing))
        .map_err(|failure| Failure(format!("{failure}\n  Try it by hand: {by_hand}")))
}

fn wanted(family: &Family, need: Need) -> Vec<&'static str> {
    let groups = match need {
        Need::Run => 1,
        Need::Tour => 2,
        Need::Test => 3,
    };
    family.packages[..groups].concat()
}

fn family(release: &str) -> Option<&'static Family> {
    let ids: Vec<&str> = release
        .lines()
        .filter_map(|line| {
            line.strip_prefix("ID=")
                .or_else(|| line.strip_prefix("ID_LIKE="))
        })
        .flat_map(|value| value.trim_matches('"').split(' '))
        .collect();
    let is = |names: &[&str]| ids.iter().any(|id| names.contains(id));
    if is(&["debian", "ubuntu"]) {
        Some(&DEBIAN)
    } else if is(&["fedora", "rhel"]) {
        Some(&FEDORA)
    } else if is(&["arch"]) {
        Some(&ARCH)
    } else {
        None
    }
}

fn as_root(sudo: bool, words: &[&str]) -> Command {
    let mut command = if sudo {
        let mut command = shell::command("sudo");
        // A question on a terminal nobody watches would wait for ever.
        command.args(["DEBIAN_FRONTEND=noninteractive", words[0]]);
        command
    } else {
        let mut command = shell::command(words[0]);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    command.args(&words[1..]);
    command
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    ids.and_then(|ids| ids.split_whitespace().nth(1)) == Some("0")
}

fn macos() -> Outcome {
    let tools = Command::new("xcode-select")
        .arg("-p")
        .stdout(Stdio::null())
        .status();
    if tools.is_ok_and(|status| status.success()) {
        println!("  the command line tools of Xcode are there");
        return Ok(());
    }
    Err("the command line tools of Xcode are missing; run:\n  xcode-select --install".into())
}

fn windows() -> Outcome {
    println!(
        "  needed once, if the build complains:\n  \
         winget install --id Microsoft.VisualStudio.2022.BuildTools --override \
         \"--add Microsoft.VisualStudio.Workload.VCTools --includeRecommended\"\n  \
         winget install --id StrawberryPerl.StrawberryPerl\n  \
         winget install --id Microsoft.EdgeWebView2Runtime"
    );
    Ok(())
}

fn rust() -> Outcome {
    let missing: Vec<_> = [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")]
        .into_iter()
        .filter(|(program, _)| !has(program))
        .map(|(_, component)| component)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !has("rustup") {
        return Err(Failure(format!(
            "install these with your Rust: {}",
            missing.join(" ")
        )));
    }
    shell::run(
        shell::command("rustup")
            .args(["component", "add"])
            .args(missing),
    )
}

/// Node is not ours to install: people have their own ways of managing it.
fn node() -> Outcome {
    let advice = "Install Node.js 20.19 or newer (22 is best) from https://nodejs.org or with the tools \
                  of your system, and run this again.";
    let version = Command::new("node").arg("--version").output();
    let version = match &version {
        Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Err(_) => return Err(Failure(format!("Node.js is not installed. {advice}"))),
    };
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map_while(|n| n.parse::<u32>().ok());
    let pair = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if pair < (20, 19) {
        return Err(Failure(format!("Node.js {version} is too old. {advice}")));
    }
    if !root().join("ui/package-lock.json").is_file() {
        return Err("ui/package-lock.json is missing; the repository is not complete".into());
    }
    println!("  Node.js {version}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::family;

    #[test]
    fn systems_are_known_by_their_family() {
        let check = |release: &str, expected: Option<&str>| {
            assert_eq!(
                family(release).map(|family| family.name),
                expected,
                "{release}"
            );
        };
        check("ID=debian\nVERSION_ID=\"12\"\n", Some("Debian"));
        check("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", Some("Debian"));
        check("ID=\"fedora\"\n", Some("Fedora"));
        check("ID=manjaro\nID_LIKE=arch\n", Some("Arch"));
        check("ID=nixos\n", None);
    }
}
