use std::sync::{Mutex, PoisonError};

use crate::answers::note::BuildNote;
use crate::answers::settings::Listener;

/// A builder may ask about as many hosts as it likes; the user is not told of each.
const MOST: usize = 128;

/// What was told so far, each thing once.
pub(super) struct Notes {
    listener: Option<Listener>,
    told: Mutex<Vec<BuildNote>>,
}

impl Notes {
    pub(super) fn new(listener: Option<Listener>) -> Self {
        Self {
            listener,
            told: Mutex::default(),
        }
    }

    pub(super) fn add(&self, note: BuildNote) {
        {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.len() >= MOST || told.contains(&note) {
                return;
            }
            told.push(note.clone());
        }
        if let Some(listener) = &self.listener {
            listener(&note);
        }
    }

    pub(super) fn list(&self) -> Vec<BuildNote> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.clone()
    }
}
