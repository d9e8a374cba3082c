//! `source`.

use clap::{Subcommand, ValueEnum};

use super::spend;

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum DialectArg {
    /// Chat Completions, as almost every server speaks it
    Openai,
    /// OpenAI Responses
    Responses,
    Anthropic,
    /// Google Gemini by generateContent
    Gemini,
    /// Google Gemini by Interactions
    Interactions,
    Ollama,
}

#[derive(Debug, Subcommand)]
pub enum Source {
    /// Add a server or a key
    Add {
        /// Its name
        name: String,
        /// Its base URL, such as http://127.0.0.1:8080/v1
        #[arg(long, required_unless_present = "service")]
        url: Option<String>,
        /// A service or server known by name (`fluxchat-cli source services` lists them)
        #[arg(long, value_name = "ID")]
        service: Option<String>,
        /// How it speaks [default: as the service does, or what is known of the address, or openai]
        #[arg(long, value_enum)]
        dialect: Option<DialectArg>,
        /// Read the key from this file descriptor; it goes to the keychain
        #[arg(long, value_name = "N")]
        key_fd: Option<i32>,
    },
    /// All sources
    List,
    /// What a source offers, asked live; what it last said where it cannot be asked
    Models {
        /// Its name
        name: String,
    },
    /// What is known of the models of a source: how much they read and what they cost
    Facts {
        /// Its name
        name: String,
    },
    /// Say how much a model reads and what it costs; what is not given is as the source tells
    Describe {
        /// The name of the source
        name: String,
        /// The model
        model: String,
        /// How many tokens it reads
        #[arg(long, value_name = "TOKENS")]
        context: Option<u32>,
        /// What a million tokens cost to read, in US dollars
        #[arg(long, value_name = "DOLLARS", value_parser = spend::nanos, requires = "output")]
        input: Option<u64>,
        /// What a million tokens cost to write, in US dollars
        #[arg(long, value_name = "DOLLARS", value_parser = spend::nanos, requires = "input")]
        output: Option<u64>,
        /// What a million tokens cost that come from the source's cache, where that is less
        #[arg(long, value_name = "DOLLARS", value_parser = spend::nanos, requires = "input")]
        cached: Option<u64>,
    },
    /// Services and servers known by name: where they answer, and what they say about data
    Services,
    /// Look for servers on this computer, where they usually listen
    Find,
    /// Replace private details by placeholders before anything leaves, or no longer
    Redact {
        /// Its name
        name: String,
        /// On or off
        #[arg(value_parser = ["on", "off"])]
        state: String,
    },
    /// Remove a source and its key
    Remove {
        /// Its name
        name: String,
    },
}
