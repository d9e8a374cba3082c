use fluxchat_providers::sse::fuzz_sse;
use fluxchat_providers::{Protocol, Step, fuzz};
use proptest::prelude::*;

use crate::source::steps;

/// Bytes that look like a stream more often than chance allows.
fn stream_like() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        Just(b"data: ".to_vec()),
        Just(b"data:".to_vec()),
        Just(b"event: error\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n\n".to_vec()),
        Just(b"\xEF\xBB\xBF".to_vec()),
        Just(b": ping\n".to_vec()),
        Just(b"[DONE]".to_vec()),
        Just("é🎉".as_bytes().to_vec()),
        Just(b"{\"choices\":[{\"delta\":{\"content\":\"<thi\"}}]}\n\n".to_vec()),
        Just(b"{\"choices\":[{\"delta\":{\"content\":\"nk>x</think>\"}}]}\n\n".to_vec()),
        Just(b"{\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n".to_vec()),
        Just(b"{\"error\":{\"message\":\"m\",\"code\":429}}\n\n".to_vec()),
        Just(b"<html>".to_vec()),
        Just(b"{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"thinking\"}}\n\n".to_vec()),
        Just(b"{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"s\"}}\n\n".to_vec()),
        Just(b"{\"type\":\"content_block_stop\",\"index\":1}\n\n".to_vec()),
        Just(b"{\"type\":\"message_stop\"}\n\n".to_vec()),
        Just(b"{\"message\":{\"content\":\"<thi\",\"tool_calls\":[{\"function\":{}}]}}\n".to_vec()),
        Just(b"{\"done\":true,\"eval_count\":1}\n".to_vec()),
        prop::collection::vec(any::<u8>(), 0..5),
    ];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_cut_anywhere_give_the_same_events(seed: u8, bytes in stream_like()) {
        prop_assert!(fuzz_sse(&[&[seed], bytes.as_slice()].concat()));
    }

    #[test]
    fn any_answer_ends_once_and_the_same_however_it_is_cut(
        bytes in stream_like(),
        size in 1_usize..9,
    ) {
        for protocol in [Protocol::ChatCompletions, Protocol::Messages, Protocol::OllamaChat] {
            let whole = steps(protocol, None, std::iter::once(bytes.as_slice()));
            let cut = steps(protocol, None, bytes.chunks(size));
            prop_assert_eq!(&whole, &cut);
            let ends = whole.iter().filter(|step| matches!(
                step,
                Step::Error(_) | Step::Event(fluxchat_providers::ChatEvent::Finished { .. })
            ));
            prop_assert_eq!(ends.count(), 1);
        }
    }
}

#[test]
fn the_corpus_cut_by_every_seed() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/wire");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            for seed in 0..=255 {
                assert!(
                    fuzz_sse(&[&[seed], bytes.as_slice()].concat()),
                    "{}",
                    path.display()
                );
            }
        }
    }
}

/// Refusals, transcripts, sound and what is said of one model, with the key repeated everywhere.
#[test]
fn what_answers_instead_of_a_stream_is_read_and_the_key_stays_hidden() {
    let refusals = include_str!("../../../../tests/fixtures/failures.json");
    let refusals: Vec<serde_json::Value> = serde_json::from_str(refusals).unwrap();
    let mut seeds: Vec<String> = refusals.iter().map(|it| it["body"].to_string()).collect();
    assert!(seeds.len() > 50);
    seeds.extend(
        [
            r#"{"text":"Hello there.","usage":{"type":"duration","seconds":3}}"#,
            "event: x\ndata: {\"type\":\"transcript.text.delta\",\"delta\":\"He\"}\n\ndata: {\"type\":\"transcript.text.done\",\"text\":\"He\"}\n\n",
            "data: {\"error\":{\"message\":\"it broke\",\"code\":500}}\n\n",
            r#"{"audio_data":"SUQz"}"#,
            "RIFF....WAVEfmt ",
            r#"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"audio/L16;rate=24000","data":"AAAA"}}]}}]}"#,
            r#"{"promptFeedback":{"blockReason":"because of this"}}"#,
            r#"{"capabilities":["completion","vision"],"model_info":{"llama.context_length":4096}}"#,
            r#"{"type":"message","content":[],"stop_reason":"refusal","stop_details":{"explanation":"because of this"}}"#,
            "The upstream said no to this request, and then it said nothing more for a long while.",
            "<html><h1>502 Bad Gateway</h1></html>",
        ]
        .map(str::to_owned),
    );
    for body in seeds {
        for seed in (0..=255).step_by(17) {
            fuzz(&[&[seed], body.as_bytes()].concat());
        }
    }
}
