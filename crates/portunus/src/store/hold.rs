use std::fmt;

/// Keeps other programs from using the identity token of an entry, until it is dropped.
#[derive(Debug)]
pub struct Hold {
    _held: Box<dyn fmt::Debug + Send + Sync>,
}

impl Hold {
    /// What keeps them from it as long as it is there, such as a lock.
    pub fn new(held: impl fmt::Debug + Send + Sync + 'static) -> Self {
        Self {
            _held: Box::new(held),
        }
    }
}
