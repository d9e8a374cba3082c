//! What people decide about tools and calls, and what that holds for: a tool as it was defined then.

use std::collections::HashMap;

use fluxchat_model::{ConversationId, MessageId, ToolDecision, ToolPolicy, ToolServer};
use sha2::{Digest as _, Sha256};

use super::{Asked, LOCAL_TOOLS, OfferedTool, ToolAbout, local, local_definition, servers};
use crate::temporary::Home;
use crate::{App, Error, Event};

/// Whether a call may run.
pub(crate) struct Permit {
    pub(crate) allowed: bool,
    /// Another definition of the tool was allowed before.
    pub(crate) changed: bool,
}

pub(super) fn definition_of(name: &str, description: &str, schema: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    for text in [name, description, schema] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

impl App {
    /// Whether a call may run without being asked about.
    pub(crate) async fn permit(
        &self,
        home: &Home,
        conversation: ConversationId,
        tool: &OfferedTool,
    ) -> Result<Permit, Error> {
        let (key, now) = (tool.key.clone(), tool.definition);
        let here = self
            .read_at(home, move |tx| tx.conversation_tool(conversation, &key))
            .await?;
        let key = tool.key.clone();
        let everywhere = self.read(move |tx| tx.tool_policy(&key)).await?;
        let everywhere = everywhere
            .filter(|(policy, _)| *policy == ToolPolicy::Always)
            .map(|(_, definition)| definition);
        let allowed = here == Some(now) || everywhere == Some(now);
        Ok(Permit {
            allowed,
            changed: !allowed && (here.is_some() || everywhere.is_some()),
        })
    }

    pub(crate) async fn tool_is_allowed(
        &self,
        home: &Home,
        asked: &Asked,
        tool: &OfferedTool,
    ) -> Result<bool, Error> {
        Ok(self.permit(home, asked.conversation, tool).await?.allowed)
    }

    /// Lets a tool as it is now run in a conversation without being asked about again.
    pub(crate) async fn allow_tool(
        &self,
        home: &Home,
        asked: &Asked,
        tool: &OfferedTool,
    ) -> Result<(), Error> {
        let (conversation, key, definition) =
            (asked.conversation, tool.key.clone(), tool.definition);
        self.write_at(home, move |tx| {
            tx.conversation_tool_allow(conversation, &key, &definition)
        })
        .await
    }

    /// Decides about a tool as it is defined now.
    ///
    /// # Errors
    /// When there is no such tool; `supervised`.
    pub async fn set_tool_policy(&self, key: &str, policy: ToolPolicy) -> Result<(), Error> {
        if policy == ToolPolicy::Always {
            self.tools_allowed().await?;
        }
        let definition = match LOCAL_TOOLS
            .iter()
            .find(|tool| local::key(tool.name()) == key)
        {
            Some(tool) => local_definition(*tool),
            None => {
                let servers: Vec<ToolServer> = self.read(|tx| tx.tool_servers()).await?;
                servers
                    .into_iter()
                    .flat_map(|server| {
                        let id = server.id;
                        server.tools.into_iter().map(move |tool| (id, tool))
                    })
                    .find(|(id, tool)| servers::key(*id, &tool.name) == key)
                    .map(|(_, tool)| tool)
                    .ok_or(Error::NotFound("tool"))?
            }
        };
        let definition = definition_of(
            &definition.name,
            &definition.description,
            &definition.schema,
        );
        let key = key.to_owned();
        self.write(move |tx| tx.tool_policy_set(&key, policy, &definition))
            .await?;
        self.tell(Event::ToolsChanged);
        Ok(())
    }

    /// Says whether a call that waits may run.
    ///
    /// # Errors
    /// When nobody waits for it; `supervised`.
    pub async fn decide_tool(
        &self,
        message: MessageId,
        call: u32,
        decision: ToolDecision,
    ) -> Result<(), Error> {
        if decision != ToolDecision::Refuse {
            self.tools_allowed().await?;
        }
        let waits = self
            .open()?
            .generation(message)
            .is_some_and(|generation| generation.decide(call, decision));
        if waits {
            Ok(())
        } else {
            Err(Error::NotFound("tool call"))
        }
    }

    /// What to know of the tools of an answer whose calls wait, by the number of the call.
    ///
    /// # Errors
    /// When the archive is not open.
    pub fn tools_waiting(&self, message: MessageId) -> Result<HashMap<u32, ToolAbout>, Error> {
        let generation = self.open()?.generation(message);
        Ok(generation.map_or_else(HashMap::new, |it| it.about().clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_definition_counts() {
        let one = definition_of("a", "b", "{}");
        assert_ne!(one, definition_of("a", "b", "{\"x\":1}"));
        assert_ne!(one, definition_of("a", "c", "{}"));
        assert_ne!(definition_of("ab", "c", ""), definition_of("a", "bc", ""));
    }
}
