//! Which messages go along with a question. A pure rule; nothing is read and nothing is sent.

use fluxchat_model::ContextRule;

/// A message that could go along, oldest first; the last one is the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// About how long it is. 0: it has nothing to send and is not counted.
    pub(crate) tokens: u64,
    /// Whether the person said it.
    pub(crate) is_mine: bool,
    /// Whether it always goes along.
    pub(crate) always: bool,
}

/// Decides for each line whether it goes along. `room` is what the model reads besides
/// instructions and answer; without it nothing is left out but by number.
///
/// The question always goes, and so does what is marked, an answer together with its question.
/// Otherwise what goes is the end of the conversation without a gap, and where something is left
/// out it begins with words of the person: some services refuse it otherwise.
pub(crate) fn trim(lines: &[Line], rule: ContextRule, room: Option<u64>) -> Vec<bool> {
    let mut keep: Vec<bool> = lines.iter().map(|line| line.always).collect();
    for at in 1..lines.len() {
        if lines[at].always && !lines[at].is_mine {
            keep[at - 1] = true;
        }
    }
    if let Some(last) = keep.last_mut() {
        *last = true;
    }
    let sure = keep.clone();
    let from = match (rule, room) {
        (ContextRule::All, _) | (ContextRule::Fit, None) => return vec![true; lines.len()],
        (ContextRule::Last { messages }, _) => last(lines, messages),
        (ContextRule::Fit, Some(room)) => fitting(lines, &sure, room),
    };
    if from == 0 {
        return vec![true; lines.len()];
    }
    let begins = (from..lines.len()).find(|&at| sure[at] || lines[at].is_mine);
    if let Some(begins) = begins {
        keep[begins..].fill(true);
    }
    keep
}

/// The first of the last so many.
fn last(lines: &[Line], messages: u32) -> usize {
    let mut left = messages.max(1);
    for (at, line) in lines.iter().enumerate().rev() {
        if line.tokens == 0 {
            continue;
        }
        if left == 0 {
            return at + 1;
        }
        left -= 1;
    }
    0
}

/// The first of those that fit beside what goes in any case.
fn fitting(lines: &[Line], sure: &[bool], room: u64) -> usize {
    let fixed: u64 = lines
        .iter()
        .zip(sure)
        .filter(|(_, sure)| **sure)
        .map(|(line, _)| line.tokens)
        .sum();
    let mut left = room.saturating_sub(fixed);
    for (at, line) in lines.iter().enumerate().rev() {
        if sure[at] {
            continue;
        }
        if line.tokens > left {
            return at + 1;
        }
        left -= line.tokens;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(tokens: u64, is_mine: bool) -> Line {
        Line {
            tokens,
            is_mine,
            always: false,
        }
    }

    /// Question, answer, question, answer, question: ten tokens each.
    fn five() -> Vec<Line> {
        (0..5).map(|at| line(10, at % 2 == 0)).collect()
    }

    fn kept(keep: &[bool]) -> String {
        keep.iter()
            .map(|keep| if *keep { '1' } else { '0' })
            .collect()
    }

    #[test]
    fn what_goes_is_the_end_and_begins_with_a_question() {
        let fit = |room| kept(&trim(&five(), ContextRule::Fit, Some(room)));
        assert_eq!(fit(50), "11111");
        assert_eq!(
            fit(49),
            "00111",
            "an answer without its question does not go"
        );
        assert_eq!(fit(30), "00111");
        assert_eq!(fit(29), "00001");
        assert_eq!(fit(0), "00001", "the question goes in any case");
        let last = |messages| kept(&trim(&five(), ContextRule::Last { messages }, None));
        assert_eq!(last(0), "00001");
        assert_eq!(last(2), "00001");
        assert_eq!(last(3), "00111");
        assert_eq!(last(9), "11111");
        assert_eq!(kept(&trim(&five(), ContextRule::All, Some(1))), "11111");
        assert_eq!(kept(&trim(&five(), ContextRule::Fit, None)), "11111");
        assert!(trim(&[], ContextRule::Fit, Some(1)).is_empty());
    }

    #[test]
    fn what_is_marked_goes_with_its_question() {
        let mut lines = five();
        lines[1].always = true;
        assert_eq!(kept(&trim(&lines, ContextRule::Fit, Some(30))), "11001");
        assert_eq!(
            kept(&trim(&lines, ContextRule::Last { messages: 1 }, None)),
            "11001"
        );
    }

    #[test]
    fn what_is_empty_counts_for_nothing() {
        let mut lines = five();
        lines.insert(3, line(0, false));
        assert_eq!(
            kept(&trim(&lines, ContextRule::Last { messages: 3 }, None)),
            "001111"
        );
    }

    fn any_lines() -> impl Strategy<Value = Vec<Line>> {
        let any = (0_u64..500, any::<bool>(), prop::bool::weighted(0.1));
        let any = any.prop_map(|(tokens, is_mine, always)| Line {
            tokens,
            is_mine,
            always,
        });
        prop::collection::vec(any, 1..60)
    }

    proptest! {
        #[test]
        fn nothing_that_must_go_is_left_out_and_nothing_is_too_long(
            lines in any_lines(),
            room in 0_u64..8_000,
            messages in 0_u32..70,
            by_number in any::<bool>(),
        ) {
            let rule = if by_number { ContextRule::Last { messages } } else { ContextRule::Fit };
            let keep = trim(&lines, rule, Some(room));
            prop_assert_eq!(keep.len(), lines.len());
            prop_assert!(keep[lines.len() - 1], "the question");
            for (at, line) in lines.iter().enumerate() {
                prop_assert!(!line.always || keep[at]);
                prop_assert!(!line.always || line.is_mine || at == 0 || keep[at - 1]);
            }
            let sure = trim(&lines, ContextRule::Fit, Some(0));
            let sum = |keep: &[bool]| -> u64 {
                lines.iter().zip(keep).filter(|(_, keep)| **keep).map(|(line, _)| line.tokens).sum()
            };
            if !by_number && sum(&sure) <= room {
                prop_assert!(sum(&keep) <= room);
            }
            if by_number {
                let more = keep.iter().zip(&sure).zip(&lines)
                    .filter(|((keep, sure), line)| **keep && !**sure && line.tokens > 0).count();
                prop_assert!(more <= messages.max(1) as usize);
            }
        }
    }
}
