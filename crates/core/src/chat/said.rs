//! A branch as it is told: words, and the calls of tools with what came of them.

use std::collections::BTreeMap;

use fluxchat_model::{Part, Role, SealedPart, SourceId, ToolCallPart};
use fluxchat_providers::{ChatMessage, ChatPart, Sealed};

use super::calls::own_id;

/// Who is told.
pub(crate) struct Listener {
    pub(crate) source: SourceId,
    pub(crate) model: String,
    /// Without tools in a request, calls in it are refused by some: only the words are told.
    pub(crate) has_tools: bool,
}

/// What the calls of a message returned beside words, by the number of the call.
pub(crate) type Returned = BTreeMap<u32, Vec<ChatPart>>;

/// A branch that is being told, message by message.
pub(crate) struct Telling {
    to: Listener,
    /// A name of our own is not used twice in a conversation.
    names: u32,
    pub(crate) told: Vec<ChatMessage>,
}

impl Telling {
    pub(crate) fn new(to: Listener) -> Self {
        Self {
            to,
            names: 0,
            told: Vec::new(),
        }
    }

    /// Tells the words of a message, and the calls in it with what came of them.
    pub(crate) fn tell(&mut self, role: Role, parts: &[Part], returned: &Returned) {
        let is_answer = |part: &Part| matches!(part, Part::ToolCall(_) | Part::Sealed(_));
        if role == Role::Assistant && parts.iter().any(is_answer) {
            answer_in_turns(parts, &self.to, returned, &mut self.names, &mut self.told);
            return;
        }
        let text = text_of(parts);
        if !text.is_empty() {
            self.told.push(ChatMessage::text(role, text));
        }
    }
}

/// The words of a message.
pub(crate) fn text_of(parts: &[Part]) -> String {
    let words: Vec<&str> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Text { text } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    words.join("\n\n")
}

fn answer_in_turns(
    parts: &[Part],
    to: &Listener,
    returned: &Returned,
    names: &mut u32,
    told: &mut Vec<ChatMessage>,
) {
    let mut turn = Turn::default();
    let mut reasoning = String::new();
    for part in parts {
        match part {
            Part::Text { text } => {
                turn.end_calls(told);
                reasoning.clear();
                if !text.is_empty() {
                    turn.said.push(ChatPart::Text(text.clone()));
                }
            }
            Part::Reasoning { text } => {
                turn.end_calls(told);
                reasoning.clone_from(text);
            }
            Part::Sealed(sealed) => {
                turn.end_calls(told);
                let text = std::mem::take(&mut reasoning);
                if let Some(sealed) = unsealed(sealed, to) {
                    turn.said.push(ChatPart::Reasoning {
                        text,
                        sealed: Some(sealed),
                    });
                }
            }
            Part::ToolCall(call) if to.has_tools => {
                let files = returned.get(&call.number).cloned().unwrap_or_default();
                turn.call(call, files, to, names);
            }
            _ => {}
        }
    }
    turn.end_calls(told);
    if !turn.said.is_empty() {
        told.push(answer(turn.said));
    }
}

#[derive(Default)]
struct Turn {
    said: Vec<ChatPart>,
    results: Vec<ChatPart>,
}

impl Turn {
    fn call(&mut self, call: &ToolCallPart, files: Vec<ChatPart>, to: &Listener, names: &mut u32) {
        // Names of calls have forms, and another source may refuse this one's.
        let sealed = call.sealed.as_ref();
        *names += 1;
        let id = if call.source_id == to.source {
            call.id.clone()
        } else {
            own_id(*names)
        };
        self.said.push(ChatPart::ToolCall {
            id: id.clone(),
            name: call.wire_name.clone(),
            arguments: call.arguments.clone(),
            sealed: sealed.and_then(|sealed| unsealed(sealed, to)),
        });
        self.results.push(ChatPart::ToolResult {
            id,
            name: call.wire_name.clone(),
            text: call.result.clone().unwrap_or_else(|| NO_RESULT.to_owned()),
            is_error: call.state != fluxchat_model::ToolState::Done,
            files,
        });
    }

    /// What is said after calls answers their results.
    fn end_calls(&mut self, told: &mut Vec<ChatMessage>) {
        if self.results.is_empty() {
            return;
        }
        told.push(answer(std::mem::take(&mut self.said)));
        told.push(ChatMessage {
            role: Role::Tool,
            parts: std::mem::take(&mut self.results),
        });
    }
}

/// Every call has to have one.
const NO_RESULT: &str = "The call was not carried out.";

fn answer(parts: Vec<ChatPart>) -> ChatMessage {
    ChatMessage {
        role: Role::Assistant,
        parts,
    }
}

/// Told to whom it belongs and to nobody else.
fn unsealed(sealed: &SealedPart, to: &Listener) -> Option<Sealed> {
    let is_its = sealed.source_id == to.source && sealed.model == to.model;
    is_its
        .then(|| serde_json::from_str(&sealed.data).ok())
        .flatten()
        .map(|data| Sealed {
            dialect: sealed.dialect,
            data,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::answer_of;
    use fluxchat_model::{Dialect, Timestamp, ToolState};

    fn source(byte: u8) -> SourceId {
        SourceId::new(Timestamp(0), [byte; 10])
    }

    fn sealed(data: &str) -> SealedPart {
        SealedPart {
            source_id: source(1),
            model: "m".to_owned(),
            dialect: Dialect::Gemini,
            data: data.to_owned(),
        }
    }

    fn call(number: u32, result: Option<&str>) -> Part {
        Part::ToolCall(ToolCallPart {
            number,
            id: format!("foreign/{number}"),
            source_id: source(1),
            wire_name: "t".to_owned(),
            tool: "t".to_owned(),
            server: None,
            host: None,
            arguments: "{}".to_owned(),
            state: ToolState::Done,
            changed: false,
            result: result.map(str::to_owned),
            sealed: Some(sealed(r#"{"thoughtSignature":"c"}"#)),
        })
    }

    fn text(text: &str) -> Part {
        Part::Text {
            text: text.to_owned(),
        }
    }

    fn told(source: SourceId, model: &str, has_tools: bool) -> Vec<ChatMessage> {
        let message = answer_of(vec![
            Part::Reasoning {
                text: "hm".to_owned(),
            },
            Part::Sealed(sealed(r#"{"signature":"s"}"#)),
            text("before"),
            call(0, Some("one")),
            call(1, None),
            text("after"),
        ]);
        let mut telling = Telling::new(Listener {
            source,
            model: model.to_owned(),
            has_tools,
        });
        let picture = ChatPart::Text("a picture".to_owned());
        let returned = Returned::from([(1, vec![picture])]);
        telling.tell(message.role, &message.parts, &returned);
        telling.told
    }

    #[test]
    fn an_answer_with_calls_is_told_in_turns_with_a_result_for_each() {
        let told = told(source(1), "m", true);
        let roles: Vec<_> = told.iter().map(|message| message.role).collect();
        assert_eq!(roles, [Role::Assistant, Role::Tool, Role::Assistant]);
        assert!(matches!(
            &told[0].parts[0],
            ChatPart::Reasoning { text, sealed: Some(sealed) }
                if text == "hm" && sealed.data["signature"] == "s"
        ));
        assert!(matches!(
            &told[0].parts[2],
            ChatPart::ToolCall { id, sealed: Some(_), .. } if id == "foreign/0"
        ));
        let results: Vec<_> = told[1].texts().collect();
        assert_eq!(results, ["one", NO_RESULT, "a picture"]);
        assert_eq!(told[2].words(), "after");
    }

    #[test]
    fn what_is_sealed_is_told_to_nobody_else() {
        for (source, model) in [(source(2), "m"), (source(1), "other")] {
            let told = told(source, model, true);
            let sealed = told.iter().flat_map(|it| &it.parts).any(|part| {
                matches!(
                    part,
                    ChatPart::Reasoning { .. }
                        | ChatPart::ToolCall {
                            sealed: Some(_),
                            ..
                        }
                )
            });
            assert!(!sealed, "{told:?}");
        }
        let elsewhere = told(source(2), "m", true);
        assert!(matches!(
            &elsewhere[0].parts[1],
            ChatPart::ToolCall { id, .. } if id == "call00001"
        ));
    }

    #[test]
    fn without_tools_only_words_are_told() {
        let told = told(source(2), "m", false);
        let words: Vec<_> = told.iter().map(ChatMessage::words).collect();
        assert_eq!(words, ["before\n\nafter"]);
    }
}
