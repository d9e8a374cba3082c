//! `tool_server`, `tool_policy` and `conversation_tool`: who runs tools, and what may run unasked.

use fluxchat_model::{
    ConversationId, Timestamp, ToolDefinition, ToolPolicy, ToolServer, ToolServerId,
};
use rusqlite::{Row, params};

use crate::table::{all, change, from_json, from_word, must_exist, one, refused, to_json, to_word};
use crate::{ReadTx, StoreError, WriteTx};

/// More servers than anybody has; a bound on memory.
const MOST: u32 = 100;

macro_rules! servers {
    () => {
        "SELECT id, name, transport, enabled, tools, created_at, timeout_s FROM tool_server"
    };
}

fn read(row: &Row<'_>) -> Result<ToolServer, StoreError> {
    Ok(ToolServer {
        id: ToolServerId(row.get(0)?),
        name: row.get(1)?,
        transport: from_json(&row.get::<_, String>(2)?, "tool server")?,
        enabled: row.get(3)?,
        tools: from_json(&row.get::<_, String>(4)?, "tool server")?,
        created_at: Timestamp(row.get(5)?),
        timeout_s: row.get(6)?,
    })
}

impl ReadTx<'_> {
    /// All servers of tools, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn tool_servers(&self) -> Result<Vec<ToolServer>, StoreError> {
        all(
            self.conn,
            concat!(servers!(), " ORDER BY seq LIMIT ?1"),
            [MOST],
            read,
        )
    }

    /// A server of tools.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn tool_server(&self, id: ToolServerId) -> Result<Option<ToolServer>, StoreError> {
        one(
            self.conn,
            concat!(servers!(), " WHERE id = ?1"),
            [id.0],
            read,
        )
    }

    /// What was decided about a tool, and about which definition of it.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn tool_policy(&self, tool: &str) -> Result<Option<(ToolPolicy, [u8; 32])>, StoreError> {
        one(
            self.conn,
            "SELECT policy, definition FROM tool_policy WHERE tool = ?1",
            [tool],
            |row| {
                Ok((
                    from_word(&row.get::<_, String>(0)?, "tool policy")?,
                    row.get(1)?,
                ))
            },
        )
    }

    /// Which definition of a tool may run in a conversation without being asked again.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn conversation_tool(
        &self,
        conversation: ConversationId,
        tool: &str,
    ) -> Result<Option<[u8; 32]>, StoreError> {
        one(
            self.conn,
            "SELECT definition FROM conversation_tool WHERE conversation_id = ?1 AND tool = ?2",
            params![conversation.0, tool],
            |row| Ok(row.get(0)?),
        )
    }
}

impl WriteTx<'_> {
    /// Adds a server of tools.
    ///
    /// # Errors
    /// `conflict` if its id is taken.
    pub fn tool_server_insert(&self, server: &ToolServer) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO tool_server (id, created_at, name, enabled, transport, tools, timeout_s)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                server.id.0,
                server.created_at.0,
                server.name,
                server.enabled,
                to_json(&server.transport, "tool server")?,
                to_json(&server.tools, "tool server")?,
                server.timeout_s,
            ],
        )
        .map_err(refused("tool server"))?;
        Ok(())
    }

    /// Changes a server of tools, all but when it was added.
    ///
    /// # Errors
    /// `not_found`.
    pub fn tool_server_update(&self, server: &ToolServer) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE tool_server SET name = ?2, enabled = ?3, transport = ?4, tools = ?5, timeout_s = ?6
             WHERE id = ?1",
            params![
                server.id.0,
                server.name,
                server.enabled,
                to_json(&server.transport, "tool server")?,
                to_json(&server.tools, "tool server")?,
                server.timeout_s,
            ],
        )?;
        must_exist(changed, "tool server")
    }

    /// Keeps what a server offers.
    ///
    /// # Errors
    /// `not_found`.
    pub fn tool_server_offers(
        &self,
        id: ToolServerId,
        tools: &[ToolDefinition],
    ) -> Result<(), StoreError> {
        let changed = change(
            self.conn,
            "UPDATE tool_server SET tools = ?2 WHERE id = ?1",
            params![id.0, to_json(&tools, "tool server")?],
        )?;
        must_exist(changed, "tool server")
    }

    /// Removes a server of tools and what was decided about them. Follow it with
    /// [`crate::Store::scrub`].
    ///
    /// # Errors
    /// `not_found`.
    pub fn tool_server_remove(&self, id: ToolServerId) -> Result<(), StoreError> {
        let changed = change(self.conn, "DELETE FROM tool_server WHERE id = ?1", [id.0])?;
        must_exist(changed, "tool server")?;
        self.tool_decisions_forget(id)
    }

    /// Forgets what was decided about the tools of a server.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn tool_decisions_forget(&self, id: ToolServerId) -> Result<(), StoreError> {
        let prefix = id.to_string();
        for sql in [
            "DELETE FROM tool_policy WHERE substr(tool, 1, 36) = ?1",
            "DELETE FROM conversation_tool WHERE substr(tool, 1, 36) = ?1",
        ] {
            change(self.conn, sql, [&prefix])?;
        }
        Ok(())
    }

    /// Decides about a tool as it is defined now.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub fn tool_policy_set(
        &self,
        tool: &str,
        policy: ToolPolicy,
        definition: &[u8; 32],
    ) -> Result<(), StoreError> {
        if policy == ToolPolicy::Ask {
            change(self.conn, "DELETE FROM tool_policy WHERE tool = ?1", [tool])?;
            return Ok(());
        }
        change(
            self.conn,
            "INSERT INTO tool_policy (tool, policy, definition) VALUES (?1, ?2, ?3)
             ON CONFLICT (tool) DO UPDATE SET policy = excluded.policy, definition = excluded.definition",
            params![tool, to_word(&policy, "tool policy")?, definition],
        )?;
        Ok(())
    }

    /// Lets a tool as it is defined now run in a conversation without being asked again.
    ///
    /// # Errors
    /// `conflict` if there is no such conversation.
    pub fn conversation_tool_allow(
        &self,
        conversation: ConversationId,
        tool: &str,
        definition: &[u8; 32],
    ) -> Result<(), StoreError> {
        change(
            self.conn,
            "INSERT INTO conversation_tool (conversation_id, tool, definition) VALUES (?1, ?2, ?3)
             ON CONFLICT (conversation_id, tool) DO UPDATE SET definition = excluded.definition",
            params![conversation.0, tool, definition],
        )
        .map_err(refused("tool"))?;
        Ok(())
    }
}
