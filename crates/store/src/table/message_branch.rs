//! Choosing the branch that is shown: `selected_child_id` on every message of it, `root_id` and
//! `head_id` at its ends. A choice costs the distance to where the new branch leaves the old one.

use fluxchat_model::{ConversationId, Message, MessageId};
use rusqlite::params;

use super::message_path::Place;
use crate::table::{change, must_exist, scalar};
use crate::{StoreError, WriteTx};

impl WriteTx<'_> {
    /// Shows the branch that goes through this message and, below it, on as it was last shown.
    /// Returns the new head.
    ///
    /// # Errors
    /// `not_found`.
    pub fn message_show(&self, id: MessageId) -> Result<MessageId, StoreError> {
        let place = self
            .place(id)?
            .filter(|place| !place.hidden)
            .ok_or(StoreError::NotFound("message"))?;
        let (_, head) = self
            .ends(place.conversation)?
            .ok_or(StoreError::NotFound("conversation"))?;
        if let Some(head) = head
            && self.join(place, head)?
        {
            return Ok(head);
        }
        if head.is_none() {
            self.lead_to(place)?;
        }
        let tail = self.tail(place)?;
        self.set_head(place.conversation, Some(tail.id))?;
        Ok(tail.id)
    }

    /// Takes a message that was just hidden out of the branch that is shown: the newest visible
    /// sibling takes its place, or the branch ends above it.
    pub(crate) fn path_leave(&self, id: MessageId) -> Result<(), StoreError> {
        let place = self.place(id)?.ok_or(StoreError::NotFound("message"))?;
        let Some((root, head)) = self.ends(place.conversation)? else {
            return Ok(());
        };
        let above = match place.parent {
            Some(parent) => self.place(parent)?.and_then(|it| it.selected_child),
            None => root,
        };
        if above != Some(id) {
            return Ok(());
        }
        let was_shown = self.is_on_branch(place, head)?;
        let heir = self.siblings(id)?.into_iter().next_back();
        match place.parent {
            Some(parent) => self.select_child(parent, heir)?,
            None => self.set_root(place.conversation, heir)?,
        }
        if was_shown {
            let end = match heir.or(place.parent) {
                Some(end) => self.place(end)?,
                None => None,
            };
            let head = match end {
                Some(end) if heir.is_some() => Some(self.tail(end)?.id),
                other => other.map(|it| it.id),
            };
            self.set_head(place.conversation, head)?;
        }
        Ok(())
    }

    /// Points every message between the present branch and `place` at the way to `place`. True if
    /// `place` was on the branch already.
    fn join(&self, place: Place, head: MessageId) -> Result<bool, StoreError> {
        let head = self.place(head)?.ok_or(StoreError::Unreadable("branch"))?;
        if head.depth > place.depth && self.is_linear(head)? {
            return Ok(true);
        }
        let mut shown = Some(head);
        let mut here = place;
        loop {
            while let Some(above) = shown
                && above.depth > here.depth
            {
                shown = self.up(above)?;
            }
            if shown.is_some_and(|above| above.id == here.id) {
                return Ok(here.id == place.id);
            }
            match self.point_to(here)? {
                Some(parent) => here = parent,
                None => return Ok(false),
            }
        }
    }

    /// Points everything above `place` at the way to it.
    fn lead_to(&self, place: Place) -> Result<(), StoreError> {
        let mut here = place;
        while let Some(parent) = self.point_to(here)? {
            here = parent;
        }
        Ok(())
    }

    /// Makes `place` the chosen one among its siblings. Returns its parent.
    fn point_to(&self, place: Place) -> Result<Option<Place>, StoreError> {
        let Some(parent) = place.parent else {
            self.set_root(place.conversation, Some(place.id))?;
            return Ok(None);
        };
        let parent = self
            .place(parent)?
            .ok_or(StoreError::Unreadable("branch"))?;
        if parent.selected_child != Some(place.id) {
            self.select_child(parent.id, Some(place.id))?;
        }
        Ok(Some(parent))
    }

    /// Shows a message that was just added. Where its parent is shown, as it nearly always is,
    /// nothing above it changes.
    pub(crate) fn show_added(
        &self,
        message: &Message,
        parent_was_shown: bool,
    ) -> Result<(), StoreError> {
        match message.parent_id {
            Some(parent) if parent_was_shown => {
                self.select_child(parent, Some(message.id))?;
                self.set_head(message.conversation_id, Some(message.id))
            }
            _ => self.message_show(message.id).map(|_| ()),
        }
    }

    /// Whether a message is on the branch that is shown.
    pub(crate) fn is_shown(&self, id: MessageId) -> Result<bool, StoreError> {
        let Some(place) = self.place(id)? else {
            return Ok(false);
        };
        match self.ends(place.conversation)? {
            Some((_, head)) => self.is_on_branch(place, head),
            None => Ok(false),
        }
    }

    fn is_on_branch(&self, place: Place, head: Option<MessageId>) -> Result<bool, StoreError> {
        let mut shown = match head {
            Some(head) => self.place(head)?,
            None => None,
        };
        let Some(end) = shown else { return Ok(false) };
        if end.depth > place.depth && self.is_linear(end)? {
            return Ok(true);
        }
        while let Some(above) = shown
            && above.depth > place.depth
        {
            shown = self.up(above)?;
        }
        Ok(shown.is_some_and(|above| above.id == place.id))
    }

    /// Whether a conversation that ends here has this one branch only. Counts index entries, which
    /// is far cheaper than stepping through a long conversation.
    fn is_linear(&self, head: Place) -> Result<bool, StoreError> {
        let visible: Option<u32> = scalar(
            self.conn,
            "SELECT count(*) FROM message WHERE conversation_id = ?1 AND erasure_id IS NULL",
            [head.conversation.0],
        )?;
        Ok(visible == Some(head.depth + 1))
    }

    fn up(&self, place: Place) -> Result<Option<Place>, StoreError> {
        match place.parent {
            Some(parent) => self.place(parent),
            None => Ok(None),
        }
    }

    /// The end of the way down from here, choosing the newest child where none was chosen.
    fn tail(&self, from: Place) -> Result<Place, StoreError> {
        let mut here = from;
        loop {
            let chosen = match here.selected_child {
                Some(child) => self.place(child)?.filter(|place| !place.hidden),
                None => None,
            };
            let next = match chosen {
                Some(place) => place,
                None => {
                    let Some(newest) = self.children(here.id)?.into_iter().next_back() else {
                        return Ok(here);
                    };
                    self.select_child(here.id, Some(newest))?;
                    self.place(newest)?
                        .ok_or(StoreError::Unreadable("branch"))?
                }
            };
            here = next;
        }
    }

    fn select_child(&self, parent: MessageId, child: Option<MessageId>) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE message SET selected_child_id = ?2 WHERE id = ?1",
            params![parent.0, child.map(|id| id.0)],
        )?;
        must_exist(changed, "message")
    }

    fn set_root(
        &self,
        conversation: ConversationId,
        root: Option<MessageId>,
    ) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE conversation SET root_id = ?2 WHERE id = ?1",
            params![conversation.0, root.map(|id| id.0)],
        )?;
        must_exist(changed, "conversation")
    }

    fn set_head(
        &self,
        conversation: ConversationId,
        head: Option<MessageId>,
    ) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE conversation SET head_id = ?2 WHERE id = ?1",
            params![conversation.0, head.map(|id| id.0)],
        )?;
        must_exist(changed, "conversation")
    }
}
