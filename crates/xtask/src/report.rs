//! What is being done, how far it is and how long it took.

use std::time::{Duration, Instant};

use crate::shell::{Failure, Outcome};

/// Counts steps and remembers how long each took.
pub struct Report {
    all: usize,
    started: Instant,
    done: Vec<(String, Duration)>,
    failed: Vec<String>,
}

impl Report {
    /// A report of so many steps.
    pub fn new(all: usize) -> Self {
        Self {
            all,
            started: Instant::now(),
            done: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Does one step under its heading.
    pub fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        let number = self.done.len() + 1;
        println!(
            "\n[{number}/{}] {name}   ({} so far)",
            self.all,
            short(self.started.elapsed())
        );
        let start = Instant::now();
        let result = work();
        let took = start.elapsed();
        self.done.push((name.to_owned(), took));
        let mark = if result.is_ok() { "✓" } else { "✗" };
        println!("{mark} {name}: {}", short(took));
        result
    }

    /// Does a step on which no later one depends: a failure is shown now and counted at the end.
    pub fn check(&mut self, name: &str, work: impl FnOnce() -> Outcome) {
        if let Err(failure) = self.step(name, work) {
            println!("  {failure}");
            self.failed.push(name.to_owned());
        }
    }

    /// Whether every check passed.
    pub fn verdict(&self) -> Outcome {
        match self.failed.as_slice() {
            [] => Ok(()),
            failed => Err(Failure(format!(
                "not everything passed: {}",
                failed.join(", ")
            ))),
        }
    }

    /// The table at the end.
    pub fn close(&self) {
        println!("\nSteps");
        for (name, took) in &self.done {
            println!("  {:>8}  {name}", short(*took));
        }
        println!("  {:>8}  in all", short(self.started.elapsed()));
    }
}

/// A duration as people read it.
pub fn short(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}
