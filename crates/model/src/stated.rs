//! What providers say they do with data, as sentences of ours that every language has.

use serde::{Deserialize, Serialize};

macro_rules! statements {
    ($($(#[doc = $doc:literal])+ $name:ident = $words:literal,)+) => {
        /// A sentence on what a provider says about data, or where it says so.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        pub enum Stated {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Stated {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// In English, for the command line and for records.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)+
                }
            }
        }
    };
}

statements! {
    /// Training: only where the organisation asked for it.
    TrainsIfOptedIn = "Not on what is sent to the API, unless the organisation opts in",
    /// Training: none.
    TrainsNot = "No",
    /// Training: others answer, and those that train are not asked.
    TrainsThroughNobody = "Not itself; only providers that do not train are asked for",
    /// Training: only where permitted expressly.
    TrainsIfPermitted = "Not without express permission",
    /// Training: on what is sent with a key that costs nothing.
    TrainsOnFreeKeys = "With a free key: yes, and people may read it. With a paid one: no",
    /// Training: on what is sent in a plan that costs nothing.
    TrainsOnFreePlan = "Paid plans: no. The free plan: yes, unless you opt out in your account",
    /// Training: not excluded.
    TrainsMaybe = "May be used for improvement",
    /// Kept: for looking into abuse.
    KeepsLogs30Days = "Abuse logs for up to 30 days",
    /// Kept: the same, with exceptions.
    KeepsLogs30DaysUnlessExempt = "Abuse logs for up to 30 days, unless the organisation is exempt",
    /// Kept: for looking into abuse, longer.
    KeepsLogs55Days = "Abuse logs for 55 days",
    /// Kept: what was asked is not.
    KeepsMetadata = "No prompts by default, but who asked what model and when",
    /// Kept: a month.
    Keeps30Days = "About 30 days",
    /// Kept: where something went wrong.
    KeepsFailures = "Not by default; up to 30 days to look into failures and abuse",
    /// Place: Europe.
    InEurope = "Europe",
    /// Place: chosen by the organisation.
    InRegionOfResource = "Where the resource was created",
    /// Place: China.
    InChina = "China",
    /// Said on a page about data.
    FromDataPage = "its page “Your data”",
    /// Said in the documentation.
    FromDocumentation = "its documentation",
    /// Said in the terms of the Gemini API.
    FromGeminiTerms = "its terms for the Gemini API",
    /// Said on a page of Groq's console.
    FromGroqConsole = "console.groq.com/docs/your-data",
    /// Others reported on the terms.
    FromReportsOnTerms = "reports about its terms",
    /// Others reported on the privacy policy.
    FromReportsOnPolicy = "reports about its privacy policy",
}

/// What a provider says, where it does, and when that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StatedPractices {
    /// Whether it trains on what it is sent.
    pub training: Option<Stated>,
    /// How long it keeps what it is sent.
    pub retention: Option<Stated>,
    /// Where it is processed.
    pub region: Option<Stated>,
    /// Where it says so.
    pub from: Stated,
    /// The month it was read, such as `2026-11`.
    pub read: String,
}
