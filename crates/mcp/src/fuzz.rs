//! The entry for fuzzing: what servers of tools say, as lines of a program and as events of an
//! answer.

use std::convert::Infallible;
use std::io::BufReader;

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use rmcp::RoleClient;
use rmcp::model::ServerJsonRpcMessage;
use rmcp::service::RxJsonRpcMessage;
use sse_stream::{Sse, SseStream};

use crate::{LARGEST_FILES, MOST_FILES, Piece};

/// Reads `data` whole and in pieces and checks what must always hold. The first byte chooses the
/// pieces.
///
/// # Panics
/// On a defect only.
pub fn fuzz(data: &[u8]) {
    let Some((seed, bytes)) = data.split_first() else {
        return;
    };
    let step = usize::from(*seed) % 13 + 1;
    let whole = lines(bytes, bytes.len().max(1));
    assert!(whole == lines(bytes, step), "the lines depend on the cuts");
    for line in &whole {
        assert!(!line.contains(&b'\n'), "a line is one line");
        if let Ok(message) = serde_json::from_slice::<RxJsonRpcMessage<RoleClient>>(line) {
            assert!(serde_json::to_vec(&message).is_ok(), "a message is whole");
        }
        offers(line);
    }
    let (whole, readable) = events(std::iter::once(bytes));
    let (pieces, in_pieces) = events(bytes.chunks(step));
    assert!(
        readable == in_pieces,
        "whether it can be read depends on the cuts"
    );
    // What of a broken stream was read before it ended depends on the cuts.
    assert!(
        !readable || whole == pieces,
        "the events depend on the cuts"
    );
    for event in whole {
        if crate::http::answers(&event) {
            let data = event.data.unwrap_or_default();
            let _ = serde_json::from_str::<ServerJsonRpcMessage>(&data);
        }
    }
}

/// A prompt and a resource, whatever they hold, are no more than is taken.
fn offers(line: &[u8]) {
    let mut pieces = Vec::new();
    let Ok(mut message) = serde_json::from_slice::<serde_json::Value>(line) else {
        return;
    };
    let Some(result) = message.get_mut("result").map(serde_json::Value::take) else {
        return;
    };
    if let Ok(result) = serde_json::from_value(result.clone()) {
        let messages = crate::offers::messages(&result);
        pieces.extend(messages.into_iter().flat_map(|it| it.pieces));
    }
    if let Ok(result) = serde_json::from_value(result) {
        pieces.extend(crate::offers::contents(&result));
    }
    let files = pieces.iter().filter_map(|it| match it {
        Piece::File(file) => Some(file.bytes.len()),
        _ => None,
    });
    // Either may be one of these.
    assert!(files.clone().count() <= 2 * MOST_FILES, "too many files");
    assert!(files.sum::<usize>() <= 2 * LARGEST_FILES, "too large");
}

fn lines(bytes: &[u8], step: usize) -> Vec<Vec<u8>> {
    let mut from = BufReader::with_capacity(step, bytes);
    std::iter::from_fn(|| crate::pipe::line(&mut from).ok().flatten()).collect()
}

/// The events up to the first that cannot be read, as the reader of answers takes them, and whether
/// all could.
fn events<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Sse>, bool) {
    let pieces: Vec<_> = pieces
        .map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece)))
        .collect();
    let events = SseStream::from_bytes_stream(stream::iter(pieces));
    let read = events.collect::<Vec<_>>().now_or_never();
    let read = read.unwrap_or_default();
    let readable = read.iter().all(Result::is_ok);
    let good = read.into_iter().map_while(Result::ok);
    (good.collect(), readable)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text of so many of these parts.
    fn texts(parts: &[&str], most: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..most {
            let longer = last.iter().flat_map(|text| {
                let parts = parts.iter();
                parts.map(move |part| format!("{text}{part}"))
            });
            last = longer.collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    #[test]
    fn a_line_end_of_two_bytes_is_one_wherever_it_is_cut() {
        for text in texts(&["data:a", "\r", "\n"], 7) {
            let bytes = text.as_bytes();
            let whole = events(std::iter::once(bytes));
            assert!(whole.1, "{text:?}");
            assert_eq!(events(bytes.chunks(1)), whole, "{text:?}");
            for at in 0..=bytes.len() {
                let (one, two) = bytes.split_at(at);
                assert_eq!(events([one, two].into_iter()), whole, "{text:?} at {at}");
            }
        }
        let two = events(std::iter::once(&b"data:a\r\rdata:b\r\n\r\n"[..])).0;
        assert_eq!(two.len(), 2, "the control arm: there is something to count");
    }
}
