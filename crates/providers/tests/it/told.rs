//! What is told of every service before anything is asked: its models, and what it does with data.

use std::sync::Arc;

use fluxchat_egress::Ctx;
use fluxchat_model::{Dialect, Model, Purpose};
use fluxchat_providers::{KnownModels, known_host, models, opt_outs, services};

use crate::source::source_of;
use crate::support::{MemoryLedger, Server, door, json as answer};

async fn list(dialect: Dialect, said: &[&str]) -> Vec<Model> {
    let said = said.iter().map(|body| answer("200 OK", "", body)).collect();
    let server = Server::start(said).await;
    let source = source_of(dialect, "/v1", Some(server.origin()));
    let ledger = Arc::new(MemoryLedger::default());
    let ctx = Ctx::new(Purpose::Models, &[]);
    models(&door(&ledger), &source, None, ctx, &KnownModels::default())
        .await
        .unwrap()
}

/// Context, longest answer, dollars for a million tokens, what it can do, when it ends.
fn told(model: &Model) -> String {
    let dollars = |millionths: u64| millionths as f64 / 1e6;
    let can = model.abilities;
    let abilities = [
        ("chat", can.chat),
        ("images", can.images),
        ("files", can.files),
        ("audio", can.audio),
        ("tools", can.tools),
        ("reasoning", can.reasoning),
    ];
    let abilities: Vec<String> = abilities
        .into_iter()
        .filter_map(|(name, can)| {
            Some(if can? {
                name.to_owned()
            } else {
                format!("no {name}")
            })
        })
        .collect();
    let of = |it: Option<u32>| it.map_or_else(|| "?".to_owned(), |it| it.to_string());
    format!(
        "{}/{} {:?} [{}] {}",
        of(model.context_tokens),
        of(model.output_tokens),
        model
            .price
            .map(|it| (dollars(it.input), dollars(it.output))),
        abilities.join(", "),
        model.shutdown_date.as_deref().unwrap_or("-"),
    )
}

/// An entry of each list with everything its service tells; the fields are of the package or the
/// documentation of each.
#[tokio::test]
async fn what_each_list_tells_is_read() {
    let openai = Dialect::Openai;
    for (service, dialect, said, want) in [
        (
            "openai",
            openai,
            &[
                r#"{"object":"list","data":[{"id":"m","object":"model","created":1,"owned_by":"openai","shutdown_date":"2027-02-26"}]}"#,
            ][..],
            "?/? None [] 2027-02-26",
        ),
        (
            "anthropic",
            Dialect::Anthropic,
            &[
                r#"{"data":[{"type":"model","id":"m","display_name":"M","max_input_tokens":200000,"max_tokens":64000,"retires_at":"2027-05-01T00:00:00Z","capabilities":{"image_input":{"supported":true},"pdf_input":{"supported":true},"thinking":{"supported":true}}}],"has_more":false}"#,
            ],
            "200000/64000 None [chat, images, files, tools, reasoning] 2027-05-01T00:00:00Z",
        ),
        (
            "gemini",
            Dialect::Gemini,
            &[
                r#"{"models":[{"name":"models/m","inputTokenLimit":1048576,"outputTokenLimit":65536,"thinking":true,"supportedGenerationMethods":["generateContent"]}]}"#,
            ],
            "1048576/65536 None [chat, reasoning] -",
        ),
        (
            "openrouter",
            openai,
            &[
                r#"{"data":[{"id":"m","context_length":200000,"architecture":{"input_modalities":["text","image","file"],"output_modalities":["text"]},"pricing":{"prompt":"0.000003","completion":"0.000015"},"top_provider":{"max_completion_tokens":64000},"supported_parameters":["tools","reasoning"],"expiration_date":"2027-01-31"}]}"#,
            ],
            "200000/64000 Some((3.0, 15.0)) [chat, images, files, no audio, tools, reasoning] 2027-01-31",
        ),
        (
            "mistral",
            openai,
            &[
                r#"{"object":"list","data":[{"id":"m","max_context_length":131072,"deprecation":"2027-01-31T12:00:00Z","capabilities":{"completion_chat":true,"vision":true,"function_calling":true,"audio":false,"reasoning":true}}]}"#,
            ],
            "131072/? None [chat, images, no audio, tools, reasoning] 2027-01-31T12:00:00Z",
        ),
        (
            "groq",
            openai,
            &[
                r#"{"object":"list","data":[{"id":"m","active":true,"context_window":131072,"max_completion_tokens":32768},{"id":"old","active":false}]}"#,
            ],
            "131072/32768 None [] -",
        ),
        (
            "deepseek",
            openai,
            &[r#"{"object":"list","data":[{"id":"m","object":"model","owned_by":"deepseek"}]}"#],
            "?/? None [] -",
        ),
        (
            "azure",
            openai,
            &[
                r#"{"data":[{"id":"m","capabilities":{"chat_completion":true},"deprecation":{"inference":1801353600}}]}"#,
            ],
            "?/? None [chat] 2027-01-31",
        ),
        (
            "ollama",
            Dialect::Ollama,
            &[
                r#"{"models":[{"name":"m","digest":"1"}]}"#,
                r#"{"capabilities":["completion","vision","tools","thinking"],"model_info":{"x.context_length":131072}}"#,
            ],
            "131072/? None [chat, images, no audio, tools, reasoning] -",
        ),
        (
            // As it answered.
            "llamacpp",
            openai,
            &[
                r#"{"models":[{"name":"tiny","model":"tiny","type":"model","capabilities":["completion"]}],"object":"list","data":[{"id":"tiny","aliases":["tiny"],"object":"model","architecture":{"input_modalities":["text"],"output_modalities":["text"]},"created":1795754482,"owned_by":"llamacpp","meta":{"n_ctx":2048,"n_ctx_train":2048}}]}"#,
            ],
            "2048/? None [chat, no images, no files, no audio] -",
        ),
        (
            "lmstudio",
            openai,
            &[
                r#"{"data":[{"id":"m","object":"model","owned_by":"organization_owner"}]}"#,
                r#"{"data":[{"id":"m","type":"vlm","state":"loaded","max_context_length":131072,"loaded_context_length":4096,"capabilities":["tool_use"]}]}"#,
            ],
            "4096/? None [images, tools] -",
        ),
        (
            "vllm",
            openai,
            &[
                r#"{"object":"list","data":[{"id":"m","object":"model","owned_by":"vllm","root":"m","max_model_len":32768}]}"#,
            ],
            "32768/? None [] -",
        ),
        (
            "litellm",
            openai,
            &[
                r#"{"data":[{"id":"m","object":"model","created":1677610602,"owned_by":"openai"}]}"#,
                r#"{"data":[{"model_name":"m","model_info":{"mode":"chat","max_input_tokens":4096,"max_output_tokens":512,"input_cost_per_token":1e-6,"output_cost_per_token":2e-6,"supports_vision":false,"supports_function_calling":true,"supports_reasoning":true}}]}"#,
            ],
            "4096/512 Some((1.0, 2.0)) [chat, no images, tools, reasoning] -",
        ),
    ] {
        let found = list(dialect, said).await;
        assert_eq!(found.len(), 1, "{service}");
        assert_eq!(told(&found[0]), want, "{service}");
        assert!(services().iter().any(|it| it.id == service), "{service}");
    }
}

/// As of November 2026; what nobody but others said of a provider is said to be so.
#[test]
fn what_each_provider_says_about_data_stands_beside_its_name() {
    for (host, training, retention, from) in [
        (
            "api.openai.com",
            "Not on what is sent to the API, unless the organisation opts in",
            "Abuse logs for up to 30 days",
            "its page “Your data”",
        ),
        (
            "api.anthropic.com",
            "Not without express permission",
            "About 30 days",
            "its documentation",
        ),
        (
            "generativelanguage.googleapis.com",
            "With a free key: yes, and people may read it. With a paid one: no",
            "Abuse logs for 55 days",
            "its terms for the Gemini API",
        ),
        (
            "openrouter.ai",
            "Not itself; only providers that do not train are asked for",
            "No prompts by default, but who asked what model and when",
            "its documentation",
        ),
        (
            "api.groq.com",
            "No",
            "Not by default; up to 30 days to look into failures and abuse",
            "console.groq.com/docs/your-data",
        ),
        (
            "api.mistral.ai",
            "Paid plans: no. The free plan: yes, unless you opt out in your account",
            "About 30 days",
            "reports about its terms",
        ),
        (
            "api.deepseek.com",
            "May be used for improvement",
            "",
            "reports about its privacy policy",
        ),
        (
            "x.openai.azure.com",
            "No",
            "Abuse logs for up to 30 days, unless the organisation is exempt",
            "reports about its terms",
        ),
    ] {
        let known = known_host(host).unwrap();
        let says = known.practices();
        assert_eq!(says.training.as_deref(), Some(training), "{host}");
        assert_eq!(says.retention.unwrap_or_default(), retention, "{host}");
        assert_eq!(
            known.stated_at(),
            format!("{from}, November 2026"),
            "{host}"
        );
    }
}

/// What is asked of each with every question, without a person having to know of it.
#[test]
fn the_strictest_that_can_be_asked_is_asked() {
    for service in services() {
        let host = service.url.split("://").nth(1).unwrap();
        let host = host.split(['/', ':']).next().unwrap();
        let origin = fluxchat_model::Origin::new("https", host, 443).unwrap();
        let source = source_of(service.dialect, "/v1", Some(origin));
        let asked: Vec<String> = opt_outs(&source, false)
            .iter()
            .map(|it| format!("{}: {}", it.field, it.value))
            .collect();
        let want = match service.id {
            "openai"
            | "openai-eu"
            | "openai-responses"
            | "azure"
            | "gemini"
            | "gemini-interactions" => "store: false",
            "openrouter" => r#"provider: {"data_collection":"deny","zdr":true}"#,
            // They have no switch, or nothing leaves the computer.
            "anthropic" | "mistral" | "groq" | "deepseek" | "ollama" | "llamacpp" | "lmstudio"
            | "vllm" | "litellm" => "",
            other => panic!("{other} is new: say what is asked of it"),
        };
        assert_eq!(asked.join(", "), want, "{}", service.id);
    }
}
