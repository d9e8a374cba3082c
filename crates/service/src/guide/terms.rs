//! Text to search terms: folded, without filler words, with endings cut off.

pub(super) const FILLER_EN: &str = "a about after all also am an and any anything are as at be been but by \
    can could did do does doing done for from get give go goes going got had happen happens has have he her here \
    how i if in into is it its just let like made make many may me mean means more most much must my \
    need no not of off on one or other our out please she should so some something than that the \
    their them then there these they thing things this those to too up us use used using very want \
    was way we well were what when where which while who whom whose why will with would yes yet you \
    your know tell explain";

pub(super) const FILLER_DE: &str = "ab aber alle allem allen aller alles als also am an andere anderen auch \
    auf aus bei beim bin bis bist bitte da dabei damit dann das dass dein deine deinem deinen \
    deiner dem den der des dich die dies diese diesem diesen dieser dieses dir doch du durch ein \
    eine einem einen einer eines er es etwas euch eure fur ganz geht gib gibt habe haben hat hier \
    ich ihm ihn ihr ihre im in ins irgendetwas irgendwas ist ja jede jeden jeder jedes jetzt kann kannst \
    kein keine keinen konnen konnte mach mache machen macht man mehr mein meine meinem meinen meiner meines \
    mich mir mit muss mussen nach nicht nichts noch nun nur ob oder ohne passiert schon sehr sein seine sich sie \
    sind so soll soviel uber um und uns unter vom von vor wann war warum was wegen weil welche welchem \
    welchen welcher welches wenn wer werde werden wie wieder will wird wo wohin woher womit wozu \
    wurde zu zum zur bedeutet heisst heissen sag erklare";

/// Terms of a text in a language, in order, filler words left out.
pub(super) fn terms(text: &str, language: &str) -> Vec<String> {
    words(text)
        .filter(|word| !is_filler(word, language))
        .map(|word| stem(&word, language))
        // A single letter or digit names nothing; a single CJK character does.
        .filter(|term| term.len() > 1)
        .collect()
}

/// How many words of a text are more than filler.
pub(super) fn content_words(text: &str, language: &str) -> usize {
    words(text)
        .filter(|word| !is_filler(word, language))
        .count()
}

/// Lower-case words with accents folded (`ß` to `ss`).
pub(super) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && !is_combining(c))
        .filter(|word| !word.is_empty())
        .map(fold)
}

/// Accents of decomposed text (Unicode block Combining Diacritical Marks).
fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'à' | 'á' | 'â' => folded.push('a'),
            'ö' | 'ò' | 'ó' | 'ô' => folded.push('o'),
            'ü' | 'ù' | 'ú' | 'û' => folded.push('u'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'ß' => folded.push_str("ss"),
            accent if is_combining(accent) => {}
            other => folded.push(other),
        }
    }
    folded
}

fn is_filler(word: &str, language: &str) -> bool {
    let list = if language == "de" {
        FILLER_DE
    } else {
        FILLER_EN
    };
    list.split_ascii_whitespace().any(|filler| filler == word)
}

/// Cuts common endings. Crude on purpose: it only has to treat question and help alike.
pub(super) fn stem(word: &str, language: &str) -> String {
    if word.len() <= 3 || !word.is_ascii() || word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    if language == "de" {
        stem_de(word)
    } else {
        stem_en(word)
    }
}

/// Cuts `ending` where at least `keep` bytes stay.
fn cut<'w>(word: &'w str, ending: &str, keep: usize) -> Option<&'w str> {
    word.strip_suffix(ending).filter(|rest| rest.len() >= keep)
}

fn stem_en(word: &str) -> String {
    let singular = match cut(word, "ies", 2) {
        Some(rest) => format!("{rest}y"),
        None if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") => {
            word.to_owned()
        }
        None => cut(word, "s", 3).unwrap_or(word).to_owned(),
    };
    let base = [
        "ations", "ation", "ions", "ion", "ing", "ed", "er", "al", "ly",
    ]
    .into_iter()
    .find_map(|ending| cut(&singular, ending, 4))
    .unwrap_or(&singular);
    // “running” to “run”, “delete” and “deleting” to “delet”.
    let base = base.strip_suffix('e').unwrap_or(base);
    let bytes = base.as_bytes();
    match bytes {
        [.., a, b] if a == b && bytes.len() > 4 && !matches!(b, b's' | b'l') => {
            base[..base.len() - 1].to_owned()
        }
        _ => base.to_owned(),
    }
}

fn stem_de(word: &str) -> String {
    // Typed without umlauts, ä is often “ae”; in this vocabulary the pair is hardly anything else.
    let word = word
        .replace("ae", "a")
        .replace("oe", "o")
        .replace("ue", "u");
    let base = [
        "ungen", "ung", "ern", "est", "em", "en", "er", "es", "st", "et", "te", "e", "s", "n", "t",
    ]
    .into_iter()
    .find_map(|ending| cut(&word, ending, 4))
    .unwrap_or(&word);
    base.strip_suffix('e').unwrap_or(base).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_meet() {
        for (a, b) in [
            ("deleting", "delete"),
            ("deleted", "delete"),
            ("keys", "key"),
            ("encryption", "encrypted"),
            ("consents", "consent"),
            ("entries", "entry"),
        ] {
            assert_eq!(stem(a, "en"), stem(b, "en"), "{a} and {b}");
        }
        for (a, b) in [
            ("loschen", "loscht"),
            ("schlussel", "schluessel"),
            ("einwilligungen", "einwilligung"),
            ("gespeichert", "gespeicherte"),
            ("verschlusselt", "verschlusselte"),
        ] {
            assert_eq!(stem(a, "de"), stem(b, "de"), "{a} and {b}");
        }
    }

    #[test]
    fn accents_and_filler_words_go() {
        assert_eq!(terms("Wie lösche ich das?", "de"), ["losch"]);
        assert_eq!(terms("lo\u{308}sche", "de"), ["losch"]);
        assert_eq!(content_words("How do I do that?", "en"), 0);
    }
}
