use clap::{Args, Subcommand, ValueEnum};

/// Which tools an answer may ask for, and who says yes.
#[derive(Clone, Debug, Default, Args)]
pub struct ToolArgs {
    /// Let the model ask for this tool, or the tools of this server; may be repeated. Each call is
    /// shown and asked about on the terminal; without one it is refused
    #[arg(long = "tool", value_name = "NAME")]
    pub tools: Vec<String>,
    /// Run what the model asks for without asking
    #[arg(long, requires = "may_call")]
    pub allow_tools: bool,
}

/// What may be changed of a server of tools.
#[derive(Debug, Default, PartialEq, Args)]
pub struct ToolChanges {
    /// Its new name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Its new address
    #[arg(long, value_name = "URL", conflicts_with_all = ["command", "url_fd"])]
    pub url: Option<String>,
    /// Read its new address from this descriptor, and keep its path with the keys
    #[arg(long, value_name = "N", conflicts_with = "command")]
    pub url_fd: Option<i32>,
    /// Read a new key for its address from this descriptor
    #[arg(long, value_name = "N", conflicts_with = "command")]
    pub key_fd: Option<i32>,
    /// Delete the key for its address
    #[arg(long, conflicts_with_all = ["command", "key_fd"])]
    pub no_key: bool,
    /// Send the key in this header as it is; empty for a bearer's token
    #[arg(long, value_name = "NAME", conflicts_with = "command")]
    pub key_header: Option<String>,
    /// Read headers with keys as NAME=VALUE, one on each line, from this descriptor; others stay
    #[arg(long, value_name = "N", conflicts_with = "command")]
    pub headers_fd: Option<i32>,
    /// Send this header no longer; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with = "command")]
    pub no_header: Vec<String>,
    /// Read values for the program's environment as NAME=VALUE, one on each line, from this
    /// descriptor; others stay
    #[arg(long, value_name = "N", conflicts_with_all = ["url", "url_fd"])]
    pub env_fd: Option<i32>,
    /// Take this name out of what was added to its environment; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with_all = ["url", "url_fd"])]
    pub no_env: Vec<String>,
    /// How long a call of its tools may take, from 5 to 3600 seconds
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u32>,
    /// Another program and its arguments, after `--`; no shell reads them
    #[arg(last = true, value_name = "PROGRAM")]
    pub command: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub enum Tool {
    /// Tools in the app, and servers with what they offered last
    List,
    /// Add a server that speaks the Model Context Protocol: a program, by its standard input and
    /// output, which has your rights and whose own traffic is in no ledger; or an address, where all
    /// that is sent is in the ledger
    Add {
        /// What to call it
        name: String,
        /// Its address, such as https://example.com/mcp
        #[arg(
            long,
            value_name = "URL",
            required_unless_present_any = ["command", "url_fd"],
            conflicts_with_all = ["command", "url_fd"]
        )]
        url: Option<String>,
        /// Read its address from this descriptor, and keep its path with the keys: for one that has
        /// a key in it
        #[arg(long, value_name = "N", conflicts_with = "command")]
        url_fd: Option<i32>,
        /// Read the key for its address from this descriptor; it is sent to no other one
        #[arg(long, value_name = "N", conflicts_with = "command")]
        key_fd: Option<i32>,
        /// Send the key in this header as it is, instead of as a bearer's token
        #[arg(long, value_name = "NAME", conflicts_with = "command")]
        key_header: Option<String>,
        /// Read further headers with keys as NAME=VALUE, one on each line, from this descriptor
        #[arg(long, value_name = "N", conflicts_with = "command")]
        headers_fd: Option<i32>,
        /// Read values for its environment as NAME=VALUE, one on each line, from this descriptor.
        /// Of yours it gets HOME, PATH and the like alone; these go first
        #[arg(long, value_name = "N", requires = "command")]
        env_fd: Option<i32>,
        /// How long a call of its tools may take, from 5 to 3600 seconds [default: 60]
        #[arg(long, value_name = "SECONDS")]
        timeout: Option<u32>,
        /// The program and its arguments, after `--`; no shell reads them
        #[arg(last = true, value_name = "PROGRAM")]
        command: Vec<String>,
    },
    /// Change what is given of a server; the rest stays, and so does what was decided about its tools
    /// as long as it is the same program or address
    Change {
        /// The server
        server: String,
        #[command(flatten)]
        changes: ToolChanges,
    },
    /// Start a server and ask what it offers
    Test {
        /// The server
        name: String,
    },
    /// Ask servers which prompts they offer, for `ask --prompt`
    Prompts {
        /// The server [default: all that are switched on]
        server: Option<String>,
    },
    /// Ask servers which resources they offer, for `ask --resource`. What is completed first has
    /// {names} in its address
    Resources {
        /// The server [default: all that are switched on]
        server: Option<String>,
    },
    /// Sign in to a server at an address: who would hear of it is named first, then a page is opened
    /// in the browser, and its address is printed
    Login {
        /// The server
        name: String,
        /// Print the address alone
        #[arg(long)]
        no_browser: bool,
        /// How the place to sign in knows this app, where it takes none it does not know
        #[arg(long, value_name = "ID")]
        client_id: Option<String>,
        /// Read what proves that from this descriptor
        #[arg(long, value_name = "N", requires = "client_id")]
        client_secret_fd: Option<i32>,
    },
    /// Sign out of a server: its permit is given back and deleted
    Logout {
        /// The server
        name: String,
    },
    /// Switch a server on or off
    Switch {
        /// The server
        name: String,
        /// `on` or `off`
        #[arg(value_parser = ["on", "off"])]
        state: String,
    },
    /// Remove a server and what was decided about its tools
    Remove {
        /// The server
        name: String,
    },
    /// Decide whether a tool may run
    Policy {
        /// The tool, as `tool list` names it: `calculator`, or `SERVER/TOOL`
        tool: String,
        /// What is decided
        policy: PolicyArg,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum PolicyArg {
    /// Each call is asked about
    Ask,
    /// It runs without asking, as long as its definition stays the same
    Always,
    /// No model hears of it
    Never,
}
