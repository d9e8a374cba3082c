//! A diagram as a file: every name in it is written here, and of the diagram only numbers,
//! colours and words, which are escaped.

use std::fmt::Write as _;

use fluxchat_model::{PathStep, Scene, SceneForm, SceneRun, SceneShape, TextAnchor};

/// What is behind a saved picture, wherever it is put.
const PAPER: u32 = 0xff_ff_ff_ff;
const FONTS: &str = "system-ui, sans-serif";

/// The text of an SVG file.
pub(super) fn write(scene: &Scene) -> String {
    let [left, top, width, height] = scene.view;
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"{left} {top} {width} {height}\" role=\"img\" font-family=\"{FONTS}\">"
    );
    for (name, words) in [("title", &scene.title), ("desc", &scene.description)] {
        if let Some(words) = words {
            let _ = writeln!(out, "<{name}>{}</{name}>", escaped(words));
        }
    }
    let _ = write!(
        out,
        "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\""
    );
    paint(&mut out, "fill", Some(PAPER));
    out.push_str("/>\n");
    for shape in &scene.shapes {
        one(&mut out, shape);
    }
    out.push_str("</svg>\n");
    out
}

fn one(out: &mut String, shape: &SceneShape) {
    match &shape.form {
        SceneForm::Path { steps } => {
            out.push_str("<path d=\"");
            for step in steps {
                out.push(letter(step));
                for (at, number) in step.numbers().iter().enumerate() {
                    let _ = write!(out, "{}{number}", if at == 0 { "" } else { " " });
                }
            }
            out.push('"');
        }
        SceneForm::Rect {
            x,
            y,
            width,
            height,
            radius,
        } => {
            let _ = write!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\""
            );
        }
        SceneForm::Ellipse { x, y, rx, ry } => {
            let _ = write!(
                out,
                "<ellipse cx=\"{x}\" cy=\"{y}\" rx=\"{rx}\" ry=\"{ry}\""
            );
        }
        SceneForm::Text {
            x,
            y,
            anchor,
            size,
            runs,
        } => {
            let anchor = match anchor {
                TextAnchor::Start => "start",
                TextAnchor::Middle => "middle",
                TextAnchor::End => "end",
            };
            let _ = write!(
                out,
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"{anchor}\" \
                 xml:space=\"preserve\""
            );
            placed(out, shape);
            out.push('>');
            runs.iter().for_each(|run| words(out, run));
            out.push_str("</text>\n");
            return;
        }
    }
    paint(out, "fill", shape.fill);
    if shape.stroke.is_some() {
        paint(out, "stroke", shape.stroke);
        let _ = write!(out, " stroke-width=\"{}\"", shape.width);
        if !shape.dash.is_empty() {
            let dash: Vec<_> = shape.dash.iter().map(f64::to_string).collect();
            let _ = write!(out, " stroke-dasharray=\"{}\"", dash.join(" "));
        }
    }
    placed(out, shape);
    out.push_str("/>\n");
}

const fn letter(step: &PathStep) -> char {
    match step {
        PathStep::Move(_) => 'M',
        PathStep::Line(_) => 'L',
        PathStep::Bend(_) => 'Q',
        PathStep::Curve(_) => 'C',
        PathStep::Close => 'Z',
    }
}

fn words(out: &mut String, run: &SceneRun) {
    out.push_str("<tspan");
    paint(out, "fill", Some(run.fill));
    if run.bold {
        out.push_str(" font-weight=\"bold\"");
    }
    if run.italic {
        out.push_str(" font-style=\"italic\"");
    }
    let _ = write!(out, ">{}</tspan>", escaped(&run.text));
}

/// Not every program knows colours of eight digits.
fn paint(out: &mut String, name: &str, colour: Option<u32>) {
    let Some(colour) = colour else {
        let _ = write!(out, " {name}=\"none\"");
        return;
    };
    let _ = write!(out, " {name}=\"#{:06x}\"", colour >> 8);
    let opaque = colour & 0xff;
    if opaque < 0xff {
        let _ = write!(out, " {name}-opacity=\"{:.3}\"", f64::from(opaque) / 255.0);
    }
}

fn placed(out: &mut String, shape: &SceneShape) {
    if let Some(at) = shape.at {
        let numbers: Vec<_> = at.iter().map(f64::to_string).collect();
        let _ = write!(out, " transform=\"matrix({})\"", numbers.join(" "));
    }
}

fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use fluxchat_model::DiagramKind;

    use super::*;

    const EVIL: &str = "</text><script>alert(1)</script>\" onload='x' & ]]>";

    fn shape(form: SceneForm) -> SceneShape {
        SceneShape {
            form,
            fill: Some(0x01_02_03_80),
            stroke: Some(0xff_00_00_ff),
            width: 1.5,
            dash: vec![3.0, 2.0],
            at: Some([0.0, 1.0, -1.0, 0.0, 5.0, 6.0]),
        }
    }

    fn scene() -> Scene {
        let run = SceneRun {
            text: EVIL.to_owned(),
            fill: 0x0a_0b_0c_ff,
            bold: true,
            italic: true,
        };
        let text = SceneForm::Text {
            x: 1.0,
            y: 2.0,
            anchor: TextAnchor::Middle,
            size: 16.0,
            runs: vec![run],
        };
        let steps = vec![
            PathStep::Move([0.0, -1.25]),
            PathStep::Line([2.0, 3.0]),
            PathStep::Bend([1.0, 1.0, 2.0, 2.0]),
            PathStep::Curve([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
            PathStep::Close,
        ];
        let ellipse = SceneForm::Ellipse {
            x: 1.0,
            y: 2.0,
            rx: 3.0,
            ry: 4.0,
        };
        let rect = SceneForm::Rect {
            x: 1.0,
            y: 2.0,
            width: 3.0,
            height: 4.0,
            radius: 1.0,
        };
        Scene {
            kind: DiagramKind::Flowchart,
            title: Some(EVIL.to_owned()),
            description: Some(EVIL.to_owned()),
            view: [-1.0, 0.0, 100.5, 50.0],
            shapes: [text, SceneForm::Path { steps }, ellipse, rect]
                .map(shape)
                .into(),
        }
    }

    #[test]
    fn a_picture_is_written_with_names_of_ours_and_words_are_words() {
        let written = write(&scene());
        assert!(written.contains("<path d=\"M0 -1.25L2 3Q1 1 2 2C1 2 3 4 5 6Z\" fill=\"#010203\" fill-opacity=\"0.502\" stroke=\"#ff0000\" stroke-width=\"1.5\" stroke-dasharray=\"3 2\" transform=\"matrix(0 1 -1 0 5 6)\"/>"), "{written}");
        // Outside of tags there is no bracket, and tags have these names alone.
        let names: Vec<_> = written
            .split('<')
            .skip(1)
            .filter_map(|it| it.split([' ', '>', '/']).find(|it| !it.is_empty()))
            .collect();
        let ours = [
            "?xml", "svg", "title", "desc", "rect", "path", "ellipse", "text", "tspan",
        ];
        assert!(names.iter().all(|it| ours.contains(it)), "{names:?}");
        for tag in written
            .split('<')
            .filter_map(|it| it.split_once('>'))
            .map(|it| it.0)
        {
            let attributes = tag
                .split(' ')
                .filter_map(|it| it.split_once('='))
                .map(|it| it.0);
            for name in attributes {
                assert!(
                    !name.starts_with("on") && !name.contains("href") && name != "style",
                    "{tag}"
                );
            }
        }
        assert_eq!(written.matches("&lt;script&gt;").count(), 3);
    }
}
