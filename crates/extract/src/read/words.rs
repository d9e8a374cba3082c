//! Words as they are, whatever their encoding, and those of web pages.

use chardetng::EncodingDetector;

use super::Pages;
use crate::ReadError;
use crate::answer::Text;

pub(super) fn plain(bytes: &[u8]) -> Text {
    let mut pages = Pages::default();
    pages.push(0, &decoded(bytes));
    pages.finish(0)
}

pub(super) fn html(bytes: &[u8]) -> Result<Text, ReadError> {
    let mut pages = Pages::default();
    pages.push(0, &of_html(bytes)?);
    Ok(pages.finish(0))
}

/// The words of a web page.
pub(super) fn of_html(bytes: &[u8]) -> Result<String, ReadError> {
    html2text::config::plain_no_decorate()
        .string_from_read(decoded(bytes).as_bytes(), 120)
        .map_err(|_| ReadError::Damaged)
}

fn decoded(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(&bytes[mark..])
            .0
            .into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut detector = EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, chardetng::Utf8Detection::Allow);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_any_encoding() {
        let latin = b"Stra\xDFe nach K\xF6ln, sch\xF6ne Gr\xFC\xDFe aus M\xFCnchen";
        let text = "Straße nach Köln, schöne Grüße aus München";
        assert_eq!(decoded(latin), text);
        assert_eq!(decoded(text.as_bytes()), text);
        assert_eq!(decoded(b"\xFF\xFEh\0i\0"), "hi");
    }

    #[test]
    fn a_web_page_gives_its_words_alone() {
        let page = "<html><head><title>t</title><style>p{color:red}</style></head><body>\
                    <script>alert(1)</script><h1>Hello</h1><p>one &amp; two</p></body></html>";
        let text = html(page.as_bytes()).unwrap();
        let words = &text.pages[0].text;
        assert!(
            words.contains("Hello") && words.contains("one & two"),
            "{words}"
        );
        assert!(
            !words.contains("alert") && !words.contains("color"),
            "{words}"
        );
    }
}
