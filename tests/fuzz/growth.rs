//! No input costs more than what is linear, and a logarithm.

use std::time::Duration;

use crate::cost::{Cost, cost};
use crate::target::{Reader, Shape, Target};

/// How much longer ten times the input may take.
const MOST: f64 = 13.0;
/// How much more memory: what a list has reserved, up to twice of what it holds, is chance.
const MOST_MEMORY: f64 = 2.0 * MOST;
/// One pair of runs that are not too far apart is enough: what takes a hundred times as long never
/// has one, and a machine that does other things slows either of them by chance.
const TRIES: usize = 6;
/// Below this there is nothing to measure.
const LEAST: Cost = Cost {
    time: Duration::from_millis(1),
    memory: 1 << 20,
    panicked: false,
};

/// The largest factor among the shapes of a kind of input, in words; an error where one is too
/// large each time it is measured.
pub(crate) fn measure(target: &Target, read: &mut Reader, most: usize) -> Result<String, String> {
    let mut worst = (0.0, String::from("it does not grow"));
    for shape in target.shapes {
        let (small, large) = (shape.of(most / 10), shape.of(most));
        let (mut tenth, mut whole) = (cost(|| read(&small)), cost(|| read(&large)));
        let mut tries = 1;
        while factor(&tenth, &whole) > MOST && tries < TRIES {
            (tenth, whole) = (cost(|| read(&small)), cost(|| read(&large)));
            tries += 1;
        }
        let factor = factor(&tenth, &whole);
        let told = told(shape, large.len(), &tenth, &whole);
        if factor > MOST || tenth.panicked || whole.panicked {
            return Err(format!("10 times the input costs too much: {told}"));
        }
        if factor > worst.0 {
            worst = (factor, told);
        }
    }
    Ok(worst.1)
}

/// As one of time.
#[expect(clippy::cast_precision_loss, reason = "of the tenth digit")]
fn factor(tenth: &Cost, whole: &Cost) -> f64 {
    let time = whole.time.as_secs_f64() / tenth.time.max(LEAST.time).as_secs_f64();
    let memory = whole.memory as f64 / tenth.memory.max(LEAST.memory) as f64;
    time.max(memory * MOST / MOST_MEMORY)
}

fn told(shape: &Shape, length: usize, tenth: &Cost, whole: &Cost) -> String {
    format!(
        "{length} bytes of {:?} took {:.1?} and {} bytes, a tenth of it {:.1?} and {} bytes",
        format!("{}{}", shape.start, shape.part),
        whole.time,
        whole.memory,
        tenth.time,
        tenth.memory,
    )
}
