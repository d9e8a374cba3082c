//! Messages over the pipes of a program, one on each line. A line has a longest length, and who
//! writes too much that is none is not read any further.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rmcp::RoleClient;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::sync::mpsc;

use crate::McpError;
use crate::bounds::has_too_many_values;
use crate::process::thread;

/// With room for the files of a result as Base64.
const LONGEST_LINE: usize = 32 << 20;
/// A program that greets people on the wrong pipe is forgiven.
const MOST_NONSENSE: u32 = 100;
const AHEAD: usize = 2;

pub(crate) struct Pipe {
    lines: std::sync::mpsc::Sender<Vec<u8>>,
    messages: mpsc::Receiver<RxJsonRpcMessage<RoleClient>>,
}

/// That nothing more is read of a program, and whether it had said too much.
#[derive(Default)]
pub(crate) struct Ending {
    is_over: AtomicBool,
    too_much: AtomicBool,
}

impl Ending {
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
    }

    /// Why it ended.
    pub(crate) fn reason(&self) -> McpError {
        if self.too_much.load(Ordering::Acquire) {
            McpError::TooMuch
        } else {
            McpError::Ended
        }
    }
}

/// A line is longer than any may be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

#[derive(Debug, thiserror::Error)]
#[error("the pipe is closed")]
pub(crate) struct Closed;

impl Pipe {
    /// `ended` is set when nothing more is read.
    pub(crate) fn new(
        mut stdin: ChildStdin,
        stdout: ChildStdout,
        ended: Arc<Ending>,
    ) -> Result<Self, McpError> {
        let (lines, to_write) = std::sync::mpsc::channel::<Vec<u8>>();
        let (read, messages) = mpsc::channel(AHEAD);
        let write = move || {
            for line in to_write {
                if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
                    break;
                }
            }
        };
        let listen = move || {
            let mut stdout = BufReader::new(stdout);
            let mut nonsense = 0;
            loop {
                let line = match line(&mut stdout) {
                    Ok(Some(line)) => line,
                    Ok(None) => break,
                    Err(TooLong) => {
                        ended.too_much.store(true, Ordering::Release);
                        break;
                    }
                };
                if line.iter().all(u8::is_ascii_whitespace) {
                    continue;
                }
                if has_too_many_values(&line) {
                    tracing::warn!(name: "tools.server_too_many_values", "");
                    ended.too_much.store(true, Ordering::Release);
                    break;
                }
                match serde_json::from_slice(&line) {
                    Ok(message) => {
                        if read.blocking_send(message).is_err() {
                            break;
                        }
                    }
                    Err(_) => nonsense += 1,
                }
                if nonsense > MOST_NONSENSE {
                    tracing::warn!(name: "tools.server_nonsense", "");
                    break;
                }
            }
            ended.end();
        };
        thread("tool-write", write).map_err(|_| McpError::NotStarted)?;
        thread("tool-read", listen).map_err(|_| McpError::NotStarted)?;
        Ok(Self { lines, messages })
    }
}

/// The next line; `None` at the end.
pub(crate) fn line(from: &mut impl BufRead) -> Result<Option<Vec<u8>>, TooLong> {
    let mut line = Vec::new();
    loop {
        let piece = match from.fill_buf() {
            Ok(piece) if !piece.is_empty() => piece,
            _ => return Ok(None),
        };
        let end = piece.iter().position(|byte| *byte == b'\n');
        line.extend_from_slice(&piece[..end.unwrap_or(piece.len())]);
        let used = end.map_or(piece.len(), |end| end + 1);
        from.consume(used);
        if line.len() > LONGEST_LINE {
            tracing::warn!(name: "tools.server_line_too_long", "");
            return Err(TooLong);
        }
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

impl Transport<RoleClient> for Pipe {
    type Error = Closed;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), Closed>> + Send + 'static {
        let sent = serde_json::to_vec(&item)
            .map_err(|_| Closed)
            .and_then(|mut line| {
                line.push(b'\n');
                self.lines.send(line).map_err(|_| Closed)
            });
        std::future::ready(sent)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        self.messages.recv().await
    }

    async fn close(&mut self) -> Result<(), Closed> {
        self.messages.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_or_is_too_long() {
        let mut input = &b"{}\n\nlast"[..];
        assert_eq!(line(&mut input), Ok(Some(b"{}".to_vec())));
        assert_eq!(line(&mut input), Ok(Some(Vec::new())));
        assert_eq!(line(&mut input), Ok(None), "nobody ended it");
        let mut endless = BufReader::new(std::io::repeat(b'x'));
        assert_eq!(line(&mut endless), Err(TooLong));
    }
}
