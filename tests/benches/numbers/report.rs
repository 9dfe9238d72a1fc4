//! What was measured, for people and for programs.

use std::fmt;
use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

/// The outcome of one measurement.
#[derive(Default)]
pub(crate) struct Report {
    what: String,
    /// How many wanted a processor in the minute before.
    load: String,
    times: Vec<(String, Times)>,
    bounds: Vec<Bound>,
}

/// A number, and what it may be at most.
struct Bound {
    what: String,
    measured: f64,
    /// What it was each time; empty where it was measured once.
    rounds: Vec<f64>,
    limit: f64,
    unit: &'static str,
}

/// How often something was measured, and how long it took each time: never empty, in order.
#[derive(Clone)]
pub(crate) struct Times(Vec<Duration>);

impl Report {
    /// `what`: the circumstances, in words.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        let load = fs::read_to_string("/proc/loadavg").unwrap();
        Self {
            what: what.into(),
            load: load.split(' ').next().unwrap_or_default().to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn add(&mut self, what: impl Into<String>, times: Times) {
        self.times.push((what.into(), times));
    }

    /// A number that may be `limit` at most.
    pub(crate) fn bound(
        &mut self,
        what: impl Into<String>,
        measured: f64,
        limit: f64,
        unit: &'static str,
    ) {
        self.bounds.push(Bound {
            what: what.into(),
            measured,
            rounds: Vec::new(),
            limit,
            unit,
        });
    }

    /// The same for the middle one of several rounds.
    pub(crate) fn bound_in_rounds(
        &mut self,
        what: impl Into<String>,
        rounds: Vec<f64>,
        limit: f64,
        unit: &'static str,
    ) {
        let mut sorted = rounds.clone();
        sorted.sort_by(f64::total_cmp);
        self.bounds.push(Bound {
            what: what.into(),
            measured: sorted[sorted.len() / 2],
            rounds,
            limit,
            unit,
        });
    }

    /// What was measured, by name.
    pub(crate) fn times(&self) -> impl Iterator<Item = (&str, &Times)> {
        self.times.iter().map(|(what, times)| (&**what, times))
    }

    pub(crate) fn to_json(&self, name: &str) -> Value {
        let times = self.times.iter().map(|(what, times)| {
            json!({
                "what": what,
                "runs": times.0.len(),
                "min_ms": rounded(millis(times.min())),
                "median_ms": rounded(millis(times.median())),
                "p99_ms": rounded(millis(times.percentile(99))),
                "max_ms": rounded(millis(times.max())),
            })
        });
        let bounds = self.bounds.iter().map(|bound| {
            json!({
                "what": bound.what,
                "measured": rounded(bound.measured),
                "rounds": bound.rounds.iter().copied().map(rounded).collect::<Vec<_>>(),
                "limit": bound.limit,
                "unit": bound.unit,
                "holds": bound.holds(),
            })
        });
        json!({
            "version": 1,
            "measurement": name,
            "what": self.what,
            "load": self.load,
            "times": times.collect::<Vec<_>>(),
            "bounds": bounds.collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, at a load of {}\n", self.what, self.load)?;
        writeln!(f, "| ms | best | median | 99 of 100 | most | runs |")?;
        writeln!(f, "|---|---|---|---|---|---|")?;
        for (what, times) in &self.times {
            writeln!(
                f,
                "| {what} | {:.3} | {:.3} | {:.3} | {:.3} | {} |",
                millis(times.min()),
                millis(times.median()),
                millis(times.percentile(99)),
                millis(times.max()),
                times.0.len(),
            )?;
        }
        if !self.bounds.is_empty() {
            writeln!(f, "\n| what | measured | at most | |\n|---|---|---|---|")?;
        }
        for bound in &self.bounds {
            let Bound {
                what,
                measured,
                rounds,
                limit,
                unit,
            } = bound;
            let rounds = match &rounds[..] {
                [] => String::new(),
                rounds => format!(", the middle of {rounds:.3?}"),
            };
            let holds = if bound.holds() { "held" } else { "MISSED" };
            writeln!(
                f,
                "| {what} | {measured:.3}{unit}{rounds} | {limit}{unit} | {holds} |"
            )?;
        }
        Ok(())
    }
}

impl Bound {
    fn holds(&self) -> bool {
        self.measured <= self.limit
    }
}

impl Times {
    pub(crate) fn new(mut times: Vec<Duration>) -> Self {
        assert!(!times.is_empty(), "nothing was measured");
        times.sort();
        Self(times)
    }

    /// All that was measured in several rounds.
    pub(crate) fn of_all<'a>(rounds: impl Iterator<Item = &'a Self>) -> Self {
        Self::new(rounds.flat_map(|round| round.0.clone()).collect())
    }

    pub(crate) fn min(&self) -> Duration {
        self.0[0]
    }

    pub(crate) fn median(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    /// What `percent` of 100 did not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        self.0[(self.0.len() * percent / 100).min(self.0.len() - 1)]
    }

    pub(crate) fn max(&self) -> Duration {
        self.0[self.0.len() - 1]
    }
}

pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// To three places.
fn rounded(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}
