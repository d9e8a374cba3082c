//! Gives rights up, for good. What cannot be given up on a system is written in the crate's own
//! words above; what should have been and was not is an error, and nothing is read.

use crate::ReadError;
use crate::answer::Probe;

/// The memory of the reading process.
#[cfg(unix)]
const MEMORY: u64 = 3 << 30;
/// Its processor time, in seconds.
#[cfg(unix)]
const SECONDS: u64 = 60;

pub(crate) fn confine() -> Result<(), ReadError> {
    #[cfg(unix)]
    limits();
    #[cfg(target_os = "linux")]
    linux::confine().ok_or(ReadError::NoReader)?;
    Ok(())
}

#[cfg(unix)]
fn limits() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    for (resource, most) in [
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Cpu, SECONDS),
        #[cfg(not(target_os = "macos"))]
        (Resource::As, MEMORY),
        #[cfg(target_os = "macos")]
        (Resource::Data, MEMORY),
    ] {
        let allowed = getrlimit(resource).maximum.unwrap_or(most).min(most);
        let limit = Rlimit {
            current: Some(allowed),
            maximum: Some(allowed),
        };
        // A system that does not know a limit has the clock of the process that waits.
        let _ = setrlimit(resource, limit);
    }
}

#[cfg(target_os = "linux")]
mod calls;

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset,
        RulesetAttr as _,
    };
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule,
    };

    use super::calls::{LEAVES, OPENS, WRITES};

    /// The same calls by the numbers of the x32 programs.
    #[cfg(target_arch = "x86_64")]
    const X32: i64 = 0x4000_0000;

    pub(super) fn confine() -> Option<()> {
        files();
        calls()
    }

    /// Where the kernel has Landlock, no file can be opened; `seccomp` below must work.
    fn files() -> Option<()> {
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(ABI::V5))
            .ok()?
            .handle_access(AccessNet::from_all(ABI::V5))
            .ok()?
            .create()
            .ok()?
            .restrict_self()
            .ok()
            .map(|_| ())
    }

    /// What leaves this process, and what changes a file: the second also without Landlock.
    fn calls() -> Option<()> {
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
        for call in LEAVES.iter().chain(WRITES) {
            rules.insert(*call, Vec::new());
        }
        for (call, flags) in OPENS {
            rules.insert(*call, writing(*flags)?);
        }
        // A process that gives up sends itself a signal, and the system asks for its own limits.
        let own = u64::from(std::process::id());
        rules.insert(libc::SYS_tgkill, vec![other_than(own)?]);
        rules.insert(libc::SYS_prlimit64, vec![other_than(0)?]);
        #[cfg(target_arch = "x86_64")]
        for call in rules.keys().copied().collect::<Vec<_>>() {
            rules.insert(call | X32, Vec::new());
        }
        let refusal = u32::try_from(libc::EPERM).ok()?;
        let filter = SeccompFilter::new(
            rules,
            SeccompAction::Allow,
            SeccompAction::Errno(refusal),
            std::env::consts::ARCH.try_into().ok()?,
        )
        .ok()?;
        let program: BpfProgram = filter.try_into().ok()?;
        // Sets “no new privileges” as well.
        seccompiler::apply_filter_all_threads(&program).ok()
    }

    /// A first argument that is another process than this one.
    fn other_than(process: u64) -> Option<SeccompRule> {
        let other = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, process);
        SeccompRule::new(vec![other.ok()?]).ok()
    }

    /// Flags, at this place among the arguments, that ask for more than to read what is there.
    fn writing(flags: u8) -> Option<Vec<SeccompRule>> {
        let bits = |it: libc::c_int| u64::try_from(it).ok();
        [
            (libc::O_ACCMODE, libc::O_WRONLY),
            (libc::O_ACCMODE, libc::O_RDWR),
            (libc::O_CREAT, libc::O_CREAT),
            (libc::O_TRUNC, libc::O_TRUNC),
        ]
        .into_iter()
        .map(|(mask, asked)| {
            let masked = SeccompCmpOp::MaskedEq(bits(mask)?);
            let asked = bits(asked)?;
            let flag = SeccompCondition::new(flags, SeccompCmpArgLen::Dword, masked, asked);
            SeccompRule::new(vec![flag.ok()?]).ok()
        })
        .collect()
    }
}

/// What this process may do.
#[expect(
    clippy::disallowed_types,
    reason = "nothing is connected: it asks whether a socket could be made at all"
)]
pub(crate) fn probe() -> Probe {
    let local = (std::net::Ipv4Addr::LOCALHOST, 0);
    Probe {
        network: std::net::UdpSocket::bind(local).is_ok(),
        local_sockets: local_pair(),
        files: std::fs::File::open("/proc/self/status").is_ok()
            || std::env::current_exe().is_ok_and(|path| std::fs::File::open(path).is_ok()),
        writes: makes_a_file(),
        programs: starts_a_program(),
        others: reaches_others(),
    }
}

fn makes_a_file() -> bool {
    let path = std::env::temp_dir().join(format!("fluxchat-probe-{}", std::process::id()));
    let made = std::fs::File::create_new(&path).is_ok();
    made && std::fs::remove_file(path).is_ok()
}

#[cfg(unix)]
fn reaches_others() -> bool {
    let parent = rustix::process::getppid();
    parent.is_some_and(|it| rustix::process::test_kill_process(it).is_ok()) || ways_beside()
}

/// By a handle of a process, and by the limits of one that is named.
#[cfg(target_os = "linux")]
fn ways_beside() -> bool {
    use rustix::process::{PidfdFlags, Resource, getpid, getrlimit, pidfd_open, prlimit};
    let core = Resource::Core;
    pidfd_open(getpid(), PidfdFlags::empty()).is_ok()
        || prlimit(Some(getpid()), core, getrlimit(core)).is_ok()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn ways_beside() -> bool {
    false
}

#[cfg(not(unix))]
fn reaches_others() -> bool {
    true
}

#[cfg(unix)]
fn local_pair() -> bool {
    std::os::unix::net::UnixStream::pair().is_ok()
}

#[cfg(not(unix))]
fn local_pair() -> bool {
    false
}

fn starts_a_program() -> bool {
    let Ok(mut child) = std::process::Command::new("/bin/true").spawn() else {
        return false;
    };
    child.wait().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_gave_nothing_up_may_do_all_of_it() {
        let probe = probe();
        assert!(
            probe.network && probe.local_sockets && probe.files && probe.writes && probe.others,
            "the control arm of the test of the reading process: {probe:?}"
        );
    }

    /// Starts one of the tests below in a process of its own.
    #[cfg(target_os = "linux")]
    fn apart(test: &str) -> std::process::Output {
        let program = std::env::current_exe().unwrap();
        let name = format!("confine::tests::{test}");
        std::process::Command::new(program)
            .args(["--exact", "--ignored", "--nocapture", &name])
            .output()
            .unwrap()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_leaves_the_process_is_refused_and_was_not_before() {
        let output = apart("refused_after_and_not_before");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("1 passed"), "it ran: {said}");
    }

    #[test]
    #[cfg(target_os = "linux")]
    #[ignore = "gives up the rights of its process: started by the one above"]
    fn refused_after_and_not_before() {
        for (name, call) in calls::tests::all() {
            assert_ne!(call(), Some(libc::EPERM), "the control arm: {name}");
        }
        confine().unwrap();
        for (name, call) in calls::tests::all() {
            assert_eq!(call(), Some(libc::EPERM), "{name}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_that_gives_up_still_ends_by_its_signal() {
        use std::os::unix::process::ExitStatusExt as _;
        let status = apart("gives_up").status;
        assert_eq!(status.signal(), Some(libc::SIGABRT), "{status:?}");
    }

    #[test]
    #[cfg(target_os = "linux")]
    #[ignore = "ends its process: started by the one above"]
    fn gives_up() {
        confine().unwrap();
        std::process::abort();
    }
}
