//! How wide letters are. Nobody knows with which font a picture will be shown, so they are as
//! wide as those of a wide one: in any other there is room to spare, and nothing sticks out.

use unicode_width::UnicodeWidthChar as _;

/// Of the letters from the blank to the tilde, in hundredths of their size.
const ASCII: [u8; 95] = [
    32, 40, 46, 84, 64, 95, 78, 28, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 78, 75, 29, 30, 66, 56, 86, 75,
    79, 60, 79, 69, 64, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 64, 55, 64, 62, 35,
    64, 63, 28, 28, 58, 28, 97, 63, 61, 64, 64, 41, 52, 39, 63, 59, 82, 59, 59, 53, 64, 34, 64, 84,
];
/// Where nothing is known of one.
const OTHER: f64 = 0.66;
/// How much wider bold letters are.
const BOLD: f64 = 1.1;

/// How wide a text is, for letters of size one.
pub(super) fn em(text: &str, bold: bool) -> f64 {
    let one = |letter: char| match u32::from(letter).checked_sub(32) {
        Some(at @ 0..=94) => f64::from(ASCII[at as usize]) / 100.0,
        _ => match letter.width() {
            Some(0) | None => 0.0,
            Some(1) => OTHER,
            Some(_) => 1.0,
        },
    };
    let width: f64 = text.chars().map(one).sum();
    if bold { width * BOLD } else { width }
}

#[cfg(test)]
mod tests {
    use super::em;

    #[test]
    fn widths_are_those_of_a_wide_font() {
        assert!((em("mm", false) - 1.94).abs() < 1e-9);
        assert!((em("人", false) - 1.0).abs() < 1e-9);
        assert!(em("i", false) < em("W", false) && em("a", false) < em("a", true));
        assert!(em("\u{300}\n", false).abs() < 1e-9);
    }
}
