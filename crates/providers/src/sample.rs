//! A source for tests, those beside the code and those in `tests`.

use fluxchat_model::{DataPractices, Dialect, Origin, Source, SourceId, Timestamp};

/// At this host; `None` for one in the process.
pub(crate) fn source(host: Option<&str>, dialect: Dialect) -> Source {
    Source {
        id: SourceId::new(Timestamp(0), [0; 10]),
        name: "s".to_owned(),
        dialect,
        origin: host.and_then(|host| Origin::new("https", host, 443).ok()),
        base_path: "/v1".to_owned(),
        has_credential: false,
        default_model: None,
        practices: DataPractices::default(),
        redact: false,
        created_at: Timestamp(0),
    }
}
