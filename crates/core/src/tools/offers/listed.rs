//! Prompts and resources of servers as they are shown, and addresses that a person completes.

use fluxchat_mcp::{Prompt, PromptArgument, Resource};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::words::shown;
use super::{OfferValues, short_enough};
use crate::Error;

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

/// A resource of a server. All but its address and name is as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceInfo {
    /// What it is asked for by.
    pub uri: String,
    /// What its file would be called, as its server wrote it: not to be shown.
    pub name: String,
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

fn label(title: Option<&str>, name: &str) -> String {
    shown(title.unwrap_or(name).trim())
}

pub(super) fn prompt_info(it: Prompt) -> PromptInfo {
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
pub(super) fn resource_info(it: Resource) -> Option<ResourceInfo> {
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
        name: it.title.unwrap_or(it.name),
        media_type: it.media_type,
        size: it.size,
        fields: fields.into_iter().map(field).collect(),
        uri: it.uri,
    })
}

/// All but what stands in an address as it is (RFC 6570, 3.2.2).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The same without what divides an address (3.2.3).
const RESERVED: &AsciiSet = &UNRESERVED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'#')
    .remove(b'[')
    .remove(b']')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

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
///
/// # Errors
/// `message_too_long`: a template may name a field any number of times.
pub(super) fn completed(template: &str, values: &OfferValues) -> Result<String, Error> {
    let mut uri = template.to_owned();
    for (name, value) in values {
        for (field, escaped) in [
            (format!("{{{name}}}"), UNRESERVED),
            (format!("{{+{name}}}"), RESERVED),
        ] {
            let times = uri.matches(&field).count();
            if times == 0 {
                continue;
            }
            let value = utf8_percent_encode(value, escaped).to_string();
            short_enough(uri.len() + times.saturating_mul(value.len()))?;
            uri = uri.replace(&field, &value);
        }
    }
    Ok(uri)
}

#[cfg(test)]
mod tests {
    use super::super::LONGEST_VALUES;
    use super::*;

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
        let uri = completed("a://{id}/{+path}?{x}", &values).unwrap();
        assert_eq!(uri, "a://%C3%A4%2F%7Bpath%7D/b/c%20d?{x}");
        assert_eq!(completed("a://{id}", &Vec::new()).unwrap(), "a://{id}");
    }

    #[test]
    fn an_address_that_names_a_field_too_often_is_not_completed() {
        let half = vec![("id".to_owned(), "x".repeat(LONGEST_VALUES / 2))];
        let code = |template: &str| completed(template, &half).err().map(|it| it.code());
        assert_eq!(code("a://{id}"), None, "the control arm");
        assert_eq!(code("a://{id}{+id}{id}"), Some("message_too_long"));
        let escaped = vec![("id".to_owned(), "/".repeat(LONGEST_VALUES / 2))];
        assert!(completed("a://{id}", &escaped).is_err(), "as it is written");
        assert!(completed("a://{+id}", &escaped).is_ok());
    }
}
