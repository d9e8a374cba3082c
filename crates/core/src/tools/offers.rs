//! What servers offer besides tools: prompts, whose words stand in the unsent text, and resources,
//! which stand beside it as files. Each is asked for by a person, and asking is allowing it: no
//! model can, and nobody is asked before. Nothing of what there is, is kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use fluxchat_egress::{CancellationToken, EgressError};
use fluxchat_mcp::{
    Client, LeftOut, McpError, Piece, Prompt, PromptArgument, PromptMessage, Resource, ReturnedFile,
};
use fluxchat_model::{
    Attachment, ConversationId, DraftKey, ToolServer, ToolServerId, ToolTransport, VisibleError,
};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

pub use fluxchat_mcp::Offers;

use super::returned::called;
use super::words::{shown, written};
use crate::{App, Error};

/// Of the values of a prompt or an address together: as long as a question may be.
const LONGEST_VALUES: usize = 1 << 20;

/// A prompt of a server. All but its name is as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptInfo {
    /// What it is asked for by.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What its server says of it: words of somebody else.
    pub description: String,
    /// What it is filled in with.
    pub fields: Vec<OfferField>,
}

/// What a prompt, or the address of a resource, is filled in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferField {
    /// What it is given by.
    pub name: String,
    /// What it is called, as it is shown.
    pub label: String,
    /// What its server says of it, as it is shown.
    pub description: String,
    /// Whether it has to be given.
    pub required: bool,
}

/// A resource of a server. All but its address is as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceInfo {
    /// What it is asked for by.
    pub uri: String,
    /// What it is called.
    pub label: String,
    /// Its address, to be read.
    pub address: String,
    /// What its server says of it: words of somebody else.
    pub description: String,
    /// What its server says it is; empty where it says nothing.
    pub media_type: String,
    /// How large its server says it is.
    pub size: Option<u64>,
    /// What its address is completed with.
    pub fields: Vec<OfferField>,
}

/// What a person was brought: words for the unsent text, and files that are beside it now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Brought {
    /// The words.
    pub text: String,
    /// The files.
    pub files: Vec<Attachment>,
    /// What could not be taken.
    pub left_out: Vec<LeftOutFile>,
}

/// Something that a server returned and that could not be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOutFile {
    /// What it is called, or what it was said to be.
    pub name: String,
    /// Why.
    pub problem: VisibleError,
}

/// Values a person typed, by the names of their fields.
pub type OfferValues = Vec<(String, String)>;

/// The servers somebody waits for.
#[derive(Default)]
pub(super) struct Waiting(Mutex<HashMap<ToolServerId, CancellationToken>>);

impl Waiting {
    fn for_server(&self, id: ToolServerId, stop: &CancellationToken) -> CancellationToken {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting
            .entry(id)
            .or_insert_with(|| stop.child_token())
            .clone()
    }

    fn end(&self, id: ToolServerId) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = waiting.remove(&id) {
            token.cancel();
        }
    }
}

impl App {
    /// The prompts a server offers now.
    ///
    /// # Errors
    /// `supervised`, `offline`, `only_here`, `restricted`; when it does not answer.
    pub async fn server_prompts(
        &self,
        id: ToolServerId,
        key: DraftKey,
    ) -> Result<Offers<PromptInfo>, Error> {
        let (_, listed) = self
            .ask_server(id, key, |client| client.prompts().boxed())
            .await?;
        Ok(Offers {
            rows: listed.rows.into_iter().map(prompt_info).collect(),
            has_more: listed.has_more,
        })
    }

    /// The resources a server offers now.
    ///
    /// # Errors
    /// The same.
    pub async fn server_resources(
        &self,
        id: ToolServerId,
        key: DraftKey,
    ) -> Result<Offers<ResourceInfo>, Error> {
        let (_, listed) = self
            .ask_server(id, key, |client| client.resources().boxed())
            .await?;
        Ok(Offers {
            rows: listed.rows.into_iter().filter_map(resource_info).collect(),
            has_more: listed.has_more,
        })
    }

    /// Fills in a prompt of a server. Its words are returned, and its files are put beside the
    /// unsent text.
    ///
    /// # Errors
    /// The same; `message_too_long`, `tool_nothing`.
    pub async fn fill_server_prompt(
        &self,
        id: ToolServerId,
        key: DraftKey,
        name: &str,
        values: OfferValues,
    ) -> Result<Brought, Error> {
        short_enough(&values)?;
        let name = name.to_owned();
        let asked = self.ask_server(id, key, move |client| {
            async move { client.prompt(&name, &values).await }.boxed()
        });
        let (server, messages) = asked.await?;
        let (brought, problem) = self.bring(&server, key, None, messages).await;
        if brought.text.is_empty() && brought.files.is_empty() {
            return Err(problem.unwrap_or_else(nothing));
        }
        Ok(brought)
    }

    /// Reads a resource of a server, whose address is completed first where it has fields, and puts
    /// it beside the unsent text, called `name` where there is one.
    ///
    /// # Errors
    /// The same; as [`App::attach`].
    pub async fn attach_resource(
        &self,
        id: ToolServerId,
        key: DraftKey,
        uri: &str,
        name: Option<&str>,
        values: OfferValues,
    ) -> Result<Brought, Error> {
        short_enough(&values)?;
        let uri = completed(uri, &values);
        let asked = self.ask_server(id, key, move |client| {
            async move { client.read(&uri).await }.boxed()
        });
        let (server, pieces) = asked.await?;
        let message = PromptMessage {
            is_answer: false,
            pieces,
        };
        let (brought, problem) = self.bring(&server, key, name, vec![message]).await;
        if brought.files.is_empty() {
            return Err(problem.unwrap_or_else(nothing));
        }
        Ok(brought)
    }

    /// Waits no more for what a person asked a server for.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn stop_asking(&self, id: ToolServerId) -> Result<(), Error> {
        self.open()?.tools.waiting.end(id);
        Ok(())
    }

    /// Asks a server something while somebody waits for it: a program that runs, or a session of its
    /// own.
    async fn ask_server<T: Send>(
        &self,
        id: ToolServerId,
        key: DraftKey,
        ask: impl for<'c> FnOnce(&'c Client) -> BoxFuture<'c, Result<T, McpError>> + Send,
    ) -> Result<(ToolServer, T), Error> {
        self.tools_allowed().await?;
        let server = self.tool_server(id).await?;
        if !server.enabled {
            return Err(Error::NotFound("server of tools that is switched on"));
        }
        let conversation = self.asks_from(&server, key).await?;
        let open = self.open()?;
        let waits = open.tools.waiting.for_server(id, &open.stop);
        let answer = tokio::select! {
            answer = self.answer_of(&server, conversation, ask) => answer,
            () = waits.cancelled() => Err(EgressError::Cancelled.into()),
        };
        if matches!(server.transport, ToolTransport::Http { .. }) {
            open.tools.heard(id, &answer);
        }
        Ok((server, answer?))
    }

    async fn answer_of<T>(
        &self,
        server: &ToolServer,
        conversation: Option<ConversationId>,
        ask: impl for<'c> FnOnce(&'c Client) -> BoxFuture<'c, Result<T, McpError>> + Send,
    ) -> Result<T, Error> {
        let is_program = matches!(server.transport, ToolTransport::Stdio { .. });
        let client = if is_program {
            self.client(server).await?
        } else {
            Arc::new(self.connect(server, conversation).await?)
        };
        let patience = self.tool_time(server.timeout_s);
        let answer = tokio::time::timeout(patience, ask(&client)).await;
        let answer = answer.unwrap_or(Err(McpError::NoAnswer));
        if !is_program {
            client.end().await;
        } else if !client.is_alive() || matches!(answer, Err(McpError::NoAnswer)) {
            self.give_up(server.id, &client)?;
        }
        answer.map_err(|error| self.refused_by(server.id, error))
    }

    /// The conversation somebody asks from, for the ledger. What is frozen asks nobody, and what is
    /// kept to this computer nobody elsewhere.
    async fn asks_from(
        &self,
        server: &ToolServer,
        key: DraftKey,
    ) -> Result<Option<ConversationId>, Error> {
        let DraftKey::Conversation(id) = key else {
            self.read(|tx| crate::restriction::check(tx, None))
                .await??;
            return Ok(None);
        };
        let home = self.home_of_draft(key)?;
        self.may_ask(server, &home, id).await?;
        Ok((!home.is_temporary).then_some(id))
    }

    /// Puts what came beside an unsent text, as far as it can be; and why something could not.
    async fn bring(
        &self,
        server: &ToolServer,
        key: DraftKey,
        name: Option<&str>,
        messages: Vec<PromptMessage>,
    ) -> (Brought, Option<Error>) {
        let is_one = messages.iter().map(|it| it.pieces.len()).sum::<usize>() == 1;
        let mut name = name.filter(|name| is_one && !name.trim().is_empty());
        let mut brought = Brought::default();
        let mut paragraphs = Vec::new();
        let mut first = None;
        for message in messages {
            for piece in message.pieces {
                let (name, problem) = match piece {
                    Piece::Words(words) => {
                        let words = written(words.trim());
                        paragraphs.push(if message.is_answer {
                            quoted(&words)
                        } else {
                            words
                        });
                        continue;
                    }
                    Piece::File(file) => {
                        let file = named(file, name.take());
                        let name = called(&file, brought.files.len());
                        let from = Some(server.name.clone());
                        let read = self.attach_from(key, name.clone(), file.bytes, from);
                        match read.await {
                            Ok(attachment) => {
                                brought.files.push(attachment);
                                continue;
                            }
                            Err(error) => (name, error),
                        }
                    }
                    Piece::LeftOut { media_type, why } => left_out(media_type, why),
                };
                brought.left_out.push(LeftOutFile {
                    name: shown(&name),
                    problem: problem.visible(),
                });
                first.get_or_insert(problem);
            }
        }
        paragraphs.retain(|it| !it.is_empty());
        brought.text = paragraphs.join("\n\n");
        (brought, first)
    }
}

fn short_enough(values: &OfferValues) -> Result<(), Error> {
    let length: usize = values.iter().map(|(_, value)| value.len()).sum();
    if length > LONGEST_VALUES {
        return Err(Error::invalid(
            "message_too_long",
            "The text is longer than one million characters.",
        ));
    }
    Ok(())
}

fn nothing() -> Error {
    Error::invalid(
        "tool_nothing",
        "The server of tools returned nothing that could be used.",
    )
}

fn left_out(media_type: String, why: LeftOut) -> (String, Error) {
    let name = if media_type.is_empty() {
        "file".to_owned()
    } else {
        media_type
    };
    match why {
        LeftOut::Unreadable => (
            name,
            Error::invalid("file_unreadable", "The file could not be read."),
        ),
        LeftOut::TooLarge => (
            name,
            Error::invalid(
                "tool_file_too_large",
                "What a server of tools returns at once is taken up to 20 MB.",
            ),
        ),
        LeftOut::TooMany => (name, too_many()),
        LeftOut::Rest { count } => (format!("+{count}"), too_many()),
    }
}

fn too_many() -> Error {
    Error::invalid(
        "too_many_files",
        "There are twenty files beside a question at most.",
    )
}

/// A file under the name a person saw, ending as its address does where that name does not.
fn named(file: ReturnedFile, name: Option<&str>) -> ReturnedFile {
    let Some(name) = name else {
        return file;
    };
    let is_ending =
        |it: &&str| (1..=5).contains(&it.len()) && it.chars().all(char::is_alphanumeric);
    let ending = |name: &str| name.rsplit_once('.').map(|it| it.1.to_owned());
    let name = match ending(&file.name).as_deref().filter(is_ending) {
        Some(own) if ending(name).as_deref().filter(is_ending).is_none() => format!("{name}.{own}"),
        _ => name.to_owned(),
    };
    ReturnedFile { name, ..file }
}

/// Words that a prompt puts into the mouth of a model, as they stand in a person's text.
fn quoted(words: &str) -> String {
    let lines = words.lines().map(|line| match line {
        "" => ">".to_owned(),
        line => format!("> {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn label(title: Option<&str>, name: &str) -> String {
    shown(title.unwrap_or(name).trim())
}

fn prompt_info(it: Prompt) -> PromptInfo {
    let field = |it: PromptArgument| OfferField {
        label: label(it.title.as_deref(), &it.name),
        description: shown(it.description.trim()),
        required: it.required,
        name: it.name,
    };
    PromptInfo {
        label: label(it.title.as_deref(), &it.name),
        description: shown(it.description.trim()),
        fields: it.arguments.into_iter().map(field).collect(),
        name: it.name,
    }
}

/// A resource as it is shown; `None` for one whose address nobody can complete here.
fn resource_info(it: Resource) -> Option<ResourceInfo> {
    let fields = if it.is_template {
        fields_of(&it.uri)?
    } else {
        Vec::new()
    };
    let field = |name: String| OfferField {
        label: shown(&name),
        description: String::new(),
        required: true,
        name,
    };
    Some(ResourceInfo {
        label: label(it.title.as_deref(), &it.name),
        address: shown(&it.uri),
        description: shown(it.description.trim()),
        media_type: it.media_type,
        size: it.size,
        fields: fields.into_iter().map(field).collect(),
        uri: it.uri,
    })
}

/// The names in a template of an address (RFC 6570), where it has single names alone: `{name}`, or
/// `{+name}` for what may hold slashes.
fn fields_of(template: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        let name = name.strip_prefix('+').unwrap_or(name);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if name.is_empty() || !name.chars().all(is_name) {
            return None;
        }
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        rest = after;
    }
    (!names.is_empty()).then_some(names)
}

/// An address with its fields filled in; without values, as it is.
fn completed(template: &str, values: &OfferValues) -> String {
    let mut uri = template.to_owned();
    for (name, value) in values {
        uri = uri.replace(&format!("{{{name}}}"), &percent(value, ""));
        uri = uri.replace(
            &format!("{{+{name}}}"),
            &percent(value, ":/?#[]@!$&'()*+,;="),
        );
    }
    uri
}

fn percent(value: &str, kept: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "-._~".contains(c) || kept.contains(c) {
            out.push(c);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> ReturnedFile {
        ReturnedFile {
            name: name.to_owned(),
            media_type: String::new(),
            bytes: vec![1],
        }
    }

    #[test]
    fn a_file_is_called_what_a_person_saw_and_ends_as_its_address() {
        for (own, seen, want) in [
            ("plan.md", Some("Project plan"), "Project plan.md"),
            (
                "plan.md",
                Some("Project plan v2.0 for us"),
                "Project plan v2.0 for us.md",
            ),
            ("plan.md", Some("notes.txt"), "notes.txt"),
            ("1", Some("Text resource 1"), "Text resource 1"),
            ("plan.md", None, "plan.md"),
        ] {
            assert_eq!(named(file(own), seen).name, want);
        }
    }

    #[test]
    fn an_address_is_completed_with_what_was_typed_and_nothing_else() {
        let fields = |template: &str| fields_of(template).map(|it| it.join(" "));
        assert_eq!(fields("a://{id}/{id}/{+path}").as_deref(), Some("id path"));
        for unusable in [
            "a://b",
            "a://{x,y}",
            "a://{?q}",
            "a://{x*}",
            "a://{x",
            "a://{}",
        ] {
            assert_eq!(fields(unusable), None, "{unusable}");
        }
        let values = vec![
            ("id".to_owned(), "ä/{path}".to_owned()),
            ("path".to_owned(), "b/c d".to_owned()),
        ];
        let uri = completed("a://{id}/{+path}?{x}", &values);
        assert_eq!(uri, "a://%C3%A4%2F%7Bpath%7D/b/c%20d?{x}");
        assert_eq!(completed("a://{id}", &Vec::new()), "a://{id}");
    }

    #[test]
    fn the_words_of_a_model_are_a_quotation() {
        assert_eq!(quoted("one\n\ntwo"), "> one\n>\n> two");
    }
}
