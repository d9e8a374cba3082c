//! The calls of an answer: recorded as they were asked for, shown, allowed or refused, run. Each has
//! a result before the source is asked again.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use fluxchat_egress::EgressError;
use fluxchat_model::{Part, SealedPart, SourceId, ToolCallPart, ToolDecision, ToolState};
use fluxchat_providers::{Sealed, ToolCallDelta};

use super::generation::Run;
use crate::attachments::ReadFile;
use crate::tools::{Asked, Came, Offered};
use crate::{Error, Event};

/// More than a model can follow at once.
const MOST_CALLS: usize = 32;
const LONGEST_ARGUMENTS: usize = 1 << 18;

const REFUSED: &str = "The person refused this call. Go on without it.";
const UNKNOWN: &str = "There is no tool of this name here.";
const NO_OBJECT: &str = "The arguments are no JSON object.";
const TOO_LONG: &str = "The arguments are too long.";
const TOO_MANY: &str = "Too many tools were called at once.";
const TIMED_OUT: &str = "The tool did not answer in time. Whether it did anything is not known.";

/// The calls of one request, as they arrive.
#[derive(Default)]
pub(super) struct Calls(Vec<Call>);

struct Call {
    index: u32,
    id: Option<String>,
    name: String,
    arguments: String,
    sealed: Option<Sealed>,
}

impl Calls {
    pub(super) fn take(&mut self, delta: ToolCallDelta) {
        let at = self.0.iter().rposition(|call| call.index == delta.index);
        let same = at
            .and_then(|at| self.0.get_mut(at))
            .filter(|call| delta.id.is_none() || call.id.is_none() || call.id == delta.id);
        let Some(call) = same else {
            self.0.push(Call {
                index: delta.index,
                id: delta.id,
                name: delta.name.unwrap_or_default(),
                arguments: delta.arguments,
                sealed: delta.sealed,
            });
            return;
        };
        call.id = call.id.take().or(delta.id);
        if let Some(name) = delta.name.filter(|_| call.name.is_empty()) {
            call.name = name;
        }
        call.sealed = call.sealed.take().or(delta.sealed);
        if call.arguments.len() <= LONGEST_ARGUMENTS {
            call.arguments.push_str(&delta.arguments);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As they are kept; the first has this number.
    pub(super) fn parts(
        self,
        first: u32,
        source_id: SourceId,
        seal: impl Fn(Sealed) -> SealedPart,
        restore: impl Fn(&str) -> String,
    ) -> Vec<ToolCallPart> {
        let calls = self.0.into_iter().zip(first..);
        calls
            .map(|(call, number)| ToolCallPart {
                number,
                id: call
                    .id
                    .filter(|id| !id.is_empty())
                    .unwrap_or_else(|| own_id(number)),
                source_id,
                tool: call.name.clone(),
                wire_name: call.name,
                server: None,
                host: None,
                arguments: restored(&call.arguments, &restore),
                state: ToolState::Waiting,
                changed: false,
                result: None,
                sealed: call.sealed.map(&seal),
            })
            .collect()
    }
}

/// A name for a call that has none, of a form that every dialect takes.
pub(super) fn own_id(number: u32) -> String {
    format!("call{number:05}")
}

/// Arguments with their placeholders turned back, still JSON.
fn restored(arguments: &str, restore: &impl Fn(&str) -> String) -> String {
    fn walk(value: &mut serde_json::Value, restore: &impl Fn(&str) -> String) {
        match value {
            serde_json::Value::String(text) => *text = restore(text),
            serde_json::Value::Array(items) => {
                items.iter_mut().for_each(|item| walk(item, restore));
            }
            serde_json::Value::Object(fields) => {
                fields.values_mut().for_each(|field| walk(field, restore));
            }
            _ => {}
        }
    }
    match serde_json::from_str::<serde_json::Value>(arguments) {
        Ok(before) => {
            let mut value = before.clone();
            walk(&mut value, restore);
            // Word for word, where nothing was replaced.
            if value == before {
                arguments.to_owned()
            } else {
                value.to_string()
            }
        }
        Err(_) if arguments.trim().is_empty() => "{}".to_owned(),
        Err(_) => restore(arguments),
    }
}

impl Run {
    /// Brings the calls to their end. What is over already stays as it is.
    pub(super) async fn call_tools(
        &self,
        mut calls: Vec<ToolCallPart>,
        offered: &Offered,
        asked: &Asked,
    ) -> Result<(), Error> {
        for (place, call) in calls.iter_mut().enumerate() {
            if call.state == ToolState::Running {
                call.cut_off();
            } else if !call.state.is_over() {
                self.admit(place, call, offered).await?;
            }
            if call.state == ToolState::Waiting
                && let Some(tool) = offered.by_wire_name(&call.wire_name)
            {
                self.generation.expect_decision(call.number, tool.about());
            }
            self.keep_call(call).await?;
        }
        for call in calls.iter_mut().filter(|call| !call.state.is_over()) {
            let Some(tool) = offered.by_wire_name(&call.wire_name) else {
                continue;
            };
            if call.state == ToolState::Waiting {
                // Allowed for the conversation with a call before it, perhaps.
                let allowed = self.app.tool_is_allowed(&self.home, asked, tool).await?;
                let decision = if allowed {
                    ToolDecision::Once
                } else {
                    self.decision(call.number).await?
                };
                match decision {
                    ToolDecision::Refuse => {
                        over(call, ToolState::Refused, REFUSED);
                        self.keep_call(call).await?;
                        continue;
                    }
                    ToolDecision::Conversation => {
                        self.app.allow_tool(&self.home, asked, tool).await?;
                    }
                    ToolDecision::Once => {}
                }
            }
            call.state = ToolState::Running;
            self.keep_call(call).await?;
            let cancel = &self.generation.cancel;
            let came = self
                .app
                .run_tool(tool, &call.arguments, asked, cancel)
                .await?;
            let mut files = Vec::new();
            match came {
                Came::CutOff => call.cut_off(),
                Came::TimedOut => over(call, ToolState::TimedOut, TIMED_OUT),
                Came::Ran(ran) => {
                    let state = if ran.is_error {
                        ToolState::Failed
                    } else {
                        ToolState::Done
                    };
                    over(call, state, &ran.text);
                    files = ran.files;
                }
            }
            if files.is_empty() {
                self.keep_call(call).await?;
            } else {
                asked.returned.fetch_add(files.len(), Ordering::AcqRel);
                self.keep_returned(call, files).await?;
            }
            if cancel.is_cancelled() {
                return Err(EgressError::Cancelled.into());
            }
        }
        Ok(())
    }

    /// Keeps what a call came to with the files it returned, or nothing of it.
    async fn keep_returned(&self, call: &ToolCallPart, files: Vec<ReadFile>) -> Result<(), Error> {
        let (home, answer) = (self.home.clone(), self.answer.clone());
        let (open, kept) = (Arc::clone(&self.open), call.clone());
        let written = self
            .app
            .off_thread(move |app| app.keep_files_of_call(&open, &home, &answer, &kept, files))
            .await;
        self.app.tell(Event::ToolCallsChanged(self.answer.id));
        written
    }

    /// Finds the tool and whether it may run.
    async fn admit(
        &self,
        place: usize,
        call: &mut ToolCallPart,
        offered: &Offered,
    ) -> Result<(), Error> {
        let is_object =
            serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&call.arguments)
                .is_ok();
        let Some(tool) = offered.by_wire_name(&call.wire_name) else {
            over(call, ToolState::Failed, UNKNOWN);
            return Ok(());
        };
        call.tool.clone_from(&tool.name);
        call.server = tool.server.as_ref().map(|(_, name)| name.clone());
        call.host.clone_from(&tool.host);
        if place >= MOST_CALLS {
            over(call, ToolState::Failed, TOO_MANY);
        } else if call.arguments.len() > LONGEST_ARGUMENTS {
            call.arguments = "{}".to_owned();
            over(call, ToolState::Failed, TOO_LONG);
        } else if !is_object {
            over(call, ToolState::Failed, NO_OBJECT);
        } else {
            let conversation = self.answer.conversation_id;
            let permit = self.app.permit(&self.home, conversation, tool).await?;
            call.changed = permit.changed;
            call.state = if permit.allowed {
                ToolState::Allowed
            } else {
                ToolState::Waiting
            };
        }
        Ok(())
    }

    async fn decision(&self, number: u32) -> Result<ToolDecision, Error> {
        let Some(decision) = self.generation.take_decision(number) else {
            return Err(Error::NotFound("tool call"));
        };
        tokio::select! {
            biased;
            () = self.generation.cancel.cancelled() => Err(EgressError::Cancelled.into()),
            decision = decision => decision.map_err(|_| EgressError::Cancelled.into()),
        }
    }

    async fn keep_call(&self, call: &ToolCallPart) -> Result<(), Error> {
        let part = Part::ToolCall(call.clone());
        let id = self.answer.id;
        let kept = self
            .app
            .write_at(&self.home, move |tx| tx.message_append_part(id, &part))
            .await;
        self.app.tell(Event::ToolCallsChanged(id));
        kept
    }
}

fn over(call: &mut ToolCallPart, state: ToolState, result: &str) {
    call.state = state;
    call.result = Some(result.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(index: u32, id: Option<&str>, arguments: &str) -> ToolCallDelta {
        ToolCallDelta {
            index,
            id: id.map(str::to_owned),
            name: id.map(|_| "t".to_owned()),
            arguments: arguments.to_owned(),
            sealed: None,
        }
    }

    fn parts(deltas: &[ToolCallDelta], restore: impl Fn(&str) -> String) -> Vec<(String, String)> {
        let mut calls = Calls::default();
        for delta in deltas {
            calls.take(delta.clone());
        }
        let parts = calls.parts(7, SourceId(uuid::Uuid::nil()), |_| unreachable!(), restore);
        parts.into_iter().map(|it| (it.id, it.arguments)).collect()
    }

    #[test]
    fn pieces_of_a_call_are_joined_and_a_new_id_is_a_new_call() {
        let found = parts(
            &[
                delta(0, Some("a"), "{\"x\""),
                delta(1, Some("b"), ""),
                delta(0, None, ":1}"),
                delta(0, Some("c"), "{}"),
            ],
            str::to_owned,
        );
        let want = [("a", "{\"x\":1}"), ("b", "{}"), ("c", "{}")];
        assert_eq!(found, want.map(|(id, args)| (id.into(), args.into())));
        let nameless = parts(&[delta(0, None, "{}")], str::to_owned);
        assert_eq!(nameless[0].0, "call00007");
    }

    #[test]
    fn placeholders_in_arguments_come_back_and_leave_json() {
        let restore = |text: &str| text.replace("[NAME_1]", "Ada \"Countess\"");
        let found = parts(&[delta(0, Some("a"), r#"{"who":["[NAME_1]"]}"#)], restore);
        assert_eq!(found[0].1, r#"{"who":["Ada \"Countess\""]}"#);
    }
}
