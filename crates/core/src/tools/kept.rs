//! What a server of tools at an address alone may know: it is with the keys, bound to its origin.

use std::collections::BTreeMap;

use fluxchat_egress::{Credential, HeaderKind, key_header};
use fluxchat_mcp::Permit;
use fluxchat_model::{Origin, Secret, ToolServerId};
use serde::{Deserialize, Serialize};

use super::servers::owner;
use crate::{App, Error};

/// How it is written. What was kept before there was more than a key is the key itself.
const FORM: u8 = 1;

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    pub(super) form: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    /// Further headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) headers: BTreeMap<String, String>,
    /// What stands after the `?` of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) query: Option<String>,
    /// The path of the address, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) permit: Option<Permit>,
}

impl Kept {
    fn is_empty(&self) -> bool {
        self.key.is_none()
            && self.headers.is_empty()
            && self.query.is_none()
            && self.path.is_none()
            && self.permit.is_none()
    }

    fn read(text: &str) -> Self {
        match serde_json::from_str::<Self>(text) {
            Ok(kept) if kept.form == FORM => kept,
            _ => Self {
                key: Some(text.to_owned()),
                ..Self::default()
            },
        }
    }

    /// What goes along with every message; the permit of a person in the place of a bearer's key.
    pub(super) fn credential(&self, origin: &Origin, header: Option<&str>) -> Option<Credential> {
        if self.is_empty() {
            return None;
        }
        let named = header.and_then(key_header);
        let key = self.key.clone().map(Secret::new);
        let (bearer, beside) = match (&self.permit, key, named) {
            (Some(permit), Some(key), Some(name)) => (Some(permit.access()), Some((name, key))),
            (Some(permit), ..) => (Some(permit.access()), None),
            (None, Some(key), Some(name)) => (None, Some((name, key))),
            (None, key, _) => (key, None),
        };
        let bearer = bearer.unwrap_or_else(|| Secret::new(String::new()));
        let mut credential = Credential::new(origin.clone(), HeaderKind::Bearer, bearer);
        if let Some((name, key)) = beside {
            credential = credential.and_header(name, key);
        }
        for (name, value) in &self.headers {
            if let Some(name) = key_header(name) {
                credential = credential.and_header(name, Secret::new(value.clone()));
            }
        }
        if let Some(query) = &self.query {
            credential = credential.and_query(Secret::new(query.clone()));
        }
        if let Some(path) = &self.path {
            credential = credential.and_path(Secret::new(path.clone()));
        }
        Some(credential)
    }
}

impl App {
    pub(super) fn kept_secret(&self, id: ToolServerId, origin: &Origin) -> Result<Kept, Error> {
        let text = self.vault().credential(owner(id), origin)?;
        Ok(text.map_or_else(Kept::default, |text| Kept::read(text.expose())))
    }

    /// Changes what is kept of a server, in one step among all who do.
    pub(super) fn change_kept<T>(
        &self,
        id: ToolServerId,
        origin: &Origin,
        change: impl FnOnce(&mut Kept) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let open = self.open()?;
        let _one = open.tools.signing.keeping();
        let before = self.kept_secret(id, origin)?;
        let mut kept = before.clone();
        let answer = change(&mut kept)?;
        if kept != before {
            self.keep_secret(id, origin, kept)?;
        }
        Ok(answer)
    }

    /// Deletes what is kept of a server and does something `with` that, in the same way.
    pub(super) fn delete_kept(
        &self,
        id: ToolServerId,
        with: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let open = self.open()?;
        let _one = open.tools.signing.keeping();
        self.vault().credential_delete(owner(id))?;
        with()
    }

    fn keep_secret(&self, id: ToolServerId, origin: &Origin, kept: Kept) -> Result<(), Error> {
        if kept.is_empty() {
            return Ok(self.vault().credential_delete(owner(id))?);
        }
        let kept = Kept { form: FORM, ..kept };
        let text = serde_json::to_string(&kept).map_err(|_| Error::NotFound("tool"))?;
        let text = Secret::new(text);
        Ok(self.vault().credential_set(owner(id), origin, &text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_was_kept_alone_is_still_one() {
        for text in ["k-1", "{}", r#"{"form":2}"#] {
            assert_eq!(Kept::read(text).key.as_deref(), Some(text));
        }
        let kept = Kept::read(r#"{"form":1,"query":"a=b"}"#);
        assert_eq!((kept.key, kept.query.as_deref()), (None, Some("a=b")));
    }
}
