//! What the core tells, as it crosses.

use std::sync::Arc;

use fluxchat_core::{App, Event, VoiceEvent};

use crate::commands::{attachment, egress, export, message};
use crate::dto::event::WindowEvent;

/// Passes everything on to a window until `send` answers that it is gone.
pub fn forward(app: &App, send: impl Fn(WindowEvent) -> bool + Send + 'static) {
    let reader = app.clone();
    app.events()
        .listen(move |event| match crossing(&reader, event) {
            Some(event) => send(event),
            None => true,
        });
}

fn crossing(app: &App, event: &Event) -> Option<WindowEvent> {
    Some(match event {
        Event::SessionChanged => WindowEvent::SessionChanged,
        Event::ConversationChanged(id) => WindowEvent::ConversationChanged { id: *id },
        Event::ConversationRemoved(id) => WindowEvent::ConversationRemoved { id: *id },
        Event::MessagesChanged(id) => WindowEvent::MessagesChanged {
            conversation_id: *id,
        },
        Event::Stream(item) => {
            let item = Arc::as_ref(item);
            WindowEvent::Stream {
                message_id: item.message_id,
                seq: item.seq,
                ops: item.ops.clone(),
                reasoning_ops: item.reasoning_ops.clone(),
                text: item.text.clone(),
                citations: message::citations(&item.citations),
            }
        }
        Event::StreamEnded { answer, followed } => {
            // A message that was deleted while it arrived has nothing to show any more.
            let shown = app.shown_message(*answer).ok()?;
            let (message, last_seq) = message::ended_row(shown, followed);
            WindowEvent::StreamEnded {
                message: Box::new(message),
                last_seq,
            }
        }
        Event::Egress(activity) => WindowEvent::Egress {
            status: egress::status(activity.clone()),
        },
        Event::LedgerChanged => WindowEvent::LedgerChanged,
        Event::ConsentsChanged => WindowEvent::ConsentsChanged,
        Event::SourcesChanged => WindowEvent::SourcesChanged,
        Event::ReceiptsChanged => WindowEvent::ReceiptsChanged,
        Event::DeletionsChanged => WindowEvent::DeletionsChanged,
        Event::ContentRemoved => WindowEvent::ContentRemoved,
        Event::KeyChanged => WindowEvent::KeyChanged,
        Event::FilingChanged => WindowEvent::FilingChanged,
        Event::ToolCallsChanged(id) => WindowEvent::ToolCallsChanged { message_id: *id },
        Event::ToolsChanged => WindowEvent::ToolsChanged,
        Event::PresetsChanged => WindowEvent::PresetsChanged,
        Event::RestrictionChanged => WindowEvent::RestrictionChanged,
        Event::SpendingChanged => WindowEvent::SpendingChanged,
        Event::SettingsChanged => WindowEvent::SettingsChanged,
        Event::FilesDropped(files) => WindowEvent::FilesDropped {
            files: attachment::dropped(files),
        },
        Event::ExportProgress(progress) => WindowEvent::ExportProgress {
            progress: export::state(*progress),
        },
        Event::ExportEnded => WindowEvent::ExportEnded,
        Event::DiagnosticsChanged => WindowEvent::DiagnosticsChanged,
        Event::Voice(event) => voice(event),
        Event::ProofCheck(check) => WindowEvent::ProofCheck {
            check: check.clone(),
        },
    })
}

fn voice(event: &VoiceEvent) -> WindowEvent {
    match event {
        VoiceEvent::Level(level) => WindowEvent::VoiceLevel {
            percent: level.percent,
            ms: u32::try_from(level.ms).unwrap_or(u32::MAX),
            full: level.is_full,
        },
        VoiceEvent::Heard(text) => WindowEvent::VoiceHeard { text: text.clone() },
        VoiceEvent::Reading(at) => WindowEvent::VoiceReading {
            message_id: at.message_id,
            state: at.state,
            piece: at.piece,
            pieces: at.pieces,
            error: at.error.clone(),
        },
    }
}
