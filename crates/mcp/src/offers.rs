//! What a server offers besides tools: prompts, whose words a person puts into a question, and
//! resources, which go along with one as files. A person asks for them, never a model, and nobody
//! is asked who does not say that there are any.

use rmcp::model::{
    GetPromptRequestParams, GetPromptResult, JsonObject, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResult, Role,
};

use crate::McpError;
use crate::client::{Client, LIST, LONGEST_LIST, LONGEST_NAME, MOST_PAGES, cut};
use crate::returned::{Gathered, LONGEST_ADDRESS, LeftOut, MOST_PIECES, Piece, plain};

const MOST_PROMPTS: usize = 200;
const MOST_RESOURCES: usize = 1_000;
const MOST_TEMPLATES: usize = 200;
/// Fields that somebody would fill in.
const MOST_ARGUMENTS: usize = 30;
const LONGEST_DESCRIPTION: usize = 1 << 10;

/// What there is, as far as it was listened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers<T> {
    /// In the order of the server.
    pub rows: Vec<T>,
    /// Whether there is more than was listened to.
    pub has_more: bool,
}

/// A prompt of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What it is asked for by.
    pub name: String,
    /// What it is called for people.
    pub title: Option<String>,
    /// What the server says of it.
    pub description: String,
    /// What it is filled in with.
    pub arguments: Vec<PromptArgument>,
}

/// What a prompt is filled in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptArgument {
    /// What it is given by.
    pub name: String,
    /// What it is called for people.
    pub title: Option<String>,
    /// What the server says of it.
    pub description: String,
    /// Whether there is no prompt without it.
    pub required: bool,
}

/// A message of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptMessage {
    /// Whether it is put into the mouth of a model.
    pub is_answer: bool,
    /// What it says, and files.
    pub pieces: Vec<Piece>,
}

/// A resource of a server, or resources whose address a person completes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What it is asked for by; of a template, with `{fields}` in it.
    pub uri: String,
    /// Whether its address is completed first.
    pub is_template: bool,
    /// What it is called.
    pub name: String,
    /// What it is called for people.
    pub title: Option<String>,
    /// What the server says of it.
    pub description: String,
    /// What the server says it is; empty where it says nothing.
    pub media_type: String,
    /// How large the server says it is.
    pub size: Option<u64>,
}

/// Takes what a server lists within bounds: what is too long or too much is left out.
struct Taking<T> {
    listed: Offers<T>,
    most: usize,
    weight: usize,
}

impl<T> Taking<T> {
    fn new(most: usize) -> Self {
        let listed = Offers {
            rows: Vec::new(),
            has_more: false,
        };
        Self {
            listed,
            most,
            weight: 0,
        }
    }

    fn take(&mut self, row: T, weight: usize) {
        if self.listed.rows.len() < self.most && self.weight + weight <= LONGEST_LIST {
            self.weight += weight;
            self.listed.rows.push(row);
        } else {
            self.listed.has_more = true;
        }
    }
}

/// Page after page of a list, while anybody waits for it.
macro_rules! each_page {
    ($client:expr, $list:ident, $rows:ident, $taking:expr, $take:expr) => {{
        let pages = async {
            let taking = &mut $taking;
            let mut cursor = None;
            for _ in 0..MOST_PAGES {
                let asked = PaginatedRequestParams::default().with_cursor(cursor);
                let page = $client.peer.$list(Some(asked)).await;
                let page = page.map_err(|error| $client.explain(error))?;
                for row in page.$rows {
                    $take(row, taking);
                }
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            taking.listed.has_more |= cursor.is_some();
            Ok::<(), McpError>(())
        };
        let listed = tokio::time::timeout(LIST, pages).await;
        listed.map_err(|_| McpError::NoAnswer)?
    }};
}

impl Client {
    /// The prompts it offers, within bounds.
    ///
    /// # Errors
    /// When it does not answer, or with something else.
    pub async fn prompts(&self) -> Result<Offers<Prompt>, McpError> {
        let mut taking = Taking::new(MOST_PROMPTS);
        if self.can(|it| it.prompts.is_some()) {
            self.begin();
            each_page!(self, list_prompts, prompts, taking, prompt)?;
        }
        Ok(taking.listed)
    }

    /// The resources it offers, and then those whose address a person completes, within bounds.
    ///
    /// # Errors
    /// When it does not answer, or with something else.
    pub async fn resources(&self) -> Result<Offers<Resource>, McpError> {
        let mut taking = Taking::new(MOST_RESOURCES);
        if self.can(|it| it.resources.is_some()) {
            self.begin();
            each_page!(self, list_resources, resources, taking, resource)?;
            taking.most += MOST_TEMPLATES;
            match self.templates(&mut taking).await {
                // It has resources, and does not know the question.
                Ok(()) | Err(McpError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(taking.listed)
    }

    async fn templates(&self, taking: &mut Taking<Resource>) -> Result<(), McpError> {
        each_page!(
            self,
            list_resource_templates,
            resource_templates,
            *taking,
            template
        )
    }

    /// The messages of a prompt that a person filled in. Dropping this tells the server that nobody
    /// waits any more.
    ///
    /// # Errors
    /// When it refuses, ends, or answers something else.
    pub async fn prompt(
        &self,
        name: &str,
        values: &[(String, String)],
    ) -> Result<Vec<PromptMessage>, McpError> {
        self.begin();
        let _at_work = self.at_work();
        let mut asked = GetPromptRequestParams::new(name);
        if !values.is_empty() {
            let values = values.iter().cloned();
            let values: JsonObject = values.map(|(name, value)| (name, value.into())).collect();
            asked = asked.with_arguments(values);
        }
        let result = self.peer.get_prompt(asked).await;
        Ok(messages(&result.map_err(|error| self.explain(error))?))
    }

    /// A resource: files, and what of them is not given on. Dropping this tells the server that
    /// nobody waits any more.
    ///
    /// # Errors
    /// When it refuses, ends, or answers something else.
    pub async fn read(&self, uri: &str) -> Result<Vec<Piece>, McpError> {
        self.begin();
        let _at_work = self.at_work();
        let asked = ReadResourceRequestParams::new(uri);
        let result = self.peer.read_resource(asked).await;
        Ok(contents(&result.map_err(|error| self.explain(error))?))
    }

    fn can(&self, what: impl FnOnce(&rmcp::model::ServerCapabilities) -> bool) -> bool {
        let info = self.peer.peer_info();
        info.is_some_and(|info| what(&info.capabilities))
    }
}

fn described(text: Option<String>) -> String {
    cut(&text.unwrap_or_default(), LONGEST_DESCRIPTION)
}

fn title(text: Option<String>) -> Option<String> {
    let text = cut(&text?, LONGEST_NAME);
    (!text.trim().is_empty()).then_some(text)
}

fn prompt(it: rmcp::model::Prompt, taking: &mut Taking<Prompt>) {
    let arguments = it.arguments.unwrap_or_default();
    let is_usable = it.name.len() <= LONGEST_NAME
        && arguments.len() <= MOST_ARGUMENTS
        && arguments.iter().all(|it| it.name.len() <= LONGEST_NAME);
    let is_there = |known: &Prompt| known.name == it.name;
    if !is_usable || taking.listed.rows.iter().any(is_there) {
        return;
    }
    let arguments: Vec<PromptArgument> = arguments
        .into_iter()
        .map(|it| PromptArgument {
            name: it.name,
            title: title(it.title),
            description: described(it.description),
            required: it.required.unwrap_or(false),
        })
        .collect();
    let prompt = Prompt {
        name: it.name,
        title: title(it.title),
        description: described(it.description),
        arguments,
    };
    let of = |it: &PromptArgument| it.name.len() + length(&it.title) + it.description.len();
    let weight = prompt.name.len()
        + length(&prompt.title)
        + prompt.description.len()
        + prompt.arguments.iter().map(of).sum::<usize>();
    taking.take(prompt, weight);
}

fn resource(it: rmcp::model::Resource, taking: &mut Taking<Resource>) {
    taking.resource(Resource {
        is_template: false,
        name: cut(&it.name, LONGEST_NAME),
        title: title(it.title),
        description: described(it.description),
        media_type: plain(&it.mime_type.unwrap_or_default()),
        size: it.size,
        uri: it.uri,
    });
}

fn template(it: rmcp::model::ResourceTemplate, taking: &mut Taking<Resource>) {
    taking.resource(Resource {
        is_template: true,
        name: cut(&it.name, LONGEST_NAME),
        title: title(it.title),
        description: described(it.description),
        media_type: plain(&it.mime_type.unwrap_or_default()),
        size: None,
        uri: it.uri_template,
    });
}

impl Taking<Resource> {
    fn resource(&mut self, it: Resource) {
        let is_there = |known: &Resource| known.uri == it.uri;
        let is_usable = !it.uri.is_empty() && it.uri.len() <= LONGEST_ADDRESS;
        if !is_usable || self.listed.rows.iter().any(is_there) {
            return;
        }
        let words = it.name.len() + length(&it.title) + it.description.len();
        let weight = it.uri.len() + words;
        self.take(it, weight);
    }
}

fn length(text: &Option<String>) -> usize {
    text.as_ref().map_or(0, String::len)
}

pub(crate) fn messages(result: &GetPromptResult) -> Vec<PromptMessage> {
    let mut gathered = Gathered::default();
    let mut messages: Vec<PromptMessage> = Vec::new();
    for message in result.messages.iter().take(MOST_PIECES) {
        gathered.block(&message.content);
        messages.push(PromptMessage {
            is_answer: message.role != Role::User,
            pieces: gathered.take(),
        });
    }
    let count = result.messages.len().saturating_sub(MOST_PIECES);
    if count > 0 {
        gathered.left_out("", LeftOut::Rest { count });
        messages.push(PromptMessage {
            is_answer: false,
            pieces: gathered.take(),
        });
    }
    messages
}

pub(crate) fn contents(result: &ReadResourceResult) -> Vec<Piece> {
    let mut gathered = Gathered::default();
    for contents in result.contents.iter().take(MOST_PIECES) {
        gathered.resource(contents);
    }
    let count = result.contents.len().saturating_sub(MOST_PIECES);
    if count > 0 {
        gathered.left_out("", LeftOut::Rest { count });
    }
    gathered.take()
}

#[cfg(test)]
mod tests;
