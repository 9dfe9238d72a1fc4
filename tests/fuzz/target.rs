//! A kind of input, and what reads it.

use std::path::Path;

/// Reads one input; asserts what has to hold of it.
pub(crate) type Reader = Box<dyn FnMut(&[u8])>;

/// A kind of input that other people write.
pub(crate) struct Target {
    /// What it is called on the command line.
    pub(crate) name: &'static str,
    /// Makes a reader with an empty folder of its own.
    pub(crate) reader: fn(&Path) -> Reader,
    /// What changes begin with.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
    /// What is put in by the way.
    pub(crate) pieces: &'static [&'static str],
    /// The largest input that is read, in bytes.
    pub(crate) largest: usize,
    /// How it grows.
    pub(crate) shapes: &'static [Shape],
}

/// An input that grows: so many parts, between a beginning and an end.
pub(crate) struct Shape {
    pub(crate) start: &'static str,
    /// A part; `#` in it is its number.
    pub(crate) part: &'static str,
    pub(crate) end: &'static str,
}

impl Shape {
    pub(crate) const fn new(start: &'static str, part: &'static str, end: &'static str) -> Self {
        Self { start, part, end }
    }

    /// About so many bytes of it, and no more. A comma or a blank that ends the last part is left out.
    pub(crate) fn of(&self, bytes: usize) -> Vec<u8> {
        let mut input = self.start.as_bytes().to_vec();
        for number in 0_u64.. {
            let part = self.part.replace('#', &number.to_string());
            if input.len() + part.len() + self.end.len() > bytes {
                break;
            }
            input.extend(part.bytes());
        }
        if matches!(input.last(), Some(b',' | b' ')) {
            input.pop();
        }
        input.extend(self.end.bytes());
        input
    }
}
