/// A word that occurs nowhere else: 24 random lower-case letters.
///
/// Lower-case letters only, so that folding, stemming and case cannot hide it.
#[must_use]
pub fn canary() -> String {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).expect("the test machine has randomness");
    bytes
        .iter()
        .map(|byte| char::from(b'a' + byte % 26))
        .collect()
}

/// A canary in Cyrillic letters.
#[must_use]
pub fn cyrillic_canary() -> String {
    canary()
        .chars()
        .map(|c| char::from_u32(0x430 + (c as u32 - 'a' as u32)).unwrap_or('а'))
        .collect()
}

/// A canary of Han characters.
#[must_use]
pub fn han_canary() -> String {
    canary()
        .chars()
        .map(|c| char::from_u32(0x4e00 + 37 * (c as u32 - 'a' as u32)).unwrap_or('一'))
        .collect()
}
