//! The shapes of an SVG that are in the closed list. All else of it is passed over: addresses,
//! scripts, handlers, pictures, foreign markup, names.

use std::collections::HashMap;

use fluxchat_model::{
    DiagramKind, DiagramRefusal, LONGEST_RUN, MOST_SHAPES, MOST_STEPS, MOST_WORDS, PathStep, Scene,
    SceneForm, SceneShape, deceives,
};
use roxmltree::{Document, Node, ParsingOptions};

use super::cascade::{Look, Sheet};
use super::fold::placed;
use super::letters::Pen;
use super::outline::{form, nested, number};
use super::pins;
use super::values::{Ink, Matrix, colour, length, numbers, reference, rounded, thinned};

/// The longest SVG that is looked at, in bytes.
const LONGEST: usize = 32 << 20;
/// The most elements and texts of it.
const MOST_NODES: u32 = 400_000;
/// What holds something deeper inside is not drawn.
const DEEPEST: u32 = 64;

type Take<T = ()> = Result<T, DiagramRefusal>;

/// The shapes of an SVG.
pub(crate) fn of_svg(svg: &str, kind: DiagramKind, title: Option<String>) -> Take<Scene> {
    if svg.len() > LONGEST {
        return Err(DiagramRefusal::TooLarge);
    }
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(svg, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => DiagramRefusal::TooLarge,
        _ => DiagramRefusal::NotUnderstood,
    })?;
    let root = document.root_element();
    if root.tag_name().name() != "svg" {
        return Err(DiagramRefusal::NotUnderstood);
    }
    let view = view(root)?;
    let styles: String = document
        .descendants()
        .filter(|it| it.tag_name().name() == "style")
        .flat_map(|it| it.descendants())
        .filter_map(|it| it.is_text().then(|| it.text()).flatten())
        .collect();
    let mut names = HashMap::new();
    for node in document.descendants() {
        if let Some(name) = node.attribute("id") {
            names.entry(name).or_insert(node);
        }
    }
    let mut taker = Taker {
        sheet: &Sheet::read(&styles),
        names,
        shapes: Vec::new(),
        steps: 0,
        words: 0,
        looks: 0,
        line: (Ink::None, Ink::None),
    };
    taker.element(root, &Look::first(0xff), Matrix::SAME, 0)?;
    let said = |name: &str| {
        let node = root.children().find(|it| it.tag_name().name() == name)?;
        plain(node.text()?)
    };
    Ok(Scene {
        kind,
        title: said("title").or_else(|| plain(&without_markup(title?))),
        description: said("desc"),
        view: view.map(rounded),
        shapes: taker.shapes,
    })
}

/// The stretch that is shown.
fn view(root: Node<'_, '_>) -> Take<[f64; 4]> {
    let told = match root.attribute("viewBox").map(numbers) {
        Some(None) => return Err(DiagramRefusal::TooLarge),
        told => told.flatten(),
    };
    let side = |name: &str| root.attribute(name).and_then(length);
    let view = match told.as_deref() {
        Some(&[left, top, width, height]) => Some([left, top, width, height]),
        _ => side("width")
            .zip(side("height"))
            .map(|(width, height)| [0.0, 0.0, width, height]),
    };
    view.filter(|[.., width, height]| *width >= 0.01 && *height >= 0.01)
        .ok_or(DiagramRefusal::NotUnderstood)
}

/// The title that a text gives itself is said in markup.
fn without_markup(title: String) -> String {
    let whole = format!("<t>{title}</t>");
    let Ok(document) = Document::parse(&whole) else {
        return title;
    };
    let words = document.descendants().filter(Node::is_text);
    words.filter_map(|it| it.text()).collect()
}

/// Words of one line without what cannot be seen; nothing if there are none.
fn plain(text: &str) -> Option<String> {
    let words: Vec<_> = text.split_whitespace().collect();
    let mut words: String = words
        .join(" ")
        .chars()
        .filter(|it| !deceives(*it))
        .collect();
    words.truncate(words.floor_char_boundary(LONGEST_RUN));
    (!words.is_empty()).then_some(words)
}

struct Taker<'s, 'i> {
    sheet: &'s Sheet<'s>,
    names: HashMap<&'s str, Node<'s, 'i>>,
    shapes: Vec<SceneShape>,
    steps: usize,
    words: usize,
    looks: u32,
    /// How the line is filled and edged at whose end shapes are taken now.
    line: (Ink, Ink),
}

impl<'s, 'i> Taker<'s, 'i> {
    fn element(&mut self, node: Node<'s, 'i>, outside: &Look<'s>, at: Matrix, depth: u32) -> Take {
        if !node.is_element() {
            return Ok(());
        }
        if depth > DEEPEST {
            return Err(DiagramRefusal::TooLarge);
        }
        // A name may be used often, and in what is used again.
        self.looks += 1;
        if self.looks > MOST_NODES {
            return Err(DiagramRefusal::TooLarge);
        }
        let name = node.tag_name().name();
        if !TAKEN.contains(&name) {
            return Ok(());
        }
        let told = self.sheet.of(node);
        if told.is_hidden() {
            return Ok(());
        }
        let look = outside.inside(&told, |text, current| self.paint(text, current));
        let at = match told.transform() {
            None => at,
            Some(Some(own)) => at.with(own),
            Some(None) => return Ok(()),
        };
        match name {
            "svg" | "g" | "a" | "switch" => {
                let at = if depth > 0 && name == "svg" {
                    at.with(nested(node))
                } else {
                    at
                };
                for child in node.children() {
                    self.element(child, &look, at, depth + 1)?;
                }
                Ok(())
            }
            "use" => self.used(node, &look, at, depth),
            "text" => self.text(node, &look, at),
            _ => match form(node) {
                Some(form) => self.shape(form, &look, at, depth),
                None => Ok(()),
            },
        }
    }

    /// An element of the same picture once more.
    fn used(&mut self, node: Node<'s, 'i>, look: &Look<'s>, at: Matrix, depth: u32) -> Take {
        let own = node
            .attributes()
            .find(|it| it.name() == "href")
            .and_then(|it| it.value().strip_prefix('#'))
            .and_then(|name| self.names.get(name).copied());
        let Some(own) = own else { return Ok(()) };
        let at = at.with(Matrix::moved(number(node, "x"), number(node, "y")));
        if own.tag_name().name() == "symbol" {
            let at = at.with(nested(own));
            for child in own.children() {
                self.element(child, look, at, depth + 1)?;
            }
            return Ok(());
        }
        self.element(own, look, at, depth + 1)
    }

    fn shape(&mut self, form: SceneForm, look: &Look<'s>, at: Matrix, depth: u32) -> Take {
        if !look.visible {
            return Ok(());
        }
        let ends = match &form {
            SceneForm::Path { steps } => pins::ends(steps),
            _ => None,
        };
        self.push(form, look, at)?;
        let Some((start, end)) = ends else {
            return Ok(());
        };
        for (name, end, is_start) in [
            (look.marker_start, start, true),
            (look.marker_end, end, false),
        ] {
            let Some(name) = name.and_then(reference) else {
                continue;
            };
            let Some(marker) = self.names.get(name).copied() else {
                continue;
            };
            let there = pins::matrix(marker, end, is_start, look.width);
            if let (Some(there), "marker") = (there, marker.tag_name().name()) {
                self.pin(marker, look, at.with(there), depth)?;
            }
        }
        Ok(())
    }

    /// What stands at an end of a line.
    fn pin(&mut self, marker: Node<'s, 'i>, line: &Look<'s>, at: Matrix, depth: u32) -> Take {
        let mut look = Look::first(line.colour);
        let mut above: Vec<_> = marker.ancestors().filter(Node::is_element).collect();
        above.reverse();
        for node in above {
            let told = self.sheet.of(node);
            look = look.inside(&told, |text, current| self.paint(text, current));
        }
        look.opacity = line.opacity;
        (look.marker_start, look.marker_end) = (None, None);
        let before = std::mem::replace(&mut self.line, (line.fill, line.stroke));
        for child in marker.children() {
            self.element(child, &look, at, depth + 1)?;
        }
        self.line = before;
        Ok(())
    }

    fn text(&mut self, node: Node<'s, 'i>, look: &Look<'s>, at: Matrix) -> Take {
        let mut pen = Pen::new();
        pen.go(node, look.size);
        self.letters(node, look, &mut pen, 0)?;
        for line in pen.lines() {
            self.words += line.runs.iter().map(|run| run.text.len()).sum::<usize>();
            if self.words > MOST_WORDS {
                return Err(DiagramRefusal::TooLarge);
            }
            self.steps += line.runs.len();
            let form = SceneForm::Text {
                x: line.x,
                y: line.y,
                anchor: line.anchor,
                size: line.size,
                runs: line.runs,
            };
            self.push(form, look, at)?;
        }
        Ok(())
    }

    fn letters(&mut self, node: Node<'s, 'i>, look: &Look<'s>, pen: &mut Pen, depth: u32) -> Take {
        for child in node.children() {
            self.looks += 1;
            if self.looks > MOST_NODES {
                return Err(DiagramRefusal::TooLarge);
            }
            if let (true, Some(text)) = (child.is_text(), child.text()) {
                let fill = self.resolved(look.fill, look.fill_opacity());
                if let (true, Some(fill)) = (look.visible, fill) {
                    pen.write(text, look, fill);
                }
            } else if matches!(child.tag_name().name(), "tspan" | "a") && depth < DEEPEST {
                let told = self.sheet.of(child);
                if told.is_hidden() {
                    continue;
                }
                let look = look.inside(&told, |text, current| self.paint(text, current));
                pen.go(child, look.size);
                self.letters(child, &look, pen, depth + 1)?;
            }
        }
        Ok(())
    }

    fn push(&mut self, form: SceneForm, look: &Look<'s>, at: Matrix) -> Take {
        let is_text = matches!(form, SceneForm::Text { .. });
        let paint = |ink, share| match is_text {
            true => None,
            false => self.resolved(ink, share),
        };
        // One straight line encloses nothing.
        let is_line = matches!(
            &form,
            SceneForm::Path { steps } if matches!(steps[..], [_] | [_, PathStep::Line(_)])
        );
        let fill = paint(look.fill, look.fill_opacity()).filter(|_| !is_line);
        let stroke = paint(look.stroke, look.stroke_opacity()).filter(|_| look.width > 0.0);
        if !is_text && fill.is_none() && stroke.is_none() {
            return Ok(());
        }
        if let SceneForm::Path { steps } = &form {
            self.steps += steps.len();
        }
        let shape = SceneShape {
            form,
            fill,
            stroke,
            width: stroke.map_or(0.0, |_| look.width),
            dash: stroke.map_or_else(Vec::new, |_| look.dash.clone()),
            at: None,
        };
        self.shapes.extend(placed(shape, at));
        if self.shapes.len() > MOST_SHAPES || self.steps > MOST_STEPS {
            return Err(DiagramRefusal::TooLarge);
        }
        Ok(())
    }

    /// A colour that is seen.
    fn resolved(&self, ink: Ink, share: f64) -> Option<u32> {
        let colour = match ink {
            Ink::Colour(colour) => colour,
            Ink::None => return None,
            Ink::FillThere | Ink::StrokeThere => {
                let there = if ink == Ink::FillThere {
                    self.line.0
                } else {
                    self.line.1
                };
                match there {
                    Ink::Colour(colour) => colour,
                    _ => return None,
                }
            }
        };
        Some(thinned(colour, share)).filter(|it| it & 0xff > 0)
    }

    /// What a word means as paint. A reference can only be one to colours that flow into each
    /// other, of which the first one is taken.
    fn paint(&self, text: &str, current: u32) -> Option<Ink> {
        match text.trim() {
            "none" => return Some(Ink::None),
            "context-fill" => return Some(Ink::FillThere),
            "context-stroke" => return Some(Ink::StrokeThere),
            _ => {}
        }
        let Some(name) = reference(text) else {
            return colour(text, current).map(Ink::Colour);
        };
        let flow = self.names.get(name).copied();
        let flow = flow.filter(|it| it.tag_name().name().ends_with("Gradient"));
        let stop = flow.and_then(|it| it.children().find(|it| it.tag_name().name() == "stop"));
        let found = stop.and_then(|it| self.sheet.of(it).stop(current));
        Some(found.map_or(Ink::None, Ink::Colour))
    }
}

/// What is taken, and what may hold something that is.
const TAKEN: &[&str] = &[
    "svg", "g", "a", "switch", "use", "text", "path", "rect", "circle", "ellipse", "line",
    "polyline", "polygon",
];
