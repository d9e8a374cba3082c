//! An answer as models write them: headings, lists, tables and code, in tokens of four bytes.

/// Markdown in so many pieces.
pub fn markdown(tokens: usize) -> Vec<String> {
    let mut text = String::new();
    for section in 1.. {
        if text.len() >= tokens * 4 {
            break;
        }
        text.push_str(&format!(
            "## Section {section} of the answer\n\n\
             Here is a paragraph with **strong words**, `code`, and a [link](https://a.example/{section}). \
             It has several sentences; some are long, and some are not. It ends here.\n\n\
             - First, a list item with *emphasis* and some more words to read.\n\
             - Second, an item that refers to `another_name` and goes on.\n\
             - Third, the last of them.\n\n\
             ```rust\nfn compute_{section}(x: u32) -> u32 {{\n    x.wrapping_mul(31) // note\n}}\n```\n\n\
             | name | value |\n|------|------:|\n| one | {section} |\n| two | 2 |\n\n"
        ));
    }
    let bytes: Vec<char> = text.chars().take(tokens * 4).collect();
    bytes
        .chunks(4)
        .map(|token| token.iter().collect())
        .collect()
}
