//! Office documents: XML in a ZIP, read without following anything, and never unpacked whole.

use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::{Pages, epub, rtf};
use crate::answer::Text;
use crate::{LONGEST_TEXT, MOST_PAGES, ReadError};

pub(super) type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// The most a part may unpack to.
const LARGEST_PART: u64 = 8 * LONGEST_TEXT as u64;

pub(super) fn document(bytes: &[u8]) -> Result<Text, ReadError> {
    if bytes.starts_with(rtf::START) {
        return Ok(rtf::read(bytes));
    }
    let mut archive = open(bytes)?;
    if archive.index_for_name(epub::CONTAINER).is_some() {
        return epub::read(&mut archive);
    }
    let part = ["word/document.xml", "content.xml"]
        .into_iter()
        .find(|name| archive.index_for_name(name).is_some())
        .ok_or(ReadError::Damaged)?;
    let words = words(&part_of(&mut archive, part)?)?;
    let mut pages = Pages::default();
    pages.push(0, &words);
    Ok(pages.finish(0))
}

pub(super) fn slides(bytes: &[u8]) -> Result<Text, ReadError> {
    let mut archive = open(bytes)?;
    let mut numbers: Vec<u32> = archive
        .file_names()
        .filter_map(|name| {
            name.ok()?
                .strip_prefix("ppt/slides/slide")?
                .strip_suffix(".xml")?
                .parse()
                .ok()
        })
        .collect();
    if numbers.is_empty() {
        return document(bytes);
    }
    numbers.sort_unstable();
    let mut pages = Pages::default();
    for number in numbers.iter().take(MOST_PAGES) {
        let part = part_of(&mut archive, &format!("ppt/slides/slide{number}.xml"))?;
        if !pages.push(*number, &words(&part)?) {
            break;
        }
    }
    Ok(pages.finish(u32::try_from(numbers.len()).unwrap_or(u32::MAX)))
}

pub(super) fn sheets(bytes: &[u8]) -> Result<Text, ReadError> {
    let mut book =
        calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|_| ReadError::Damaged)?;
    let names = book.sheet_names();
    let mut pages = Pages::default();
    for (number, name) in (1..).zip(names.iter()) {
        let Ok(range) = book.worksheet_range(name) else {
            pages.unread();
            continue;
        };
        let mut text = format!("{name}\n");
        for row in range.rows() {
            let cells: Vec<String> = row.iter().map(cell).collect();
            text.push_str(cells.join("\t").trim_end());
            text.push('\n');
            if text.len() > LONGEST_TEXT {
                break;
            }
        }
        if !pages.push(number, &text) {
            break;
        }
    }
    Ok(pages.finish(u32::try_from(names.len()).unwrap_or(u32::MAX)))
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        other => other.to_string().replace(['\t', '\n', '\r'], " "),
    }
}

fn open(bytes: &[u8]) -> Result<Archive<'_>, ReadError> {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        // What Office writes in place of the ZIP when there is a password.
        return Err(ReadError::Protected);
    }
    ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadError::Damaged)
}

pub(super) fn part_of(archive: &mut Archive<'_>, name: &str) -> Result<Vec<u8>, ReadError> {
    let part = archive.by_name(name).map_err(|_| ReadError::Damaged)?;
    let mut bytes = Vec::new();
    part.take(LARGEST_PART + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| ReadError::Damaged)?;
    if bytes.len() as u64 > LARGEST_PART {
        return Err(ReadError::TooLarge);
    }
    Ok(bytes)
}

/// The words of a part. Word, PowerPoint and OpenDocument differ in where words may stand: the
/// first two say so with `t`, the last puts them into paragraphs.
fn words(part: &[u8]) -> Result<String, ReadError> {
    let mut reader = quick_xml::Reader::from_reader(part);
    let mut out = String::new();
    let mut buffer = Vec::new();
    let (mut in_text, mut in_paragraph) = (0_u32, 0_u32);
    loop {
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|_| ReadError::Damaged)?;
        let speaks = in_text > 0 || in_paragraph > 0;
        match event {
            Event::Start(tag) => match tag.name().as_ref() {
                "w:t" | "a:t" => in_text += 1,
                "text:p" | "text:h" => in_paragraph += 1,
                _ => {}
            },
            Event::End(tag) => match tag.name().as_ref() {
                "w:t" | "a:t" => in_text = in_text.saturating_sub(1),
                "text:p" | "text:h" => {
                    in_paragraph = in_paragraph.saturating_sub(1);
                    out.push_str("\n\n");
                }
                "w:p" | "a:p" => out.push_str("\n\n"),
                "w:tc" => out.push('\t'),
                _ => {}
            },
            Event::Empty(tag) => match tag.name().as_ref() {
                "w:br" | "w:cr" | "a:br" | "text:line-break" => out.push('\n'),
                "w:tab" | "text:tab" => out.push('\t'),
                "text:s" => out.push(' '),
                "w:p" => out.push_str("\n\n"),
                _ => {}
            },
            Event::Text(text) if speaks => {
                out.push_str(&text.xml10_content());
            }
            Event::GeneralRef(reference) if speaks => match reference.resolve_char_ref() {
                Ok(Some(character)) => out.push(character),
                _ => out
                    .push_str(resolve_predefined_entity(&reference.xml10_content()).unwrap_or("")),
            },
            Event::Eof => return Ok(out),
            _ => {}
        }
        if out.len() > LONGEST_TEXT {
            return Ok(out);
        }
        buffer.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_documents_stand_in_paragraphs() {
        let word = br#"<w:document><w:p><w:r><w:t>one &amp; </w:t><w:t>two</w:t></w:r></w:p>
            <w:p><w:instrText>not this</w:instrText><w:t>thr&#101;e</w:t><w:tab/><w:t>4</w:t></w:p></w:document>"#;
        assert_eq!(words(word).unwrap().trim(), "one & two\n\nthree\t4");
        let open = b"<office:text><text:h>Head</text:h><text:p>a<text:s/>b <text:span>c</text:span></text:p></office:text>";
        assert_eq!(words(open).unwrap().trim(), "Head\n\na b c");
    }

    #[test]
    fn a_deep_document_is_read_without_depth() {
        let deep = format!(
            "{}<w:t>x</w:t>{}",
            "<w:p>".repeat(200_000),
            "</w:p>".repeat(200_000)
        );
        assert_eq!(words(deep.as_bytes()).unwrap().trim(), "x");
    }
}
