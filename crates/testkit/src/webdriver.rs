//! The real window, driven through `WebKitWebDriver`.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use fantoccini::actions::{InputSource, MouseActions, PointerAction};
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use crate::session::DesktopSession;

/// A window of the app under test.
pub struct Window {
    client: Client,
    driver: Child,
}

/// How long the window may take to show something. Tests wait for events, and this is only the
/// end of their patience on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

impl Window {
    /// Starts the app (a build with the feature `automation`) in a session with a display.
    ///
    /// # Panics
    /// When the driver is missing or the window does not open.
    #[allow(
        clippy::disallowed_types,
        reason = "a free port on loopback for the driver"
    )]
    pub async fn open(
        session: &DesktopSession,
        app: &Path,
        args: &[&str],
        env: &[(&str, &str)],
    ) -> Self {
        let port = {
            let probe = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
            probe.local_addr().expect("an address").port()
        };
        let mut command = session.command("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if std::env::var_os("FLUXCHAT_TEST_VERBOSE").is_none() {
            command.stderr(Stdio::null());
        }
        let driver = command.spawn().unwrap_or_else(|error| {
            panic!("WebKitWebDriver: {error}; install it with: apt-get install webkit2gtk-driver")
        });
        wait_for_port(port).await;
        let capabilities = json!({
            "webkitgtk:browserOptions": { "binary": app.display().to_string(), "args": args }
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("an object literal")
        };
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("the window opens under WebDriver");
        Self { client, driver }
    }

    /// The WebDriver client, for what has no method here.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Waits until an element with this `data-testid` exists.
    ///
    /// # Panics
    /// When it never does.
    pub async fn wait(&self, testid: &str) -> fantoccini::elements::Element {
        self.wait_css(&format!("[data-testid='{testid}']")).await
    }

    /// Waits until an element matches.
    ///
    /// # Panics
    /// When none ever does; the message holds the text of the page.
    pub async fn wait_css(&self, css: &str) -> fantoccini::elements::Element {
        match self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await
        {
            Ok(element) => element,
            Err(error) => panic!(
                "{css} never appeared ({error}); the page says:\n{}",
                self.text().await
            ),
        }
    }

    /// Waits until nothing matches.
    ///
    /// # Panics
    /// When something always does.
    pub async fn wait_gone(&self, css: &str) {
        let script = "return document.querySelector(arguments[0]) === null";
        self.wait_true(script, vec![json!(css)], &format!("{css} never went away"))
            .await;
    }

    /// Waits until the page contains a text.
    ///
    /// # Panics
    /// When it never does.
    pub async fn wait_text(&self, text: &str) {
        let script = "return document.body.innerText.includes(arguments[0])";
        self.wait_true(
            script,
            vec![json!(text)],
            &format!("“{text}” never appeared"),
        )
        .await;
    }

    /// Waits until a script answers true.
    ///
    /// # Panics
    /// When it never does.
    pub async fn wait_true(&self, script: &str, args: Vec<Value>, otherwise: &str) {
        let waiting = async {
            loop {
                if self
                    .client
                    .execute(script, args.clone())
                    .await
                    .is_ok_and(|value| value == json!(true))
                {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("{otherwise}; the page says:\n{}", self.text().await);
        }
    }

    /// Clicks an element by its `data-testid`.
    ///
    /// # Panics
    /// When it never appears or cannot be clicked.
    pub async fn click(&self, testid: &str) {
        let began = tokio::time::Instant::now();
        // What moves away or closes above it is waited for, as a person would.
        let usable = format!("[data-testid='{testid}']:not(:disabled, [aria-busy='true'])");
        while let Err(error) = self.wait_css(&usable).await.click().await {
            assert!(began.elapsed() < PATIENCE, "click {testid}: {error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Points at one of the drawn messages, counted from the end where `at` is negative, and clicks
    /// what stands there then by its `data-testid`.
    ///
    /// # Panics
    /// When it never appears or cannot be clicked.
    pub async fn click_in_message(&self, at: i64, testid: &str) {
        let usable = format!("[data-testid='{testid}']:not(:disabled)");
        let point = "const row = [...document.querySelectorAll('[data-testid=message-row]')].at(arguments[0]);
             document.querySelectorAll('[data-pointed]').forEach((it) => delete it.dataset.pointed);
             row?.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
             const button = row?.querySelector(arguments[1]);
             if (button) button.dataset.pointed = '';
             return Boolean(button)";
        let began = tokio::time::Instant::now();
        loop {
            self.wait_true(
                point,
                vec![json!(at), json!(usable)],
                &format!("{testid} never appeared"),
            )
            .await;
            let Err(error) = self.wait_css("[data-pointed]").await.click().await else {
                return;
            };
            assert!(began.elapsed() < PATIENCE, "click {testid}: {error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Moves the pointer to an element and leaves it there.
    ///
    /// # Panics
    /// When there is none or the driver refuses.
    pub async fn point_at(&self, testid: &str) {
        let element = self.wait(testid).await;
        let there = PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y: 0.0,
        };
        self.client
            .perform_actions(MouseActions::new("mouse".to_owned()).then(there))
            .await
            .unwrap_or_else(|error| panic!("point at {testid}: {error}"));
    }

    /// Clicks the last control whose words are `text`: what floats above the page comes last. One
    /// that is disabled or at work is waited for, because it does nothing then.
    ///
    /// # Panics
    /// When none ever appears or it cannot be clicked.
    pub async fn click_exactly(&self, text: &str) {
        self.click_where(
            &format!("(normalize-space(.) = \"{text}\" or @aria-label = \"{text}\")"),
            text,
        )
        .await;
    }

    /// Clicks the last control whose words contain `text`, and that can be used.
    ///
    /// # Panics
    /// When none ever appears or it cannot be clicked.
    pub async fn click_text(&self, text: &str) {
        let condition = format!(
            "(contains(normalize-space(.), \"{text}\") or contains(@aria-label, \"{text}\"))"
        );
        self.click_where(&condition, text).await;
    }

    async fn click_where(&self, condition: &str, text: &str) {
        let xpath = format!(
            "//*[self::button or self::a or self::label or @role='button' or @role='menuitem' \
             or @role='switch' or @role='radio']\
             [not(@disabled) and not(@aria-busy = 'true')][{condition}]"
        );
        let locator = Locator::XPath(&xpath);
        if let Err(error) = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(locator)
            .await
        {
            panic!(
                "no control says “{text}” ({error}); the page says:\n{}",
                self.text().await
            );
        }
        let found = self.client.find_all(locator).await.unwrap_or_default();
        for element in found.into_iter().rev() {
            if element.is_displayed().await.unwrap_or(false) && element.click().await.is_ok() {
                return;
            }
        }
        let script = "const e = document.elementFromPoint(120, 60); \
             return getComputedStyle(document.body).pointerEvents + ' | ' + (e ? e.outerHTML.slice(0, 300) : 'nothing')";
        let why = self.run(script, vec![]).await;
        panic!(
            "“{text}” cannot be clicked ({why}); the page says:\n{}",
            self.text().await
        );
    }

    /// Types into the field with this label.
    ///
    /// # Panics
    /// When there is none or it takes no keys.
    pub async fn type_into_label(&self, label: &str, text: &str) {
        // A dialog stands at the end of the page, and only there the focus may go while it is open.
        let script = "const all = [...document.querySelectorAll('label')]\
             .filter(l => l.innerText.trim().startsWith(arguments[0]));\
             const l = all.find(l => l.innerText.trim() === arguments[0]) ?? all.at(-1);\
             const field = l && (l.control ?? document.getElementById(l.htmlFor));\
             if (field) field.focus(); return Boolean(field)";
        self.wait_true(
            script,
            vec![json!(label)],
            &format!("no field is labelled “{label}”"),
        )
        .await;
        let field = self
            .client
            .active_element()
            .await
            .expect("the focused field");
        field
            .send_keys(text)
            .await
            .unwrap_or_else(|error| panic!("type into “{label}”: {error}"));
    }

    /// Types into an element by its `data-testid`.
    ///
    /// # Panics
    /// When it never appears or takes no keys.
    pub async fn type_into(&self, testid: &str, text: &str) {
        self.wait(testid)
            .await
            .send_keys(text)
            .await
            .unwrap_or_else(|error| panic!("type {testid}: {error}"));
    }

    /// Everything the page says.
    pub async fn text(&self) -> String {
        let script = "return document.body ? document.body.innerText : ''";
        match self.client.execute(script, vec![]).await {
            Ok(Value::String(text)) => text,
            other => format!("{other:?}"),
        }
    }

    /// Runs a script and answers its value.
    ///
    /// # Panics
    /// When the script throws.
    pub async fn run(&self, script: &str, args: Vec<Value>) -> Value {
        self.client
            .execute(script, args)
            .await
            .unwrap_or_else(|error| panic!("script: {error}"))
    }

    /// A picture of the page.
    ///
    /// # Panics
    /// When none can be taken or written.
    pub async fn screenshot(&self, path: &Path) {
        let png = self.client.screenshot().await.expect("a picture");
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).expect("folder for pictures");
        }
        std::fs::write(path, png).expect("write the picture");
    }

    /// Closes the window as a person would and waits for the driver to end it.
    pub async fn close(mut self) {
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

#[allow(
    clippy::disallowed_types,
    reason = "asks loopback whether the driver listens"
)]
async fn wait_for_port(port: u16) {
    let waiting = async {
        while tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_err()
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("WebKitWebDriver listens");
}
