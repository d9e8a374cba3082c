//! The reading process: what it may do, and what hostile files do to it.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::io::Write as _;
use std::time::Duration;

use fluxchat_extract::{Detected, Kind, ReadError, Reader, Text, detect};

fn reader() -> Reader {
    Reader::of(env!("CARGO_BIN_EXE_fluxchat-extract").into())
}

/// A PDF of so many pages, each with its line.
fn pdf(pages: u32, line: impl Fn(u32) -> String) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut at = Vec::new();
    let mut object = |bytes: &mut Vec<u8>, body: String| {
        at.push(bytes.len());
        let number = at.len();
        bytes.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    };
    object(&mut bytes, "<< /Type /Catalog /Pages 2 0 R >>".to_owned());
    let kids: Vec<String> = (0..pages)
        .map(|page| format!("{} 0 R", 4 + 2 * page))
        .collect();
    object(
        &mut bytes,
        format!(
            "<< /Type /Pages /Kids [{}] /Count {pages} >>",
            kids.join(" ")
        ),
    );
    object(
        &mut bytes,
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
    );
    for page in 0..pages {
        let content = format!("BT /F1 12 Tf 72 720 Td ({}) Tj ET", line(page + 1));
        object(
            &mut bytes,
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R \
                 /Resources << /Font << /F1 3 0 R >> >> >>",
                5 + 2 * page
            ),
        );
        object(
            &mut bytes,
            format!(
                "<< /Length {} >>\nstream\n{content}\nendstream",
                content.len()
            ),
        );
    }
    let start = bytes.len();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", at.len() + 1);
    for offset in &at {
        table.push_str(&format!("{offset:010} 00000 n \n"));
    }
    bytes.extend_from_slice(table.as_bytes());
    bytes.extend_from_slice(
        format!(
            "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
            at.len() + 1
        )
        .as_bytes(),
    );
    bytes
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
#[cfg(target_os = "linux")]
fn the_process_that_reads_has_no_socket_no_file_and_no_program() {
    let probe = reader().probe().unwrap();
    assert!(
        !probe.network && !probe.local_sockets && !probe.programs && !probe.writes && !probe.others,
        "refused by the system: {probe:?}; the control arm is beside the code"
    );
    if std::fs::read_to_string("/sys/kernel/security/lsm").is_ok_and(|it| it.contains("landlock")) {
        assert!(!probe.files, "Landlock is here and refuses files");
    }
}

#[test]
fn a_long_pdf_is_read_with_its_page_numbers() {
    let bytes = pdf(500, |page| format!("Chapter {page} speaks of thing{page}"));
    assert_eq!(
        detect("a", &bytes),
        Some(Detected {
            kind: Kind::Pdf,
            media_type: "application/pdf"
        })
    );
    let text = reader().text(Kind::Pdf, bytes).unwrap();
    assert_eq!((text.page_count, text.pages.len()), (500, 500));
    let page = &text.pages[321];
    assert_eq!(page.number, 322);
    assert!(page.text.contains("thing322"), "{}", page.text);
    assert!(!text.is_partial);
}

#[test]
fn a_pdf_with_a_password_is_told_apart() {
    let (key, id) = ("5a".repeat(32), "07".repeat(16));
    let lock = format!("<< /Filter /Standard /V 1 /R 2 /P -4 /O <{key}> /U <{key}> >>");
    let plain = pdf(1, |_| "nobody reads this".to_owned());
    let text = reader().text(Kind::Pdf, plain.clone()).unwrap();
    assert!(
        text.pages[0].text.contains("nobody reads this"),
        "control arm"
    );
    let plain = String::from_utf8(plain).unwrap();
    let with = |encrypt: &str| {
        let trailer = format!("trailer\n<< /Encrypt {encrypt} /ID [<{id}> <{id}>] ");
        plain.replace("trailer\n<< ", &trailer)
    };
    let inside = with(&lock).into_bytes();
    let error = reader().text(Kind::Pdf, inside).unwrap_err();
    assert_eq!(error, ReadError::Protected, "in the trailer itself");
    // As an object of its own, in a section of the table after the first.
    let numbered = with("7 0 R");
    let (body, end) = numbered.split_at(numbered.find("xref\n").unwrap());
    let at = body.len();
    let start = at + format!("7 0 obj\n{lock}\nendobj\n").len();
    let end = end
        .replace("trailer\n", &format!("7 1\n{at:010} 00000 n \ntrailer\n"))
        .replace("/Size 6", "/Size 8")
        .replace(&format!("startxref\n{at}"), &format!("startxref\n{start}"));
    let apart = format!("{body}7 0 obj\n{lock}\nendobj\n{end}").into_bytes();
    let error = reader().text(Kind::Pdf, apart).unwrap_err();
    assert_eq!(error, ReadError::Protected, "as an object of its own");
}

#[test]
fn office_documents_are_read() {
    let slide = b"<p:sld><a:p><a:t>Quarter two</a:t></a:p></p:sld>";
    let deck = zipped(&[
        ("ppt/slides/slide1.xml", b"<p:sld><a:t>One</a:t></p:sld>"),
        ("ppt/slides/slide2.xml", slide),
    ]);
    let text = reader().text(Kind::Slides, deck).unwrap();
    assert_eq!(text.pages[1].number, 2);
    assert_eq!(text.pages[1].text, "Quarter two");
    let word = zipped(&[("word/document.xml", b"<w:p><w:t>Dear all</w:t></w:p>")]);
    let text = reader().text(Kind::Document, word).unwrap();
    assert_eq!(text.pages[0].text, "Dear all");
}

#[test]
fn a_book_is_read_in_its_order() {
    let container =
        br#"<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"#;
    let package = br#"<package><manifest>
        <item id="two" href="two.xhtml"/><item id="one" href="text/one%20a.xhtml"/><item id="not" href="not.xhtml"/>
        </manifest><spine><itemref idref="one"/><itemref idref="gone"/><itemref idref="two"/></spine></package>"#;
    let book = zipped(&[
        ("META-INF/container.xml", container),
        (
            "OEBPS/two.xhtml",
            b"<html><body><p>The end</p></body></html>",
        ),
        (
            "OEBPS/not.xhtml",
            b"<html><body><p>Not in it</p></body></html>",
        ),
        (
            "OEBPS/text/one a.xhtml",
            "<?xml version=\"1.0\"?><html><body><h1>Über</h1></body></html>".as_bytes(),
        ),
        ("OEBPS/book.opf", package),
    ]);
    let text = reader().text(Kind::Document, book).unwrap();
    let words = &text.pages[0].text;
    assert!(words.contains("Über"), "{words}");
    assert!(words.find("Über") < words.find("The end"), "{words}");
    assert!(!words.contains("Not in it"), "{words}");
}

#[test]
fn rich_text_is_read_without_its_marks() {
    let source = br"{\rtf1\ansi{\fonttbl{\f0 Times;}}\f0 Dear \b all\b0\par Bye}".to_vec();
    let found = detect("letter.rtf", &source).unwrap();
    assert_eq!(found.media_type, "application/rtf");
    let text = reader().text(found.kind, source).unwrap();
    assert_eq!(text.pages[0].text, "Dear all\n\nBye");
}

#[test]
fn pictures_of_scanners_and_of_old_programs_are_read() {
    for format in [image::ImageFormat::Bmp, image::ImageFormat::Tiff] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let dots = image::DynamicImage::new_rgb8(40, 20);
        dots.write_to(&mut bytes, format).unwrap();
        let bytes = bytes.into_inner();
        let found = detect("scan", &bytes).unwrap();
        assert_eq!(found.kind, Kind::Picture, "{format:?}");
        let picture = reader().picture(bytes).unwrap();
        assert_eq!((picture.width, picture.height), (40, 20));
        assert_eq!(picture.media_type, "image/png", "every source takes it");
    }
}

#[test]
fn hostile_files_end_in_an_error() {
    // 400 MB of blanks in 400 kB.
    let bomb = zipped(&[("word/document.xml", &vec![b' '; 400 << 20])]);
    assert!(bomb.len() < 1 << 20);
    let error = reader().text(Kind::Document, bomb).unwrap_err();
    assert_eq!(error, ReadError::TooLarge);
    // Pages that are their own parents.
    let cyclic = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
        2 0 obj\n<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>\nendobj\n\
        trailer\n<< /Root 1 0 R >>\n%%EOF";
    let patient = reader().with_patience(Duration::from_secs(20));
    assert!(patient.text(Kind::Pdf, cyclic.to_vec()).is_err());
    assert_eq!(
        reader()
            .text(Kind::Pdf, b"%PDF-1.7 nothing".to_vec())
            .unwrap_err(),
        ReadError::Damaged
    );
    // A PNG that claims to be as wide as a street.
    let mut wide = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    wide.extend_from_slice(b"\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF\x08\x06\0\0\0\0\0\0\0");
    assert!(reader().picture(wide).is_err());
}

#[test]
fn one_that_does_not_end_is_ended() {
    let hurried = reader().with_patience(Duration::ZERO);
    let error = hurried.text(Kind::Text, b"words".to_vec()).unwrap_err();
    assert_eq!(error, ReadError::Stopped);
    // The control arm: with patience it is read.
    let text = reader().text(Kind::Text, b"words".to_vec()).unwrap();
    assert_eq!(text.pages[0].text, "words");
    let other = Reader::of("/bin/true".into());
    assert_eq!(
        other.text(Kind::Text, Vec::new()),
        Err::<Text, _>(ReadError::Stopped)
    );
}

#[test]
fn a_picture_loses_its_place_and_its_size() {
    let mut exif = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend_from_slice(&[6, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend_from_slice(b"GPS 52.5200N 13.4050E");
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80);
    image::ImageEncoder::set_exif_metadata(&mut encoder, exif).unwrap();
    image::DynamicImage::new_rgb8(3_000, 1_500)
        .write_with_encoder(encoder)
        .unwrap();
    let holds_place = |bytes: &[u8]| bytes.windows(8).any(|at| at == b"52.5200N");
    assert!(holds_place(&bytes), "the control arm: it is in the file");
    let picture = reader().picture(bytes).unwrap();
    assert!(!holds_place(&picture.bytes));
    assert!(picture.had_details && picture.was_scaled);
    assert_eq!(
        (picture.width, picture.height),
        (1_024, 2_048),
        "upright, as it was meant"
    );
    assert_eq!(picture.media_type, "image/jpeg");
}
