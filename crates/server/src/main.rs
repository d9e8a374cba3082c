//! `fluxchat-service`: the Fluxchat service on a listener.

#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks on its standard streams"
)]
fn main() -> std::process::ExitCode {
    use clap::Parser;
    let options = serve::Options::parse();
    let outcome = serve::run(&options, |ready| println!("{ready}"));
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) if options.json => {
            println!("{}", error.to_json());
            error.exit_code()
        }
        Err(error) => {
            eprintln!("{error}");
            error.exit_code()
        }
    }
}

mod guard;
mod key;
mod serve;
