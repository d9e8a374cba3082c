//! Writes what is derived from the contract: TypeScript types and client, the permission
//! file of the shell and the table of the isolation frame. All are checked in and compared
//! by a test.

use std::fmt::Write as _;
use ts_rs::{Config, TS};

use fluxchat_model::{
    ConversationTotals, Instructions, PolicyDiff, Preset, ProofReport, Receipt, TrainingEcho,
};

use crate::dto::attachment::*;
use crate::dto::branches::*;
use crate::dto::chat::*;
use crate::dto::code::*;
use crate::dto::consent::*;
use crate::dto::deletion::*;
use crate::dto::diagnostics::*;
use crate::dto::diagram::*;
use crate::dto::event::*;
use crate::dto::export::*;
use crate::dto::filing::*;
use crate::dto::instructions::*;
use crate::dto::ledger::*;
use crate::dto::lock::*;
use crate::dto::offers::*;
use crate::dto::preview::*;
use crate::dto::privacy::*;
use crate::dto::proof::*;
use crate::dto::retention::*;
use crate::dto::rights::*;
use crate::dto::search::*;
use crate::dto::session::*;
use crate::dto::source::*;
use crate::dto::spend::*;
use crate::dto::temporary::*;
use crate::dto::tools::*;
use crate::dto::voice::*;
use crate::dto::{Done, Empty};

const HEADER: &str = "// Generated from crates/ipc by `cargo xtask codegen`. Do not edit.\n\n";

/// A file that is generated: its path below the repository's root and its text.
pub struct Generated {
    /// Slash-separated, below the root.
    pub path: &'static str,
    /// All of it.
    pub text: String,
}

struct Command {
    name: &'static str,
    request: &'static str,
    answer: &'static str,
}

macro_rules! commands {
    ($($group:ident $name:ident($req:ident) -> $res:ident;)+) => {
        vec![$(Command { name: stringify!($name), request: stringify!($req), answer: stringify!($res) }),+]
    };
}

/// Names of every command of the contract, for tests that compare lists.
#[must_use]
pub fn command_names() -> Vec<&'static str> {
    all_commands().iter().map(|command| command.name).collect()
}

fn all_commands() -> Vec<Command> {
    let mut all: Vec<Command> = crate::for_each_command!(commands);
    all.extend(crate::for_each_desktop_command!(commands));
    all
}

/// Everything that is generated.
#[must_use]
pub fn generate() -> Vec<Generated> {
    vec![
        Generated {
            path: "ui/src/ipc/generated/types.ts",
            text: types(),
        },
        Generated {
            path: "ui/src/ipc/generated/client.ts",
            text: client(),
        },
        Generated {
            path: "src-tauri/permissions/app.toml",
            text: permissions(),
        },
        Generated {
            path: "ui/isolation/commands.js",
            text: isolation(),
        },
    ]
}

/// Every type that crosses, declared once, in alphabetical order.
fn types() -> String {
    #[derive(Default)]
    struct Declarations {
        config: Config,
        seen: std::collections::BTreeMap<String, String>,
        containers: std::collections::BTreeSet<&'static str>,
    }
    impl ts_rs::TypeVisitor for Declarations {
        fn visit<T: TS + 'static + ?Sized>(&mut self) {
            // Primitive and container types have no output path: TypeScript has them already.
            if T::output_path().is_none() {
                if self.containers.insert(std::any::type_name::<T>()) {
                    T::visit_dependencies(self);
                    T::visit_generics(self);
                }
                return;
            }
            let name = T::ident(&self.config);
            if self.seen.contains_key(&name) {
                return;
            }
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}", T::decl(&self.config));
            self.seen.insert(name, declaration);
            T::visit_dependencies(self);
            T::visit_generics(self);
        }
    }
    use ts_rs::TypeVisitor as _;
    let mut out = Declarations::default();
    macro_rules! visit {
        ($($group:ident $name:ident($req:ident) -> $res:ident;)+) => {
            $( out.visit::<$req>(); out.visit::<$res>(); )+
        };
    }
    crate::for_each_command!(visit);
    crate::for_each_desktop_command!(visit);
    out.visit::<WindowEvent>();
    out.visit::<crate::ApiError>();
    let mut text = HEADER.to_owned();
    for declaration in out.seen.values() {
        text.push_str(declaration);
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut chars = word.chars();
        if let Some(first) = chars.next() {
            out.extend(first.to_uppercase());
            out.push_str(chars.as_str());
        }
    }
    out
}

fn client() -> String {
    let commands = all_commands();
    let mut names: Vec<&str> = commands
        .iter()
        .flat_map(|command| [command.request, command.answer])
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut text = HEADER.to_owned();
    let _ = writeln!(text, "import type {{");
    for name in names {
        let _ = writeln!(text, "  {name},");
    }
    text.push_str("} from './types';\n\n/** Every command with its request and its answer. */\nexport interface Commands {\n");
    for command in &commands {
        let _ = writeln!(
            text,
            "  {}: [{}, {}];",
            command.name, command.request, command.answer
        );
    }
    text.push_str("}\n\n/** Sends one command and waits for its answer. */\nexport type Call = <K extends keyof Commands>(name: K, req: Commands[K][0]) => Promise<Commands[K][1]>;\n\n");
    text.push_str("/** The commands as methods. `session_open` is the platform's, because it carries the event channel. */\nexport function createClient(call: Call) {\n  return {\n");
    for command in commands
        .iter()
        .filter(|command| command.name != "session_open")
    {
        let method = camel(command.name);
        if command.request == "Empty" {
            let _ = writeln!(text, "    {method}: () => call('{}', {{}}),", command.name);
        } else {
            let _ = writeln!(
                text,
                "    {method}: (req: {}) => call('{}', req),",
                command.request, command.name
            );
        }
    }
    text.push_str("  };\n}\n\nexport type Client = ReturnType<typeof createClient>;\n");
    text
}

fn permissions() -> String {
    let mut text =
        "# Generated from crates/ipc by `cargo xtask codegen`. Do not edit.\n".to_owned();
    for command in all_commands() {
        let name = command.name;
        let _ = write!(
            text,
            "\n[[permission]]\nidentifier = \"allow-{}\"\ndescription = \"Lets the window call {name}.\"\ncommands.allow = [\"{name}\"]\n",
            name.replace('_', "-"),
        );
    }
    text
}

/// The isolation frame lets only these through, and only with one argument `req`
/// (plus the event channel for `session_open`).
fn isolation() -> String {
    let mut text = HEADER.to_owned();
    text.push_str("globalThis.FLUXCHAT_COMMANDS = new Set([\n");
    for command in all_commands() {
        let _ = writeln!(text, "  '{}',", command.name);
    }
    text.push_str("]);\n");
    text
}
