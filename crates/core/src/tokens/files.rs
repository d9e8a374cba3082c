//! About how many tokens a file is.
//!
//! Pictures by the rule a service documents: OpenAI counts tiles of 512 pixels, or patches of 32
//! for its small models; Anthropic patches of 28; Google tiles of up to 768. Who documents nothing
//! is taken to count as Anthropic does: patches of that size are what most open models use. Of a
//! PDF that goes as it is, services read the words and a picture of each page. Sound is counted by
//! its length, which is guessed from its size.

use fluxchat_model::{Attachment, AttachmentKind, AttachmentWay, Dialect, Source};

use super::TOKEN;

/// Bytes of text for a token, where the text is not read.
const BYTES: u64 = 4;
/// What surrounds a file that goes as words.
const HEADING: u64 = 24;
/// What a page of a PDF takes as a picture, where its size is not known: A4, upright.
const PAGE: (u64, u64) = (1_108, 1_568);
/// A second of sound in bytes: 128 kbit/s, and what an uncompressed file has.
const PACKED: u64 = 16_000;
const UNPACKED: u64 = 176_400;

/// Who counts, where it is known how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counts {
    /// OpenAI: a fixed part, and one for each tile.
    Tiles { base: u64, tile: u64 },
    /// OpenAI's small models: patches, each so many hundredths of a token.
    Patches { hundredths: u64 },
    /// Anthropic, and whoever documents nothing.
    Anthropic,
    /// Google.
    Google,
}

/// A file as a source is given it, in tokens. `None`: it is not given.
#[must_use]
pub(crate) fn of_file(
    source: &Source,
    model: &str,
    it: &Attachment,
    way: Option<AttachmentWay>,
    whole: u32,
) -> u64 {
    match way {
        None => HEADING,
        Some(AttachmentWay::File) => as_it_is(counts(source, model), it),
        Some(AttachmentWay::Text | AttachmentWay::Pages) => words(it, whole),
    }
}

/// The same where it is not known who will be asked: as it was told before, if it was.
#[must_use]
pub(crate) fn of_any(it: &Attachment, told: Option<AttachmentWay>, whole: u32) -> u64 {
    match (it.facts.kind, told) {
        (AttachmentKind::Picture | AttachmentKind::Audio, _) | (_, Some(AttachmentWay::File)) => {
            as_it_is(Counts::Anthropic, it)
        }
        _ => words(it, whole),
    }
}

/// The words of a file, as far as they go along.
fn words(it: &Attachment, whole: u32) -> u64 {
    u64::from(it.facts.text_bytes.min(whole)) / BYTES + HEADING
}

fn as_it_is(counts: Counts, it: &Attachment) -> u64 {
    let facts = &it.facts;
    match facts.kind {
        AttachmentKind::Picture => picture(counts, u64::from(facts.width), u64::from(facts.height)),
        AttachmentKind::Audio => sound(counts, it),
        _ => {
            let pages = u64::from(facts.page_count.max(1));
            let words = u64::from(facts.text_bytes) / BYTES;
            match counts {
                // A page counts as a picture of one tile, and its words are in it.
                Counts::Google => pages * 258,
                _ => words + pages * picture(counts, PAGE.0, PAGE.1),
            }
        }
    }
}

fn sound(counts: Counts, it: &Attachment) -> u64 {
    let second = match it.media_type.as_str() {
        "audio/x-wav" | "audio/wav" => UNPACKED,
        _ => PACKED,
    };
    let seconds = it.bytes.div_ceil(second);
    match counts {
        Counts::Google => seconds * 32,
        _ => seconds * 10,
    }
}

fn counts(source: &Source, model: &str) -> Counts {
    match source.dialect {
        Dialect::Gemini | Dialect::Interactions => Counts::Google,
        Dialect::Anthropic => Counts::Anthropic,
        _ => by_name(model),
    }
}

/// By the name of the model: whoever passes questions on counts as its maker does.
fn by_name(model: &str) -> Counts {
    let model = model.to_ascii_lowercase();
    let name = model.rsplit('/').next().unwrap_or_default();
    let is = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    if model.contains("gemini") {
        Counts::Google
    } else if is(&["gpt-4o-mini"]) {
        tiles(2_833, 5_667)
    } else if is(&["gpt-4.1-mini", "gpt-5-mini"]) {
        Counts::Patches { hundredths: 162 }
    } else if is(&["gpt-4.1-nano", "gpt-5-nano"]) {
        Counts::Patches { hundredths: 246 }
    } else if is(&["o4-mini"]) {
        Counts::Patches { hundredths: 172 }
    } else if is(&["gpt-5"]) {
        tiles(70, 140)
    } else if is(&["o1", "o3"]) {
        tiles(75, 150)
    } else if is(&["gpt-", "chatgpt-"]) {
        tiles(85, 170)
    } else {
        Counts::Anthropic
    }
}

const fn tiles(base: u64, tile: u64) -> Counts {
    Counts::Tiles { base, tile }
}

/// Makes both sides smaller until the longer one is no longer than this.
fn within(width: u64, height: u64, longest: u64) -> (u64, u64) {
    let long = width.max(height);
    if long <= longest {
        return (width, height);
    }
    (
        (width * longest / long).max(1),
        (height * longest / long).max(1),
    )
}

fn picture(counts: Counts, width: u64, height: u64) -> u64 {
    let (width, height) = (width.max(1), height.max(1));
    // No larger one leaves this computer.
    let (width, height) = within(width, height, u64::from(fluxchat_extract::LONGEST_SIDE));
    match counts {
        Counts::Tiles { base, tile } => {
            let (width, height) = within(width, height, 2_048);
            let short = width.min(height);
            let (width, height) = if short > 768 {
                (width * 768 / short, height * 768 / short)
            } else {
                (width, height)
            };
            base + tile * width.div_ceil(512) * height.div_ceil(512)
        }
        Counts::Patches { hundredths } => {
            let patches = (width.div_ceil(32) * height.div_ceil(32)).min(1_536);
            (patches * hundredths).div_ceil(TOKEN)
        }
        Counts::Anthropic => {
            let (width, height) = within(width, height, 1_568);
            (width.div_ceil(28) * height.div_ceil(28)).min(1_568)
        }
        Counts::Google => {
            if width <= 384 && height <= 384 {
                return 258;
            }
            let side = (width.min(height) * 2 / 3).clamp(256, 768);
            258 * width.div_ceil(side) * height.div_ceil(side)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxchat_model::{AssetId, AttachmentFacts, Timestamp};

    fn file(kind: AttachmentKind, change: impl FnOnce(&mut Attachment)) -> Attachment {
        let mut it = Attachment {
            asset_id: AssetId::new(Timestamp(1), [1; 10]),
            name: "a".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: 1_000,
            facts: AttachmentFacts::new(kind),
        };
        change(&mut it);
        it
    }

    #[test]
    fn pictures_are_counted_as_their_services_document() {
        // The examples of OpenAI's own description.
        assert_eq!(picture(by_name("gpt-4o"), 1_024, 1_024), 765);
        assert_eq!(picture(by_name("gpt-4o"), 2_048, 4_096), 1_105);
        assert_eq!(picture(by_name("openai/gpt-4o"), 1_024, 1_024), 765);
        assert_eq!(
            picture(by_name("gpt-4.1-mini"), 1_024, 1_024),
            (1_024_u64 * 162).div_ceil(100)
        );
        // Of Anthropic's: 1.15 megapixels are the most, a small one costs little.
        assert_eq!(picture(Counts::Anthropic, 200, 200), 64);
        assert_eq!(picture(Counts::Anthropic, 4_000, 3_000), 1_568);
        // Of Google's: small ones are one tile, others are cut.
        assert_eq!(picture(Counts::Google, 384, 384), 258);
        assert_eq!(picture(Counts::Google, 960, 540), 258 * 6);
        assert_eq!(picture(by_name("google/gemini-3-pro"), 384, 10), 258);
        assert_eq!(by_name("llava:13b"), Counts::Anthropic);
    }

    #[test]
    fn documents_count_by_what_goes_along_and_never_by_their_whole_length() {
        let long = file(AttachmentKind::Pdf, |it| {
            it.facts.page_count = 500;
            it.facts.text_bytes = 2_000_000;
        });
        assert_eq!(words(&long, 24 << 10), 6_144 + HEADING);
        assert_eq!(of_any(&long, None, 24 << 10), 6_144 + HEADING);
        let short = file(AttachmentKind::Pdf, |it| {
            it.facts.page_count = 3;
            it.facts.text_bytes = 4_000;
        });
        assert_eq!(as_it_is(Counts::Google, &short), 774);
        let page = picture(Counts::Anthropic, PAGE.0, PAGE.1);
        assert_eq!(as_it_is(Counts::Anthropic, &short), 1_000 + 3 * page);
        let told = of_any(&short, Some(AttachmentWay::File), 24 << 10);
        assert_eq!(told, 1_000 + 3 * page);
    }

    #[test]
    fn a_minute_of_sound() {
        let minute = file(AttachmentKind::Audio, |it| {
            it.media_type = "audio/mpeg".to_owned();
            it.bytes = 60 * PACKED;
        });
        assert_eq!(as_it_is(Counts::Google, &minute), 1_920);
        assert_eq!(as_it_is(Counts::Anthropic, &minute), 600);
    }

    #[test]
    fn nothing_makes_it_fail() {
        for counts in [
            tiles(85, 170),
            Counts::Patches { hundredths: 162 },
            Counts::Anthropic,
            Counts::Google,
        ] {
            for (width, height) in [(0, 0), (1, 30_000), (30_000, 1), (u64::from(u32::MAX), 1)] {
                assert!(picture(counts, width, height) < 2_000_000);
            }
        }
    }
}
