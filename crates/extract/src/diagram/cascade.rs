//! Which of the few properties that shapes have is what, by attributes, by the style sheet that
//! the library writes beside its shapes, and by the style of an element, in this order.

use fluxchat_model::TextAnchor;
use roxmltree::Node;
use simplecss::{
    AttributeOperator, Declaration, DeclarationTokenizer, Element, PseudoClass, StyleSheet,
};

use super::draw::is_bold;
use super::values::{Ink, Matrix, colour, length, share, sized};

/// The longest list of lines and gaps that is read.
const MOST_DASHES: usize = 16;

macro_rules! properties {
    ($($name:ident $text:literal,)+) => {
        #[derive(Clone, Copy)]
        enum Property { $($name,)+ }
        const ALL: &[Property] = &[$(Property::$name,)+];
        const NAMES: &[&str] = &[$($text,)+];
    };
}

properties! {
    Fill "fill",
    FillOpacity "fill-opacity",
    Stroke "stroke",
    StrokeOpacity "stroke-opacity",
    StrokeWidth "stroke-width",
    Dash "stroke-dasharray",
    Opacity "opacity",
    Display "display",
    Visibility "visibility",
    Colour "color",
    FontSize "font-size",
    FontWeight "font-weight",
    FontStyle "font-style",
    Anchor "text-anchor",
    Baseline "dominant-baseline",
    Alignment "alignment-baseline",
    MarkerStart "marker-start",
    MarkerEnd "marker-end",
    Marker "marker",
    Transform "transform",
    TransformOrigin "transform-origin",
    StopColour "stop-color",
    StopOpacity "stop-opacity",
}

impl Property {
    /// Whether a value says anything of it: what says nothing takes the place of nothing.
    fn reads(self, value: &str) -> bool {
        let value = value.trim();
        value == "inherit"
            || match self {
                Self::Fill | Self::Stroke => {
                    matches!(value, "none" | "context-fill" | "context-stroke")
                        || value.starts_with("url(")
                        || colour(value, 0).is_some()
                }
                Self::Colour | Self::StopColour => colour(value, 0).is_some(),
                Self::FillOpacity | Self::StrokeOpacity | Self::StopOpacity | Self::Opacity => {
                    share(value).is_some()
                }
                Self::StrokeWidth | Self::FontSize => sized(value, 16.0).is_some(),
                _ => true,
            }
    }
}

/// The style sheets of an SVG.
pub(super) struct Sheet<'a>(StyleSheet<'a>);

impl<'a> Sheet<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let mut sheet = StyleSheet::parse(text);
        for rule in &mut sheet.rules {
            rule.declarations.retain(|it| NAMES.contains(&it.name));
        }
        sheet.rules.retain(|rule| !rule.declarations.is_empty());
        Self(sheet)
    }

    pub(super) fn of<'s>(&'s self, node: Node<'s, '_>) -> Told<'s> {
        let mut told = Told([None; NAMES.len()]);
        for attribute in node.attributes().filter(|it| it.namespace().is_none()) {
            told.take(attribute.name(), attribute.value());
        }
        let element = Styled(node);
        let rules = self
            .0
            .rules
            .iter()
            .filter(|rule| rule.selector.matches(&element));
        let rules: Vec<_> = rules.collect();
        let own = node.attribute("style").unwrap_or_default();
        let sheet = || {
            rules
                .iter()
                .flat_map(|rule| rule.declarations.iter().copied())
        };
        let own = || DeclarationTokenizer::from(own);
        let all: [&mut dyn Iterator<Item = Declaration<'s>>; 4] = [
            &mut sheet().filter(|it| !it.important),
            &mut own().filter(|it| !it.important),
            &mut sheet().filter(|it| it.important),
            &mut own().filter(|it| it.important),
        ];
        for one in all.into_iter().flatten() {
            told.take(one.name, one.value);
        }
        told
    }
}

/// What is told of an element, each property once.
pub(super) struct Told<'s>([Option<&'s str>; NAMES.len()]);

impl<'s> Told<'s> {
    fn take(&mut self, name: &str, value: &'s str) {
        let at = NAMES.iter().position(|it| *it == name);
        if let Some(at) = at.filter(|at| ALL[*at].reads(value)) {
            self.0[at] = Some(value);
        }
    }

    fn get(&self, property: Property) -> Option<&'s str> {
        self.0[property as usize].map(str::trim)
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.get(Property::Display) == Some("none")
    }

    /// How it is moved, turned and scaled; `Some(None)` where that cannot be read.
    pub(super) fn transform(&self) -> Option<Option<Matrix>> {
        let told = self.get(Property::Transform).filter(|it| *it != "none")?;
        let around = self.get(Property::TransformOrigin).and_then(point);
        Some(Matrix::read(told).map(|it| around.map_or(it, |point| it.around(point))))
    }

    /// The colour of a stop of a gradient.
    pub(super) fn stop(&self, current: u32) -> Option<u32> {
        let found = colour(self.get(Property::StopColour)?, current)?;
        let opaque = self
            .get(Property::StopOpacity)
            .and_then(share)
            .unwrap_or(1.0);
        Some(super::values::thinned(found, opaque))
    }
}

/// How the line of letters stands to the place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Baseline {
    Letters,
    Middle,
    Central,
    Top,
    Bottom,
}

impl Baseline {
    fn read(text: &str) -> Self {
        match text {
            "middle" => Self::Middle,
            "central" | "mathematical" => Self::Central,
            "hanging" | "text-before-edge" | "text-top" | "top" => Self::Top,
            "text-after-edge" | "text-bottom" | "bottom" | "ideographic" => Self::Bottom,
            _ => Self::Letters,
        }
    }

    /// How far down, for letters of size one.
    pub(super) fn shift(self) -> f64 {
        match self {
            Self::Letters => 0.0,
            Self::Middle => 0.3,
            Self::Central => 0.36,
            Self::Top => 0.8,
            Self::Bottom => -0.2,
        }
    }
}

/// How shapes look at a place of the tree; what is inside has the same unless it is told.
#[derive(Clone, Debug)]
pub(super) struct Look<'s> {
    pub fill: Ink,
    pub stroke: Ink,
    fill_opacity: f64,
    stroke_opacity: f64,
    pub width: f64,
    pub dash: Vec<f64>,
    /// Of everything, not only of a part.
    pub opacity: f64,
    pub visible: bool,
    pub colour: u32,
    pub size: f64,
    pub bold: bool,
    pub italic: bool,
    pub anchor: TextAnchor,
    pub baseline: Baseline,
    pub marker_start: Option<&'s str>,
    pub marker_end: Option<&'s str>,
}

impl<'s> Look<'s> {
    pub(super) fn first(ink: u32) -> Self {
        Self {
            fill: Ink::Colour(0xff),
            stroke: Ink::None,
            fill_opacity: 1.0,
            stroke_opacity: 1.0,
            width: 1.0,
            dash: Vec::new(),
            opacity: 1.0,
            visible: true,
            colour: ink,
            size: 16.0,
            bold: false,
            italic: false,
            anchor: TextAnchor::Start,
            baseline: Baseline::Letters,
            marker_start: None,
            marker_end: None,
        }
    }

    /// The look inside of an element. `paint` says what a reference is filled with.
    pub(super) fn inside(&self, told: &Told<'s>, paint: impl Fn(&str, u32) -> Option<Ink>) -> Self {
        use Property as P;
        let mut now = self.clone();
        let get = |property| told.get(property).filter(|it| *it != "inherit");
        if let Some(found) = get(P::Colour).and_then(|it| colour(it, now.colour)) {
            now.colour = found;
        }
        if let Some(found) = get(P::Fill).and_then(|it| paint(it, now.colour)) {
            now.fill = found;
        }
        if let Some(found) = get(P::Stroke).and_then(|it| paint(it, now.colour)) {
            now.stroke = found;
        }
        let set = |to: &mut f64, found: Option<f64>| *to = found.unwrap_or(*to);
        set(&mut now.fill_opacity, get(P::FillOpacity).and_then(share));
        set(
            &mut now.stroke_opacity,
            get(P::StrokeOpacity).and_then(share),
        );
        now.opacity *= get(P::Opacity).and_then(share).unwrap_or(1.0);
        let size = get(P::FontSize).and_then(|it| sized(it, self.size));
        set(
            &mut now.size,
            size.filter(|it| (0.0..=1_000.0).contains(it)),
        );
        let width = get(P::StrokeWidth).and_then(|it| sized(it, self.size));
        set(&mut now.width, width.filter(|it| *it >= 0.0));
        if let Some(found) = get(P::Dash) {
            now.dash = dashes(found);
        }
        if let Some(found) = get(P::Visibility) {
            now.visible = found == "visible";
        }
        if let Some(found) = get(P::FontWeight) {
            now.bold = is_bold(found);
        }
        if let Some(found) = get(P::FontStyle) {
            now.italic = found != "normal";
        }
        now.anchor = match get(P::Anchor) {
            Some("start") => TextAnchor::Start,
            Some("middle") => TextAnchor::Middle,
            Some("end") => TextAnchor::End,
            _ => now.anchor,
        };
        for property in [P::Baseline, P::Alignment] {
            now.baseline = get(property).map_or(now.baseline, Baseline::read);
        }
        let (all, start, end) = (get(P::Marker), get(P::MarkerStart), get(P::MarkerEnd));
        now.marker_start = start.or(all).or(now.marker_start);
        now.marker_end = end.or(all).or(now.marker_end);
        now
    }

    pub(super) fn fill_opacity(&self) -> f64 {
        self.fill_opacity * self.opacity
    }

    pub(super) fn stroke_opacity(&self) -> f64 {
        self.stroke_opacity * self.opacity
    }
}

/// A place in pixels.
fn point(text: &str) -> Option<[f64; 2]> {
    let mut parts = text.split_whitespace().map(length);
    let (x, y) = (parts.next()??, parts.next()??);
    parts.next().is_none().then_some([x, y])
}

/// None for an edge without gaps.
fn dashes(text: &str) -> Vec<f64> {
    let parts = text.split([',', ' ']).filter(|it| !it.is_empty());
    let read: Option<Vec<f64>> = parts
        .map(|it| sized(it, 16.0).filter(|it| *it >= 0.0))
        .collect();
    read.filter(|all| all.len() <= MOST_DASHES && all.iter().sum::<f64>() > 0.0)
        .unwrap_or_default()
}

struct Styled<'a, 'i>(Node<'a, 'i>);

impl Element for Styled<'_, '_> {
    fn parent_element(&self) -> Option<Self> {
        self.0.parent_element().map(Styled)
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        self.0.prev_sibling_element().map(Styled)
    }

    fn has_local_name(&self, name: &str) -> bool {
        self.0.tag_name().name() == name
    }

    fn attribute_matches(&self, name: &str, operator: AttributeOperator<'_>) -> bool {
        self.0
            .attribute(name)
            .is_some_and(|it| operator.matches(it))
    }

    fn pseudo_class_matches(&self, class: PseudoClass<'_>) -> bool {
        matches!(class, PseudoClass::FirstChild) && self.0.prev_sibling_element().is_none()
    }
}
