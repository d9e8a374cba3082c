//! The catalogue: every call this app can make, times the place it is made to.

use std::borrow::Cow;

use fluxchat_model::{Dialect, Origin, Purpose, Source};
use http::{HeaderName, HeaderValue, Method, Uri};
use url::Url;

use crate::{
    Credential, EgressError, Exchange, ExchangeHeaders, HostClass, IN_PROCESS, Refusal, host_class,
};

/// A call of the catalogue. Paths are below the base path of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// `GET /models`
    ModelsList,
    /// `GET /models?{size}={number}&{after}={mark}`: one page of a long list.
    ModelsPage {
        /// How the source calls the length of a page, and the length.
        size: (&'static str, u32),
        /// How it calls where the page begins, and where that is.
        after: Option<(&'static str, String)>,
    },
    /// `GET /model/info`: what LiteLLM knows of its models.
    ModelsInfo,
    /// `POST /chat/completions`
    ChatCompletions,
    /// `POST /responses`
    Responses,
    /// `POST /messages`
    Messages,
    /// `POST /models/{model}:streamGenerateContent?alt=sse`
    GenerateContent {
        /// The model asked.
        model: String,
    },
    /// `POST /models/{model}:generateContent`, for sound.
    GenerateWhole {
        /// The model asked.
        model: String,
    },
    /// `POST /interactions`
    Interactions,
    /// `POST /chat`, as Ollama speaks.
    OllamaChat,
    /// `GET /tags`: the models Ollama has.
    OllamaTags,
    /// `POST /show`: what Ollama knows of one of them.
    OllamaShow,
    /// `POST /audio/transcriptions`
    Transcriptions,
    /// `POST /audio/speech`
    Speech,
    /// `GET /policies/current`
    PoliciesCurrent,
    /// `GET /policies/{version}`
    PoliciesGet {
        /// The version asked for.
        version: String,
    },
    /// `GET /policies/{version}?language={language}`
    PoliciesIn {
        /// The version asked for.
        version: String,
        /// The language asked for (BCP 47).
        language: String,
    },
    /// `POST /consents`
    ConsentsCreate,
    /// `POST /privacy/requests`
    PrivacyRequestsCreate,
    /// `GET /privacy/requests/{id}`
    PrivacyRequestsGet {
        /// The request asked for.
        id: String,
    },
    /// `DELETE /privacy/requests/{id}`
    PrivacyRequestsCancel {
        /// The request taken back.
        id: String,
    },
    /// `GET /privacy/requests/{id}/results`
    PrivacyRequestsResults {
        /// The request whose result is fetched.
        id: String,
    },
    /// `GET /privacy/discovery`
    PrivacyDiscovery,
    /// `GET /privacy/subject`
    PrivacySubject,
    /// `POST /telemetry`
    TelemetryCreate,
    /// At the very address of a server of tools.
    Tools {
        /// What is done there.
        what: Exchange,
        /// What the protocol adds.
        headers: ExchangeHeaders,
    },
}

impl Call {
    /// The name in the ledger.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::ModelsList | Self::ModelsPage { .. } | Self::OllamaTags => "models.list",
            Self::OllamaShow | Self::ModelsInfo => "models.get",
            Self::ChatCompletions => "chat.completions",
            Self::Responses => "responses",
            Self::Messages => "messages",
            Self::GenerateContent { .. } | Self::GenerateWhole { .. } => "generate_content",
            Self::Interactions => "interactions",
            Self::OllamaChat => "chat",
            Self::Transcriptions => "audio.transcriptions",
            Self::Speech => "audio.speech",
            Self::PoliciesCurrent => "policies.current",
            Self::PoliciesGet { .. } | Self::PoliciesIn { .. } => "policies.get",
            Self::ConsentsCreate => "consents.create",
            Self::PrivacyRequestsCreate => "privacy.requests.create",
            Self::PrivacyRequestsGet { .. } => "privacy.requests.get",
            Self::PrivacyRequestsCancel { .. } => "privacy.requests.cancel",
            Self::PrivacyRequestsResults { .. } => "privacy.requests.results",
            Self::PrivacyDiscovery => "privacy.discovery",
            Self::PrivacySubject => "privacy.subject",
            Self::TelemetryCreate => "telemetry.create",
            Self::Tools { what, .. } => what.id(),
        }
    }

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> Method {
        match self {
            Self::PrivacyRequestsCancel { .. } => Method::DELETE,
            Self::Tools { what, .. } => what.method(),
            Self::ChatCompletions
            | Self::Responses
            | Self::Messages
            | Self::GenerateContent { .. }
            | Self::GenerateWhole { .. }
            | Self::Interactions
            | Self::OllamaChat
            | Self::OllamaShow
            | Self::Transcriptions
            | Self::Speech
            | Self::ConsentsCreate
            | Self::PrivacyRequestsCreate
            | Self::TelemetryCreate => Method::POST,
            _ => Method::GET,
        }
    }

    /// The purposes it may serve.
    #[must_use]
    pub fn purposes(&self) -> &'static [Purpose] {
        match self {
            Self::ModelsList
            | Self::ModelsPage { .. }
            | Self::ModelsInfo
            | Self::OllamaTags
            | Self::OllamaShow => &[Purpose::Models],
            Self::ChatCompletions
            | Self::Responses
            | Self::Messages
            | Self::GenerateContent { .. }
            | Self::Interactions
            | Self::OllamaChat => &[Purpose::Chat, Purpose::Title],
            Self::Transcriptions => &[Purpose::Transcription],
            Self::Speech => &[Purpose::Speech],
            Self::GenerateWhole { .. } => &[Purpose::Transcription, Purpose::Speech],
            Self::PoliciesCurrent | Self::PoliciesGet { .. } | Self::PoliciesIn { .. } => {
                &[Purpose::PolicyCheck]
            }
            Self::ConsentsCreate => &[Purpose::ConsentSync],
            Self::PrivacyRequestsCreate
            | Self::PrivacyRequestsGet { .. }
            | Self::PrivacyRequestsCancel { .. }
            | Self::PrivacyRequestsResults { .. }
            | Self::PrivacyDiscovery
            | Self::PrivacySubject => &[Purpose::RightsRequest],
            Self::TelemetryCreate => &[Purpose::CrashReport, Purpose::UsageAnalytics],
            Self::Tools { .. } => &[Purpose::Tool],
        }
    }

    /// Whether it may be sent again by itself. A tool that ran twice did twice what it does.
    pub(crate) fn may_repeat(&self) -> bool {
        !matches!(self, Self::Tools { .. })
    }

    fn segments(&self) -> Vec<Cow<'_, str>> {
        let fixed: &[&str] = match self {
            Self::ModelsList | Self::ModelsPage { .. } => &["models"],
            Self::ModelsInfo => &["model", "info"],
            Self::ChatCompletions => &["chat", "completions"],
            Self::Responses => &["responses"],
            Self::Messages => &["messages"],
            Self::GenerateContent { model } => {
                return vec![
                    "models".into(),
                    format!("{model}:streamGenerateContent").into(),
                ];
            }
            Self::GenerateWhole { model } => {
                return vec!["models".into(), format!("{model}:generateContent").into()];
            }
            Self::Interactions => &["interactions"],
            Self::OllamaChat => &["chat"],
            Self::OllamaTags => &["tags"],
            Self::OllamaShow => &["show"],
            Self::Transcriptions => &["audio", "transcriptions"],
            Self::Speech => &["audio", "speech"],
            Self::PoliciesCurrent => &["policies", "current"],
            Self::PoliciesGet { version } | Self::PoliciesIn { version, .. } => {
                &["policies", version]
            }
            Self::ConsentsCreate => &["consents"],
            Self::PrivacyRequestsCreate => &["privacy", "requests"],
            Self::PrivacyRequestsGet { id } | Self::PrivacyRequestsCancel { id } => {
                &["privacy", "requests", id]
            }
            Self::PrivacyRequestsResults { id } => &["privacy", "requests", id, "results"],
            Self::PrivacyDiscovery => &["privacy", "discovery"],
            Self::PrivacySubject => &["privacy", "subject"],
            Self::TelemetryCreate => &["telemetry"],
            Self::Tools { .. } => &[],
        };
        fixed.iter().map(|segment| (*segment).into()).collect()
    }

    fn query(&self) -> Vec<(&str, Cow<'_, str>)> {
        match self {
            Self::PoliciesIn { language, .. } => vec![("language", language.into())],
            Self::GenerateContent { .. } => vec![("alt", "sse".into())],
            Self::ModelsPage { size, after } => {
                let mut query = vec![(size.0, Cow::from(size.1.to_string()))];
                query.extend(after.iter().map(|(name, mark)| (*name, mark.into())));
                query
            }
            _ => Vec::new(),
        }
    }

    /// What the call itself adds.
    pub(crate) fn own_headers(&self) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        let headers = match self {
            Self::Tools { headers, .. } => Some(headers),
            _ => None,
        };
        headers.into_iter().flat_map(ExchangeHeaders::iter)
    }

    /// What a dialect wants beside the key, as names and values of headers.
    pub(crate) fn headers(&self, dialect: Dialect) -> &'static [(&'static str, &'static str)] {
        match (dialect, self) {
            (Dialect::Anthropic, _) => &[("anthropic-version", "2023-06-01")],
            (_, Self::Interactions) => &[("api-revision", "2026-05-20")],
            _ => &[],
        }
    }
}

/// Where a call is made to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `None` for the service in this process.
    pub(crate) origin: Option<Origin>,
    pub(crate) base_path: String,
    pub(crate) dialect: Dialect,
}

impl Target {
    /// The service in this process, below `/v1`.
    #[must_use]
    pub fn in_process() -> Self {
        Self {
            origin: None,
            base_path: "/v1".to_owned(),
            dialect: Dialect::Fluxchat,
        }
    }

    /// An address the person typed; it may be loopback or private.
    #[must_use]
    pub fn remote(origin: Origin, base_path: &str, dialect: Dialect) -> Self {
        Self {
            origin: Some(origin),
            base_path: base_path.to_owned(),
            dialect,
        }
    }

    /// Where a source answers.
    #[must_use]
    pub fn of(source: &Source) -> Self {
        Self {
            origin: source.origin.clone(),
            base_path: source.base_path.clone(),
            dialect: source.dialect,
        }
    }

    /// True if nothing sent there leaves the process.
    #[must_use]
    pub fn is_in_process(&self) -> bool {
        self.origin.is_none()
    }

    /// What people read and the ledger says: host and port, or `in-process`.
    #[must_use]
    pub fn host(&self) -> String {
        self.origin
            .as_ref()
            .map_or_else(|| IN_PROCESS.to_owned(), Origin::authority)
    }

    /// True where a slow answer is normal and a failure is not passing: on this computer or in
    /// this network.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.origin.as_ref().is_none_or(|origin| {
            matches!(
                host_class(origin.host()),
                HostClass::Loopback | HostClass::Private | HostClass::LocalName
            )
        })
    }

    /// The rules an address must keep; names are checked again when they are resolved.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let Some(origin) = &self.origin else {
            return Ok(());
        };
        let class = host_class(origin.host());
        let allowed = match (self.dialect, origin.scheme()) {
            (_, _) if class == HostClass::Unusable => false,
            (Dialect::Fluxchat, "https") => class == HostClass::Public,
            (Dialect::Fluxchat, _) => false,
            (_, "https") => true,
            _ => matches!(
                class,
                HostClass::Loopback | HostClass::Private | HostClass::LocalName
            ),
        };
        if allowed {
            Ok(())
        } else {
            Err(Refusal::InsecureOrigin)
        }
    }
}

/// A call, where it is made to, and the key for that place.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub(crate) call: Call,
    pub(crate) target: Target,
    pub(crate) credential: Option<Credential>,
}

impl Endpoint {
    /// A call to a target.
    #[must_use]
    pub fn new(call: Call, target: Target) -> Self {
        Self {
            call,
            target,
            credential: None,
        }
    }

    /// With a key. It is sent only if it is bound to the very origin of the target.
    #[must_use]
    pub fn with_credential(mut self, credential: Option<Credential>) -> Self {
        self.credential = credential;
        self
    }

    /// The call.
    #[must_use]
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// The target.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The URL; every part of the path that is not ours is escaped.
    pub(crate) fn uri(&self) -> Result<Uri, EgressError> {
        self.written(None)
    }

    /// The same with what of it is a secret.
    pub(crate) fn uri_with(&self, credential: &Credential) -> Result<Uri, EgressError> {
        self.written(Some(credential))
    }

    fn written(&self, credential: Option<&Credential>) -> Result<Uri, EgressError> {
        let base = self
            .target
            .origin
            .as_ref()
            .map_or_else(|| format!("http://{IN_PROCESS}"), ToString::to_string);
        let mut url = Url::parse(&base).map_err(|_| EgressError::InvalidParameter)?;
        url.set_path(match self.call {
            Call::Tools { .. } => credential
                .and_then(Credential::path)
                .unwrap_or(&self.target.base_path),
            _ => self.target.base_path.trim_end_matches('/'),
        });
        for segment in self.call.segments() {
            // `.` and `..` would name another call: the URL standard resolves them.
            if segment.is_empty() || segment == "." || segment == ".." {
                return Err(EgressError::InvalidParameter);
            }
            url.path_segments_mut()
                .map_err(|()| EgressError::InvalidParameter)?
                .pop_if_empty()
                .push(&segment);
        }
        for (name, value) in self.call.query() {
            url.query_pairs_mut().append_pair(name, &value);
        }
        if let Some(query) = credential.and_then(Credential::query) {
            url.set_query(Some(query));
        }
        let text = if self.target.is_in_process() {
            &url[url::Position::BeforePath..]
        } else {
            url.as_str()
        };
        text.parse().map_err(|_| EgressError::InvalidParameter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(call: Call, base: &str) -> Result<String, EgressError> {
        let origin = Origin::new("https", "api.example.com", 443).unwrap();
        Endpoint::new(call, Target::remote(origin, base, Dialect::Openai))
            .uri()
            .map(|uri| uri.to_string())
    }

    #[test]
    fn a_parameter_cannot_leave_its_segment() {
        let get = |version: &str| {
            uri(
                Call::PoliciesGet {
                    version: version.to_owned(),
                },
                "/v1",
            )
        };
        assert_eq!(
            get("../consents?x=1#y").unwrap(),
            "https://api.example.com/v1/policies/..%2Fconsents%3Fx=1%23y"
        );
        for bad in ["", ".", ".."] {
            assert_eq!(get(bad), Err(EgressError::InvalidParameter), "{bad:?}");
        }
        assert_eq!(
            get("2026-11 ä").unwrap(),
            "https://api.example.com/v1/policies/2026-11%20%C3%A4"
        );
    }

    #[test]
    fn the_calls_of_every_dialect() {
        let page = |after: Option<&str>| Call::ModelsPage {
            size: ("limit", 1000),
            after: after.map(|mark| ("after_id", mark.to_owned())),
        };
        let model = |model: &str| Call::GenerateContent {
            model: model.to_owned(),
        };
        for (call, base, want) in [
            (Call::Responses, "/v1", "/v1/responses"),
            (Call::Messages, "/v1", "/v1/messages"),
            (Call::Interactions, "/v1beta", "/v1beta/interactions"),
            (Call::OllamaChat, "/api", "/api/chat"),
            (Call::OllamaTags, "/api", "/api/tags"),
            (page(None), "/v1", "/v1/models?limit=1000"),
            (
                page(Some("a&b=c")),
                "/v1",
                "/v1/models?limit=1000&after_id=a%26b%3Dc",
            ),
            (
                model("m-1"),
                "/v1beta",
                "/v1beta/models/m-1:streamGenerateContent?alt=sse",
            ),
            (
                Call::GenerateWhole {
                    model: "m-1".to_owned(),
                },
                "/v1beta",
                "/v1beta/models/m-1:generateContent",
            ),
            (
                model("../x?key=1"),
                "/v1beta",
                "/v1beta/models/..%2Fx%3Fkey=1:streamGenerateContent?alt=sse",
            ),
        ] {
            let want = format!("https://api.example.com{want}");
            assert_eq!(uri(call, base).unwrap(), want);
        }
    }

    #[test]
    fn the_base_path_is_kept_as_it_is() {
        for (base, want) in [
            ("", "https://api.example.com/models"),
            ("/v1", "https://api.example.com/v1/models"),
            ("/api/v1", "https://api.example.com/api/v1/models"),
            ("/a%20b", "https://api.example.com/a%20b/models"),
        ] {
            assert_eq!(uri(Call::ModelsList, base).unwrap(), want);
        }
        let inside = Endpoint::new(Call::ModelsList, Target::in_process());
        assert_eq!(inside.uri().unwrap().to_string(), "/v1/models");
    }

    #[test]
    fn fluxchat_is_public_and_encrypted_others_may_be_local() {
        let check = |scheme: &str, host: &str, dialect| {
            Target::remote(Origin::new(scheme, host, 8080).unwrap(), "", dialect).check()
        };
        let no = Err(Refusal::InsecureOrigin);
        assert_eq!(
            check("https", "api.fluxchat.example", Dialect::Fluxchat),
            Ok(())
        );
        assert_eq!(check("http", "api.fluxchat.example", Dialect::Fluxchat), no);
        assert_eq!(check("https", "127.0.0.1", Dialect::Fluxchat), no);
        assert_eq!(check("https", "10.0.0.1", Dialect::Fluxchat), no);
        assert_eq!(check("http", "127.0.0.1", Dialect::Openai), Ok(()));
        assert_eq!(check("http", "192.168.1.4", Dialect::Openai), Ok(()));
        assert_eq!(check("http", "nas.local", Dialect::Openai), Ok(()));
        assert_eq!(check("http", "api.example.com", Dialect::Openai), no);
        assert_eq!(check("http", "8.8.8.8", Dialect::Openai), no);
        assert_eq!(check("https", "api.example.com", Dialect::Openai), Ok(()));
    }
}
