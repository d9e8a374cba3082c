use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Retention {
    /// The rules, whether they are at rest, and the last runs
    List,
    /// Set the rule of a target; without any number of days it says keep
    Set(RuleArgs),
    /// Remove a rule
    Remove {
        /// The rule
        id: String,
    },
    /// What a rule would delete today
    Preview(RuleArgs),
    /// Delete what is due now
    Run {
        /// The clock of this computer is right, whatever it said before
        #[arg(long)]
        confirm_clock: bool,
    },
}

#[derive(Debug, Args)]
pub struct RuleArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    /// Delete this many days after the last activity; files, this many days after they came
    #[arg(long, value_name = "DAYS")]
    pub after: Option<u32>,
    /// Delete this many days after archiving
    #[arg(long, value_name = "DAYS")]
    pub archived: Option<u32>,
    /// Keep, whatever less specific rules say
    #[arg(long, conflicts_with_all = ["after", "archived"], required_unless_present_any = ["after", "archived"])]
    pub keep: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct TargetArgs {
    /// One conversation
    #[arg(long, value_name = "ID")]
    pub conversation: Option<String>,
    /// What has this tag
    #[arg(long, value_name = "NAME")]
    pub tag: Option<String>,
    /// What lies in this folder
    #[arg(long, value_name = "NAME")]
    pub folder: Option<String>,
    /// What this source answers
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// All conversations, drafts, searches or files
    #[arg(long, value_enum)]
    pub kind: Option<KindArg>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum KindArg {
    Conversations,
    Drafts,
    Searches,
    Media,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Restrict {
    /// The conversation
    pub id: Option<String>,
    /// Everything
    #[arg(long)]
    pub all: bool,
}
