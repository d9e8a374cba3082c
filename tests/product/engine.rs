//! Whether the page has room for machine code, and who decides that.

use std::process::Stdio;

use super::Shipped;
use crate::support::automation_path;

/// What WebKitGTK keeps free for compiled scripts is a gigabyte; other libraries map a few MiB.
const ROOM_MIB: u64 = 64;

/// The largest piece of memory of the page that can be both written and run, in MiB.
fn writable_code_mib(app: u32) -> u64 {
    let read = |pid: u32, what: &str| std::fs::read_to_string(format!("/proc/{pid}/{what}"));
    let pids = std::fs::read_dir("/proc").expect("/proc");
    let page = pids
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .find(|pid| {
            let status = read(*pid, "status").unwrap_or_default();
            status.starts_with("Name:\tWebKitWebProces")
                && status.lines().any(|line| line == format!("PPid:\t{app}"))
        })
        .expect("the page has a process");
    let bytes = read(page, "maps")
        .expect("its memory")
        .lines()
        .filter(|line| line.split(' ').nth(1).is_some_and(|it| it.contains("wx")))
        .filter_map(|line| {
            let (from, to) = line.split(' ').next()?.split_once('-')?;
            let at = |hex| u64::from_str_radix(hex, 16).ok();
            Some(at(to)? - at(from)?)
        })
        .max();
    bytes.unwrap_or_default() >> 20
}

#[test]
fn scripts_of_the_page_are_not_made_into_machine_code() {
    let shipped = Shipped::new();
    let env = [("JSC_useJIT", "1")];
    let child = shipped.start(&[], &env);
    shipped.settled_picture("read.png");
    let room = writable_code_mib(child.id());
    assert!(room < ROOM_MIB, "{room} MiB, whatever the environment says");
    shipped.quit(child);

    // Control: a window that is made for tests may be told otherwise, and then there is room.
    let mut compiling = shipped
        .session
        .command(automation_path())
        .arg("--profile")
        .arg(shipped.session.home().join("compiling"))
        .envs(env)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the window for tests starts");
    shipped.wait_for_window();
    shipped.settled_picture("compiled.png");
    let room = writable_code_mib(compiling.id());
    assert!(room > ROOM_MIB, "the proof can fail: {room} MiB");
    compiling.kill().expect("it runs");
    compiling.wait().expect("it ends");
}
