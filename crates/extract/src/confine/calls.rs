//! The calls of Linux that a process that reads has no use for.

/// Whatever reaches another computer, process or program, and the ways around this list.
pub(super) const LEAVES: &[i64] = &[
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
    libc::SYS_process_madvise,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_open_by_handle_at,
    libc::SYS_add_key,
    libc::SYS_keyctl,
    libc::SYS_request_key,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_msgget,
    libc::SYS_msgsnd,
    libc::SYS_msgrcv,
    libc::SYS_semget,
    libc::SYS_semop,
    libc::SYS_semtimedop,
    libc::SYS_mq_open,
    libc::SYS_mq_unlink,
];

/// What makes, changes or removes a file.
pub(super) const WRITES: &[i64] = &[
    // Its flags are in memory, where a filter cannot look.
    libc::SYS_openat2,
    libc::SYS_mkdirat,
    libc::SYS_mknodat,
    libc::SYS_unlinkat,
    libc::SYS_symlinkat,
    libc::SYS_linkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_truncate,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_creat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mkdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mknod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rmdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_symlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_link,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rename,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utimes,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_futimesat,
];

/// What opens a file, and the place of the flags that say for what.
pub(super) const OPENS: &[(i64, u8)] = &[
    (libc::SYS_openat, 2),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_open, 1),
];

#[cfg(test)]
pub(super) mod tests {
    /// What a call that cannot do any harm ends with; `None` if it succeeds.
    type Call = Box<dyn Fn() -> Option<i32>>;

    /// Calls with arguments that name nothing there is: without a filter the system says so, with
    /// it nothing is looked at.
    pub(in super::super) fn all() -> Vec<(&'static str, Call)> {
        const NOBODY: i64 = i32::MAX as i64;
        const NOTHING: i64 = -1;
        let nowhere = c"/nowhere/at/all".as_ptr() as i64;
        let write = i64::from(libc::O_WRONLY | libc::O_CREAT);
        [
            ("tgkill", libc::SYS_tgkill, [NOBODY, NOBODY, 0]),
            ("tkill", libc::SYS_tkill, [NOBODY, 0, 0]),
            ("kill", libc::SYS_kill, [NOBODY, 0, 0]),
            ("pidfd_open", libc::SYS_pidfd_open, [NOBODY, 0, 0]),
            (
                "pidfd_send_signal",
                libc::SYS_pidfd_send_signal,
                [NOTHING, 0, 0],
            ),
            (
                "rt_sigqueueinfo",
                libc::SYS_rt_sigqueueinfo,
                [NOBODY, 0, NOTHING],
            ),
            (
                "rt_tgsigqueueinfo",
                libc::SYS_rt_tgsigqueueinfo,
                [NOBODY, NOBODY, 0],
            ),
            ("prlimit64", libc::SYS_prlimit64, [NOBODY, 0, 0]),
            ("msgget", libc::SYS_msgget, [NOBODY, 0, 0]),
            ("semget", libc::SYS_semget, [NOBODY, 0, 0]),
            ("shmget", libc::SYS_shmget, [NOBODY, 0, 0]),
            ("mq_open", libc::SYS_mq_open, [NOTHING, 0, 0]),
            ("openat", libc::SYS_openat, [NOTHING, nowhere, write]),
            ("unlinkat", libc::SYS_unlinkat, [NOTHING, nowhere, 0]),
            (
                "renameat2",
                libc::SYS_renameat2,
                [NOTHING, nowhere, NOTHING],
            ),
            ("truncate", libc::SYS_truncate, [nowhere, 0, 0]),
        ]
        .into_iter()
        .map(|(name, call, given)| {
            let told: Call = Box::new(move || ends_with(call, given));
            (name, told)
        })
        .collect()
    }

    #[allow(
        unsafe_code,
        reason = "there is no other way to make a call that the libraries do not offer"
    )]
    fn ends_with(call: i64, [one, two, three]: [i64; 3]) -> Option<i32> {
        // SAFETY: none of these calls writes to memory of this process, and the only address that
        // is read is a constant string.
        let told = unsafe { libc::syscall(call, one, two, three, 0_i64) };
        (told == -1)
            .then(|| std::io::Error::last_os_error().raw_os_error())
            .flatten()
    }
}
