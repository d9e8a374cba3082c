//! One line of the table, as JSON.

use serde::Serialize;

use crate::measure::Samples;

/// What may not be exceeded.
#[derive(Clone, Copy)]
pub enum Budget {
    /// Our CPU time against that of the floor.
    Ratio(f64),
    /// The 95th percentile of our CPU time, in milliseconds.
    CpuMs(f64),
    /// The 95th percentile of the time that passes, in milliseconds.
    WallMs(f64),
    /// Shown, not judged.
    None,
}

#[derive(Serialize)]
struct Numbers {
    median: f64,
    p95: f64,
    cpu: f64,
    cpu_p95: f64,
    n: usize,
}

#[derive(Serialize)]
struct Line<'a> {
    group: &'a str,
    row: &'a str,
    unit: &'a str,
    ours: Numbers,
    floor: Option<Numbers>,
    floor_is: &'a str,
    ratio: Option<f64>,
    budget: String,
    holds: bool,
    note: &'a str,
}

/// A row that was measured.
pub struct Row<'a> {
    pub group: &'a str,
    pub row: &'a str,
    pub floor_is: &'a str,
    pub budget: Budget,
    pub note: &'a str,
}

impl<'a> Row<'a> {
    pub fn new(group: &'a str, row: &'a str, floor_is: &'a str, budget: Budget) -> Self {
        Self {
            group,
            row,
            floor_is,
            budget,
            note: "",
        }
    }

    pub fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }

    /// Prints it, in milliseconds.
    pub fn print(&self, ours: &Samples, floor: Option<&Samples>) {
        self.print_as("ms", ours, floor);
    }

    /// Prints it in another unit.
    pub fn print_as(&self, unit: &str, ours: &Samples, floor: Option<&Samples>) {
        let ratio = floor.map(|floor| ours.cpu() / floor.cpu().max(f64::MIN_POSITIVE));
        let (budget, holds) = match self.budget {
            Budget::Ratio(most) => (
                format!("{most} × floor"),
                ratio.is_none_or(|ratio| ratio <= most),
            ),
            Budget::CpuMs(most) => (format!("p95 {most} ms CPU"), ours.cpu_p95() <= most),
            Budget::WallMs(most) => (format!("{most} {unit}"), ours.p95() <= most),
            Budget::None => (String::new(), true),
        };
        let line = Line {
            group: self.group,
            row: self.row,
            unit,
            ours: numbers(ours),
            floor: floor.map(numbers),
            floor_is: self.floor_is,
            ratio,
            budget,
            holds,
            note: self.note,
        };
        if let Ok(text) = serde_json::to_string(&line) {
            println!("{text}");
        }
    }
}

fn numbers(samples: &Samples) -> Numbers {
    Numbers {
        median: samples.median(),
        p95: samples.p95(),
        cpu: samples.cpu(),
        cpu_p95: samples.cpu_p95(),
        n: samples.len(),
    }
}
