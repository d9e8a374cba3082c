//! The page a browser comes back to after a sign-in: on this computer alone, for one sign-in, and
//! gone with it.

#![allow(
    clippy::disallowed_types,
    reason = "egress is where the one listener of the app lives"
)]

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use fluxchat_model::Secret;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

const PATH: &str = "/callback";
const LONGEST: usize = 16 << 10;
const MOST_AT_ONCE: usize = 16;
/// For one request to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a browser brought back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// Whose sign-in it is.
    pub state: String,
    /// What is changed for a permit.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// Who says so.
    pub issuer: Option<String>,
}

/// Waits on 127.0.0.1 for a browser (RFC 8252, section 7.3).
pub struct Loopback {
    listener: TcpListener,
    authority: String,
}

impl Loopback {
    /// On a port the system chooses.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let authority = listener.local_addr()?.to_string();
        Ok(Self {
            listener,
            authority,
        })
    }

    /// Where a browser is sent back to.
    #[must_use]
    pub fn redirect(&self) -> String {
        format!("http://{}{PATH}", self.authority)
    }

    /// Waits for what belongs to this sign-in. Whatever else comes is refused, and waited on.
    ///
    /// # Errors
    /// When nothing can arrive any more.
    pub async fn returned(self, state: Secret<String>) -> io::Result<Returned> {
        let (found, mut finds) = mpsc::channel(1);
        // They end with this.
        let mut visits = JoinSet::new();
        loop {
            tokio::select! {
                returned = finds.recv() => match returned {
                    Some(returned) => return Ok(returned),
                    None => return Err(io::ErrorKind::BrokenPipe.into()),
                },
                visit = self.listener.accept() => {
                    let (stream, _) = visit?;
                    while visits.try_join_next().is_some() {}
                    if visits.len() < MOST_AT_ONCE {
                        let (authority, state) = (self.authority.clone(), state.clone());
                        let found = found.clone();
                        visits.spawn(async move {
                            let visit = visit_of(stream, &authority, &state);
                            if let Ok(Some(returned)) = tokio::time::timeout(PATIENCE, visit).await {
                                let _ = found.send(returned).await;
                            }
                        });
                    }
                }
            }
        }
    }
}

async fn visit_of(
    mut stream: TcpStream,
    authority: &str,
    state: &Secret<String>,
) -> Option<Returned> {
    let mut head = Vec::new();
    let returned = loop {
        let mut piece = [0; 2048];
        let read = stream.read(&mut piece).await.ok()?;
        head.extend_from_slice(&piece[..read]);
        match understood(&head, authority) {
            Some(returned) => break returned,
            None if read == 0 || head.len() > LONGEST => break None,
            None => {}
        }
    };
    let returned = returned.filter(|it| it.state == *state.expose());
    let (status, words) = match &returned {
        Some(it) if it.error.is_none() => {
            ("200 OK", "You can close this page and go back to Fluxchat.")
        }
        Some(_) => (
            "200 OK",
            "The sign-in was not given. You can close this page and go back to Fluxchat.",
        ),
        None => ("400 Bad Request", "This belongs to no sign-in of Fluxchat."),
    };
    let page = format!("<!doctype html><meta charset=utf-8><title>Fluxchat</title><p>{words}</p>");
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
         Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
    returned
}

/// `None` until there is all of it.
fn understood(head: &[u8], authority: &str) -> Option<Option<Returned>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Partial) => return None,
        Ok(httparse::Status::Complete(_)) => {}
        Err(_) => return Some(None),
    }
    // A page elsewhere whose name leads here says another host.
    let is_here = request.headers.iter().any(|header| {
        header.name.eq_ignore_ascii_case("host") && header.value == authority.as_bytes()
    });
    let query = request
        .path
        .and_then(|path| path.strip_prefix(PATH)?.strip_prefix('?'));
    let (Some("GET"), true, Some(query)) = (request.method, is_here, query) else {
        return Some(None);
    };
    let mut returned = Returned::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let value = value.into_owned();
        match name.as_ref() {
            "state" => returned.state = value,
            "code" => returned.code = Some(value),
            "error" => returned.error = Some(value),
            "iss" => returned.issuer = Some(value),
            _ => {}
        }
    }
    Some(Some(returned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_comes_to_this_page_is_read() {
        let ask = |line: &str, host: &str| format!("{line} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let here = "127.0.0.1:9";
        let read = |text: &str| understood(text.as_bytes(), here);
        let returned = read(&ask("GET /callback?code=a%20b&state=s&iss=i", here));
        let returned = returned.unwrap().unwrap();
        assert_eq!(returned.code.as_deref(), Some("a b"));
        assert_eq!(
            (returned.state.as_str(), returned.issuer.as_deref()),
            ("s", Some("i"))
        );
        for bad in [
            ask("GET /callback?code=a&state=s", "evil.example:9"),
            ask("POST /callback?code=a&state=s", here),
            ask("GET /callback2?code=a&state=s", here),
            ask("GET /", here),
            "\0\r\n\r\n".to_owned(),
        ] {
            assert_eq!(read(&bad), Some(None), "{bad}");
        }
        assert_eq!(read("GET /callback?code=a"), None);
    }
}
