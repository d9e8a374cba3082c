//! Keeps web pages out of a service on loopback.
//!
//! A page in a browser can point a name of its own at 127.0.0.1 (DNS rebinding) and would then
//! read answers as its own origin. The name it used stands in `Host`, so only loopback's own
//! names are let in. A browser also names the page in `Origin`; nobody else sends that.

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use fluxchat_service::{ErrorBody, ErrorDetail};
use http::{StatusCode, header};

pub(crate) async fn loopback_only(request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| request.uri().authority().map(|it| it.as_str()));
    let is_page = request.headers().contains_key(header::ORIGIN);
    if is_page || !host.is_some_and(is_loopback) {
        return refusal();
    }
    next.run(request).await
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => authority,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn refusal() -> Response {
    let body = ErrorBody {
        error: ErrorDetail {
            message: "this service answers programs on this computer, not web pages".to_owned(),
            kind: "invalid_request_error".to_owned(),
            param: None,
            code: Some("foreign_host".to_owned()),
        },
    };
    (StatusCode::FORBIDDEN, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_has_loopback_names() {
        for host in [
            "localhost",
            "LOCALHOST:80",
            "127.0.0.1:8017",
            "127.9.9.9",
            "[::1]:8017",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "example.org",
            "127.0.0.1.example.org",
            "localhost.example.org:80",
            "0.0.0.0",
            "192.168.0.2:80",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
