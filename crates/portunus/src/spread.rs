//! Which of many renews when, that were given something at the same moment?

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use crate::secret::Secret;

/// A part of that time, from none of it to nearly all, by the secret that is to be renewed: always the
/// same for one, and as good as drawn by lot among many. So that those who were given theirs together
/// do not come again together, and nobody needs chance for it.
pub(crate) fn part(of: Duration, secret: &Secret) -> Duration {
    let mut hasher = DefaultHasher::new();
    secret.expose().hash(&mut hasher);
    // As many bits as a fraction has.
    let lot = (hasher.finish() >> 11) as f64 / (1_u64 << 53) as f64;
    of.mul_f64(lot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_spread_evenly_and_each_has_its_place() {
        let hour = Duration::from_secs(60 * 60);
        let place = |at: u32| part(hour, &Secret::new(format!("e30.token-{at}.x")));
        let mut minutes = [0; 60];
        for at in 0..60_000 {
            assert_eq!(place(at), place(at));
            minutes[usize::try_from(place(at).as_secs() / 60).unwrap()] += 1;
        }
        let (fewest, most) = (minutes.iter().min().unwrap(), minutes.iter().max().unwrap());
        assert!(*fewest > 850 && *most < 1150, "{minutes:?}");
    }
}
