//! Inputs that nobody has written.

use crate::json;
use crate::target::Target;

/// xorshift64: the same seed gives the same inputs.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    /// A number below that one.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (end.max(1) as u64)).unwrap()
    }

    /// One of them.
    pub(crate) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A seed with some changes, of at most so many bytes.
    pub(crate) fn input(&mut self, target: &Target, seeds: &[Vec<u8>], most: usize) -> Vec<u8> {
        let mut input = self.of(seeds).clone();
        if self.below(2) == 0 {
            // What is JSON stays so.
            let other = self.of(seeds).clone();
            input = json::changed(self, &input, &other).unwrap_or(input);
        }
        for _ in 0..self.below(6) {
            self.change(&mut input, target.pieces, seeds);
        }
        if self.below(300) == 0 {
            self.grow(&mut input, target, most);
        }
        input.truncate(most);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, pieces: &[&str], seeds: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        match self.below(5) {
            0 => drop(input.splice(at..at, self.of(pieces).bytes())),
            1 => {
                let end = (at + self.below(9)).min(input.len());
                drop(input.drain(at..end));
            }
            2 if at < input.len() => input[at] = u8::try_from(self.below(256)).unwrap(),
            3 => {
                let other = self.of(seeds);
                let from = self.below(other.len() + 1);
                drop(input.splice(at..at, other[from..].iter().copied()));
            }
            _ => input.truncate(at),
        }
    }

    /// Makes it large: a shape somewhere in it, or one piece for ever.
    fn grow(&mut self, input: &mut Vec<u8>, target: &Target, most: usize) {
        let bytes = self.below(most);
        let at = self.below(input.len() + 1);
        let more = match self.below(2) {
            0 => self.of(target.shapes).of(bytes),
            _ => {
                let piece = self.of(target.pieces);
                piece.repeat(bytes / piece.len().max(1)).into_bytes()
            }
        };
        input.splice(at..at, more);
    }
}
