//! Services and servers people know by name, as data: where they answer and how they speak. A
//! provider of a known dialect is a row here, and a row in `hosts` where something is known of
//! what it does with data.

use fluxchat_model::Dialect;

use crate::hosts::is_host;

/// A service, or a server to run oneself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// Stable.
    pub id: &'static str,
    /// As it calls itself.
    pub name: &'static str,
    /// Where it answers, or would on this computer.
    pub url: &'static str,
    /// How it speaks.
    pub dialect: Dialect,
    /// Whether it wants a key.
    pub needs_key: bool,
    /// Whether it runs on the person's own computer; looked for there when asked to.
    pub local: bool,
    /// Whether a part of the address is the person's own and has to be filled in.
    pub fill_in: bool,
}

const fn remote(
    id: &'static str,
    name: &'static str,
    url: &'static str,
    dialect: Dialect,
) -> Service {
    Service {
        id,
        name,
        url,
        dialect,
        needs_key: true,
        local: false,
        fill_in: false,
    }
}

const fn local(
    id: &'static str,
    name: &'static str,
    url: &'static str,
    dialect: Dialect,
) -> Service {
    Service {
        needs_key: false,
        local: true,
        ..remote(id, name, url, dialect)
    }
}

const SERVICES: &[Service] = &[
    remote(
        "openai",
        "OpenAI",
        "https://api.openai.com/v1",
        Dialect::Openai,
    ),
    remote(
        "openai-responses",
        "OpenAI (Responses)",
        "https://api.openai.com/v1",
        Dialect::Responses,
    ),
    remote(
        "openai-eu",
        "OpenAI (Europe)",
        "https://eu.api.openai.com/v1",
        Dialect::Openai,
    ),
    remote(
        "anthropic",
        "Anthropic",
        "https://api.anthropic.com/v1",
        Dialect::Anthropic,
    ),
    remote(
        "gemini",
        "Google Gemini",
        "https://generativelanguage.googleapis.com/v1beta",
        Dialect::Gemini,
    ),
    remote(
        "gemini-interactions",
        "Google Gemini (Interactions)",
        "https://generativelanguage.googleapis.com/v1beta",
        Dialect::Interactions,
    ),
    remote(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        Dialect::Openai,
    ),
    remote(
        "mistral",
        "Mistral",
        "https://api.mistral.ai/v1",
        Dialect::Openai,
    ),
    remote(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        Dialect::Openai,
    ),
    remote(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com/v1",
        Dialect::Openai,
    ),
    Service {
        fill_in: true,
        ..remote(
            "azure",
            "Azure OpenAI",
            "https://your-resource.openai.azure.com/openai/v1",
            Dialect::Openai,
        )
    },
    local(
        "ollama",
        "Ollama",
        "http://127.0.0.1:11434",
        Dialect::Ollama,
    ),
    local(
        "llamacpp",
        "llama.cpp",
        "http://127.0.0.1:8080/v1",
        Dialect::Openai,
    ),
    local(
        "lmstudio",
        "LM Studio",
        "http://127.0.0.1:1234/v1",
        Dialect::Openai,
    ),
    local("vllm", "vLLM", "http://127.0.0.1:8000/v1", Dialect::Openai),
    local(
        "litellm",
        "LiteLLM",
        "http://127.0.0.1:4000/v1",
        Dialect::Openai,
    ),
];

/// All of them, services before servers.
#[must_use]
pub fn services() -> &'static [Service] {
    SERVICES
}

/// The service at a host, if it is one of the known.
#[must_use]
pub fn service_at(host: &str) -> Option<&'static Service> {
    SERVICES
        .iter()
        .filter(|service| !service.local)
        .find(|service| is_host(host, place(service).0))
}

/// Host and path of its address.
fn place(service: &Service) -> (&'static str, &'static str) {
    let rest = service
        .url
        .split_once("://")
        .map_or(service.url, |(_, rest)| rest);
    let at = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(at);
    match service.fill_in {
        // What is before the first dot is the person's own.
        true => (
            host.split_once('.').map_or(host, |(_, domain)| domain),
            path,
        ),
        false => (host, path),
    }
}

/// What every call of a source begins with, from the path a person typed: with the part its
/// dialect always has, without the name of a call that was pasted with it.
#[must_use]
pub fn base_path(dialect: Dialect, host: &str, typed: &str) -> String {
    let cut = |ends: &[&str]| {
        let mut path = typed.trim_end_matches('/');
        while let Some(shorter) = ends.iter().find_map(|end| path.strip_suffix(end)) {
            path = shorter.trim_end_matches('/');
        }
        path
    };
    let with = |path: &str, versions: &[&str]| {
        if versions.iter().any(|version| path.ends_with(version)) {
            path.to_owned()
        } else {
            format!("{path}{}", versions.first().copied().unwrap_or_default())
        }
    };
    let dialect = dialect.family();
    match dialect {
        Dialect::Anthropic => with(cut(&["/messages", "/models"]), &["/v1"]),
        Dialect::Gemini => with(cut(&["/models", "/interactions"]), &["/v1beta", "/v1"]),
        Dialect::Ollama => format!(
            "{}/api",
            cut(&["/api/chat", "/api/tags", "/api/generate", "/api", "/v1"])
        ),
        _ if typed.is_empty() => service_at(host)
            .filter(|service| service.dialect.family() == dialect)
            .map(|service| place(service).1.to_owned())
            .unwrap_or_default(),
        _ => cut(&["/responses"]).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxchat_egress::{HostClass, host_class, parse_base_url};
    use std::collections::BTreeSet;

    #[test]
    fn every_row_can_be_used_as_it_is() {
        let mut ids = BTreeSet::new();
        for service in services() {
            assert!(ids.insert(service.id), "{} twice", service.id);
            let base = parse_base_url(service.url).unwrap();
            let local = host_class(base.origin.host()) == HostClass::Loopback;
            assert_eq!(local, service.local, "{}", service.id);
            let path = base_path(service.dialect, base.origin.host(), &base.base_path);
            assert!(!path.is_empty(), "{}", service.id);
            if !service.local {
                let found = service_at(base.origin.host()).map(|it| it.dialect);
                let family = service.dialect.family();
                assert_eq!(found, Some(family), "{}", service.id);
                let known = crate::known_host(base.origin.host());
                assert!(known.is_some(), "{}: what it does with data", service.id);
            }
        }
    }

    #[test]
    fn a_path_is_completed_and_a_call_cut_off() {
        for (dialect, host, typed, want) in [
            (Dialect::Anthropic, "api.anthropic.com", "", "/v1"),
            (Dialect::Anthropic, "api.anthropic.com", "/v1", "/v1"),
            (Dialect::Anthropic, "x.example", "/v1/messages", "/v1"),
            (
                Dialect::Anthropic,
                "api.deepseek.com",
                "/anthropic",
                "/anthropic/v1",
            ),
            (Dialect::Gemini, "g.example", "", "/v1beta"),
            (Dialect::Gemini, "g.example", "/v1", "/v1"),
            (Dialect::Ollama, "127.0.0.1", "", "/api"),
            (Dialect::Ollama, "127.0.0.1", "/v1", "/api"),
            (Dialect::Ollama, "127.0.0.1", "/api/chat", "/api"),
            (Dialect::Ollama, "x.example", "/ollama/api", "/ollama/api"),
            (Dialect::Openai, "api.openai.com", "", "/v1"),
            (Dialect::Openai, "mine.openai.azure.com", "", "/openai/v1"),
            (Dialect::Openai, "x.example", "", ""),
            (Dialect::Openai, "x.example", "/v1/responses", "/v1"),
            (Dialect::Responses, "api.openai.com", "", "/v1"),
            (
                Dialect::Responses,
                "mine.openai.azure.com",
                "",
                "/openai/v1",
            ),
            (Dialect::Responses, "x.example", "/v1/responses", "/v1"),
            (
                Dialect::Interactions,
                "g.example",
                "/v1beta/interactions",
                "/v1beta",
            ),
        ] {
            let path = base_path(dialect, host, typed);
            assert_eq!(path, want, "{dialect:?} {typed}");
            assert_eq!(base_path(dialect, host, &path), path, "read again");
        }
    }
}
