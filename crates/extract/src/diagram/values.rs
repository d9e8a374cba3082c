//! Numbers, colours and matrices out of the words of an SVG. What is no such thing is nothing.

use std::str::FromStr as _;

use fluxchat_model::FARTHEST;

/// What a shape is filled or edged with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    None,
    /// Red, green, blue and how opaque.
    Colour(u32),
    /// As the line is filled or edged at whose end the shape stands.
    FillThere,
    StrokeThere,
}

/// A number that stands near enough.
pub(super) fn near(number: f64) -> Option<f64> {
    (number.is_finite() && number.abs() <= FARTHEST).then_some(number)
}

/// A length in the unit of the picture: a number, or one of pixels. What it would be a share of is
/// not known.
pub(super) fn length(text: &str) -> Option<f64> {
    sized(text, 16.0).filter(|_| !text.trim_end().ends_with('%'))
}

/// A length that may be told in sizes of letters.
pub(super) fn sized(text: &str, size: f64) -> Option<f64> {
    let text = text.trim();
    let units = [
        ("px", 1.0),
        ("rem", 16.0),
        ("em", size),
        ("ex", size / 2.0),
        ("pt", 4.0 / 3.0),
        ("%", size / 100.0),
        ("", 1.0),
    ];
    let (number, factor) = units
        .into_iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    near(number.trim().parse::<f64>().ok()? * factor)
}

/// From nothing to whole.
pub(super) fn share(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = match text.strip_suffix('%') {
        Some(number) => number.parse::<f64>().ok()? / 100.0,
        None => text.parse::<f64>().ok()?,
    };
    number.is_finite().then(|| number.clamp(0.0, 1.0))
}

/// The numbers up to what is none; nothing where one stands too far away.
pub(super) fn numbers(text: &str) -> Option<Vec<f64>> {
    svgtypes::NumberListParser::from(text)
        .map_while(Result::ok)
        .map(near)
        .collect()
}

/// A colour by its name, its numbers or as the `current` one.
pub(super) fn colour(text: &str, current: u32) -> Option<u32> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("currentcolor") {
        return Some(current);
    }
    if text.eq_ignore_ascii_case("transparent") {
        return Some(0);
    }
    let found = svgtypes::Color::from_str(text).ok()?;
    Some(u32::from_be_bytes([
        found.red,
        found.green,
        found.blue,
        found.alpha,
    ]))
}

/// The name in `url(#name)`.
pub(super) fn reference(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("url(")?.split(')').next()?;
    inner.trim().trim_matches(['"', '\'']).strip_prefix('#')
}

/// A colour that lets so much more through.
pub(super) fn thinned(colour: u32, share: f64) -> u32 {
    let opaque = f64::from(colour & 0xff) * share.clamp(0.0, 1.0);
    // Within a byte: both are.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let opaque = opaque.round() as u32;
    (colour & 0xffff_ff00) | opaque.min(0xff)
}

/// Two digits behind the point are finer than a screen.
pub(super) fn rounded(number: f64) -> f64 {
    // Adding nothing turns a minus nothing into nothing.
    (number * 100.0).round() / 100.0 + 0.0
}

/// Six numbers that move, turn and scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix(pub [f64; 6]);

impl Matrix {
    pub(super) const SAME: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(super) fn moved(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    pub(super) fn scaled(x: f64, y: f64) -> Self {
        Self([x, 0.0, 0.0, y, 0.0, 0.0])
    }

    pub(super) fn turned(angle: f64) -> Self {
        let (sin, cos) = angle.sin_cos();
        Self([cos, sin, -sin, cos, 0.0, 0.0])
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        // A style writes units, an attribute does not.
        let plain = text.replace("px", "").replace("deg", "");
        let it = svgtypes::Transform::from_str(&plain).ok()?;
        Some(Self([it.a, it.b, it.c, it.d, it.e, it.f]))
    }

    /// First `inner`, then this.
    pub(super) fn with(self, inner: Self) -> Self {
        let ([a, b, c, d, e, f], [p, q, r, s, t, u]) = (self.0, inner.0);
        Self([
            a * p + c * q,
            b * p + d * q,
            a * r + c * s,
            b * r + d * s,
            a * t + c * u + e,
            b * t + d * u + f,
        ])
    }

    /// The same, done around a point.
    pub(super) fn around(self, [x, y]: [f64; 2]) -> Self {
        Self::moved(x, y).with(self).with(Self::moved(-x, -y))
    }

    pub(super) fn apply(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [a, b, c, d, e, f] = self.0;
        [a * x + c * y + e, b * x + d * y + f]
    }

    pub(super) fn is_move(self) -> bool {
        let [a, b, c, d, ..] = self.0;
        (a - 1.0).abs() < 1e-9 && (d - 1.0).abs() < 1e-9 && b.abs() < 1e-9 && c.abs() < 1e-9
    }

    /// By how much it scales, if it does so alike in all directions.
    pub(super) fn scale(self) -> Option<f64> {
        let [a, b, c, d, ..] = self.0;
        let (across, down) = (a.hypot(b), c.hypot(d));
        let square = (a * c + b * d).abs() < 1e-6 * across.max(down).powi(2).max(1e-12);
        (square && (across - down).abs() < 1e-6 * across.max(1e-6)).then_some(across)
    }

    pub(super) fn is_near(self) -> bool {
        self.0.into_iter().all(|it| near(it).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_the_units_of_pictures() {
        let told = [
            "12",
            " 12px ",
            "1.5em",
            "-2e1",
            "50%",
            "1e",
            "px",
            "NaN",
            "inf",
            "1e99",
            "12vw",
            "calc(1px)",
        ];
        let read: Vec<_> = told.iter().map(|it| sized(it, 10.0)).collect();
        let few = [Some(12.0), Some(12.0), Some(15.0), Some(-20.0), Some(5.0)];
        assert_eq!(read[..5], few);
        assert!(read[5..].iter().all(Option::is_none), "{read:?}");
        assert_eq!((length("12px"), length("100%")), (Some(12.0), None));
        assert_eq!(numbers("1 2,3"), Some(vec![1.0, 2.0, 3.0]));
        assert_eq!(numbers("1 2000000 3"), None);
    }

    #[test]
    fn colours_are_colours_and_nothing_else() {
        assert_eq!(colour("#F00", 0), Some(0xff00_00ff));
        assert_eq!(colour("rgba(0, 0, 255, 0.5)", 0), Some(0x0000_ff80));
        assert_eq!(
            colour("hsl(120, 100%, 25.1%)", 0).map(|it| it >> 8),
            Some(0x00_8000)
        );
        assert_eq!(colour("currentColor", 7), Some(7));
        for other in [
            "url(#x)",
            "javascript:alert(1)",
            "red;x:y",
            "",
            "var(--x)",
            "expression(1)",
        ] {
            assert_eq!(colour(other, 0), None, "{other}");
        }
        assert_eq!(thinned(0x0102_03ff, 0.5), 0x0102_0380);
    }

    #[test]
    fn only_own_names_are_references() {
        assert_eq!(reference("url(#arrow)"), Some("arrow"));
        assert_eq!(reference(" url( '#a b' ) "), Some("a b"));
        for other in ["url(https://evil.example/#x)", "url(x.svg#y)", "#x", "none"] {
            assert_eq!(reference(other), None, "{other}");
        }
    }

    #[test]
    fn matrices_are_put_together() {
        let both = Matrix::read("translate(10px, 5) scale(2)").unwrap();
        assert_eq!(
            both,
            Matrix::moved(10.0, 5.0).with(Matrix::scaled(2.0, 2.0))
        );
        assert_eq!(both.apply([1.0, 1.0]), [12.0, 7.0]);
        assert_eq!(both.scale(), Some(2.0));
        assert_eq!(Matrix::scaled(1.0, 2.0).scale(), None);
        assert!(Matrix::moved(1.0, 2.0).is_move() && !both.is_move());
        assert_eq!(Matrix::read("evil(1)"), None);
        let around = Matrix::scaled(2.0, 2.0).around([10.0, 20.0]);
        assert_eq!(around.apply([10.0, 20.0]), [10.0, 20.0]);
        assert_eq!(around.apply([11.0, 20.0]), [12.0, 20.0]);
    }
}
