//! Taking times. CPU time is what is compared: it holds on a machine that others use, too.

use std::time::Instant;

use crate::Outcome;

/// Whose CPU time is read.
#[derive(Clone, Copy)]
pub enum Of {
    /// This thread: for what runs on it alone.
    Thread,
    /// All threads of this process.
    Process,
}

/// Times in milliseconds, or other numbers.
#[derive(Clone, Default)]
pub struct Samples {
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl Samples {
    /// One number that is no time.
    pub fn of(value: f64) -> Self {
        let mut samples = Self::default();
        samples.add(value, value);
        samples
    }

    pub fn add(&mut self, wall: f64, cpu: f64) {
        self.wall.push(wall);
        self.cpu.push(cpu);
    }

    pub fn len(&self) -> usize {
        self.wall.len()
    }

    pub fn median(&self) -> f64 {
        at(&self.wall, 0.5)
    }

    pub fn p95(&self) -> f64 {
        at(&self.wall, 0.95)
    }

    pub fn cpu(&self) -> f64 {
        at(&self.cpu, 0.5)
    }

    pub fn cpu_p95(&self) -> f64 {
        at(&self.cpu, 0.95)
    }
}

fn at(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let place = (last as f64 * part).round() as usize;
    sorted.get(place).copied().unwrap_or(0.0)
}

/// Runs it once and adds its time.
pub fn time<T>(of: Of, samples: &mut Samples, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let (cpu, wall) = (cpu_ms(of), Instant::now());
    let value = work()?;
    let wall = wall.elapsed().as_secs_f64() * 1_000.0;
    samples.add(wall, cpu_ms(of) - cpu);
    Ok(value)
}

/// Runs both in turns, after some turns that do not count: what disturbs one disturbs the other.
pub fn both<A, B>(
    of: Of,
    turns: usize,
    mut ours: impl FnMut() -> Outcome<A>,
    mut floor: impl FnMut() -> Outcome<B>,
) -> Outcome<(Samples, Samples)> {
    let mut times = (Samples::default(), Samples::default());
    for turn in 0..turns + turns.div_ceil(10) {
        if turn == turns.div_ceil(10) {
            times = (Samples::default(), Samples::default());
        }
        time(of, &mut times.0, &mut ours)?;
        time(of, &mut times.1, &mut floor)?;
    }
    Ok(times)
}

#[cfg(unix)]
pub fn cpu_ms(of: Of) -> f64 {
    use rustix::time::{ClockId, clock_gettime};
    let read = clock_gettime(match of {
        Of::Thread => ClockId::ThreadCPUTime,
        Of::Process => ClockId::ProcessCPUTime,
    });
    read.tv_sec as f64 * 1_000.0 + read.tv_nsec as f64 / 1_000_000.0
}

/// Where there is no such clock, the time that passes.
#[cfg(not(unix))]
pub fn cpu_ms(_: Of) -> f64 {
    use std::sync::OnceLock;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1_000.0
}

/// The highest amount of memory in use since the last time it was forgotten, in MiB; `None` where
/// the system does not tell.
pub fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

/// Forgets the peak.
pub fn forget_peak_memory() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
