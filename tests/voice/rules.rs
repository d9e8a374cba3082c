use std::sync::Arc;
use std::sync::atomic::Ordering;

use fluxchat_core::SoundError;
use fluxchat_model::{
    Budget, DataCategory, LedgerFilter, LegalBasis, Outcome, Period, Purpose, ReadingState, Secret,
    SoundFormat,
};
use fluxchat_testkit::canary;
use fluxchat_testkit::forensic::{all_needles, scan_tree};
use fluxchat_testkit::recorder::Answer;

use super::{Desk, World, heard, reading};
use crate::support::runtime;

#[test]
fn without_consent_nothing_leaves_and_another_recipient_is_asked_for_anew() {
    runtime().block_on(async {
        let world = World::start(heard("Hello.")).await;
        world.hears(b"abcd");
        let code = |result: Result<String, fluxchat_core::Error>| result.unwrap_err().code();
        assert_eq!(code(world.dictate().await), "voice_not_chosen");
        world.choose().await.unwrap();
        assert_eq!(code(world.dictate().await), "voice_not_agreed");
        assert!(
            world
                .core
                .app
                .agree_to_dictation("elsewhere")
                .await
                .is_err()
        );
        let refused = world
            .core
            .app
            .set_consent(Purpose::Transcription, true)
            .await;
        assert_eq!(refused.unwrap_err().code(), "consent_where_used");
        assert!(world.arrived().is_empty());

        world.agree().await.unwrap();
        assert_eq!(world.dictate().await.unwrap(), "Hello.");
        assert_eq!(
            world.arrived().len(),
            1,
            "the control arm: with consent it leaves"
        );

        // The same purpose, another recipient.
        let other = fluxchat_testkit::recorder::Recorder::start(heard("Hello.")).await;
        world.core.add_source("others", &other).await;
        let id = world.core.app.source_named("others").await.unwrap().id;
        let mut settings = world.core.app.voice().await.unwrap().settings;
        settings.dictation.as_mut().unwrap().source_id = id;
        let state = world.core.app.set_voice(settings).await.unwrap();
        assert!(!state.agreed);
        assert_eq!(code(world.dictate().await), "voice_not_agreed");
        assert_eq!(
            other
                .seen()
                .iter()
                .filter(|it| it.path.contains("audio"))
                .count(),
            0
        );

        world.choose().await.unwrap();
        world
            .core
            .app
            .set_consent(Purpose::Transcription, false)
            .await
            .unwrap();
        assert_eq!(code(world.dictate().await), "voice_not_agreed");
        assert_eq!(world.arrived().len(), 1);
    });
}

#[test]
fn a_consent_taken_back_while_it_records_counts() {
    runtime().block_on(async {
        let world = World::agreed(heard("Hello.")).await;
        world.core.app.begin_dictation(None).await.unwrap();
        world
            .core
            .app
            .set_consent(Purpose::Transcription, false)
            .await
            .unwrap();
        let code = world.core.app.finish_dictation().await.unwrap_err().code();
        assert_eq!(code, "voice_not_agreed");
        assert!(world.arrived().is_empty());
        let gone = world.core.app.stop_dictation().await.unwrap_err();
        assert_eq!(
            gone.code(),
            "not_dictating",
            "who took it back wants it gone"
        );
    });
}

#[test]
fn a_recording_is_seen_and_heard_before_it_leaves() {
    runtime().block_on(async {
        let (world, desk) = World::agreed_with(heard("Hello."), b"abcd").await;
        let app = &world.core.app;
        let nothing = app.stop_dictation().await.unwrap_err();
        assert_eq!(nothing.code(), "not_dictating");

        app.begin_dictation(None).await.unwrap();
        let taken = app.stop_dictation().await.unwrap();
        let file = super::wav(b"abcd");
        assert_eq!((taken.ms, taken.bytes), (3_000, file.len() as u64));
        app.play_dictation(true).await.unwrap();
        assert_eq!(desk.played.lock().unwrap()[0], file, "what is heard is it");
        app.play_dictation(false).await.unwrap();
        app.cancel_dictation().await.unwrap();
        let gone = app.finish_dictation().await.unwrap_err();
        assert_eq!(gone.code(), "not_dictating");
        assert!(world.arrived().is_empty(), "seen and heard, and not sent");

        app.begin_dictation(None).await.unwrap();
        app.stop_dictation().await.unwrap();
        assert_eq!(app.finish_dictation().await.unwrap().text, "Hello.");
        assert_eq!(world.arrived().len(), 1, "the control arm: sent, it leaves");
    });
}

#[test]
fn the_ledger_says_what_was_on_the_wire() {
    runtime().block_on(async {
        let world = World::agreed(heard("Guten\u{202e} Tag\u{7}.")).await;
        assert_eq!(world.dictate().await.unwrap(), "Guten Tag.");
        let seen = world.arrived();
        let rows = world
            .core
            .app
            .ledger_page(
                LedgerFilter {
                    purpose: Some(Purpose::Transcription),
                    ..LedgerFilter::default()
                },
                10,
            )
            .await
            .unwrap();
        let [row] = rows.as_slice() else {
            panic!("one row: {rows:?}")
        };
        assert_eq!(
            row.record.request_id.to_string(),
            seen[0].header("x-request-id").unwrap()
        );
        assert_eq!(row.record.basis, LegalBasis::Consent);
        assert!(row.record.consent_event_id.is_some());
        assert_eq!(row.record.host, world.server.host());
        assert_eq!(row.record.endpoint, "audio.transcriptions");
        assert_eq!(
            row.record.categories,
            [DataCategory::Voice, DataCategory::Parameters]
        );
        assert!(!row.record.training_allowed);
        assert_eq!(row.outcome, Outcome::Sent);
        assert_eq!(seen[0].path, "/v1/audio/transcriptions");
        let kind = seen[0].header("content-type").unwrap();
        assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
        for part in [
            "name=\"model\"\r\n\r\nwhisper-1",
            "name=\"language\"\r\n\r\nde",
            "filename=\"recording.wav\"",
            "Content-Type: audio/wav",
        ] {
            assert!(seen[0].body.contains(part), "{part}: {}", seen[0].body);
        }
        assert!(
            !seen[0].body.contains("stream"),
            "not every server knows it"
        );
    });
}

#[test]
fn offline_a_person_is_told_before_they_speak() {
    runtime().block_on(async {
        let world = World::agreed(heard("Hello.")).await;
        world.core.app.set_offline(true).await.unwrap();
        assert_eq!(world.dictate().await.unwrap_err().code(), "offline");
        world.core.app.set_offline(false).await.unwrap();
        world.core.app.begin_dictation(None).await.unwrap();
        world.core.app.set_offline(true).await.unwrap();
        let code = world.core.app.finish_dictation().await.unwrap_err().code();
        assert_eq!(code, "offline", "and what was said meanwhile stays here");
        assert!(world.arrived().is_empty());
        world.core.app.set_offline(false).await.unwrap();
        let again = world.core.app.finish_dictation().await.unwrap();
        assert_eq!(again.text, "Hello.", "and nobody has to say it twice");
    });
}

#[test]
fn what_did_not_become_words_waits_to_be_sent_again_or_thrown_away() {
    runtime().block_on(async {
        let busy = || {
            Answer::Plain(
                503,
                "application/json",
                r#"{"error":{"message":"busy"}}"#.into(),
            )
        };
        let spoken = canary();
        let (world, desk) = World::agreed_with(busy(), spoken.as_bytes()).await;
        let app = &world.core.app;
        let file = super::wav(spoken.as_bytes());
        app.begin_dictation(None).await.unwrap();
        let refused = app.finish_dictation().await.unwrap_err().visible();
        assert_eq!(refused.kept, "Nothing was lost.");

        // It is seen and heard as it was, and nothing else is recorded over it.
        let taken = app.stop_dictation().await.unwrap();
        assert_eq!((taken.ms, taken.bytes), (3_000, file.len() as u64));
        app.play_dictation(true).await.unwrap();
        assert_eq!(desk.played.lock().unwrap()[0], file);
        let second = app.begin_dictation(None).await.unwrap_err();
        assert_eq!(second.code(), "dictating");

        // Once more in vain, then in words: the same recording each time.
        app.finish_dictation().await.unwrap_err();
        world.server.answer(heard("Hello."));
        assert_eq!(app.finish_dictation().await.unwrap().text, "Hello.");
        let sent: Vec<_> = world
            .arrived()
            .into_iter()
            .map(|it| it.body.len())
            .collect();
        assert!(
            sent.len() >= 3 && sent.iter().all(|size| *size == sent[0]),
            "{sent:?}"
        );
        let gone = app.finish_dictation().await.unwrap_err();
        assert_eq!(
            gone.code(),
            "not_dictating",
            "with its words there, it is gone"
        );

        // Thrown away, or let go with the app: nothing of it was ever on the disk.
        world.server.answer(busy());
        app.begin_dictation(None).await.unwrap();
        app.finish_dictation().await.unwrap_err();
        app.cancel_dictation().await.unwrap();
        let gone = app.finish_dictation().await.unwrap_err();
        assert_eq!(gone.code(), "not_dictating");
        app.begin_dictation(None).await.unwrap();
        app.finish_dictation().await.unwrap_err();
        app.shutdown().await;
        let needles = all_needles(&[&spoken]);
        let database = app.profile().join("archive.db");
        let key = world.core.key();
        let mut left = scan_tree(world.core.folder.path(), &needles);
        left.extend(fluxchat_testkit::forensic::scan_database(
            &database, &key, &needles,
        ));
        assert!(left.is_empty(), "{left:?}");
    });
}

#[test]
fn under_supervision_the_guardian_decides() {
    runtime().block_on(async {
        let guardian = || Secret::new("a guardian's passphrase".to_owned());
        let world = World::agreed(heard("Hello.")).await;
        assert_eq!(world.dictate().await.unwrap(), "Hello.");
        world.core.app.guardian_begin(guardian()).await.unwrap();
        assert_eq!(
            world.dictate().await.unwrap_err().code(),
            "voice_not_agreed"
        );
        assert_eq!(world.agree().await.unwrap_err().code(), "supervised");
        assert_eq!(world.choose().await.unwrap_err().code(), "supervised");
        world
            .core
            .app
            .guardian_unlock(guardian(), false)
            .await
            .unwrap();
        world.agree().await.unwrap();
        assert_eq!(world.dictate().await.unwrap(), "Hello.");
        assert_eq!(world.arrived().len(), 2);
    });
}

#[test]
fn stopping_stops_the_request_and_a_silent_server_is_not_waited_for() {
    runtime().block_on(async {
        let world = World::agreed(Answer::Hang(Vec::new())).await;
        world.core.app.begin_dictation(None).await.unwrap();
        let app = world.core.app.clone();
        let waits = tokio::spawn(async move { app.finish_dictation().await });
        world.server.arrived(2).await;
        world.core.app.cancel_dictation().await.unwrap();
        assert_eq!(waits.await.unwrap().unwrap_err().code(), "cancelled");
        // A consent that is passed on in the background may have its row before or after it.
        let rows = world.core.ledger().await;
        let dictated = rows.iter().find(|row| row.0 == "svc.transcription");
        assert_eq!(dictated.unwrap().2, "cancelled", "{rows:?}");
        world.server.answer(heard("Again."));
        assert_eq!(
            world.dictate().await.unwrap(),
            "Again.",
            "nothing is left of it"
        );
    });
}

#[test]
fn hostile_answers_become_sentences() {
    runtime().block_on(async {
        let (world, desk) = World::agreed_with(heard("x"), b"abcd").await;
        let plain = |status, kind, text: &str| Answer::Plain(status, kind, text.to_owned());
        for (answer, wanted) in [
            (plain(200, "text/html", "<h1>Router</h1>"), "remote_unexpected_answer"),
            (plain(200, "application/json", "{}"), "remote_unexpected_answer"),
            (plain(200, "application/json", ""), "remote_unexpected_answer"),
            (plain(200, "application/json", r#"{"error":{"message":"no such model","code":"model_not_found"}}"#), "remote_not_found"),
            (plain(401, "application/json", r#"{"error":{"message":"bad key"}}"#), "remote_unauthorized"),
            (plain(200, "text/event-stream", "data: {\"type\":\"transcript.text.delta\",\"delta\":\"half\"}\n\n"), "remote_interrupted"),
            (Answer::Plain(200, "application/json", " ".repeat(2 << 20)), "remote_too_large"),
            (Answer::Redirect(302, "http://127.0.0.1:1/".to_owned()), "redirect"),
        ] {
            world.server.answer(answer);
            let error = world.dictate().await.unwrap_err();
            assert!(error.code() == wanted || error.code().ends_with(wanted), "{}: {wanted}", error.code());
        }
        world.server.answer(plain(200, "text/event-stream",
            "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hel\"}\n\ndata: {\"type\":\"transcript.text.done\",\"text\":\"Hello.\"}\n\n"));
        assert_eq!(world.dictate().await.unwrap(), "Hello.");

        // What is called sound and is none.
        let answer = world.core.ask("say something", "sandbox").await;
        for (answer_of, wanted) in [
            (plain(200, "audio/mpeg", "<html>"), "remote_unexpected_answer"),
            (plain(200, "audio/mpeg", ""), "remote_unexpected_answer"),
            (plain(200, "audio/mpeg", "nonsense"), "sound_unreadable"),
            (plain(400, "application/json", r#"{"error":{"message":"no such voice"}}"#), "remote_bad_request"),
        ] {
            world.server.answer(answer_of);
            let mut events = world.core.app.events().subscribe();
            world.core.app.read_aloud(answer.id).await.unwrap();
            let failed = reading(&mut events, ReadingState::Failed).await;
            assert_eq!(failed.error.unwrap().code, wanted);
        }
        assert!(desk.played.lock().unwrap().is_empty());
    });
}

#[test]
fn no_microphone_is_said_and_nothing_leaves() {
    runtime().block_on(async {
        for (missing, code) in [
            (SoundError::Missing, "sound_missing"),
            (SoundError::Busy, "sound_busy"),
            (SoundError::Denied, "sound_denied"),
        ] {
            let world = World::start(heard("x")).await;
            world.core.app.use_sound(Arc::new(Desk {
                missing: Some(missing),
                ..Desk::default()
            }));
            world.choose().await.unwrap();
            world.agree().await.unwrap();
            assert_eq!(world.dictate().await.unwrap_err().code(), code);
            assert!(world.arrived().is_empty());
        }
    });
}

#[test]
fn a_long_answer_is_read_in_pieces_and_only_as_far_as_somebody_listens() {
    runtime().block_on(async {
        let world = World::start(Answer::Bytes("audio/mpeg", b"ID3 sound".to_vec())).await;
        let desk = world.hears(b"");
        world.choose().await.unwrap();
        let sentence = "This is one of many sentences that are read aloud. ".repeat(80);
        let text = format!("{sentence}\n\n```\nlet secret = 1;\n```\n");
        let sent = world.core.ask(&text, "sandbox").await;
        let question = sent.parent_id.unwrap();
        let mut events = world.core.app.events().subscribe();
        world.core.app.read_aloud(question).await.unwrap();
        let at = reading(&mut events, ReadingState::Playing).await;
        assert!(at.pieces > 3, "{at:?}");
        world.server.arrived(3).await;
        world.core.app.hold_reading(true).unwrap();
        reading(&mut events, ReadingState::Paused).await;
        assert!(desk.held.load(Ordering::SeqCst));
        assert_eq!(world.arrived().len(), 2, "one that sounds and the next");
        world.core.app.stop_reading().unwrap();
        reading(&mut events, ReadingState::Ended).await;
        assert_eq!(
            world.arrived().len(),
            2,
            "what nobody hears is not asked for"
        );

        // To the end.
        world.core.app.read_aloud(question).await.unwrap();
        let left = Arc::clone(&desk.left);
        let ends = tokio::spawn(async move {
            loop {
                left.store(0, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        });
        reading(&mut events, ReadingState::Ended).await;
        ends.abort();
        let bodies: Vec<serde_json::Value> = world.arrived()[2..]
            .iter()
            .map(|it| serde_json::from_str(&it.body).unwrap())
            .collect();
        assert_eq!(bodies.len(), at.pieces as usize);
        let said: String = bodies
            .iter()
            .map(|body| body["input"].as_str().unwrap())
            .collect();
        assert!(
            said.contains("Code block.") && !said.contains("secret"),
            "{said}"
        );
        assert_eq!(bodies[0]["voice"], "alloy");
        assert_eq!(bodies[0]["response_format"], "mp3");
        assert!(bodies[0]["input"].as_str().unwrap().len() <= 240);
        let rows = world.core.ledger().await;
        assert_eq!(
            rows.iter().filter(|row| row.0 == "svc.speech").count(),
            world.arrived().len()
        );
    });
}

#[test]
fn what_is_frozen_is_not_read_out_to_anybody() {
    runtime().block_on(async {
        let world = World::start(Answer::Bytes("audio/mpeg", b"ID3".to_vec())).await;
        world.hears(b"");
        world.choose().await.unwrap();
        let answer = world.core.ask("frozen words", "sandbox").await;
        world
            .core
            .app
            .restrict(answer.conversation_id, true)
            .await
            .unwrap();
        let code = world
            .core
            .app
            .read_aloud(answer.id)
            .await
            .unwrap_err()
            .code();
        assert_eq!(code, "restricted");
        let code = world
            .core
            .app
            .begin_dictation(Some(answer.conversation_id))
            .await
            .unwrap_err()
            .code();
        assert!(code == "restricted" || code == "voice_not_agreed", "{code}");
        assert!(world.arrived().is_empty());
    });
}

#[test]
fn what_it_costs_counts_where_a_price_is_known_and_a_budget_stops_it() {
    runtime().block_on(async {
        let world = World::agreed(heard("Hello.")).await;
        world.dictate().await.unwrap();
        let rows = world.core.app.spending(1).await.unwrap().rows;
        let of = |rows: &[fluxchat_model::SpendRow]| {
            let row = rows.iter().find(|row| row.model == "whisper-1").unwrap();
            (row.answers, row.unpriced, row.nanos)
        };
        assert_eq!(of(&rows), (1, 1, 0), "no price is not no cost");
        let mut settings = world.core.app.voice().await.unwrap().settings;
        settings.minute_price = Some(6_000);
        world.core.app.set_voice(settings).await.unwrap();
        world.dictate().await.unwrap();
        let rows = world.core.app.spending(1).await.unwrap().rows;
        assert_eq!(
            of(&rows),
            (2, 1, 300_000),
            "three seconds at $0.006 a minute"
        );
        let budget = Budget {
            source_id: None,
            period: Period::Day,
            nanos: 400_000,
            warn_percent: 80,
        };
        world.core.app.set_budget(budget).await.unwrap();
        // A server on this computer is priced too, where somebody says what it costs.
        assert_eq!(world.dictate().await.unwrap_err().code(), "budget_reached");
        assert_eq!(world.arrived().len(), 2);
    });
}

#[test]
fn no_byte_of_a_recording_or_its_words_is_on_the_disk() {
    runtime().block_on(async {
        let (spoken, words, kept) = (canary(), canary(), canary());
        let (world, _) = World::agreed_with(heard(&words), spoken.as_bytes()).await;
        let chat = world.core.app.begin_temporary(None, None).await.unwrap();
        world.core.app.begin_dictation(Some(chat.id)).await.unwrap();
        assert_eq!(world.core.app.finish_dictation().await.unwrap().text, words);
        assert!(world.arrived()[0].body.contains(&spoken), "it was sent");
        let key = fluxchat_model::DraftKey::Conversation(chat.id);
        world.core.app.set_draft(key, words.clone()).await.unwrap();
        // The control arm: what is kept is found.
        std::fs::write(world.core.folder.path().join("kept.txt"), &kept).unwrap();
        let rows = world
            .core
            .app
            .ledger_page(LedgerFilter::default(), 10)
            .await
            .unwrap();
        assert!(rows.iter().all(|row| row.record.conversation_id.is_none()));
        world.core.app.shutdown().await;
        let folder = world.core.folder.path();
        let database = world.core.app.profile().join("archive.db");
        let needles = all_needles(&[&spoken, &words]);
        let mut hits = scan_tree(folder, &needles);
        hits.extend(fluxchat_testkit::forensic::scan_database(
            &database,
            &world.core.key(),
            &needles,
        ));
        assert!(hits.is_empty(), "{hits:?}");
        assert!(!scan_tree(folder, &all_needles(&[&kept])).is_empty());
    });
}

#[test]
fn a_file_becomes_words_without_its_name() {
    runtime().block_on(async {
        let world = World::agreed(heard("Hello.")).await;
        let heard = world
            .core
            .app
            .transcribe(
                b"ID3 sound".to_vec(),
                SoundFormat::Mp3,
                None,
                Some("en".to_owned()),
            )
            .await
            .unwrap();
        assert_eq!((heard.text.as_str(), heard.seconds), ("Hello.", Some(3.0)));
        assert!(
            world.arrived()[0]
                .body
                .contains("filename=\"recording.mp3\"")
        );
        let empty = world
            .core
            .app
            .transcribe(Vec::new(), SoundFormat::Mp3, None, None)
            .await;
        assert_eq!(empty.unwrap_err().code(), "recording_empty");
    });
}
