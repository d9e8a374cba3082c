//! Books: web pages in a ZIP, read in the order in which they stand in the book (EPUB 3.3).

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::office::{Archive, part_of};
use super::{Pages, words};
use crate::answer::Text;
use crate::{LONGEST_TEXT, MOST_PAGES, ReadError};

/// What says where the book is described.
pub(super) const CONTAINER: &str = "META-INF/container.xml";

pub(super) fn read(archive: &mut Archive<'_>) -> Result<Text, ReadError> {
    let container = part_of(archive, CONTAINER)?;
    let mut described = None;
    each_tag(&container, |tag| {
        if is(tag, "rootfile") && described.is_none() {
            described = attribute(tag, "full-path");
        }
    })?;
    let described = described.ok_or(ReadError::Damaged)?;
    let package = part_of(archive, &described)?;
    let mut parts = HashMap::new();
    let mut order = Vec::new();
    each_tag(&package, |tag| {
        if is(tag, "item") {
            parts.extend(attribute(tag, "id").zip(attribute(tag, "href")));
        } else if is(tag, "itemref") {
            order.extend(attribute(tag, "idref"));
        }
    })?;
    let folder = described.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut text = String::new();
    let mut pages = Pages::default();
    for id in order.iter().take(MOST_PAGES) {
        let Some(href) = parts.get(id) else { continue };
        let chapter = part_of(archive, &path(folder, href));
        match chapter.and_then(|chapter| words::of_html(&chapter)) {
            Ok(words) => text.push_str(&words),
            // A book that unpacks to too much is refused; a chapter that is missing is not.
            Err(ReadError::TooLarge) => return Err(ReadError::TooLarge),
            Err(_) => pages.unread(),
        }
        text.push_str("\n\n");
        if text.len() > LONGEST_TEXT {
            break;
        }
    }
    pages.push(0, &text);
    Ok(pages.finish(0))
}

fn each_tag(part: &[u8], mut take: impl FnMut(&BytesStart<'_>)) -> Result<(), ReadError> {
    let mut reader = quick_xml::Reader::from_reader(part);
    let mut buffer = Vec::new();
    loop {
        let event = reader.read_event_into(&mut buffer);
        match event.map_err(|_| ReadError::Damaged)? {
            Event::Start(tag) | Event::Empty(tag) => take(&tag),
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}

fn is(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().as_ref() == name
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).ok()??;
    Some(found.value.as_ref().replace("&amp;", "&"))
}

/// Where a part is: beside its description, with what an address writes as numbers.
fn path(folder: &str, href: &str) -> String {
    let mut steps: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    let href = href.split('#').next().unwrap_or_default();
    let href = unescaped(href);
    for step in href.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

fn unescaped(href: &str) -> String {
    let mut bytes = Vec::with_capacity(href.len());
    let mut rest = href.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .and_then(|code| std::str::from_utf8(code).ok())
            .filter(|_| *first == b'%')
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn parts_are_found_beside_their_description() {
        assert_eq!(
            path("OEBPS", "text/one%20a.xhtml#x"),
            "OEBPS/text/one a.xhtml"
        );
        assert_eq!(path("", "one.xhtml"), "one.xhtml");
        assert_eq!(path("a/b", "../../../c%"), "c%");
    }
}
