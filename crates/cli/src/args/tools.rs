use clap::{Args, Subcommand, ValueEnum};

/// Which tools an answer may ask for, and who says yes.
#[derive(Clone, Debug, Default, Args)]
pub struct ToolArgs {
    /// Let the model ask for this tool, or the tools of this server; may be repeated. Each call is
    /// shown and asked about on the terminal; without one it is refused
    #[arg(long = "tool", value_name = "NAME")]
    pub tools: Vec<String>,
    /// Run what the model asks for without asking
    #[arg(long, requires = "tools")]
    pub allow_tools: bool,
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
        /// Read a value of its environment as NAME=VALUE, one on each line, from this descriptor
        #[arg(long, value_name = "N", requires = "command")]
        env_fd: Option<i32>,
        /// The program and its arguments, after `--`; no shell reads them
        #[arg(last = true, value_name = "PROGRAM")]
        command: Vec<String>,
    },
    /// Start a server and ask what it offers
    Test {
        /// The server
        name: String,
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
