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
mod linux {
    use std::collections::BTreeMap;

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset,
        RulesetAttr as _,
    };
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

    /// Whatever reaches another computer, process or program, and the ways around this list.
    const REFUSED: &[i64] = &[
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_sendmmsg,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_kill,
        libc::SYS_bpf,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_mount,
        libc::SYS_open_by_handle_at,
        libc::SYS_add_key,
        libc::SYS_keyctl,
        libc::SYS_request_key,
        libc::SYS_shmget,
        libc::SYS_shmat,
    ];
    /// The same calls by the numbers of the x32 programs.
    const X32: i64 = 0x4000_0000;

    pub(super) fn confine() -> Option<()> {
        files();
        sockets()
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

    fn sockets() -> Option<()> {
        let mut rules = BTreeMap::new();
        for call in REFUSED {
            rules.insert(*call, Vec::new());
            #[cfg(target_arch = "x86_64")]
            rules.insert(*call | X32, Vec::new());
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
        programs: starts_a_program(),
    }
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
            probe.network && probe.local_sockets && probe.files,
            "the control arm of the test of the reading process: {probe:?}"
        );
    }
}
