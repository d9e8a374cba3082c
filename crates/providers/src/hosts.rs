//! What is known of hosts, as data: what protects the person there and is sent with every request,
//! and what their providers say they do. A host that is not listed gets no field that is not in
//! the common dialect: some servers refuse what they do not know.

use fluxchat_model::{DataPractices, Dialect, Source};
use serde::Serialize;
use serde_json::{Value, json};

/// Something that is asked of a source for the sake of the person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OptOut {
    /// The field of the body.
    pub field: String,
    /// Its value.
    pub value: Value,
}

/// A host and its provider's word.
#[derive(Debug)]
pub struct KnownHost {
    /// The host; those below it count too.
    pub host: &'static str,
    /// Fields of the body, the value as JSON.
    fields: &'static [(&'static str, &'static str)],
    training: Option<&'static str>,
    retention: Option<&'static str>,
    region: Option<&'static str>,
    /// Where the provider says so, and when that was read.
    pub stated_at: &'static str,
}

impl KnownHost {
    /// What the provider says.
    #[must_use]
    pub fn practices(&self) -> DataPractices {
        DataPractices {
            training: self.training.map(str::to_owned),
            retention: self.retention.map(str::to_owned),
            region: self.region.map(str::to_owned),
        }
    }
}

const HOSTS: &[KnownHost] = &[
    KnownHost {
        host: "eu.api.openai.com",
        fields: &[("store", "false")],
        training: Some("Not on what is sent to the API, unless the organisation opts in"),
        retention: Some("Abuse logs for up to 30 days"),
        region: Some("Europe"),
        stated_at: "its page “Your data”, November 2026",
    },
    KnownHost {
        host: "api.openai.com",
        fields: &[("store", "false")],
        training: Some("Not on what is sent to the API, unless the organisation opts in"),
        retention: Some("Abuse logs for up to 30 days"),
        region: None,
        stated_at: "its page “Your data”, November 2026",
    },
    KnownHost {
        host: "openrouter.ai",
        fields: &[("provider", r#"{"data_collection":"deny","zdr":true}"#)],
        training: Some("Not itself; only providers that do not train are asked for"),
        retention: Some("No prompts by default, but who asked what model and when"),
        region: None,
        stated_at: "its documentation, November 2026",
    },
    KnownHost {
        host: "api.anthropic.com",
        fields: &[],
        training: Some("Not without express permission"),
        retention: Some("About 30 days"),
        region: None,
        stated_at: "its documentation, November 2026",
    },
    KnownHost {
        host: "generativelanguage.googleapis.com",
        fields: &[],
        training: Some("With a free key: yes, and people may read it. With a paid one: no"),
        retention: Some("Abuse logs for 55 days"),
        region: None,
        stated_at: "its terms for the Gemini API, November 2026",
    },
    KnownHost {
        host: "api.groq.com",
        fields: &[],
        training: Some("No"),
        retention: Some("Not by default; up to 30 days to look into failures and abuse"),
        region: None,
        stated_at: "console.groq.com/docs/your-data, November 2026",
    },
    KnownHost {
        host: "api.mistral.ai",
        fields: &[],
        training: Some("Paid plans: no. The free plan: yes, unless you opt out in your account"),
        retention: Some("About 30 days"),
        region: None,
        stated_at: "reports about its terms, November 2026",
    },
    KnownHost {
        host: "api.deepseek.com",
        fields: &[],
        training: Some("May be used for improvement"),
        retention: None,
        region: Some("China"),
        stated_at: "reports about its privacy policy, November 2026",
    },
];

/// What is known of a host.
#[must_use]
pub fn known_host(host: &str) -> Option<&'static KnownHost> {
    HOSTS.iter().find(|known| is_host(host, known.host))
}

/// The host itself or one below it.
pub(crate) fn is_host(host: &str, name: &str) -> bool {
    host == name
        || host
            .strip_suffix(name)
            .is_some_and(|rest| rest.ends_with('.'))
}

/// What asks the Fluxchat service not to remember a request. What is known of other hosts is asked
/// of them with every request anyway.
#[must_use]
pub fn keeps_nothing(source: &Source) -> Option<OptOut> {
    (source.dialect == Dialect::Fluxchat).then(|| OptOut {
        field: "store".to_owned(),
        value: json!(false),
    })
}

/// What is asked of a source with every request, for the sake of the person.
#[must_use]
pub fn opt_outs(source: &Source, training_allowed: bool) -> Vec<OptOut> {
    if source.dialect == Dialect::Fluxchat {
        return vec![OptOut {
            field: "training_allowed".to_owned(),
            value: json!(training_allowed),
        }];
    }
    source
        .origin
        .as_ref()
        .and_then(|origin| known_host(origin.host()))
        .map(|known| known.fields)
        .unwrap_or_default()
        .iter()
        .map(|(field, value)| OptOut {
            field: (*field).to_owned(),
            value: serde_json::from_str(value).unwrap_or(Value::Bool(false)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_json_and_says_where_it_is_from() {
        for known in HOSTS {
            for (field, value) in known.fields {
                assert!(serde_json::from_str::<Value>(value).is_ok(), "{field}");
            }
            assert!(known.stated_at.contains("2026"), "{}", known.host);
        }
    }

    #[test]
    fn a_host_is_itself_or_below_and_nothing_that_looks_like_it() {
        let known = |host| known_host(host).map(|it| it.host);
        assert_eq!(known("api.openai.com"), Some("api.openai.com"));
        assert_eq!(known("eu.api.openai.com"), Some("eu.api.openai.com"));
        assert_eq!(known("us.api.openai.com"), Some("api.openai.com"));
        assert_eq!(known("api.openai.com.evil.example"), None);
        assert_eq!(known("notopenrouter.ai"), None);
    }
}
