//! No input costs more than what is linear, and a logarithm.

use std::time::Duration;

use support::soak;

use crate::cost::{Cost, cost};
use crate::target::{Reader, Shape, Target};

/// How much more ten times the input may take, of time as of memory.
const MOST: f64 = 13.0;
/// One pair of runs that are not too far apart is enough: what takes a hundred times as long never
/// has one, and a machine that does other things slows either of them by chance.
const TRIES: usize = 6;
/// A list that grows has reserved up to twice of what it holds, and holds it twice while it moves: where
/// between two doublings an input ends is chance. What inputs take that end at each part of the way
/// is not.
const PARTS: [f64; 4] = [1.0, 0.84, 0.71, 0.59];
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
    for (number, shape) in (1..).zip(target.shapes) {
        if soak::is_on() {
            // It takes minutes, and nobody shall take it for one that hangs.
            let name = target.name;
            println!("{name}: grows in shape {number} of {}", target.shapes.len());
        }
        let (mut tenth, mut whole) = costs(shape, read, most);
        let mut tries = 1;
        while factor_of_time(&tenth, &whole) > MOST && tries < TRIES {
            (tenth, whole) = costs(shape, read, most);
            tries += 1;
        }
        if factor_of_memory(&tenth, &whole) > MOST {
            (tenth.memory, whole.memory) = between_doublings(shape, read, most);
        }
        let factor = factor_of_time(&tenth, &whole).max(factor_of_memory(&tenth, &whole));
        let told = told(shape, most, &tenth, &whole);
        if factor > MOST || tenth.panicked || whole.panicked {
            return Err(format!("10 times the input costs too much: {told}"));
        }
        if factor > worst.0 {
            worst = (factor, told);
        }
    }
    Ok(worst.1)
}

/// Of a tenth of the input, and of the whole.
fn costs(shape: &Shape, read: &mut Reader, most: usize) -> (Cost, Cost) {
    let (small, large) = (shape.of(most / 10), shape.of(most));
    (cost(|| read(&small)), cost(|| read(&large)))
}

/// The memory of a tenth and of the whole, on the average of the way from one doubling to the next.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "to a byte"
)]
fn between_doublings(shape: &Shape, read: &mut Reader, most: usize) -> (usize, usize) {
    let parts = PARTS.map(|part| costs(shape, read, (most as f64 * part) as usize));
    let average =
        |of: fn(&(Cost, Cost)) -> usize| parts.iter().map(of).sum::<usize>() / PARTS.len();
    (
        average(|(tenth, _)| tenth.memory),
        average(|(_, whole)| whole.memory),
    )
}

fn factor_of_time(tenth: &Cost, whole: &Cost) -> f64 {
    whole.time.as_secs_f64() / tenth.time.max(LEAST.time).as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "of the tenth digit")]
fn factor_of_memory(tenth: &Cost, whole: &Cost) -> f64 {
    whole.memory as f64 / tenth.memory.max(LEAST.memory) as f64
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
