//! Which pages an answer names.

use fluxchat_model::{AssetId, Part};

/// Pages that an answer names as `[name, p. 12]`, of those that its source was given.
pub(crate) fn cited(answer: &str, given: &[(AssetId, String, Vec<u32>)]) -> Vec<Part> {
    let mut parts = Vec::new();
    for (id, name, pages) in given {
        for page in pages {
            let mark = format!("{name}, p. {page}");
            let named = answer.match_indices(&mark).any(|(at, found)| {
                !answer[at + found.len()..].starts_with(|next: char| next.is_ascii_digit())
            });
            if named {
                parts.push(Part::Citation {
                    title: mark,
                    target: format!("attachment:{id}#{page}"),
                });
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxchat_model::Timestamp;

    #[test]
    fn a_page_is_cited_when_it_was_given_and_is_named() {
        let id = AssetId::new(Timestamp(1), [7; 10]);
        let given = [(id, "Manual.pdf".to_owned(), vec![12, 31, 120])];
        let answer = "It is blue [Manual.pdf, p. 120]. Not [Manual.pdf, p. 4].";
        let titles: Vec<String> = cited(answer, &given)
            .into_iter()
            .map(|part| match part {
                Part::Citation { title, .. } => title,
                _ => String::new(),
            })
            .collect();
        assert_eq!(titles, ["Manual.pdf, p. 120"], "neither page 12 nor page 4");
    }
}
