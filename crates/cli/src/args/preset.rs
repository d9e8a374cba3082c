use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use fluxchat_model::{ContextRule, ResponseFormat};

/// How answers are made. What is not given is the source's own default.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct ParameterArgs {
    /// Randomness, 0 to 2
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub temperature: Option<f32>,
    /// Nucleus sampling, 0 to 1
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub top_p: Option<f32>,
    /// The most tokens an answer may have
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub max_tokens: Option<u32>,
    /// Where to stop; may be given four times
    #[arg(long, value_name = "TEXT")]
    pub stop: Vec<String>,
    /// For repeatable answers, where supported
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub seed: Option<i64>,
    /// How much to think before answering
    #[arg(long, value_name = "EFFORT", value_parser = ["none", "minimal", "low", "medium", "high", "xhigh"])]
    pub reasoning_effort: Option<String>,
    /// How many of the likeliest tokens are chosen among, 1 to 1,000
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub top_k: Option<u32>,
    /// How likely a token has to be, measured by the likeliest: 0 to 1
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub min_p: Option<f32>,
    /// How much a token is avoided the more often it was said, -2 to 2
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub frequency_penalty: Option<f32>,
    /// How much a token is avoided once it was said, -2 to 2
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub presence_penalty: Option<f32>,
    /// By what the likelihood of a token that was said is divided, above 0 and up to 2
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub repeat_penalty: Option<f32>,
    /// The form of the answer: words, or a JSON object, of which the instructions say the shape
    #[arg(long, value_name = "FORM", value_parser = form)]
    pub response_format: Option<ResponseFormat>,
    /// Other fields of the request, as a JSON object; an empty text for none
    #[arg(long, value_name = "JSON")]
    pub extra: Option<String>,
    /// Let the source search the web, where it can; what it looks for leaves it
    #[arg(long)]
    pub web_search: bool,
    /// Which messages go along: `all`, `fit` for as many as the model reads, or how many of the
    /// last, the question included
    #[arg(long, value_name = "RULE", value_parser = rule)]
    pub context: Option<ContextRule>,
}

fn form(text: &str) -> Result<ResponseFormat, String> {
    match text {
        "text" => Ok(ResponseFormat::Text),
        "json_object" => Ok(ResponseFormat::JsonObject),
        _ => Err("give `text` or `json_object`".to_owned()),
    }
}

fn rule(text: &str) -> Result<ContextRule, String> {
    match text {
        "all" => Ok(ContextRule::All),
        "fit" => Ok(ContextRule::Fit),
        number => match number.parse() {
            Ok(messages) if messages > 0 => Ok(ContextRule::Last { messages }),
            _ => Err("give `all`, `fit` or a number from 1".to_owned()),
        },
    }
}

#[derive(Debug, Default, PartialEq, Args)]
pub struct PresetArgs {
    /// The system prompt
    #[arg(long, value_name = "TEXT")]
    pub system: Option<String>,
    #[command(flatten)]
    pub parameters: ParameterArgs,
    /// Where answers come from
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Which model answers
    #[arg(
        long,
        value_name = "MODEL",
        requires = "source",
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub model: Option<String>,
    /// Let the model ask for this tool, or the tools of this server, in place of those that were
    /// chosen; may be repeated
    #[arg(long = "tool", value_name = "NAME")]
    pub tools: Vec<String>,
    /// Without tools
    #[arg(long, conflicts_with = "tools")]
    pub no_tools: bool,
}

#[derive(Debug, Subcommand)]
pub enum Preset {
    /// All presets
    List,
    /// Keep a preset
    Add {
        /// Its name
        name: String,
        /// Begin with a copy of this preset
        #[arg(long, value_name = "NAME")]
        like: Option<String>,
        #[command(flatten)]
        preset: PresetArgs,
    },
    /// What a preset says
    Show {
        /// The preset
        preset: String,
    },
    /// Change what is given; conversations that were begun with it stay as they are
    Edit {
        /// The preset
        preset: String,
        /// Its new name
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Forget every setting for answers before those given here
        #[arg(long)]
        defaults: bool,
        #[command(flatten)]
        changes: PresetArgs,
    },
    /// The preset that new conversations begin with
    Default {
        /// Begin them with this one from now on
        #[arg(conflicts_with = "none")]
        preset: Option<String>,
        /// Begin them with none from now on
        #[arg(long)]
        none: bool,
    },
    /// Delete a preset; conversations that were begun with it stay as they are
    Delete {
        /// The preset
        preset: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Prompt {
    /// All saved prompts
    List,
    /// Save a prompt; {{fields}} in it are filled in later
    Add {
        /// Its short name
        name: String,
        /// The words
        text: String,
    },
    /// The words of a prompt
    Show {
        /// The prompt
        prompt: String,
    },
    /// Change the name or the words
    Edit {
        /// The prompt
        prompt: String,
        /// Its new name
        #[arg(long, value_name = "NAME", required_unless_present = "text")]
        name: Option<String>,
        /// Its new words
        #[arg(long, value_name = "TEXT")]
        text: Option<String>,
    },
    /// Print a prompt with its fields filled in, to ask with
    Fill {
        /// The prompt
        prompt: String,
        /// What goes in, as FIELD=WORDS
        #[arg(value_name = "FIELD=WORDS")]
        values: Vec<String>,
    },
    /// Delete a prompt
    Delete {
        /// The prompt
        prompt: String,
    },
}
