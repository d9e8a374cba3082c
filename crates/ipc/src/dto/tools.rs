//! Tools: those in the app, servers of them, and calls in answers.

use fluxchat_model::{
    MessageId, ToolDecision, ToolPolicy, ToolServerId, ToolState, ToolTransport, VisibleError,
};
use serde::{Deserialize, Serialize};

dto! {
    /// A tool as people decide about it.
    answer ToolRow {
        /// What decisions are kept by.
        pub key: String,
        /// Its name.
        pub name: String,
        /// What it says it does; of a server, words of somebody else.
        pub description: String,
        /// Its arguments, as JSON to read.
        pub schema: String,
        /// Whether it may run.
        pub policy: ToolPolicy,
        /// Whether it has another definition than when that was decided.
        pub changed: bool,
        /// Whether its name hides what it is called; such a tool is not offered.
        pub unusable: bool,
    }
}

dto! {
    /// A server of tools.
    answer ToolServerRow {
        /// Its id.
        pub id: ToolServerId,
        /// What the person calls it.
        pub name: String,
        /// How it is reached.
        pub transport: ToolTransport,
        /// The host it is at; `None` for a program.
        pub host: Option<String>,
        /// Whether it may be used.
        pub enabled: bool,
        /// How long a call of its tools may take, in seconds.
        pub timeout_s: u32,
        /// Whether it runs now.
        pub running: bool,
        /// What it offered when it was last asked.
        pub tools: Vec<ToolRow>,
        /// The end of what it wrote beside its answers.
        pub said: String,
        /// A sign-in that was begun.
        pub sign_in: Option<ToolSignIn>,
        /// Whether it answered nobody who is not signed in.
        pub wants_sign_in: bool,
        /// What it wants to be allowed beside what was; no names where it does not say.
        pub wants_more: Option<Vec<String>>,
    }
}

/// How far a sign-in came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ToolSignInStage {
    /// Who would hear of it is named; nobody else was asked.
    Named,
    /// A person is in the browser.
    Waiting,
    /// It came to nothing.
    Failed,
}

/// What became of a permit that was given back. Here it is deleted in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ToolSignedOut {
    /// Who gave it took it back.
    Revoked,
    /// Who gave it has no place for that.
    NoPlace,
    /// It could not be told.
    Failed,
}

dto! {
    /// A sign-in that was begun. The address of its page stays where the browser is opened.
    answer ToolSignIn {
        /// How far it came.
        pub stage: ToolSignInStage,
        /// Who hears of it.
        pub hosts: Vec<String>,
        /// What is asked for there, in the words of the server.
        pub scopes: Vec<String>,
        /// Who was asked before and did not answer.
        pub unanswered: Vec<String>,
        /// Why it came to nothing.
        pub problem: Option<VisibleError>,
    }
}

dto! {
    /// All tools there are.
    answer ToolList {
        /// A guardian supervises this profile: there are no tools.
        pub supervised: bool,
        /// Those in the app.
        pub local: Vec<ToolRow>,
        /// Servers a person added.
        pub servers: Vec<ToolServerRow>,
        /// What became of the permit that was given back just now.
        pub signed_out: Option<ToolSignedOut>,
    }
}

dto! {
    /// A value of the environment of a program.
    request ToolValue {
        /// Its name.
        pub name: String,
        /// `None` keeps what it had.
        pub value: Option<String>,
    }
}

dto! {
    /// Adds a server of tools, or changes one.
    request ToolServerSaveReq {
        /// The one to change; `None` for a new one.
        pub id: Option<ToolServerId>,
        /// What it is called.
        pub name: String,
        /// Its address; empty for a program.
        pub url: String,
        /// Whether its path is kept with the keys.
        pub hide_path: bool,
        /// The header its key goes in; empty for the usual one.
        pub key_header: String,
        /// A new key for its address; empty removes it, `None` keeps what it had.
        pub key: Option<String>,
        /// All further headers for its address.
        pub headers: Vec<ToolValue>,
        /// The program; empty for an address.
        pub program: String,
        /// What it is started with.
        pub arguments: Vec<String>,
        /// What is added to the little of our environment it is given.
        pub environment: Vec<ToolValue>,
        /// How long a call of its tools may take, in seconds; `None` keeps what it had.
        pub timeout_s: Option<u32>,
        /// Whether it may be used.
        pub enabled: bool,
    }
}

dto! {
    /// Names a server of tools.
    request ToolServerReq {
        /// Which.
        pub id: ToolServerId,
    }
}

dto! {
    /// Asks a server who guards it.
    request ToolSignInReq {
        /// Which.
        pub id: ToolServerId,
        /// How its guard knows this app; empty to be made known there.
        pub client_id: String,
        /// What proves it, where the guard wants that.
        pub client_secret: Option<String>,
    }
}

dto! {
    /// Switches a server on or off.
    request ToolServerEnableReq {
        /// Which.
        pub id: ToolServerId,
        /// Whether it may be used.
        pub on: bool,
    }
}

dto! {
    /// Decides about a tool as it is now.
    request ToolPolicyReq {
        /// Which.
        pub key: String,
        /// Whether it may run.
        pub policy: ToolPolicy,
    }
}

dto! {
    /// Says whether a call may run.
    request ToolDecideReq {
        /// The answer it belongs to.
        pub message_id: MessageId,
        /// Its number.
        pub call: u32,
        /// What is said.
        pub decision: ToolDecision,
    }
}

dto! {
    /// A call of a tool in an answer.
    answer ToolCallRow {
        /// Its number.
        pub number: u32,
        /// The tool.
        pub tool: String,
        /// Where it runs; `None` in the app.
        pub server: Option<String>,
        /// The host it goes to; `None` where it runs on this computer.
        pub host: Option<String>,
        /// How many blocks of the answer's text came before it.
        pub after: u32,
        /// What it is called with, with everything in it to be seen.
        pub arguments: String,
        /// How far it came.
        pub state: ToolState,
        /// Whether the tool has another definition than when it was allowed.
        pub changed: bool,
        /// What it returned.
        pub result: Option<String>,
        /// The files it returned.
        pub files: Vec<super::chat::AttachmentRow>,
        /// Of one that waits, what its server says the tool does.
        pub description: Option<String>,
        /// Of one that waits, the program it would run in.
        pub program: Option<String>,
    }
}

dto! {
    /// The calls of an answer.
    answer ToolCalls {
        /// In order.
        pub rows: Vec<ToolCallRow>,
    }
}
