use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{Json, Router};
use http::{HeaderName, HeaderValue, header};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ServiceError, ServiceState, chat, consents, models, policies, rights, telemetry};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Fluxchat service",
        description = "The remote API of Fluxchat: generation in the shape of OpenAI Chat \
            Completions, consent records of ISO/IEC TS 27560, data rights in the request shape \
            of OpenDSR 2.0 with the states of the Data Rights Protocol.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    tags(
        (name = "generation", description = "Models and answers"),
        (name = "policy", description = "The privacy policy"),
        (name = "consent", description = "Consent records"),
        (name = "rights", description = "Requests about data rights"),
        (name = "diagnostics", description = "Reports of people who agreed to send them"),
    )
)]
struct Document;

fn documented() -> OpenApiRouter<ServiceState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(models::list))
        .routes(routes!(chat::create))
        .routes(routes!(policies::current))
        .routes(routes!(policies::by_version))
        .routes(routes!(consents::create, consents::list))
        .routes(routes!(consents::get))
        .routes(routes!(rights::create, rights::list))
        .routes(routes!(rights::get, rights::cancel))
        .routes(routes!(rights::results::results))
        .routes(routes!(rights::discovery))
        .routes(routes!(rights::subject::get))
        .routes(routes!(telemetry::create))
}

/// The OpenAPI 3.1 description, generated from the handlers that [`router`] serves.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    documented().into_openapi()
}

/// The service.
pub fn router(state: ServiceState) -> Router {
    let (router, document) = documented().split_for_parts();
    router
        .route(
            "/openapi.json",
            axum::routing::get(move || std::future::ready(Json(document))),
        )
        .fallback(async || ServiceError::NotFound("this address"))
        .method_not_allowed_fallback(async || ServiceError::MethodNotAllowed)
        .layer(middleware::from_fn(answer_headers))
        .with_state(state)
}

/// Echoes the caller's request id, so that both sides can name the same request, and keeps
/// answers out of caches.
async fn answer_headers(request: Request, next: Next) -> Response {
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
    let request_id = request
        .headers()
        .get(REQUEST_ID)
        .filter(|id| {
            id.to_str()
                .is_ok_and(|id| uuid::Uuid::parse_str(id).is_ok())
        })
        .cloned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Some(id) = request_id {
        headers.insert(REQUEST_ID, id);
    }
    response
}
