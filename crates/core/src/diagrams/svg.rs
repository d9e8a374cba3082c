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
