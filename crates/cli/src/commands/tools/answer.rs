//! Tools of an answer: which it may ask for, who says yes, and what is told of it.

use std::io::IsTerminal as _;

use fluxchat_core::{App, Error, ToolAbout, shown_json};
use fluxchat_model::{
    AnswerNotice, Message, MessageId, Part, ToolCallPart, ToolDecision, ToolState,
};
use serde_json::{Value, json};

use super::{is_yes, typed};
use crate::args::ToolArgs;
use crate::output::{Failure, Out, count, plain};

/// The tools and servers of these names, as a conversation has them switched on.
pub async fn chosen(app: &App, names: &[String]) -> Result<Vec<String>, Failure> {
    let mut chosen = Vec::new();
    for name in names {
        chosen.push(app.tool_named(name).await?);
    }
    Ok(chosen)
}

/// Decides about the calls that wait, once each: as the command says, or as the person at the
/// terminal does. Without either, nothing runs.
pub async fn decide(
    app: &App,
    answer: MessageId,
    args: &ToolArgs,
    decided: &mut Vec<u32>,
    out: &Out,
) -> Result<(), Failure> {
    let mut about = app.tools_waiting(answer)?;
    for call in app.tool_calls(answer).await? {
        if call.state != ToolState::Waiting || decided.contains(&call.number) {
            continue;
        }
        let number = call.number;
        let decision = if args.allow_tools {
            ToolDecision::Once
        } else {
            let about = about.remove(&number);
            asked(call, about, app.status().offline, out).await?
        };
        decided.push(number);
        match app.decide_tool(answer, number, decision).await {
            // Stopped meanwhile.
            Err(Error::NotFound(_)) => {}
            other => other?,
        }
    }
    Ok(())
}

async fn asked(
    call: ToolCallPart,
    about: Option<ToolAbout>,
    offline: bool,
    out: &Out,
) -> Result<ToolDecision, Failure> {
    let place = call.server.as_deref().unwrap_or("in this app");
    let goes = match &call.host {
        Some(host) => format!(", goes to {}", plain(host)),
        None => String::new(),
    };
    out.note(&format!(
        "\nThe model asks for {} ({}{goes}) with\n{}",
        plain(&call.tool),
        plain(place),
        plain(&shown_json(&call.arguments))
    ));
    if let Some(says) = about.as_ref().and_then(|it| it.description.as_ref()) {
        out.note(&format!("The server says of this tool: {}", plain(says)));
    }
    if let Some(program) = about.as_ref().and_then(|it| it.program.as_ref()) {
        out.note(&format!(
            "It runs in a program with your rights, whose own traffic is in no ledger: {}",
            plain(program)
        ));
    }
    if offline && call.server.is_some() && call.host.is_none() {
        out.note(
            "Fluxchat is offline. This is a program of its own: it can still use the network.",
        );
    }
    if call.changed {
        out.note("This tool is described differently than when it was allowed.");
    }
    if !std::io::stdin().is_terminal() {
        out.note("Refused: there is nobody to ask. --allow-tools lets it run.");
        return Ok(ToolDecision::Refuse);
    }
    out.note("Run it? [y]es, [a]lways in this conversation, anything else refuses");
    let typed = typed().await?;
    Ok(match typed.trim() {
        _ if is_yes(&typed) => ToolDecision::Once,
        "a" | "always" => ToolDecision::Conversation,
        _ => ToolDecision::Refuse,
    })
}

/// The calls of an answer in its document.
pub fn calls(answer: &Message) -> Vec<Value> {
    let calls = answer.parts.iter().filter_map(|part| match part {
        Part::ToolCall(call) => Some(json!({
            "tool": call.tool,
            "server": call.server,
            "host": call.host,
            "arguments": call.arguments,
            "state": call.state,
            "result": call.result,
            "files": files(answer, call.number),
        })),
        _ => None,
    });
    calls.collect()
}

/// The files that tools returned, in words.
pub fn returned(answer: &Message) -> Vec<String> {
    let calls = answer.parts.iter().filter_map(|part| match part {
        Part::ToolCall(call) => Some(call),
        _ => None,
    });
    let name = |file: &Value| plain(file["name"].as_str().unwrap_or_default());
    calls
        .flat_map(|call| {
            let files = files(answer, call.number);
            let names: Vec<String> = files.iter().map(name).collect();
            let tool = plain(&call.tool);
            (!names.is_empty()).then(|| format!("{tool} returned {}.", names.join(", ")))
        })
        .collect()
}

/// The files a call returned.
fn files(answer: &Message, number: u32) -> Vec<Value> {
    let files = answer.parts.iter().filter_map(|part| match part {
        Part::Attachment {
            asset_id,
            name,
            media_type,
            call,
        } if *call == Some(number) => Some(json!({
            "id": asset_id,
            "name": name,
            "media_type": media_type,
        })),
        _ => None,
    });
    files.collect()
}

/// What to know about an answer.
pub fn notices(answer: &Message) -> Vec<&AnswerNotice> {
    let notices = answer.parts.iter().filter_map(|part| match part {
        Part::Notice { notice } => Some(notice),
        _ => None,
    });
    notices.collect()
}

/// The same in words.
pub fn in_words(notice: &AnswerNotice) -> String {
    match notice {
        AnswerNotice::ParameterDropped { name } if name == "web_search" => {
            "The source did not search the web: it cannot, or not beside other tools.".to_owned()
        }
        AnswerNotice::ParameterDropped { name } => {
            format!(
                "The source does not know the setting {}; it was left out.",
                plain(name)
            )
        }
        AnswerNotice::PartLeftOut { name } => {
            format!(
                "{} was not sent: the source has no form for it.",
                plain(name)
            )
        }
        AnswerNotice::FileLeftOut { name } => {
            format!(
                "{} was not sent: the files of earlier questions are more than one request can carry.",
                plain(name)
            )
        }
        AnswerNotice::FramesSkipped { count: parts } => {
            let parts = count(u64::from(*parts), "part", "parts");
            format!("{parts} of the answer could not be read.")
        }
        AnswerNotice::ToolsMissing { name } => {
            format!(
                "{} could not be reached; the answer was made without its tools.",
                plain(name)
            )
        }
        AnswerNotice::ToolsOffline { name } => {
            format!(
                "{} was not asked: Fluxchat is offline. The answer was made without its tools.",
                plain(name)
            )
        }
        AnswerNotice::ToolsElsewhere { name } => {
            format!(
                "{} was not asked: it is elsewhere, and this conversation is kept to this computer.",
                plain(name)
            )
        }
        AnswerNotice::ToolsKey { name } => {
            format!(
                "{} wants a key, or does not take the one it has; the answer was made without its tools.",
                plain(name)
            )
        }
        AnswerNotice::ToolsSignIn { name } => {
            format!(
                "You have to sign in to {} again; the answer was made without its tools.",
                plain(name)
            )
        }
        AnswerNotice::ToolsMore { name, scopes } if scopes.is_empty() => {
            format!(
                "{} wants to be allowed more than you allowed when you signed in. Sign in again to see what.",
                plain(name)
            )
        }
        AnswerNotice::ToolsMore { name, scopes } => {
            format!(
                "{} wants to be allowed more than you allowed when you signed in: {}. Sign in again to allow it.",
                plain(name),
                plain(&scopes.join(", "))
            )
        }
        AnswerNotice::RoundsSpent { count: rounds } => {
            format!("The model asked for tools {rounds} times and was stopped.")
        }
        AnswerNotice::Rewritten => {
            "You changed these words; the model's own are in the branch beside.".to_owned()
        }
    }
}
