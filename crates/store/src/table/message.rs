//! `message`: the nodes of the trees.

use fluxchat_model::{
    ConversationId, Message, MessageId, MessageStatus, Part, Role, Timestamp, ToolState, Usage,
    VisibleError,
};
use rusqlite::{Row, params};

use super::conversation::free_seq;
use super::message_parts::{decode, encode};
use crate::table::{all, change, from_json, must_exist, one, refused, to_json};
use crate::{ReadTx, StoreError, WriteTx};

/// How an answer ended.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishMessage {
    /// Anything but `Streaming`.
    pub status: MessageStatus,
    /// When.
    pub at: Timestamp,
    /// The model that answered, where it told; `None` keeps the one asked for.
    pub model: Option<String>,
    /// What it cost.
    pub usage: Option<Usage>,
    /// Why it failed.
    pub error: Option<VisibleError>,
    /// Parts that come after what streamed: citations and the like.
    pub more_parts: Vec<Part>,
}

impl FinishMessage {
    /// An end without usage, error or further parts.
    #[must_use]
    pub fn new(status: MessageStatus, at: Timestamp) -> Self {
        Self {
            status,
            at,
            model: None,
            usage: None,
            error: None,
            more_parts: Vec::new(),
        }
    }
}

macro_rules! columns {
    () => {
        "SELECT m.id, m.conversation_id, m.parent_id, m.role, m.status, m.model, m.source_name,
                m.usage, m.error, m.created_at, m.finished_at, m.selected_child_id, m.depth, m.parts, m.text
         FROM message m"
    };
}

pub(crate) const BY_ID: &str = concat!(columns!(), " WHERE m.id = ?1 AND m.erasure_id IS NULL");

pub(crate) const STREAMING: &str = "SELECT id FROM message WHERE status = 'streaming'";

/// A message with its place in the tree.
pub(crate) struct Node {
    pub(crate) message: Message,
    pub(crate) selected_child: Option<MessageId>,
    pub(crate) depth: u32,
}

pub(crate) fn role_word(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}

pub(crate) fn role(word: &str) -> Result<Role, StoreError> {
    Ok(match word {
        "system" => Role::System,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" => Role::Tool,
        _ => return Err(StoreError::Unreadable("role")),
    })
}

pub(crate) fn status_word(status: MessageStatus) -> &'static str {
    match status {
        MessageStatus::Complete => "complete",
        MessageStatus::Streaming => "streaming",
        MessageStatus::Interrupted => "interrupted",
        MessageStatus::Failed => "failed",
    }
}

fn status(word: &str) -> Result<MessageStatus, StoreError> {
    Ok(match word {
        "complete" => MessageStatus::Complete,
        "streaming" => MessageStatus::Streaming,
        "interrupted" => MessageStatus::Interrupted,
        "failed" => MessageStatus::Failed,
        _ => return Err(StoreError::Unreadable("message status")),
    })
}

fn read(row: &Row<'_>) -> Result<Node, StoreError> {
    let usage: Option<String> = row.get(7)?;
    let error: Option<String> = row.get(8)?;
    Ok(Node {
        selected_child: row.get::<_, Option<_>>(11)?.map(MessageId),
        depth: row.get(12)?,
        message: Message {
            id: MessageId(row.get(0)?),
            conversation_id: ConversationId(row.get(1)?),
            parent_id: row.get::<_, Option<_>>(2)?.map(MessageId),
            role: role(&row.get::<_, String>(3)?)?,
            status: status(&row.get::<_, String>(4)?)?,
            model: row.get(5)?,
            source_name: row.get(6)?,
            usage: usage.map(|text| from_json(&text, "usage")).transpose()?,
            error: error
                .map(|text| from_json(&text, "message error"))
                .transpose()?,
            created_at: Timestamp(row.get(9)?),
            finished_at: row.get::<_, Option<_>>(10)?.map(Timestamp),
            parts: decode(&row.get::<_, String>(13)?, row.get(14)?)?,
        },
    })
}

impl ReadTx<'_> {
    /// A message; of one that streams, what has arrived.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn message(&self, id: MessageId) -> Result<Option<Message>, StoreError> {
        let Some(node) = self.node(id)? else {
            return Ok(None);
        };
        let visible = self.conversation(node.message.conversation_id)?.is_some();
        Ok(visible.then_some(node.message))
    }

    /// The name an answer was asked for by; `None` where that was not kept.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn asked_model(&self, id: MessageId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT asked_model FROM message WHERE id = ?1";
        Ok(one(self.conn, sql, [id.0], |row| Ok(row.get(0)?))?.flatten())
    }

    /// The messages that were streaming when the process ended, or are now.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn messages_streaming(&self) -> Result<Vec<MessageId>, StoreError> {
        all(self.conn, STREAMING, [], |row| Ok(MessageId(row.get(0)?)))
    }

    pub(crate) fn node(&self, id: MessageId) -> Result<Option<Node>, StoreError> {
        let mut node = one(self.conn, BY_ID, [id.0], read)?;
        if let Some(node) = &mut node
            && node.message.status == MessageStatus::Streaming
        {
            self.append_chunks(id, &mut node.message.parts)?;
        }
        Ok(node)
    }
}

impl WriteTx<'_> {
    /// Adds a message below its parent and shows the branch it is on. The conversation moves to
    /// the top of its list.
    ///
    /// # Errors
    /// `not_found` if the conversation or the parent does not exist there; `conflict` if the id is
    /// taken.
    pub fn message_insert(&self, message: &Message) -> Result<(), StoreError> {
        let conversation = message.conversation_id;
        if self.conversation(conversation)?.is_none() {
            return Err(StoreError::NotFound("conversation"));
        }
        let depth = match message.parent_id {
            None => 0,
            Some(parent) => match self.place(parent)? {
                Some(place) if place.conversation == conversation && !place.hidden => {
                    place.depth + 1
                }
                _ => return Err(StoreError::NotFound("message")),
            },
        };
        let parent_was_shown = match message.parent_id {
            Some(parent) => self.is_shown(parent)?,
            None => false,
        };
        let seq = free_seq(
            self.conn,
            "SELECT max(seq) FROM message WHERE seq >= ?1 AND seq < ?2",
            "SELECT max(seq) FROM message",
            message.created_at,
            false,
        )?;
        let (parts, text) = encode(&message.parts)?;
        change(
            self.conn,
            "INSERT INTO message (seq, id, conversation_id, parent_id, depth, role, status, created_at,
               finished_at, model, source_name, usage, error, parts, text, asked_model)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,
               iif(?6 = 'assistant', ?10, NULL))",
            params![
                seq,
                message.id.0,
                conversation.0,
                message.parent_id.map(|id| id.0),
                depth,
                role_word(message.role),
                status_word(message.status),
                message.created_at.0,
                message.finished_at.map(|at| at.0),
                message.model,
                message.source_name,
                message.usage.map(|it| to_json(&it, "usage")).transpose()?,
                message
                    .error
                    .as_ref()
                    .map(|it| to_json(it, "message error"))
                    .transpose()?,
                parts,
                text,
            ],
        )
        .map_err(refused("message"))?;
        self.link_attachments(message.id, &message.parts)?;
        change(
            self.conn,
            "UPDATE conversation SET updated_at = max(updated_at, ?2) WHERE id = ?1",
            params![conversation.0, message.created_at.0],
        )?;
        self.show_added(message, parent_was_shown)
    }

    /// Ends the streaming of a message: what arrived becomes its parts and is searchable.
    ///
    /// # Errors
    /// `not_found` if it does not stream.
    pub fn message_finish(
        &self,
        id: MessageId,
        finish: &FinishMessage,
    ) -> Result<Message, StoreError> {
        let mut message = self
            .node(id)?
            .map(|node| node.message)
            .filter(|message| message.status == MessageStatus::Streaming)
            .ok_or(StoreError::NotFound("streaming message"))?;
        self.drop_gone(&mut message.parts)?;
        for part in &finish.more_parts {
            Part::cite(&mut message.parts, part.clone());
        }
        message.status = finish.status;
        message.finished_at = Some(finish.at);
        message.usage = finish.usage.or(message.usage);
        message.error.clone_from(&finish.error);
        if finish.model.is_some() {
            message.model.clone_from(&finish.model);
        }
        self.fold(&message)?;
        Ok(message)
    }

    /// Lets an answer that was interrupted or failed go on in the same message, given from here on
    /// by the source of this name.
    ///
    /// # Errors
    /// `not_found`.
    pub fn message_resume(&self, id: MessageId, source_name: &str) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE message SET status = 'streaming', error = NULL, finished_at = NULL, source_name = ?2
             WHERE id = ?1 AND erasure_id IS NULL AND status IN ('interrupted', 'failed')",
            params![id.0, source_name],
        )?;
        must_exist(changed, "interrupted message")
    }

    /// After a crash: every message that was streaming becomes `Interrupted` with what arrived.
    /// Returns them. Only for the process that owns the profile, before anything streams.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn messages_recover(&self, at: Timestamp) -> Result<Vec<MessageId>, StoreError> {
        let cut_off = self.messages_streaming()?;
        for id in &cut_off {
            // One that waits for its deletion is not read back, only marked.
            if let Some(node) = self.node(*id)? {
                for part in node.message.parts {
                    // Nobody knows any more what came of it.
                    if let Part::ToolCall(mut call) = part
                        && call.state == ToolState::Running
                    {
                        call.cut_off();
                        self.message_append_part(*id, &Part::ToolCall(call))?;
                    }
                }
                self.message_finish(*id, &FinishMessage::new(MessageStatus::Interrupted, at))?;
            } else {
                change(
                    self.conn,
                    "UPDATE message SET status = 'interrupted' WHERE id = ?1",
                    [id.0],
                )?;
            }
        }
        Ok(cut_off)
    }

    /// What a call returned may have been deleted while the answer went on.
    fn drop_gone(&self, parts: &mut Vec<Part>) -> Result<(), StoreError> {
        let mut gone = Vec::new();
        for part in parts.iter() {
            if let Part::Attachment { asset_id, .. } = part
                && self.asset(*asset_id)?.is_none()
            {
                gone.push(*asset_id);
            }
        }
        parts.retain(|part| {
            !gone
                .iter()
                .any(|file| super::message_parts::is_file(part, *file))
        });
        Ok(())
    }

    fn fold(&self, message: &Message) -> Result<(), StoreError> {
        let (parts, text) = encode(&message.parts)?;
        let changed = change(
            self.conn,
            "UPDATE message SET status = ?2, finished_at = ?3, model = ?4, usage = ?5, error = ?6,
               parts = ?7, text = ?8 WHERE id = ?1",
            params![
                message.id.0,
                status_word(message.status),
                message.finished_at.map(|at| at.0),
                message.model,
                message.usage.map(|it| to_json(&it, "usage")).transpose()?,
                message
                    .error
                    .as_ref()
                    .map(|it| to_json(it, "message error"))
                    .transpose()?,
                parts,
                text,
            ],
        )?;
        must_exist(changed, "message")?;
        self.drop_chunks(message.id)?;
        self.link_attachments(message.id, &message.parts)
    }

    pub(super) fn link_attachments(&self, id: MessageId, parts: &[Part]) -> Result<(), StoreError> {
        for part in parts {
            if let Part::Attachment { asset_id, .. } = part {
                self.asset_link(id, *asset_id)?;
            }
        }
        Ok(())
    }
}
