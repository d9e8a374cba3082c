//! What is known of hosts, as data: what protects the person there and is sent with every request,
//! and what their providers say they do. A host that is not listed gets no field that is not in
//! the common dialect: some servers refuse what they do not know.

use fluxchat_egress::HeaderKind;
use fluxchat_model::{DataPractices, Dialect, Source, Stated, StatedPractices};
use serde::Serialize;
use serde_json::{Value, json};

use crate::Protocol;

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
    /// Fields of the body that protect the person: for which dialect, the name, the value as JSON.
    fields: &'static [(Dialect, &'static str, &'static str)],
    ways: Ways,
    training: Option<Stated>,
    retention: Option<Stated>,
    region: Option<Stated>,
    /// Where the provider says so.
    from: Stated,
}

/// What a host does in its own way within its dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ways {
    /// How it calls the most tokens of an answer.
    pub(crate) limit: &'static str,
    /// How it calls the number that makes answers repeatable, if it knows one.
    pub(crate) seed: Option<&'static str>,
    /// How it calls the number of the likeliest tokens, if it knows it.
    pub(crate) top_k: Option<&'static str>,
    /// How it calls the least likelihood of a token, if it knows it.
    pub(crate) min_p: Option<&'static str>,
    /// How it calls the penalty that divides, if it knows it.
    pub(crate) repeat_penalty: Option<&'static str>,
    /// Whether it tells the usage only if asked; who tells it anyway may refuse the question.
    pub(crate) asks_usage: bool,
    /// Where it wants its key, if not where its dialect has it.
    pub(crate) key: Option<HeaderKind>,
    /// Which files it takes in a message.
    pub(crate) files: Files,
    /// Its own words for how much to think, where it does not know the usual one.
    pub(crate) efforts: &'static [(&'static str, &'static str)],
    /// The field that turns thinking off, where the usual word does not: its name, its value as
    /// JSON.
    pub(crate) thinks_not: Option<(&'static str, &'static str)>,
    /// The field in which it wants back what it thought before it called a tool, if it does:
    /// without it DeepSeek refuses the results of a call that was thought about.
    pub(crate) thoughts_back: Option<&'static str>,
    /// The field that lets it search the web, where its dialect has no tool for that: its name, its
    /// value as JSON.
    pub(crate) web_search: Option<(&'static str, &'static str)>,
}

/// Which files a message may carry beside words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Files {
    /// Pictures, documents and sound, as OpenAI has them.
    Usual,
    /// The same, as Mistral has them.
    Mistral,
    /// Pictures alone.
    Pictures,
    /// None: what is said is one text.
    None,
}

/// DeepSeek and those who took it up: what was thought, beside what is said.
pub(crate) const THOUGHTS: &str = "reasoning_content";

const USUAL: Ways = Ways {
    limit: "max_tokens",
    seed: Some("seed"),
    top_k: Some("top_k"),
    min_p: Some("min_p"),
    // llama.cpp, LM Studio.
    repeat_penalty: Some("repeat_penalty"),
    asks_usage: true,
    key: None,
    files: Files::Usual,
    efforts: &[],
    thinks_not: None,
    thoughts_back: None,
    web_search: None,
};

const OPENAI: Ways = Ways {
    limit: "max_completion_tokens",
    top_k: None,
    min_p: None,
    repeat_penalty: None,
    // Its models for searching alone; the others search in the other dialect.
    web_search: Some(("web_search_options", "{}")),
    ..USUAL
};

/// The Fluxchat service, wherever it is.
const FLUXCHAT: Ways = Ways {
    top_k: None,
    min_p: None,
    repeat_penalty: None,
    ..USUAL
};

impl KnownHost {
    /// What the provider says, in English.
    #[must_use]
    pub fn practices(&self) -> DataPractices {
        let words = |it: Option<Stated>| it.map(|it| it.words().to_owned());
        DataPractices {
            training: words(self.training),
            retention: words(self.retention),
            region: words(self.region),
        }
    }

    /// Where the provider says so, and when that was read, in English.
    #[must_use]
    pub fn stated_at(&self) -> String {
        format!("{}, {}", self.from.words(), READ.1)
    }

    /// The same for every language.
    #[must_use]
    pub fn stated(&self) -> StatedPractices {
        StatedPractices {
            training: self.training,
            retention: self.retention,
            region: self.region,
            from: self.from,
            read: READ.0.to_owned(),
        }
    }
}

/// When all of it was read.
const READ: (&str, &str) = ("2026-11", "November 2026");

/// What is asked of every host, known or not: these dialects keep what they are told unless asked
/// not to.
const EVERYWHERE: &[(Dialect, &str, &str)] = &[
    (Dialect::Responses, "store", "false"),
    (Dialect::Interactions, "store", "false"),
];

const HOSTS: &[KnownHost] = &[
    KnownHost {
        host: "eu.api.openai.com",
        fields: &[(Dialect::Openai, "store", "false")],
        ways: OPENAI,
        training: Some(Stated::TrainsIfOptedIn),
        retention: Some(Stated::KeepsLogs30Days),
        region: Some(Stated::InEurope),
        from: Stated::FromDataPage,
    },
    KnownHost {
        host: "api.openai.com",
        fields: &[(Dialect::Openai, "store", "false")],
        ways: OPENAI,
        training: Some(Stated::TrainsIfOptedIn),
        retention: Some(Stated::KeepsLogs30Days),
        region: None,
        from: Stated::FromDataPage,
    },
    KnownHost {
        host: "openai.azure.com",
        fields: &[(Dialect::Openai, "store", "false")],
        ways: Ways {
            key: Some(HeaderKind::ApiKey),
            web_search: None,
            ..OPENAI
        },
        training: Some(Stated::TrainsNot),
        retention: Some(Stated::KeepsLogs30DaysUnlessExempt),
        region: Some(Stated::InRegionOfResource),
        from: Stated::FromReportsOnTerms,
    },
    KnownHost {
        host: "openrouter.ai",
        fields: &[
            (
                Dialect::Openai,
                "provider",
                r#"{"data_collection":"deny","zdr":true}"#,
            ),
            (
                Dialect::Responses,
                "provider",
                r#"{"data_collection":"deny","zdr":true}"#,
            ),
            (
                Dialect::Anthropic,
                "provider",
                r#"{"data_collection":"deny","zdr":true}"#,
            ),
        ],
        ways: Ways {
            // In whichever dialect it is spoken to.
            key: Some(HeaderKind::Bearer),
            web_search: Some(("plugins", r#"[{"id":"web"}]"#)),
            repeat_penalty: Some("repetition_penalty"),
            ..USUAL
        },
        training: Some(Stated::TrainsThroughNobody),
        retention: Some(Stated::KeepsMetadata),
        region: None,
        from: Stated::FromDocumentation,
    },
    KnownHost {
        host: "api.anthropic.com",
        fields: &[],
        ways: USUAL,
        training: Some(Stated::TrainsIfPermitted),
        retention: Some(Stated::Keeps30Days),
        region: None,
        from: Stated::FromDocumentation,
    },
    KnownHost {
        host: "generativelanguage.googleapis.com",
        fields: &[(Dialect::Gemini, "store", "false")],
        ways: USUAL,
        training: Some(Stated::TrainsOnFreeKeys),
        retention: Some(Stated::KeepsLogs55Days),
        region: None,
        from: Stated::FromGeminiTerms,
    },
    KnownHost {
        host: "api.groq.com",
        fields: &[],
        ways: Ways {
            // It tells the usage in a field of its own.
            asks_usage: false,
            files: Files::Pictures,
            efforts: &[("minimal", "low"), ("xhigh", "high"), ("max", "high")],
            top_k: None,
            min_p: None,
            repeat_penalty: None,
            ..USUAL
        },
        training: Some(Stated::TrainsNot),
        retention: Some(Stated::KeepsFailures),
        region: None,
        from: Stated::FromGroqConsole,
    },
    KnownHost {
        host: "api.mistral.ai",
        fields: &[],
        ways: Ways {
            seed: Some("random_seed"),
            min_p: None,
            repeat_penalty: Some("repetition_penalty"),
            asks_usage: false,
            files: Files::Mistral,
            ..USUAL
        },
        training: Some(Stated::TrainsOnFreePlan),
        retention: Some(Stated::Keeps30Days),
        region: None,
        from: Stated::FromReportsOnTerms,
    },
    KnownHost {
        host: "api.deepseek.com",
        fields: &[],
        ways: Ways {
            seed: None,
            top_k: None,
            min_p: None,
            repeat_penalty: None,
            files: Files::None,
            thinks_not: Some(("thinking", r#"{"type":"disabled"}"#)),
            thoughts_back: Some(THOUGHTS),
            ..USUAL
        },
        training: Some(Stated::TrainsMaybe),
        retention: None,
        region: Some(Stated::InChina),
        from: Stated::FromReportsOnPolicy,
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
    known(source)
        .map(|known| known.fields)
        .unwrap_or_default()
        .iter()
        .chain(EVERYWHERE)
        .filter(|(dialect, _, _)| *dialect == source.dialect)
        .map(|(_, field, value)| OptOut {
            field: (*field).to_owned(),
            value: serde_json::from_str(value).unwrap_or(Value::Bool(false)),
        })
        .collect()
}

fn known(source: &Source) -> Option<&'static KnownHost> {
    known_host(source.origin.as_ref()?.host())
}

/// What the host of a source does in its own way.
pub(crate) fn ways(source: &Source) -> Ways {
    if source.dialect == Dialect::Fluxchat {
        return FLUXCHAT;
    }
    known(source).map_or(USUAL, |known| known.ways)
}

/// Whether what a model of a source is asked is passed on to another computer, as far as its name
/// tells. Ollama on this computer does so for some.
#[must_use]
pub fn is_passed_on(source: &Source, model: &str) -> bool {
    source.dialect == Dialect::Ollama && crate::ollama::is_cloud(model)
}

/// What is spoken with a source.
pub(crate) fn protocol_of(source: &Source) -> Protocol {
    match source.dialect {
        Dialect::Fluxchat | Dialect::Openai => Protocol::ChatCompletions,
        Dialect::Anthropic => Protocol::Messages,
        Dialect::Responses => Protocol::Responses,
        Dialect::Gemini => Protocol::GenerateContent,
        Dialect::Interactions => Protocol::Interactions,
        Dialect::Ollama => Protocol::OllamaChat,
    }
}

/// Whether a source is known to tell a transcript piece by piece if it is asked to. Some servers
/// refuse the question.
pub(crate) fn streams_transcripts(source: &Source, model: &str) -> bool {
    known(source).is_some_and(|known| is_host(known.host, "api.openai.com"))
        && !model.starts_with("whisper")
}

/// Where a source wants its key.
#[must_use]
pub fn key_header(source: &Source) -> HeaderKind {
    ways(source).key.unwrap_or(match source.dialect {
        Dialect::Anthropic => HeaderKind::XApiKey,
        Dialect::Gemini | Dialect::Interactions => HeaderKind::XGoogApiKey,
        Dialect::Fluxchat | Dialect::Openai | Dialect::Responses | Dialect::Ollama => {
            HeaderKind::Bearer
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::source;

    #[test]
    fn the_table_is_json_and_says_where_it_is_from() {
        for known in HOSTS {
            for (_, field, value) in known.fields {
                assert!(serde_json::from_str::<Value>(value).is_ok(), "{field}");
            }
            assert!(known.stated_at().contains("2026"), "{}", known.host);
        }
    }

    /// The dialects a host speaks, by its documentation. Google's address for OpenAI's is not among
    /// them: it knows no field that protects.
    fn spoken_at(host: &str) -> &'static [Dialect] {
        use Dialect::{Anthropic, Gemini, Interactions, Openai, Responses};
        match host {
            "eu.api.openai.com" | "api.openai.com" | "openai.azure.com" | "api.groq.com" => {
                &[Openai, Responses]
            }
            "openrouter.ai" => &[Openai, Responses, Anthropic],
            "api.anthropic.com" => &[Anthropic],
            "generativelanguage.googleapis.com" => &[Gemini, Interactions],
            "api.mistral.ai" => &[Openai],
            "api.deepseek.com" => &[Openai, Anthropic],
            _ => &[],
        }
    }

    #[test]
    fn a_host_protects_no_less_in_any_dialect_it_speaks() {
        for known in HOSTS {
            let host = known.host;
            let spoken = spoken_at(host);
            assert!(!spoken.is_empty(), "what does {host} speak?");
            for (field_in, field, _) in known.fields {
                assert!(spoken.contains(field_in), "{host}: {field}");
            }
            let first = opt_outs(&source(Some(host), spoken[0]), false);
            for dialect in spoken {
                let there = opt_outs(&source(Some(host), *dialect), false);
                for opt_out in &first {
                    assert!(there.contains(opt_out), "{host} {dialect:?}: {opt_out:?}");
                }
            }
        }
        for host in HOSTS.iter().map(|known| known.host).chain(["llm.example"]) {
            for dialect in [Dialect::Responses, Dialect::Interactions] {
                let asked = opt_outs(&source(Some(host), dialect), false);
                assert!(asked.iter().any(|it| it.field == "store"), "{host}");
            }
        }
    }

    #[test]
    fn a_router_wants_its_key_where_it_says_so_in_every_dialect() {
        let at = |host, dialect| key_header(&source(Some(host), dialect));
        assert_eq!(at("openrouter.ai", Dialect::Anthropic), HeaderKind::Bearer);
        assert_eq!(at("llm.example", Dialect::Anthropic), HeaderKind::XApiKey);
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
