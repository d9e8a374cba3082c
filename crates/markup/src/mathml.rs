//! TeX to MathML nodes, by `pulldown-latex`.
//!
//! Its output is read back with an XML parser and rebuilt from closed lists of names, so
//! that nothing reaches the tree which is not in [`MathElement`] and [`MathAttributeName`].

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::{Parser, Storage};
use roxmltree::{Node, ParsingOptions};

use crate::block::{MathAttribute, MathAttributeName, MathElement, MathNode};
use crate::diff::json_len;

/// Longest TeX that is laid out, in bytes.
const MAX_TEX: usize = 4_096;
/// Deepest nesting of braces and environments.
const MAX_DEPTH: usize = 40;
/// Largest result as JSON; a node tree is never split over operations.
const MAX_JSON: usize = 6_000;

/// The formula as nodes, or `None` when it must be shown as its source.
pub(crate) fn from_tex(tex: &str, display: bool) -> Option<MathNode> {
    if tex.trim().is_empty() || tex.len() > MAX_TEX || !is_harmless(tex) {
        return None;
    }
    let storage = Storage::new();
    let events: Vec<_> = Parser::new(tex, &storage).collect::<Result<_, _>>().ok()?;
    let config = RenderConfig {
        display_mode: if display {
            DisplayMode::Block
        } else {
            DisplayMode::Inline
        },
        ..RenderConfig::default()
    };
    let events = events.into_iter().map(Ok::<_, pulldown_latex::ParserError>);
    let mut xml = String::new();
    pulldown_latex::push_mathml(&mut xml, events, config).ok()?;
    let options = ParsingOptions {
        nodes_limit: 4_000,
        ..ParsingOptions::default()
    };
    let xml = escape_bare(&xml);
    let document = roxmltree::Document::parse_with_options(&xml, options).ok()?;
    let root = element(document.root_element(), 0)?;
    let is_math = matches!(
        root,
        MathNode::Element {
            name: MathElement::Math,
            ..
        }
    );
    (is_math && json_len(&root) <= MAX_JSON).then_some(root)
}

/// `pulldown-latex` 0.8 writes the signs `<` and `&` as they are, and an escaped `&nbsp;`
/// for a TeX space. A tag always begins with `<m` or `</m`.
fn escape_bare(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len() + 16);
    let mut rest = xml;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let escaped = if tail.starts_with('<') {
            (!tail.starts_with("<m") && !tail.starts_with("</m")).then_some("&lt;")
        } else {
            let entity = ["&amp;", "&lt;", "&gt;", "&quot;", "&#"];
            (!entity.iter().any(|e| tail.starts_with(e))).then_some("&amp;")
        };
        out.push_str(escaped.unwrap_or(&tail[..1]));
        rest = &tail[1..];
    }
    out.push_str(rest);
    out.replace("<mtext>&amp;nbsp;</mtext>", "<mtext>\u{a0}</mtext>")
}

/// Refuses what can define macros (they can grow without end), reach outside, or nest
/// too deeply.
fn is_harmless(tex: &str) -> bool {
    const REFUSED: [&str; 16] = [
        "def",
        "gdef",
        "edef",
        "xdef",
        "let",
        "futurelet",
        "newcommand",
        "renewcommand",
        "providecommand",
        "href",
        "url",
        "includegraphics",
        "htmlClass",
        "char",
        "input",
        "require",
    ];
    let mut depth = 0_usize;
    let mut rest = tex;
    while let Some(at) = rest.find(['\\', '{', '}', '^', '_']) {
        let byte = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        match byte {
            // Scripts without braces nest too: a^b^… is an error, \frac\frac… is not.
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'\\' => {
                let name_len = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
                let name = &rest[..name_len];
                if REFUSED.contains(&name) {
                    return false;
                }
                match name {
                    "begin" | "left" => depth += 1,
                    "end" | "right" => depth = depth.saturating_sub(1),
                    "" => {
                        // An escaped character: not a brace.
                        rest = rest
                            .get(rest.chars().next().map_or(0, char::len_utf8)..)
                            .unwrap_or("");
                        continue;
                    }
                    _ => {}
                }
                rest = &rest[name_len..];
            }
            _ => {}
        }
        if depth > MAX_DEPTH {
            return false;
        }
    }
    true
}

fn element(node: Node<'_, '_>, depth: usize) -> Option<MathNode> {
    if depth > MAX_DEPTH * 2 {
        return None;
    }
    let name = element_name(node.tag_name().name())?;
    let mut attributes = Vec::new();
    for attribute in node.attributes() {
        match attribute.name() {
            "style" => style(attribute.value(), &mut attributes),
            "class" => {
                let value = attribute.value();
                let known = value
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b' '));
                if known {
                    attributes.push(MathAttribute {
                        name: MathAttributeName::Class,
                        value: value.to_owned(),
                    });
                }
            }
            other => attributes.push(MathAttribute {
                name: attribute_name(other)?,
                value: plain_value(attribute.value())?,
            }),
        }
    }
    let mut children = Vec::new();
    for child in node.children() {
        if child.is_element() {
            children.push(element(child, depth + 1)?);
        } else if let Some(text) = child.text() {
            if !text.is_empty() {
                children.push(MathNode::Text {
                    text: crate::scrub::scrub_math(text),
                });
            }
        } else {
            return None;
        }
    }
    Some(MathNode::Element {
        name,
        attributes,
        children,
    })
}

/// Colours and widths of a style attribute, as attributes of their own. The rest of the
/// style (borders, margins) is left out.
fn style(style: &str, attributes: &mut Vec<MathAttribute>) {
    for rule in style.split(';') {
        let Some((property, value)) = rule.split_once(':') else {
            continue;
        };
        let name = match property.trim() {
            "color" => MathAttributeName::MathColor,
            "background-color" => MathAttributeName::MathBackground,
            _ => continue,
        };
        let channels: Vec<u8> = value
            .trim()
            .trim_start_matches("rgb(")
            .trim_end_matches(')')
            .split_ascii_whitespace()
            .filter_map(|channel| channel.parse().ok())
            .collect();
        if let [red, green, blue] = channels[..] {
            attributes.push(MathAttribute {
                name,
                value: format!("#{red:02x}{green:02x}{blue:02x}"),
            });
        }
    }
}

fn plain_value(value: &str) -> Option<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b" .,%#+-".contains(&b);
    (value.len() <= 64 && value.bytes().all(plain)).then(|| value.to_owned())
}

fn element_name(name: &str) -> Option<MathElement> {
    use MathElement as E;
    Some(match name {
        "math" => E::Math,
        "menclose" => E::Menclose,
        "mfrac" => E::Mfrac,
        "mi" => E::Mi,
        "mmultiscripts" => E::Mmultiscripts,
        "mn" => E::Mn,
        "mo" => E::Mo,
        "mover" => E::Mover,
        "mpadded" => E::Mpadded,
        "mphantom" => E::Mphantom,
        "mprescripts" => E::Mprescripts,
        "mroot" => E::Mroot,
        "mrow" => E::Mrow,
        "ms" => E::Ms,
        "mspace" => E::Mspace,
        "msqrt" => E::Msqrt,
        "mstyle" => E::Mstyle,
        "msub" => E::Msub,
        "msubsup" => E::Msubsup,
        "msup" => E::Msup,
        "mtable" => E::Mtable,
        "mtd" => E::Mtd,
        "mtext" => E::Mtext,
        "mtr" => E::Mtr,
        "munder" => E::Munder,
        "munderover" => E::Munderover,
        _ => return None,
    })
}

fn attribute_name(name: &str) -> Option<MathAttributeName> {
    use MathAttributeName as A;
    Some(match name {
        "accent" => A::Accent,
        "accentunder" => A::AccentUnder,
        "columnalign" => A::ColumnAlign,
        "columnlines" => A::ColumnLines,
        "columnspacing" => A::ColumnSpacing,
        "columnspan" => A::ColumnSpan,
        "depth" => A::Depth,
        "dir" => A::Dir,
        "display" => A::Display,
        "displaystyle" => A::DisplayStyle,
        "fence" => A::Fence,
        "form" => A::Form,
        "height" => A::Height,
        "largeop" => A::LargeOp,
        "linethickness" => A::LineThickness,
        "lspace" => A::LSpace,
        "mathbackground" => A::MathBackground,
        "mathcolor" => A::MathColor,
        "mathsize" => A::MathSize,
        "mathvariant" => A::MathVariant,
        "maxsize" => A::MaxSize,
        "minsize" => A::MinSize,
        "movablelimits" => A::MovableLimits,
        "notation" => A::Notation,
        "rowalign" => A::RowAlign,
        "rowlines" => A::RowLines,
        "rowspacing" => A::RowSpacing,
        "rowspan" => A::RowSpan,
        "rspace" => A::RSpace,
        "scriptlevel" => A::ScriptLevel,
        "separator" => A::Separator,
        "stretchy" => A::Stretchy,
        "symmetric" => A::Symmetric,
        "voffset" => A::VOffset,
        "width" => A::Width,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_models_write_becomes_nodes() {
        let table = [
            "E = mc^2",
            r"\frac{a}{b} + \sqrt[3]{x}",
            r"\sum_{i=1}^{n} i = \frac{n(n+1)}{2}",
            r"\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}",
            r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
            "\\begin{aligned} a &= b \\\\\n c &= d \\end{aligned}",
            r"f(x) = \begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}",
            r"\vec{v} \cdot \mathbf{w} \in \mathbb{R}^n",
            r"\left( \frac{1}{2} \right) \leq \alpha",
            r"\color{red} x",
            r"\lim_{x \to 0} \frac{\sin x}{x} = 1",
            r"\operatorname{rank}(A) \binom{n}{k} \overline{z} \hat{y}",
            r"a < b \& c",
        ];
        for tex in table {
            assert!(from_tex(tex, true).is_some(), "{tex}");
        }
    }

    #[test]
    fn broken_or_dangerous_tex_stays_source() {
        let bomb = r"\def\a{\a\a}\a";
        let nested = "{".repeat(5_000);
        let closed = format!("{}x{}", "{".repeat(500), "}".repeat(500));
        let table = [
            r"\frac{a",
            r"\unknowncommand x",
            "",
            "  ",
            bomb,
            nested.as_str(),
            closed.as_str(),
            r"\href{javascript:alert(1)}{x}",
            r"\begin{pmatrix} 1",
            "x^2^3",
            "}",
            r"\newcommand{\x}{y}\x",
        ];
        for tex in table {
            assert_eq!(from_tex(tex, false), None, "{tex}");
        }
    }

    #[test]
    fn markup_in_tex_is_text() {
        let node = from_tex(r"\text{<script>alert(1)</script>}", false);
        let json = serde_json::to_string(&node).unwrap();
        assert!(!json.contains("\"name\":\"script\""), "{json}");
    }
}
