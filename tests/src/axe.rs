//! axe in the real window: accessibility barriers.

use serde::Deserialize;
use serde_json::json;

use crate::failure::{Failure, IoContext};
use crate::programs;
use crate::window::Window;

/// The rules of WCAG 2.2 AA and everything they build on.
const RULES: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// A rule that the page breaks, and where.
#[derive(Debug, Deserialize)]
pub struct Violation {
    /// axe's name of the rule.
    pub id: String,
    /// What the rule wants.
    pub help: String,
    /// The elements that break it, each with axe's explanation.
    pub nodes: Vec<Node>,
}

/// An element that breaks a rule.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// The element.
    pub html: String,
    /// What is wrong with it.
    pub failure_summary: String,
}

impl Window {
    /// Every violation on screen once animations have ended: half-way through a fade, colours are not final.
    pub async fn violations(&self) -> Result<Vec<Violation>, Failure> {
        let path = programs::root().join("ui/node_modules/axe-core/axe.min.js");
        if self.run_script("return typeof axe === 'undefined'", Vec::new()).await? {
            let axe = std::fs::read_to_string(&path).context(format!("reading {}", path.display()))?;
            self.run_command(self.client.execute(&axe, Vec::new())).await?;
        }
        self.at_rest().await?;
        let script = "const [rules, done] = arguments;
            axe.run(document, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] })
               .then(({ violations }) => done(violations), (error) => done(String(error)));";
        let answer = self.run_command(self.client.execute_async(script, vec![json!(RULES)])).await?;
        serde_json::from_value(answer).map_err(Failure::Answer)
    }
}
