//! `fluxchat-codegen ROOT [--check]`: writes the generated files, or says which differ.

use std::path::Path;
use std::process::ExitCode;

#[allow(clippy::print_stderr, reason = "a development tool speaks on stderr")]
fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(root) = args.next() else {
        eprintln!("usage: fluxchat-codegen ROOT [--check]");
        return ExitCode::from(2);
    };
    let check = args.next().as_deref() == Some("--check");
    let mut differs = false;
    for file in fluxchat_ipc::codegen::generate() {
        let path = Path::new(&root).join(file.path);
        let current = std::fs::read_to_string(&path).unwrap_or_default();
        if current == file.text {
            continue;
        }
        if check {
            eprintln!("{} is out of date; run `cargo xtask codegen`", file.path);
            differs = true;
            continue;
        }
        let written = path
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&path, &file.text));
        if let Err(error) = written {
            eprintln!("could not write {}: {error}", file.path);
            return ExitCode::FAILURE;
        }
        eprintln!("wrote {}", file.path);
    }
    if differs {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
