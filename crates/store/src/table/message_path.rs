//! The branch that is shown: a path from a first message to the head.
//!
//! It is read by stepping, up along `parent_id` or down along `selected_child_id`, so a page costs
//! its own messages, however long the conversation is.

use fluxchat_model::{ConversationId, Message, MessageId};
use rusqlite::params;

use super::message::Node;
use crate::table::{all, one, scalar};
use crate::{ReadTx, StoreError};

/// Which page of the branch to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathAnchor {
    /// Its first messages.
    Start,
    /// Its last messages.
    End,
    /// Those right before this one.
    Before(MessageId),
    /// Those right after this one.
    After(MessageId),
    /// This one in the middle, with its neighbours. It must be on the branch that is shown:
    /// jumping to a hit first calls [`crate::WriteTx::message_show`].
    Around(MessageId),
}

/// A message of the branch, and how many stand beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct PathItem {
    /// The message.
    pub message: Message,
    /// Its place among its siblings, from 0, oldest first.
    pub sibling_index: u32,
    /// How many siblings there are, itself included.
    pub sibling_count: u32,
}

/// A page of the branch, in reading order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PathPage {
    /// The messages.
    pub items: Vec<PathItem>,
    /// The place of the first item in the whole branch, from 0.
    pub first_position: u32,
    /// How many messages the whole branch has.
    pub total: u32,
}

impl PathPage {
    /// Whether the branch has messages before this page.
    #[must_use]
    pub fn has_earlier(&self) -> bool {
        self.first_position > 0 && !self.items.is_empty()
    }

    /// Whether the branch has messages after this page.
    #[must_use]
    pub fn has_later(&self) -> bool {
        let end = u64::from(self.first_position) + self.items.len() as u64;
        !self.items.is_empty() && end < u64::from(self.total)
    }
}

/// Where a message stands in its tree.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) seq: i64,
    pub(crate) id: MessageId,
    pub(crate) conversation: ConversationId,
    pub(crate) parent: Option<MessageId>,
    pub(crate) selected_child: Option<MessageId>,
    pub(crate) depth: u32,
    pub(crate) hidden: bool,
}

pub(crate) const PLACE: &str =
    "SELECT seq, id, conversation_id, parent_id, selected_child_id, depth, erasure_id IS NOT NULL
     FROM message WHERE id = ?1";
pub(crate) const CHILDREN: &str =
    "SELECT id FROM message WHERE parent_id = ?1 AND erasure_id IS NULL ORDER BY seq";
pub(crate) const ROOTS: &str = "SELECT id FROM message WHERE conversation_id = ?1 AND depth = 0 AND erasure_id IS NULL ORDER BY seq";
/// Some of them, from one on.
pub(crate) const CHILDREN_AFTER: &str = "SELECT id FROM message
     WHERE parent_id = ?1 AND erasure_id IS NULL AND seq > ?2 ORDER BY seq LIMIT ?3";
pub(crate) const ROOTS_AFTER: &str = "SELECT id FROM message
     WHERE conversation_id = ?1 AND depth = 0 AND erasure_id IS NULL AND seq > ?2 ORDER BY seq LIMIT ?3";
pub(crate) const CHILD_RANK: &str = "SELECT count(*), count(*) FILTER (WHERE seq < ?2)
     FROM message WHERE parent_id = ?1 AND erasure_id IS NULL";
pub(crate) const ROOT_RANK: &str = "SELECT count(*), count(*) FILTER (WHERE seq < ?2)
     FROM message WHERE conversation_id = ?1 AND depth = 0 AND erasure_id IS NULL";

impl ReadTx<'_> {
    /// A page of the branch that is shown, at most `limit` messages.
    ///
    /// # Errors
    /// `not_found` if the conversation does not exist or the anchor is not in it.
    pub fn path_page(
        &self,
        conversation: ConversationId,
        anchor: PathAnchor,
        limit: u32,
    ) -> Result<PathPage, StoreError> {
        let (root, head) = self
            .ends(conversation)?
            .ok_or(StoreError::NotFound("conversation"))?;
        let Some(head) = head else {
            return Ok(PathPage::default());
        };
        let head_depth = self
            .place(head)?
            .ok_or(StoreError::Unreadable("branch"))?
            .depth;
        let nodes = match anchor {
            PathAnchor::End => self.climb(Some(head), limit)?,
            PathAnchor::Start => self.descend(root, limit)?,
            PathAnchor::Before(id) => {
                let place = self.place_in(conversation, id)?;
                self.climb(place.parent, limit)?
            }
            PathAnchor::After(id) => {
                let place = self.place_in(conversation, id)?;
                self.descend(place.selected_child, limit)?
            }
            PathAnchor::Around(id) => {
                let place = self.place_in(conversation, id)?;
                let mut nodes = self.climb(Some(id), limit.div_ceil(2).max(1))?;
                let rest = limit.saturating_sub(u32::try_from(nodes.len()).unwrap_or(u32::MAX));
                nodes.extend(self.descend(place.selected_child, rest)?);
                nodes
            }
        };
        let first_position = nodes.first().map_or(0, |node| node.depth);
        let items = nodes
            .into_iter()
            .map(|node| self.with_rank(node))
            .collect::<Result<_, _>>()?;
        Ok(PathPage {
            items,
            first_position,
            total: head_depth + 1,
        })
    }

    /// What has been said up to a message, from the first one on: what a model is sent. Stops
    /// after `limit` messages, counted from the end.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn path_to(&self, id: MessageId, limit: u32) -> Result<Vec<Message>, StoreError> {
        Ok(self
            .climb(Some(id), limit)?
            .into_iter()
            .map(|node| node.message)
            .collect())
    }

    /// The messages beside this one, itself included, oldest first.
    ///
    /// # Errors
    /// `not_found`.
    pub fn siblings(&self, id: MessageId) -> Result<Vec<MessageId>, StoreError> {
        let place = self.place(id)?.ok_or(StoreError::NotFound("message"))?;
        match place.parent {
            Some(parent) => self.children(parent),
            None => all(self.conn, ROOTS, [place.conversation.0], |row| {
                Ok(MessageId(row.get(0)?))
            }),
        }
    }

    /// The messages below this one, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn children(&self, id: MessageId) -> Result<Vec<MessageId>, StoreError> {
        all(self.conn, CHILDREN, [id.0], |row| {
            Ok(MessageId(row.get(0)?))
        })
    }

    pub(crate) fn place(&self, id: MessageId) -> Result<Option<Place>, StoreError> {
        one(self.conn, PLACE, [id.0], |row| {
            Ok(Place {
                seq: row.get(0)?,
                id: MessageId(row.get(1)?),
                conversation: ConversationId(row.get(2)?),
                parent: row.get::<_, Option<_>>(3)?.map(MessageId),
                selected_child: row.get::<_, Option<_>>(4)?.map(MessageId),
                depth: row.get(5)?,
                hidden: row.get(6)?,
            })
        })
    }

    fn place_in(&self, conversation: ConversationId, id: MessageId) -> Result<Place, StoreError> {
        self.place(id)?
            .filter(|place| place.conversation == conversation && !place.hidden)
            .ok_or(StoreError::NotFound("message"))
    }

    /// The first and the last message of the branch that is shown.
    #[allow(
        clippy::type_complexity,
        reason = "a pair of optional ends, used in this file only"
    )]
    pub(crate) fn ends(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<(Option<MessageId>, Option<MessageId>)>, StoreError> {
        one(
            self.conn,
            "SELECT root_id, head_id FROM conversation WHERE id = ?1 AND erasure_id IS NULL",
            [conversation.0],
            |row| {
                Ok((
                    row.get::<_, Option<_>>(0)?.map(MessageId),
                    row.get::<_, Option<_>>(1)?.map(MessageId),
                ))
            },
        )
    }

    /// From `id` upwards, returned in reading order.
    fn climb(&self, id: Option<MessageId>, limit: u32) -> Result<Vec<Node>, StoreError> {
        let mut nodes = Vec::new();
        let mut next = id;
        while nodes.len() < limit as usize
            && let Some(id) = next
        {
            let Some(node) = self.node(id)? else { break };
            next = node.message.parent_id;
            nodes.push(node);
        }
        nodes.reverse();
        Ok(nodes)
    }

    /// From `id` downwards.
    fn descend(&self, id: Option<MessageId>, limit: u32) -> Result<Vec<Node>, StoreError> {
        let mut nodes = Vec::new();
        let mut next = id;
        while nodes.len() < limit as usize
            && let Some(id) = next
        {
            let Some(node) = self.node(id)? else { break };
            next = node.selected_child;
            nodes.push(node);
        }
        Ok(nodes)
    }

    fn with_rank(&self, node: Node) -> Result<PathItem, StoreError> {
        let place = self
            .place(node.message.id)?
            .ok_or(StoreError::Unreadable("branch"))?;
        let (sql, above) = match place.parent {
            Some(parent) => (CHILD_RANK, parent.0),
            None => (ROOT_RANK, place.conversation.0),
        };
        let (sibling_count, sibling_index) =
            one(self.conn, sql, params![above, place.seq], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .unwrap_or((1, 0));
        Ok(PathItem {
            message: node.message,
            sibling_index,
            sibling_count,
        })
    }

    /// How many messages there are, hidden ones included.
    pub(crate) fn messages_stored(&self) -> Result<u64, StoreError> {
        let count: Option<i64> = scalar(
            self.conn,
            "SELECT count FROM stored_total WHERE kind = 'message'",
            [],
        )?;
        super::unsigned(count.unwrap_or(0), "total")
    }
}
