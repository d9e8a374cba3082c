//! Tools: those in the app, servers of them, and calls in answers.

use fluxchat_model::{MessageId, ToolDecision, ToolPolicy, ToolServerId, ToolState, ToolTransport};

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
        /// Whether it runs now.
        pub running: bool,
        /// What it offered when it was last asked.
        pub tools: Vec<ToolRow>,
        /// The end of what it wrote beside its answers.
        pub said: String,
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
        /// The header its key goes in; empty for the usual one.
        pub key_header: String,
        /// A new key for its address; empty removes it, `None` keeps what it had.
        pub key: Option<String>,
        /// The program; empty for an address.
        pub program: String,
        /// What it is started with.
        pub arguments: Vec<String>,
        /// Its whole environment.
        pub environment: Vec<ToolValue>,
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
    }
}

dto! {
    /// The calls of an answer.
    answer ToolCalls {
        /// In order.
        pub rows: Vec<ToolCallRow>,
    }
}
