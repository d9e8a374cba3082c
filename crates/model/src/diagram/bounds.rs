//! What a drawn diagram may hold, and how much of it.

use super::{
    FARTHEST, LONGEST_RUN, MOST_SHAPES, MOST_STEPS, MOST_WORDS, PathStep, Scene, SceneForm,
    SceneShape,
};

impl Scene {
    /// Whether it keeps to all bounds. Whoever takes one from another process asks this first.
    #[must_use]
    pub fn holds(&self) -> bool {
        let [_, _, width, height] = self.view;
        let said = [&self.title, &self.description];
        let said: usize = said.into_iter().flatten().map(String::len).sum();
        let (mut steps, mut words) = (0, said);
        for shape in &self.shapes {
            match &shape.form {
                SceneForm::Path { steps: some } => steps += some.len(),
                SceneForm::Text { runs, .. } => {
                    steps += runs.len();
                    words += runs.iter().map(|run| run.text.len()).sum::<usize>();
                }
                SceneForm::Rect { .. } | SceneForm::Ellipse { .. } => {}
            }
        }
        self.view.into_iter().all(is_near)
            && width > 0.0
            && height > 0.0
            && said <= 2 * LONGEST_RUN
            && [&self.title, &self.description]
                .into_iter()
                .flatten()
                .all(|it| is_plain(it))
            && self.shapes.len() <= MOST_SHAPES
            && steps <= MOST_STEPS
            && words <= MOST_WORDS
            && self.shapes.iter().all(SceneShape::holds)
    }
}

impl SceneShape {
    fn holds(&self) -> bool {
        is_length(self.width)
            && self.dash.len() <= 16
            && self.dash.iter().copied().all(is_length)
            && self.at.iter().flatten().copied().all(is_near)
            && self.form.holds()
    }
}

impl SceneForm {
    fn holds(&self) -> bool {
        match self {
            Self::Path { steps } => {
                matches!(steps.first(), Some(PathStep::Move(_)))
                    && steps
                        .iter()
                        .all(|step| step.numbers().iter().copied().all(is_near))
            }
            Self::Rect {
                x,
                y,
                width,
                height,
                radius,
            } => {
                is_near(*x) && is_near(*y) && [*width, *height, *radius].into_iter().all(is_length)
            }
            Self::Ellipse { x, y, rx, ry } => {
                is_near(*x) && is_near(*y) && is_length(*rx) && is_length(*ry)
            }
            Self::Text {
                x, y, size, runs, ..
            } => {
                is_near(*x)
                    && is_near(*y)
                    && is_length(*size)
                    && runs
                        .iter()
                        .all(|run| run.text.len() <= LONGEST_RUN && is_plain(&run.text))
            }
        }
    }
}

fn is_near(number: f64) -> bool {
    number.is_finite() && number.abs() <= FARTHEST
}

fn is_length(number: f64) -> bool {
    is_near(number) && number >= 0.0
}

/// Words without what cannot be seen or turns others around.
fn is_plain(text: &str) -> bool {
    !text.chars().any(deceives)
}

/// Whether a letter has no place in a picture: it cannot be seen, or turns others around.
#[must_use]
pub fn deceives(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{3164}' | '\u{ffa0}' | '\u{fffe}' | '\u{ffff}' | '\u{e0100}'..='\u{e01ef}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::super::{DiagramKind, SceneRun, TextAnchor};
    use super::*;

    fn scene(form: SceneForm) -> Scene {
        Scene {
            kind: DiagramKind::Pie,
            title: None,
            description: None,
            view: [0.0, 0.0, 10.0, 10.0],
            shapes: vec![SceneShape {
                form,
                fill: Some(0xff),
                stroke: None,
                width: 1.0,
                dash: Vec::new(),
                at: None,
            }],
        }
    }

    fn ellipse(x: f64) -> SceneForm {
        SceneForm::Ellipse {
            x,
            y: 0.0,
            rx: 1.0,
            ry: 1.0,
        }
    }

    fn text(words: &str) -> SceneForm {
        SceneForm::Text {
            x: 0.0,
            y: 0.0,
            anchor: TextAnchor::Middle,
            size: 16.0,
            runs: vec![SceneRun {
                text: words.to_owned(),
                fill: 0xff,
                bold: false,
                italic: false,
            }],
        }
    }

    #[test]
    fn what_keeps_to_the_bounds_holds_and_nothing_else() {
        assert!(scene(ellipse(1.0)).holds() && scene(text("a b")).holds());
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e7] {
            assert!(!scene(ellipse(number)).holds(), "{number}");
            let mut other = scene(ellipse(0.0));
            other.view[2] = number;
            assert!(!other.holds(), "{number} as a width");
            other = scene(ellipse(0.0));
            other.shapes[0].at = Some([1.0, 0.0, 0.0, 1.0, number, 0.0]);
            assert!(!other.holds(), "{number} in a matrix");
        }
        for steps in [
            vec![],
            vec![PathStep::Close],
            vec![PathStep::Line([0.0; 2])],
        ] {
            assert!(
                !scene(SceneForm::Path { steps }).holds(),
                "it begins nowhere"
            );
        }
        for words in ["a\u{202e}b", "a\nb", "\u{0}", "\u{e0041}"] {
            assert!(!scene(text(words)).holds(), "{words:?}");
        }
        assert!(!scene(text(&"a".repeat(LONGEST_RUN + 1))).holds());
        let mut many = scene(ellipse(0.0));
        many.shapes = vec![many.shapes[0].clone(); MOST_SHAPES + 1];
        assert!(!many.holds());
        let mut flat = scene(ellipse(0.0));
        flat.view[3] = 0.0;
        assert!(!flat.holds());
    }

    #[test]
    fn what_is_not_in_the_list_is_not_read() {
        let good = serde_json::to_value(scene(text("a"))).unwrap();
        assert!(serde_json::from_value::<Scene>(good.clone()).is_ok());
        for (at, key) in [
            ("", "script"),
            ("/shapes/0", "href"),
            ("/shapes/0/form/runs/0", "onclick"),
        ] {
            let mut other = good.clone();
            other.pointer_mut(at).unwrap()[key] = "x".into();
            assert!(serde_json::from_value::<Scene>(other).is_err(), "{key}");
        }
        let mut other = good;
        other["shapes"][0]["form"]["type"] = "foreign_object".into();
        assert!(serde_json::from_value::<Scene>(other).is_err());
    }
}
