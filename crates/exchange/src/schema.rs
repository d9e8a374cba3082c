//! The JSON Schemas that travel with every export. A test holds real exports against them.

macro_rules! schemas {
    ($($name:literal),+ $(,)?) => {
        /// Every schema: its path in a package and its text.
        pub const ALL: &[(&str, &str)] = &[$((
            concat!("schema/", $name, ".schema.json"),
            include_str!(concat!("../schema/", $name, ".schema.json")),
        )),+];
    };
}

schemas![
    "attachments",
    "chains",
    "consent_records",
    "consents",
    "conversations",
    "diagnostics",
    "drafts",
    "folders",
    "ledger",
    "ledger_cleared",
    "manifest",
    "messages",
    "objections",
    "presets",
    "prompts",
    "receipts",
    "requests",
    "retention",
    "sandbox",
    "search_history",
    "settings",
    "sources",
    "statement_flags",
    "tags",
    "tool_servers",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_is_one() {
        for (path, text) in ALL {
            let schema: serde_json::Value = serde_json::from_str(text).unwrap();
            assert!(jsonschema::meta::is_valid(&schema), "{path}");
        }
    }

    #[test]
    fn rows_are_what_their_schemas_say() {
        use crate::rows::MessageRow;
        use fluxchat_model::{
            ConversationId, Message, MessageId, MessageStatus, Part, Role, Timestamp,
        };
        let message = Message {
            id: MessageId::new(Timestamp(1), [1; 10]),
            conversation_id: ConversationId::new(Timestamp(1), [2; 10]),
            parent_id: None,
            role: Role::User,
            status: MessageStatus::Complete,
            model: None,
            source_name: None,
            parts: vec![Part::Unknown {
                raw: "{}".to_owned(),
            }],
            usage: None,
            error: None,
            created_at: Timestamp(1),
            finished_at: None,
        };
        let row = MessageRow {
            message: &message,
            depth: 0,
            shown_child_id: None,
        };
        let (_, text) = ALL
            .iter()
            .find(|(path, _)| path.contains("messages"))
            .unwrap();
        let schema = jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap();
        let mut row = serde_json::to_value(&row).unwrap();
        assert!(schema.is_valid(&row), "{row}");
        row["role"] = "nobody".into();
        assert!(
            !schema.is_valid(&row),
            "a schema that refuses nothing says nothing"
        );
    }
}
