//! `ask`.

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args};

use super::{ParameterArgs, ToolArgs};

/// What is there is asked as its conversation is: nothing of that is given with it.
const THERE: [&str; 10] = [
    "conversation",
    "beside",
    "preset",
    "no_preset",
    "system",
    "temporary",
    "attach",
    "prompt",
    "resources",
    "ParameterArgs",
];

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("there").args(["edit", "again", "go_on"]).conflicts_with_all(THERE))]
#[command(group = ArgGroup::new("may_call").args(["tools", "edit", "again", "go_on"]))]
pub struct Ask {
    /// The question
    #[arg(required_unless_present_any = ["again", "go_on", "prompt"], conflicts_with_all = ["again", "go_on"])]
    pub text: Option<String>,
    /// Which source answers [default: the conversation's own, or the one used last]
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Which model answers
    #[arg(long, value_name = "MODEL", value_parser = NonEmptyStringValueParser::new())]
    pub model: Option<String>,
    /// Also ask this source, or `:MODEL` of the same one, beside it; may be repeated three times
    #[arg(long, value_name = "SOURCE[:MODEL]", conflicts_with = "preview")]
    pub beside: Vec<String>,
    /// Continue this conversation
    #[arg(long, value_name = "ID")]
    pub conversation: Option<String>,
    /// Ask as this preset says: it is copied into the conversation, in place of what was there
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Begin without the preset that new conversations begin with
    #[arg(long, conflicts_with_all = ["preset", "conversation"])]
    pub no_preset: bool,
    /// The system prompt of the conversation; empty for none
    #[arg(long, value_name = "TEXT")]
    pub system: Option<String>,
    /// Ask this in place of a question that was asked, on a branch of its own: the question, or a
    /// conversation for its last one. Its files go again
    #[arg(long, value_name = "ID", conflicts_with_all = ["source", "model"])]
    pub edit: Option<String>,
    /// Another answer beside one there is, by who gave that one or by `--source` and `--model`: the
    /// answer, or a conversation for its last one
    #[arg(long, value_name = "ID")]
    pub again: Option<String>,
    /// Let an answer that was cut off or failed go on, by who began it: the answer, or a
    /// conversation for its last one
    #[arg(long = "continue", value_name = "ID", conflicts_with_all = ["source", "model", "preview"])]
    pub go_on: Option<String>,
    #[command(flatten)]
    pub parameters: ParameterArgs,
    #[command(flatten)]
    pub tools: ToolArgs,
    /// Show what would leave, byte by byte, and send nothing
    #[arg(long)]
    pub preview: bool,
    /// Send it even if a budget has no room left for it; of one answer alone
    #[arg(long, conflicts_with_all = ["beside", "preview"])]
    pub over_budget: bool,
    /// Keep nothing of question and answer: they are in memory until this command ends. The
    /// ledger has its row, which says nothing of them
    #[arg(long, conflicts_with = "conversation")]
    pub temporary: bool,
    /// Send this file along: a picture, PDF, office document, web page, text or sound, up to
    /// 50 MB; may be repeated
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<std::path::PathBuf>,
    /// Begin with the words of this prompt of a server of tools, which is asked for them; its files
    /// go along
    #[arg(long, value_name = "SERVER/NAME")]
    pub prompt: Option<String>,
    /// Fill this in where the prompt has a place for it; the server is told. May be repeated
    #[arg(long = "argument", value_name = "KEY=VALUE", requires = "prompt")]
    pub arguments: Vec<String>,
    /// Send this resource of a server of tools along, which is asked for it; may be repeated
    #[arg(long = "resource", value_name = "SERVER/URI")]
    pub resources: Vec<String>,
}
