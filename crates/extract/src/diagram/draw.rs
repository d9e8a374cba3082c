//! The library: which of its ways are open, and what its refusals mean here.

use fluxchat_model::{DiagramKind, DiagramRefusal, DiagramTheme, Scene};
use merman::svg::{
    DeterministicTextMeasurer, MeasurementProfileId, Presentation, SvgEnvironment, SvgPipeline,
    SvgRenderOptions, TextMeasurementPolicy, TextMeasurementProfile,
    TextMeasurementProfileIdentity, TextStyle,
};
use merman::{
    Engine, MermaidConfig, OperationControl, ParseOptions, RenderError, RenderOutput, RenderTarget,
    Renderer, SemanticArtifact, SvgRequest, runtime::RuntimePolicy, svg::RenderResourcePolicy,
};
use serde_json::json;

use super::{legible, of_svg, theme, widths};

/// What a text may not choose for itself: looks are those of the window, and what an answer says
/// of security is not asked for.
const OURS: &[&str] = &[
    "secure",
    "securityLevel",
    "startOnLoad",
    "maxTextSize",
    "maxEdges",
    "suppressErrorRendering",
    "dompurifyConfig",
    "theme",
    "themeCSS",
    "themeVariables",
    "darkMode",
    "fontFamily",
    "altFontFamily",
    "fontSize",
    "look",
    "layout",
    "htmlLabels",
];

pub(super) fn draw(theme: DiagramTheme, now_ms: i64, text: &str) -> Result<Scene, DiagramRefusal> {
    let semantic = renderer(theme, now_ms)
        .and_then(|renderer| {
            renderer
                .prepare_semantic_with(
                    text,
                    OperationControl::new(),
                    ParseOptions::strict(),
                    *resources().input_policy(),
                )
                .map_err(refusal)
        })?
        .ok_or(DiagramRefusal::UnknownKind)?;
    let kind = kind(&semantic);
    let title = semantic.metadata().title.clone();
    let target = RenderTarget::Svg(request(theme)?);
    let RenderOutput::Svg(Some(svg)) = semantic.render(target).map_err(refusal)? else {
        return Err(DiagramRefusal::UnknownKind);
    };
    let mut scene = of_svg(svg.svg(), kind, title)?;
    legible::make(&mut scene, theme::paper(theme));
    Ok(scene)
}

fn renderer(theme: DiagramTheme, now_ms: i64) -> Result<Renderer, DiagramRefusal> {
    let site = MermaidConfig::from_value(json!({
        "securityLevel": "strict",
        "secure": OURS,
        "look": "classic",
        "layout": "dagre",
        "flowchart": { "layout": "dagre", "look": "classic" },
        "sankey": { "linkColor": "source" },
    }));
    let presentation = presentation(theme)?;
    let engine = presentation
        .materialize_engine(Engine::new())
        .with_site_config(site)
        .with_runtime_policy(RuntimePolicy::deterministic().with_fixed_unix_millis(now_ms));
    Ok(Renderer::new().with_engine(engine))
}

fn presentation(theme: DiagramTheme) -> Result<merman::svg::ResolvedPresentation, DiagramRefusal> {
    let host = theme::host(theme).map_err(|_| DiagramRefusal::NotUnderstood)?;
    Ok(Presentation::new().with_theme(host).resolve())
}

/// The library's own bounds for texts of strangers; memory and time are those of the process.
fn resources() -> RenderResourcePolicy {
    RenderResourcePolicy::interactive()
}

fn request(theme: DiagramTheme) -> Result<SvgRequest, DiagramRefusal> {
    let measurer = DeterministicTextMeasurer::default().with_width_callback(width);
    let profile =
        MeasurementProfileId::new("fluxchat.wide").map_err(|_| DiagramRefusal::NotUnderstood)?;
    let identity = TextMeasurementProfileIdentity::new(profile, "1")
        .map_err(|_| DiagramRefusal::NotUnderstood)?;
    let policy = TextMeasurementPolicy::uniform(TextMeasurementProfile::new(identity, measurer));
    Ok(SvgRequest {
        environment: SvgEnvironment::deterministic()
            .with_text_measurement_policy(policy)
            .with_resource_policy(resources()),
        options: SvgRenderOptions {
            diagram_id: Some("d".to_owned()),
            ..SvgRenderOptions::default()
        },
        // Labels as words instead of HTML, and styles as plain as its readers need them.
        pipeline: Some(SvgPipeline::resvg_safe()),
        presentation: presentation(theme)?.render_policy(),
        ..SvgRequest::default()
    })
}

fn width(text: &str, style: &TextStyle) -> f64 {
    let bold = style.font_weight.as_deref().is_some_and(is_bold);
    widths::em(text, bold) * style.font_size.clamp(1.0, 1_000.0)
}

/// Whether a weight, in the words of a style, is that of bold letters.
pub(super) fn is_bold(weight: &str) -> bool {
    match weight.trim() {
        "bold" | "bolder" => true,
        other => other.parse::<f64>().is_ok_and(|it| it >= 600.0),
    }
}

fn kind(semantic: &SemanticArtifact) -> DiagramKind {
    match semantic.diagram_type() {
        "architecture" => DiagramKind::Architecture,
        "block" => DiagramKind::Block,
        "c4" => DiagramKind::C4,
        "class" | "classDiagram" => DiagramKind::Class,
        "er" | "erDiagram" => DiagramKind::EntityRelationship,
        "flowchart" | "flowchart-v2" | "flowchart-elk" => DiagramKind::Flowchart,
        "gantt" => DiagramKind::Gantt,
        "gitGraph" => DiagramKind::GitGraph,
        "journey" => DiagramKind::Journey,
        "kanban" => DiagramKind::Kanban,
        "mindmap" => DiagramKind::Mindmap,
        "packet" => DiagramKind::Packet,
        "pie" => DiagramKind::Pie,
        "quadrantChart" => DiagramKind::Quadrant,
        "radar" => DiagramKind::Radar,
        "requirement" => DiagramKind::Requirement,
        "sankey" => DiagramKind::Sankey,
        "sequence" => DiagramKind::Sequence,
        "state" | "stateDiagram" => DiagramKind::State,
        "timeline" => DiagramKind::Timeline,
        "treemap" => DiagramKind::Treemap,
        "xychart" => DiagramKind::XyChart,
        _ => DiagramKind::Other,
    }
}

fn refusal(error: RenderError) -> DiagramRefusal {
    match error {
        RenderError::NoDiagram | RenderError::UnsupportedTarget(_) => DiagramRefusal::UnknownKind,
        RenderError::ResourceLimitExceeded(_) => DiagramRefusal::TooLarge,
        RenderError::Cancelled(_) => DiagramRefusal::Stopped,
        RenderError::Parse(said) => {
            let details = said.terminal_diagnostic_details();
            match details.code.as_str() {
                "merman.parse.no_diagram_detected" | "merman.parse.unsupported_diagram" => {
                    DiagramRefusal::UnknownKind
                }
                _ => DiagramRefusal::NotUnderstood,
            }
        }
        _ => DiagramRefusal::NotUnderstood,
    }
}
