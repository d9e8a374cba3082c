//! What a server may say at once. Bytes alone are no bound for what is read of them: a small value of
//! JSON is two bytes on the wire and dozens in memory.

/// Values of one message. Files are one value each, and of a result this large little would be told.
pub(crate) const MOST_VALUES: usize = 500_000;

/// Whether a message has more values than anybody reads. Only counts: what is no JSON is found out
/// when it is read.
pub(crate) fn has_too_many_values(json: &[u8]) -> bool {
    let mut values = 0;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => {
                while let Some(inside) = bytes.next() {
                    match inside {
                        b'"' => break,
                        // Whatever is written with it.
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
            }
            b',' | b'[' | b'{' => {
                values += 1;
                if values > MOST_VALUES {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_and_what_stands_in_words_is_not() {
        for (piece, is_too_many) in [("1,", true), ("[", true), ("{\"a\":", true)] {
            let many = piece.repeat(MOST_VALUES + 1);
            assert_eq!(has_too_many_values(many.as_bytes()), is_too_many, "{piece}");
        }
        let few = "1,".repeat(MOST_VALUES);
        assert!(!has_too_many_values(few.as_bytes()));
        let words = format!("{{\"text\":\"{}\\\",\"}}", ",[{".repeat(MOST_VALUES));
        assert!(!has_too_many_values(words.as_bytes()));
        let behind = format!("\"\\\\\"{}", ",".repeat(MOST_VALUES + 1));
        assert!(has_too_many_values(behind.as_bytes()), "the words ended");
    }
}
