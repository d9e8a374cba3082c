//! The recovery code: 160 random bits, as people can copy them by hand.

use fluxchat_model::Secret;
use zeroize::Zeroizing;

use crate::VaultError;

/// Crockford's Base32: no letter that looks like a digit.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BYTES: usize = 20;
const GROUP: usize = 4;

/// A new code: eight groups of four.
pub(crate) fn new_code() -> Result<Secret<String>, VaultError> {
    let mut random = Zeroizing::new([0_u8; BYTES]);
    getrandom::fill(random.as_mut_slice())?;
    let mut code = String::with_capacity(BYTES * 2);
    for (index, bits) in (0..BYTES * 8).step_by(5).enumerate() {
        if index > 0 && index % GROUP == 0 {
            code.push('-');
        }
        let pair = u16::from(random[bits / 8]) << 8
            | u16::from(random.get(bits / 8 + 1).copied().unwrap_or(0));
        let digit = pair >> (11 - bits % 8) & 31;
        code.push(char::from(DIGITS[usize::from(digit)]));
    }
    Ok(Secret::new(code))
}

/// A code as it was typed: any case, any separators, and the usual mistakes.
pub(crate) fn canonical(typed: &Secret<String>) -> Secret<String> {
    let mut code = String::with_capacity(typed.expose().len());
    code.extend(
        typed
            .expose()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            }),
    );
    Secret::new(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_long_grouped_and_forgiving() {
        let code = new_code().unwrap();
        let groups: Vec<_> = code.expose().split('-').collect();
        assert_eq!(groups.len(), 8);
        assert!(groups.iter().all(|group| group.len() == 4));
        assert_ne!(code.expose(), new_code().unwrap().expose());
        let typed = Secret::new(
            code.expose()
                .to_lowercase()
                .replace('-', " ")
                .replace('0', "o"),
        );
        assert_eq!(canonical(&typed).expose(), canonical(&code).expose());
        assert_eq!(canonical(&code).expose().len(), 32);
    }
}
