//! The two ends of the stack: the network and the service in this process.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use fluxchat_model::{Dialect, Origin};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use rustls::client::danger::ServerCertVerifier;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

use crate::resolve::{Reach, ResolveError, Resolver};
use crate::{EgressError, Target};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type WireBody = UnsyncBoxBody<Bytes, BoxError>;
pub(crate) type WireResponse = http::Response<WireBody>;
type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection is kept for the next call of the same action, not for the next hour.
const POOL_IDLE: Duration = Duration::from_secs(15);

/// The service in this process: an axum `Router`, or anything that answers HTTP requests.
#[derive(Clone)]
pub struct InProcess(BoxCloneSyncService<http::Request<Full<Bytes>>, WireResponse, Infallible>);

impl InProcess {
    /// Wraps a service. An axum `Router` is one; its answers stream frame by frame.
    pub fn new<S, B>(service: S) -> Self
    where
        S: Service<http::Request<Full<Bytes>>, Response = http::Response<B>, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(BoxCloneSyncService::new(service.map_response(
            |response: http::Response<B>| {
                response.map(|body| body.map_err(Into::into).boxed_unsync())
            },
        )))
    }
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InProcess")
    }
}

/// One request on its way to a leaf.
pub(crate) struct Departure {
    pub(crate) target: Target,
    pub(crate) request: http::Request<Bytes>,
}

/// Sends a request to the leaf its target names.
#[derive(Clone)]
pub(crate) struct Leaves {
    pub(crate) network: Network,
    pub(crate) in_process: Option<InProcess>,
}

impl Service<Departure> for Leaves {
    type Response = WireResponse;
    type Error = EgressError;
    type Future = BoxFuture<Result<WireResponse, EgressError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), EgressError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, departure: Departure) -> Self::Future {
        match departure.target.origin.clone() {
            Some(origin) => self.network.send(departure, origin),
            None => {
                let service = self.in_process.clone();
                Box::pin(async move {
                    let InProcess(service) = service.ok_or(EgressError::NoService)?;
                    match service.oneshot(departure.request.map(Full::new)).await {
                        Ok(response) => Ok(response),
                        Err(never) => match never {},
                    }
                })
            }
        }
    }
}

/// The network, through reqwest. Its clients are built at the first request that needs them and
/// forgotten, with their open connections, when the door closes.
#[derive(Clone, Default)]
pub(crate) struct Network(Arc<Mutex<Clients>>);

/// The same for everybody.
pub(crate) const USER_AGENT: &str = "Fluxchat";

#[allow(
    clippy::disallowed_types,
    reason = "egress is the one user of the HTTP client"
)]
type Client = reqwest::Client;

#[derive(Default)]
struct Clients {
    local: Option<Client>,
    public: Option<Client>,
    any: Option<Client>,
}

impl Network {
    /// Closes every idle connection.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Clients::default();
    }

    fn client(&self, reach: Reach) -> Result<Client, EgressError> {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = match reach {
            Reach::LocalOnly => &mut clients.local,
            Reach::PublicOnly => &mut clients.public,
            Reach::Any => &mut clients.any,
        };
        if let Some(client) = slot {
            return Ok(client.clone());
        }
        let client = build(reach)?;
        Ok(slot.insert(client).clone())
    }

    fn send(
        &self,
        departure: Departure,
        origin: Origin,
    ) -> BoxFuture<Result<WireResponse, EgressError>> {
        let reach = match (departure.target.dialect, origin.scheme()) {
            (_, "http") => Reach::LocalOnly,
            (Dialect::Fluxchat, _) => Reach::PublicOnly,
            _ => Reach::Any,
        };
        let network = self.clone();
        Box::pin(async move {
            let host = origin.authority();
            let client = network.client(reach)?;
            let request = reqwest::Request::try_from(departure.request)
                .map_err(|_| EgressError::InvalidParameter)?;
            let response = client
                .execute(request)
                .await
                .map_err(|error| classify(&error, host))?;
            let response: http::Response<reqwest::Body> = response.into();
            Ok(response.map(|body| body.map_err(Into::into).boxed_unsync()))
        })
    }
}

fn build(reach: Reach) -> Result<Client, EgressError> {
    #[allow(
        clippy::disallowed_types,
        reason = "egress is the one user of the HTTP client"
    )]
    let builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .http1_only()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(1)
        .tcp_keepalive(None)
        .dns_resolver(Resolver(reach));
    // A proxy would read an unencrypted request, key included; those stay in the own network anyway.
    let builder = if reach == Reach::LocalOnly {
        builder.no_proxy()
    } else {
        builder
    };
    builder
        .tls_backend_preconfigured(tls()?)
        .build()
        .map_err(|_| EgressError::Protocol)
}

/// The roots of the system; those of Mozilla where the system has none.
fn tls() -> Result<rustls::ClientConfig, EgressError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| EgressError::Protocol)?;
    let mut config = match rustls_platform_verifier::Verifier::new(provider) {
        Ok(verifier) => {
            let verifier: Arc<dyn ServerCertVerifier> = Arc::new(verifier);
            builder
                .dangerous()
                .with_custom_certificate_verifier(verifier)
                .with_no_client_auth()
        }
        Err(_) => {
            tracing::warn!(name: "egress.system_roots_missing", "");
            let roots = rustls::RootCertStore {
                roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
            };
            builder.with_root_certificates(roots).with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// What went wrong, from the chain of causes.
fn classify(error: &reqwest::Error, host: String) -> EgressError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(link) = cause {
        if let Some(resolve) = link.downcast_ref::<ResolveError>() {
            return match resolve {
                ResolveError::Unknown => EgressError::Dns { host },
                ResolveError::NotAllowed => EgressError::Blocked(crate::Refusal::InsecureOrigin),
            };
        }
        if let Some(tls) = link.downcast_ref::<rustls::Error>() {
            return EgressError::Tls {
                host,
                why: tls.into(),
            };
        }
        // An `io::Error` that carries another error shows it by `get_ref` only.
        cause = link
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .map(|inner| inner as &(dyn std::error::Error + 'static))
            .or_else(|| link.source());
    }
    if error.is_connect() && error.is_timeout() {
        EgressError::Timeout { host }
    } else if error.is_connect() {
        EgressError::Connect { host }
    } else if error.is_timeout() {
        EgressError::Timeout { host }
    } else {
        EgressError::Interrupted
    }
}
