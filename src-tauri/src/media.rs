//! `fluxblob:`, the protocol by which the window shows encrypted files.
//!
//! The page names an id, never a path. Only pictures, sound and video come back as such;
//! everything else is a download the page cannot render, and no answer can run anything.

mod range;

use std::future::Future;

use fluxchat_model::AssetId;
use tauri::http::{Method, Request, Response, StatusCode, header, response::Builder};

use range::{Range, Span};

/// The scheme, as the page writes it. On Windows it is `http://fluxblob.localhost`.
pub const SCHEME: &str = "fluxblob";
/// The most one ranged answer carries. Players ask again.
pub const LARGEST_PART: u64 = 4 << 20;
/// The most an answer without a range carries: pictures have no other way.
pub const LARGEST_WHOLE: u64 = 32 << 20;

/// What a page may render. SVG is missing on purpose: it can carry scripts and links.
const RENDERED: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "video/mp4",
    "video/webm",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/webm",
    "audio/wav",
    "audio/flac",
];

/// A file as far as an answer needs to know it.
#[derive(Clone, Debug)]
pub struct AssetInfo {
    /// `image/png`, …
    pub media_type: String,
    /// Bytes in all.
    pub size: u64,
}

/// Where files come from. An unknown id and an unreadable file look the same from here.
pub trait Assets: Sync {
    /// Type and size, or nothing if there is no such file.
    fn info(&self, id: AssetId) -> impl Future<Output = Option<AssetInfo>> + Send;
    /// `len` bytes from `start`, decrypted.
    fn read(
        &self,
        id: AssetId,
        start: u64,
        len: u64,
    ) -> impl Future<Output = Option<Vec<u8>>> + Send;
}

/// Answers one request of the page. `origin` is the page's own, the only one that may read.
pub async fn answer<B: Sync>(
    assets: &impl Assets,
    request: &Request<B>,
    origin: &str,
) -> Response<Vec<u8>> {
    let head = request.method() == Method::HEAD;
    if !head && request.method() != Method::GET {
        return finish(respond(StatusCode::METHOD_NOT_ALLOWED, origin), Vec::new());
    }
    let Some(id) = asset_id(request.uri().path()) else {
        return missing(origin);
    };
    let Some(info) = assets.info(id).await else {
        return missing(origin);
    };
    let span = match range::wanted(request.headers().get(header::RANGE), info.size) {
        Range::Whole if info.size <= LARGEST_WHOLE => Span {
            start: 0,
            len: info.size,
        },
        Range::Whole => {
            return finish(respond(StatusCode::PAYLOAD_TOO_LARGE, origin), Vec::new());
        }
        Range::Part(span) => Span {
            len: span.len.min(LARGEST_PART),
            ..span
        },
        Range::Unsatisfiable => {
            let all = format!("bytes */{}", info.size);
            let refused = respond(StatusCode::RANGE_NOT_SATISFIABLE, origin);
            return finish(refused.header(header::CONTENT_RANGE, all), Vec::new());
        }
    };
    let partial = request.headers().contains_key(header::RANGE);
    let body = match head {
        true => Vec::new(),
        false => match assets.read(id, span.start, span.len).await {
            Some(bytes) => bytes,
            None => return missing(origin),
        },
    };
    let status = if partial {
        StatusCode::PARTIAL_CONTENT
    } else {
        StatusCode::OK
    };
    let mut response = respond(status, origin)
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::CONTENT_LENGTH, span.len);
    response = match RENDERED.iter().find(|known| **known == info.media_type) {
        Some(known) => response.header(header::CONTENT_TYPE, *known),
        None => response
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_DISPOSITION, "attachment"),
    };
    if partial {
        let last = span.start + span.len - 1;
        let part = format!("bytes {}-{last}/{}", span.start, info.size);
        response = response.header(header::CONTENT_RANGE, part);
    }
    finish(response, body)
}

fn asset_id(path: &str) -> Option<AssetId> {
    path.strip_prefix('/').unwrap_or(path).parse().ok()
}

fn missing(origin: &str) -> Response<Vec<u8>> {
    finish(respond(StatusCode::NOT_FOUND, origin), Vec::new())
}

fn respond(status: StatusCode, origin: &str) -> Builder {
    Response::builder()
        .status(status)
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        .header(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "content-range, accept-ranges",
        )
        .header(header::CACHE_CONTROL, "no-store")
        .header(
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'",
        )
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}

fn finish(response: Builder, body: Vec<u8>) -> Response<Vec<u8>> {
    response.body(body).unwrap_or_else(|_| {
        let mut empty = Response::new(Vec::new());
        *empty.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        empty
    })
}

#[cfg(test)]
mod tests;
