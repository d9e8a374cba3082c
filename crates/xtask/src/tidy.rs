//! The rules of the house that no compiler knows. Each names the file and the rule it breaks.

mod graph;
mod sources;
mod window;

use crate::shell::{Failure, Outcome};

/// What was found. Warnings are printed, problems fail.
#[derive(Default)]
pub struct Findings {
    problems: Vec<String>,
    warnings: Vec<String>,
}

impl Findings {
    fn problem(&mut self, sentence: impl Into<String>) {
        self.problems.push(sentence.into());
    }

    fn warning(&mut self, sentence: impl Into<String>) {
        self.warnings.push(sentence.into());
    }
}

/// Checks everything.
pub fn tidy() -> Outcome {
    let mut findings = Findings::default();
    graph::check(&mut findings)?;
    sources::check(&mut findings)?;
    window::check(&mut findings)?;
    for warning in &findings.warnings {
        println!("  ! {warning}");
    }
    for problem in &findings.problems {
        println!("  ✗ {problem}");
    }
    match findings.problems.len() {
        0 => {
            println!("  the house is tidy ({} warnings)", findings.warnings.len());
            Ok(())
        }
        count => Err(Failure(format!("tidy found {count} problems"))),
    }
}
