//! One kind of input for as long as it is told, within its bounds.

use std::time::{Duration, Instant};

use crate::changes::Random;
use crate::cost::{Cost, cost};
use crate::growth;
use crate::target::Target;

/// The largest input that is made by chance, in bytes.
const LARGEST: usize = 1 << 20;
/// What one such input may take of memory, in bytes.
const MOST_MEMORY: usize = 64 << 20;
/// What one such input may take on processors; nothing here is optimised.
const LONGEST: Duration = Duration::from_secs(10);

/// How large an input is grown for each four seconds, in bytes.
const GROWN: usize = 1 << 17;

/// How long, and from where.
pub(crate) struct Rounds {
    pub(crate) seconds: u32,
    pub(crate) seed: u64,
    /// How large inputs grow, in bytes; otherwise as there is time for.
    pub(crate) grown: Option<usize>,
    /// Whether they grow to the largest that is read.
    pub(crate) whole: bool,
}

impl Rounds {
    /// Reads the seeds, then changed ones, until the time is over, and then inputs that grow. Says
    /// what was read, or what went wrong.
    pub(crate) fn run(&self, target: &Target) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let mut read = (target.reader)(folder.path());
        let seeds = (target.seeds)();
        let most = target.largest.min(LARGEST);
        let mut random = Random::new(self.seed);
        let (mut count, mut most_memory, mut longest) = (0, 0, Duration::ZERO);
        let end = Instant::now() + Duration::from_secs(self.seconds.into());
        while Instant::now() < end {
            let input = match seeds.get(count) {
                Some(seed) => seed.clone(),
                None => random.input(target, &seeds, most),
            };
            let cost = cost(|| read(&input));
            within_bounds(&cost, target, &input)?;
            (most_memory, longest) = (most_memory.max(cost.memory), longest.max(cost.time));
            count += 1;
        }
        let in_time = match self.whole {
            true => target.largest,
            false => GROWN * self.seconds.div_ceil(4) as usize,
        };
        let largest = target.largest.min(self.grown.unwrap_or(in_time));
        let growth = growth::measure(target, &mut read, largest)?;
        Ok(format!(
            "{count} inputs in {} s, at most {most_memory} bytes and {longest:.1?} for one; {growth}",
            self.seconds,
        ))
    }
}

fn within_bounds(cost: &Cost, target: &Target, input: &[u8]) -> Result<(), String> {
    if !cost.panicked && cost.memory <= MOST_MEMORY && cost.time <= LONGEST {
        return Ok(());
    }
    let kept = std::env::temp_dir().join(format!("fuzz {}", target.name));
    std::fs::write(&kept, input).unwrap();
    Err(format!(
        "{}{} bytes of memory, {:?}; the input is kept in {}",
        if cost.panicked { "panicked, " } else { "" },
        cost.memory,
        cost.time,
        kept.display()
    ))
}
