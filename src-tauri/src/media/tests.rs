use super::{AssetInfo, Assets, LARGEST_PART, LARGEST_WHOLE, answer};
use fluxchat_model::AssetId;
use tauri::http::{Method, Request, Response};

const ID: &str = "0190b5a4-3c1e-7c3a-9d1e-2f6a1b7c8d9e";
const ORIGIN: &str = "tauri://localhost";

/// One file whose bytes count up.
struct One {
    media_type: &'static str,
    size: u64,
}

impl Assets for One {
    async fn info(&self, id: AssetId) -> Option<AssetInfo> {
        (id.to_string() == ID).then(|| AssetInfo {
            media_type: self.media_type.to_owned(),
            size: self.size,
        })
    }

    async fn read(&self, _: AssetId, start: u64, len: u64) -> Option<Vec<u8>> {
        assert!(
            start + len <= self.size,
            "nothing beyond the end is asked for"
        );
        Some(
            (start..start + len)
                .map(|n| u8::try_from(n % 251).unwrap())
                .collect(),
        )
    }
}

fn ask(file: &One, method: Method, path: &str, range: Option<&str>) -> Response<Vec<u8>> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("fluxblob://localhost{path}"));
    if let Some(range) = range {
        request = request.header("range", range);
    }
    let request = request.body(()).unwrap();
    tauri::async_runtime::block_on(answer(file, &request, ORIGIN))
}

fn header<'a>(response: &'a Response<Vec<u8>>, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[test]
fn a_picture_is_served_whole_and_harmless() {
    let file = One {
        media_type: "image/png",
        size: 1000,
    };
    let response = ask(&file, Method::GET, &format!("/{ID}"), None);
    assert_eq!(response.status(), 200, "the file is there");
    assert_eq!(response.body().len(), 1000, "all of it comes");
    assert_eq!(
        header(&response, "content-type"),
        "image/png",
        "as what it is"
    );
    assert_eq!(
        header(&response, "x-content-type-options"),
        "nosniff",
        "and as nothing else"
    );
    assert_eq!(
        header(&response, "content-security-policy"),
        "sandbox; default-src 'none'",
        "opened by itself it can do nothing"
    );
    assert_eq!(
        header(&response, "cache-control"),
        "no-store",
        "the web view keeps no copy"
    );
    assert_eq!(
        header(&response, "access-control-allow-origin"),
        ORIGIN,
        "only the app may read"
    );
}

#[test]
fn a_part_is_bounded() {
    let file = One {
        media_type: "video/webm",
        size: 10 << 20,
    };
    let response = ask(&file, Method::GET, &format!("/{ID}"), Some("bytes=1-"));
    assert_eq!(response.status(), 206, "a part was asked for");
    assert_eq!(
        response.body().len() as u64,
        LARGEST_PART,
        "no more than the limit comes"
    );
    let expected = format!("bytes 1-{}/{}", LARGEST_PART, 10 << 20);
    assert_eq!(
        header(&response, "content-range"),
        expected,
        "it says which part came"
    );
    assert_eq!(
        response.body().first(),
        Some(&1),
        "it starts where it should"
    );
}

#[test]
fn a_head_request_reads_nothing() {
    let file = One {
        media_type: "audio/ogg",
        size: 77,
    };
    let response = ask(&file, Method::HEAD, &format!("/{ID}"), None);
    assert_eq!(response.status(), 200, "the file is there");
    assert!(response.body().is_empty(), "no bytes come");
    assert_eq!(header(&response, "content-length"), "77", "its size does");
}

#[test]
fn what_could_run_is_a_download() {
    for media_type in [
        "image/svg+xml",
        "text/html",
        "application/pdf",
        "IMAGE/PNG",
        "image/png; a",
    ] {
        let response = ask(
            &One {
                media_type,
                size: 5,
            },
            Method::GET,
            &format!("/{ID}"),
            None,
        );
        assert_eq!(
            header(&response, "content-type"),
            "application/octet-stream",
            "{media_type}"
        );
        assert_eq!(
            header(&response, "content-disposition"),
            "attachment",
            "{media_type}"
        );
    }
}

#[test]
fn nothing_else_is_found() {
    let file = One {
        media_type: "image/png",
        size: 5,
    };
    let foreign = "/0190b5a4-3c1e-7c3a-9d1e-000000000000";
    for path in [
        "/",
        foreign,
        "/../etc/passwd",
        &format!("/{ID}/x"),
        &format!("//{ID}"),
    ] {
        let response = ask(&file, Method::GET, path, None);
        assert_eq!(response.status(), 404, "{path} is no file");
        assert!(response.body().is_empty(), "{path} answers nothing");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let response = ask(&file, method.clone(), &format!("/{ID}"), None);
        assert_eq!(response.status(), 405, "{method} does not exist here");
    }
    let past = ask(&file, Method::GET, &format!("/{ID}"), Some("bytes=5-"));
    assert_eq!(past.status(), 416, "there is nothing beyond the end");
    let huge = One {
        media_type: "image/png",
        size: LARGEST_WHOLE + 1,
    };
    let response = ask(&huge, Method::GET, &format!("/{ID}"), None);
    assert_eq!(response.status(), 413, "too much for one answer");
}
