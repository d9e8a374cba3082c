//! How long a source asks to wait, in words.

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// What to do after so many seconds. Rounded up: who comes too early is sent away again. The window
/// says it in other languages by the same rule (`errorWords`).
pub(super) fn try_again_in(seconds: u32) -> String {
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds.div_ceil(MINUTE), "minute"),
        7_200..172_800 => (seconds.div_ceil(HOUR), "hour"),
        _ => (seconds.div_ceil(DAY), "day"),
    };
    let many = if count == 1 { "" } else { "s" };
    format!("Try again in {count} {unit}{many}.")
}

#[cfg(test)]
mod tests {
    use fluxchat_providers::ProviderError;

    use super::*;
    use crate::Error;

    #[test]
    fn how_long_to_wait_is_said_as_people_say_it() {
        for (seconds, said) in [
            (1, "1 second"),
            (20, "20 seconds"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (121, "3 minutes"),
            (7_199, "120 minutes"),
            (7_200, "2 hours"),
            (7_201, "3 hours"),
            (172_800, "2 days"),
            (u32::MAX, "49711 days"),
        ] {
            assert_eq!(try_again_in(seconds), format!("Try again in {said}."));
        }
    }

    #[test]
    fn what_the_source_asks_for_is_in_the_sentence_and_nothing_else_is() {
        let next = |retry_after_ms| {
            let error = Error::Provider(ProviderError::RateLimited {
                message: "slow".to_owned(),
                retry_after_ms,
            });
            let visible = error.visible();
            (visible.next, visible.named.and_then(|it| it.wait))
        };
        assert_eq!(
            next(Some(1)),
            ("Try again in 1 second.".to_owned(), Some(1))
        );
        let long = ("Try again in 2 hours.".to_owned(), Some(7_200));
        assert_eq!(next(Some(7_200_000)), long);
        let moment = ("Try again in a moment.".to_owned(), None);
        assert_eq!((next(None), next(Some(0))), (moment.clone(), moment));
    }
}
