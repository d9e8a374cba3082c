//! Error bodies in all the shapes sources use, made one (`reference/wire.md`, section 1).

mod google;
mod spoken;

use fluxchat_egress::Credential;
use serde_json::Value;

use crate::ProviderError;
use spoken::{Spoken, spoken};

const LONGEST_MESSAGE: usize = 300;

/// What an error says, whatever its shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RemoteError {
    pub(crate) message: String,
    /// `type`, `status`, `name`: words for machines.
    pub(crate) kind: String,
    pub(crate) code: String,
    /// Which parameter it complains about.
    pub(crate) param: Option<String>,
    /// How long it asks to wait, where the body says so.
    pub(crate) retry_after_ms: Option<u64>,
}

impl RemoteError {
    /// From a JSON document of which the whole is an error.
    pub(crate) fn from_document(json: &Value) -> Option<Self> {
        if let Some(first) = json.as_array().and_then(|all| all.first()) {
            return Self::from_document(first);
        }
        Self::from_frame(json)
            .or_else(|| from_detail(json))
            .or_else(|| {
                let errors = json.get("errors")?.as_array()?;
                Some(Self {
                    message: errors
                        .iter()
                        .filter_map(Value::as_str)
                        .collect::<Vec<_>>()
                        .join("; "),
                    kind: text(json.get("name")),
                    ..Self::default()
                })
            })
            .or_else(|| {
                let message = text(json.get("message"));
                (!message.is_empty()).then(|| Self {
                    message,
                    kind: text(json.get("type")),
                    code: text(json.get("code")),
                    param: json.get("param").and_then(Value::as_str).map(str::to_owned),
                    ..Self::default()
                })
            })
    }

    /// From a frame of a stream, which is an error only if it says so at its top.
    pub(crate) fn from_frame(json: &Value) -> Option<Self> {
        match json.get("error") {
            Some(Value::String(message)) => Some(Self {
                message: message.clone(),
                ..Self::default()
            }),
            Some(error @ Value::Object(fields)) if !fields.is_empty() => {
                let kind = non_empty(text(error.get("type")), || text(error.get("status")));
                let words = google::words(error);
                Some(Self {
                    message: text(error.get("message")),
                    kind: [vec![kind.as_str()], words].concat().join(" "),
                    code: non_empty(text(error.get("code")), || {
                        text(error.pointer("/details/error_code"))
                    }),
                    param: error
                        .get("param")
                        .and_then(Value::as_str)
                        .map(str::to_owned),
                    retry_after_ms: google::retry_after_ms(error),
                })
            }
            _ if json.get("object").and_then(Value::as_str) == Some("error") => Some(Self {
                message: text(json.get("message")),
                kind: text(json.get("type")),
                code: text(json.get("code")),
                param: json.get("param").and_then(Value::as_str).map(str::to_owned),
                ..Self::default()
            }),
            _ => None,
        }
    }

    /// From the body of an answer with an error status.
    pub(crate) fn from_body(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let trimmed = text.trim_start_matches('\u{FEFF}').trim();
        if let Ok(json) = serde_json::from_str::<Value>(trimmed) {
            return Self::from_document(&json).unwrap_or_default();
        }
        // LiteLLM answers 500 as an event stream with the error inside.
        if ["data:", "event:", ":"]
            .iter()
            .any(|start| trimmed.starts_with(start))
        {
            let events = crate::sse::decode(trimmed.as_bytes()).unwrap_or_default();
            let found = events
                .iter()
                .filter_map(|event| serde_json::from_str::<Value>(&event.data).ok())
                .find_map(|json| Self::from_document(&json));
            return found.unwrap_or_default();
        }
        if looks_like_html(trimmed) {
            return Self::default();
        }
        Self {
            message: trimmed.to_owned(),
            ..Self::default()
        }
    }

    /// Decides what it means. `status` is that of the answer; in a stream that began with 200
    /// the code inside stands for it.
    pub(crate) fn classify(
        &self,
        status: u16,
        retry_after_ms: Option<u64>,
        credential: Option<&Credential>,
    ) -> ProviderError {
        let inner = self
            .code
            .parse::<u16>()
            .ok()
            .filter(|code| (400..600).contains(code));
        let status = if status < 400 {
            inner.unwrap_or(0)
        } else {
            status
        };
        let mut message = safe_message(&self.message, credential);
        if message.is_empty() && status >= 400 {
            message = format!("HTTP {status}");
        }
        let retry_after_ms = retry_after_ms.or(self.retry_after_ms);
        let words = format!("{} {}", self.kind, self.code).to_ascii_lowercase();
        let has = |needles: &[&str]| needles.iter().any(|needle| words.contains(needle));
        let spoken = spoken(status, &self.message);
        if status == 402
            || spoken == Some(Spoken::Quota)
            || has(&[
                "insufficient_quota",
                "billing",
                "insufficient_credits",
                "spend_limit",
            ])
        {
            return ProviderError::Quota { message };
        }
        if has(&["context_length", "exceed_context", "context_window"])
            || spoken == Some(Spoken::TooLong)
        {
            return ProviderError::ContextTooLong { message };
        }
        if spoken == Some(Spoken::Refused)
            || has(&[
                "content_policy",
                "content_filter",
                "moderation",
                "safety",
                "policy_violation",
                "bio_policy",
                "cyber_policy",
            ])
            || (has(&["invalid_prompt"]) && self.message.to_ascii_lowercase().contains("policy"))
        {
            return ProviderError::ContentRefused { message };
        }
        if status == 401
            || has(&[
                "invalid_api_key",
                "api_key_invalid",
                "authentication_error",
                "unauthenticated",
            ])
        {
            return ProviderError::Unauthorized { message };
        }
        if spoken == Some(Spoken::DataPolicy) {
            return ProviderError::DataPolicy { message };
        }
        if has(&["model_not_found", "not_found", "model_decommissioned"])
            || matches!(status, 404 | 410)
            || spoken == Some(Spoken::NoModel)
        {
            return ProviderError::NotFound { message };
        }
        if status == 429 || has(&["rate_limit", "throttling", "resource_exhausted"]) {
            return ProviderError::RateLimited {
                message,
                retry_after_ms,
            };
        }
        if status == 403 || has(&["permission"]) {
            return ProviderError::Forbidden { message };
        }
        let wrong = has(&[
            "invalid_request",
            "bad_request",
            "invalid_argument",
            "failed_precondition",
            "invalid_prompt",
            "invalid_image",
            "invalid_base64",
            "image_",
            "data_residency",
        ]) || (status == 500 && says_wrong(&self.message));
        match status {
            // 498: Groq, where no capacity is left.
            498 => ProviderError::Unavailable {
                message,
                retry_after_ms,
            },
            408 | 409 | 500.. | 0 if !wrong => ProviderError::Unavailable {
                message,
                retry_after_ms,
            },
            _ => ProviderError::BadRequest { message },
        }
    }
}

fn from_detail(json: &Value) -> Option<RemoteError> {
    let detail = json.get("detail")?;
    Some(match detail {
        // RFC 9457 has a title beside it; FastAPI, Replicate and Luma have nothing else.
        Value::String(message) => RemoteError {
            message: message.clone(),
            kind: text(json.get("title")),
            ..RemoteError::default()
        },
        Value::Object(inner) => RemoteError {
            message: text(inner.get("message")),
            kind: text(inner.get("status")),
            ..RemoteError::default()
        },
        Value::Array(all) => RemoteError {
            message: all
                .iter()
                .map(|one| {
                    let place = one
                        .get("loc")
                        .and_then(Value::as_array)
                        .and_then(|loc| loc.last())
                        .map(|last| text(Some(last)))
                        .unwrap_or_default();
                    format!("{place}: {}", text(one.get("msg")))
                })
                .collect::<Vec<_>>()
                .join("; "),
            kind: all
                .first()
                .map(|one| text(one.get("type")))
                .unwrap_or_default(),
            ..RemoteError::default()
        },
        _ => return None,
    })
}

/// llama-server says 500 also to what is wrong with the request.
fn says_wrong(message: &str) -> bool {
    ["not supported", "is required", "parse error"]
        .iter()
        .any(|word| message.contains(word))
}

/// A string, or a number as text; everything else is nothing.
fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn non_empty(text: String, otherwise: impl FnOnce() -> String) -> String {
    if text.is_empty() { otherwise() } else { text }
}

pub(crate) fn looks_like_html(text: &str) -> bool {
    text.trim_start_matches('\u{FEFF}')
        .trim_start()
        .starts_with('<')
}

/// One line of plain text: no control or direction characters, no key, not too long. The key is
/// looked for last: what is taken away between its letters would put it together.
pub(crate) fn safe_message(message: &str, credential: Option<&Credential>) -> String {
    let plain: String = message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| {
            !matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
        })
        .collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = match credential {
        Some(credential) => credential.redact(&line),
        None => line,
    };
    if line.chars().count() <= LONGEST_MESSAGE {
        return line;
    }
    line.chars()
        .take(LONGEST_MESSAGE - 1)
        .chain(std::iter::once('…'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(status: u16, body: &str) -> &'static str {
        RemoteError::from_body(body.as_bytes())
            .classify(status, None, None)
            .code()
    }

    fn message(body: &str) -> String {
        RemoteError::from_body(body.as_bytes()).message
    }

    #[test]
    fn what_services_say_when_they_fail_has_our_codes_and_reads_like_a_sentence() {
        let table = include_str!("../../../tests/fixtures/failures.json");
        let table: Vec<Value> = serde_json::from_str(table).unwrap();
        assert!(table.len() > 50);
        let mut told = String::new();
        for row in table {
            let (of, what) = (row["of"].as_str().unwrap(), row["what"].as_str().unwrap());
            let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
            let body = row["body"].to_string();
            let error = RemoteError::from_body(body.as_bytes()).classify(status, None, None);
            assert_eq!(error.code(), row["code"], "{of}: {what}");
            let sentence = error.to_string();
            let (ours, theirs) = sentence.split_once(" It says: “").unwrap();
            assert!(ours.ends_with('.') && theirs.ends_with('”'), "{sentence}");
            assert!(!sentence.contains(['{', '}', '\n']), "{sentence}");
            told.push_str(&format!("{of}: {what}\n{sentence}\n\n"));
        }
        read_over("failures.en.txt", &told);
    }

    /// Sentences lie in a file, to be read by people; after a change `UPDATE_GOLDEN=1` writes it.
    fn read_over(name: &str, told: &str) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/fixtures")
            .join(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, told).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), told);
    }

    #[test]
    fn every_shape_is_read() {
        for (body, want) in [
            (
                r#"{"error":{"message":"m","type":"t","param":null,"code":null}}"#,
                "m",
            ),
            (
                r#"{"type":"error","error":{"type":"overloaded_error","message":"m"},"request_id":"r"}"#,
                "m",
            ),
            (
                r#"{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[]}}"#,
                "m",
            ),
            (
                r#"[{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}]"#,
                "m",
            ),
            (r#"{"error":"m"}"#, "m"),
            (r#"{"detail":{"status":"s","message":"m"}}"#, "m"),
            (r#"{"detail":"m"}"#, "m"),
            (
                r#"{"detail":[{"loc":["body","model"],"msg":"field required","type":"missing"}]}"#,
                "model: field required",
            ),
            (
                r#"{"id":"1","name":"bad_request","errors":["a","b"]}"#,
                "a; b",
            ),
            (
                r#"{"type":"about:blank","title":"Bad","status":400,"detail":"m"}"#,
                "m",
            ),
            (
                r#"{"object":"error","message":"m","type":"BadRequestError","code":400}"#,
                "m",
            ),
            (
                "event: error\ndata: {\"error\":{\"message\":\"m\"}}\n\n",
                "m",
            ),
            ("  plain words\n", "plain words"),
            ("<html><h1>502 Bad Gateway</h1></html>", ""),
            ("", ""),
            ("[]", ""),
            ("null", ""),
        ] {
            assert_eq!(message(body), want, "{body}");
        }
    }

    #[test]
    fn what_it_means() {
        let quota =
            r#"{"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}}"#;
        let long = r#"{"error":{"code":400,"message":"request (9019 tokens) exceeds the available context size (2048 tokens), try increasing it","type":"exceed_context_size_error"}}"#;
        for (status, body, want) in [
            (
                401,
                r#"{"error":{"message":"m","code":"invalid_api_key"}}"#,
                "remote_unauthorized",
            ),
            (401, "", "remote_unauthorized"),
            (403, "", "remote_forbidden"),
            (404, "", "remote_not_found"),
            (
                400,
                r#"{"error":{"code":"model_not_found","message":"m"}}"#,
                "remote_not_found",
            ),
            (
                429,
                r#"{"error":{"message":"m","code":"429","type":"throttling_error"}}"#,
                "remote_rate_limited",
            ),
            (429, quota, "remote_quota"),
            (402, "", "remote_quota"),
            (400, long, "remote_context_too_long"),
            (
                400,
                r#"{"error":{"code":"context_length_exceeded","message":"m"}}"#,
                "remote_context_too_long",
            ),
            (
                400,
                r#"{"error":{"code":"content_filter","message":"m"}}"#,
                "remote_content_refused",
            ),
            (
                400,
                r#"{"error":{"code":"content_policy_violation","message":"m"}}"#,
                "remote_content_refused",
            ),
            (400, r#"{"error":{"message":"m"}}"#, "remote_bad_request"),
            (422, r#"{"detail":"m"}"#, "remote_bad_request"),
            (500, "", "remote_unavailable"),
            (502, "<html>", "remote_unavailable"),
            (
                503,
                r#"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#,
                "remote_unavailable",
            ),
            (529, "", "remote_unavailable"),
            // In a stream that began with 200.
            (
                200,
                r#"{"error":{"code":429,"message":"m"}}"#,
                "remote_rate_limited",
            ),
            (
                200,
                r#"{"error":{"code":"429","message":"m"}}"#,
                "remote_rate_limited",
            ),
            (200, r#"{"error":"something broke"}"#, "remote_unavailable"),
            (
                200,
                r#"{"error":{"type":"invalid_request_error","message":"m"}}"#,
                "remote_bad_request",
            ),
        ] {
            assert_eq!(code(status, body), want, "{status} {body}");
        }
    }

    #[test]
    fn a_message_is_short_plain_and_without_the_key() {
        use fluxchat_egress::HeaderKind;
        use fluxchat_model::{Origin, Secret};
        let origin = Origin::new("https", "x.example", 443).unwrap();
        let credential = Credential::new(
            origin,
            HeaderKind::Bearer,
            Secret::new("sk-canary".to_owned()),
        );
        let said = safe_message(
            "bad\tkey sk-canary\r\n\u{202E}x\u{1b}[31m sk-\u{200B}canary",
            Some(&credential),
        );
        assert_eq!(said, "bad key [key] x [31m [key]");
        let long = safe_message(&"ä".repeat(5000), None);
        assert_eq!(long.chars().count(), LONGEST_MESSAGE);
    }
}
