use std::collections::BTreeMap;

use containerd_client::types::transfer;

/// One report of the daemon on how far it is. Reports come every 300 ms while something moves.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProgressReport {
    /// What is going on.
    pub state: ProgressState,
    /// What it concerns: `layer-sha256:…`, `manifest-…`, `config-…`, `index-…`, an image name;
    /// empty for a line of status.
    pub name: String,
    /// Digest of the content, where it concerns one.
    pub digest: Option<String>,
    /// Bytes so far.
    pub done: u64,
    /// Bytes in all; 0 where not known.
    pub total: u64,
}

/// What is going on, from the daemon's word for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProgressState {
    /// A sentence of the daemon about the whole transfer.
    Status(String),
    /// The item is known, and not begun.
    Waiting,
    /// Bytes come in.
    Downloading,
    /// Bytes go out.
    Uploading,
    /// The item is done.
    Complete,
    /// The item was there before.
    AlreadyExists,
    /// The image is stored under its name.
    Saved,
    /// The layer is being unpacked. Since containerd 2.2.0.
    Extracting,
    /// The layer is unpacked. Since containerd 2.2.0.
    Extracted,
}

impl ProgressReport {
    pub(crate) fn from_message(message: transfer::Progress) -> Self {
        let state = match message.event.as_str() {
            "waiting" => ProgressState::Waiting,
            "downloading" => ProgressState::Downloading,
            "uploading" => ProgressState::Uploading,
            "complete" => ProgressState::Complete,
            "already exists" => ProgressState::AlreadyExists,
            "saved" => ProgressState::Saved,
            "extracting" => ProgressState::Extracting,
            "extracted" => ProgressState::Extracted,
            _ => ProgressState::Status(message.event),
        };
        Self {
            state,
            name: message.name,
            digest: message.desc.map(|descriptor| descriptor.digest),
            done: u64::try_from(message.progress).unwrap_or(0),
            total: u64::try_from(message.total).unwrap_or(0),
        }
    }
}

/// The sum of all reports so far: what a bar shows.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    items: BTreeMap<String, ItemTotal>,
}

#[derive(Debug, Clone, Copy, Default)]
struct ItemTotal {
    done: u64,
    total: u64,
    finished: bool,
    was_there: bool,
}

impl Totals {
    /// Takes a report in.
    pub fn add(&mut self, progress: &ProgressReport) {
        use ProgressState::{
            AlreadyExists, Complete, Downloading, Extracted, Extracting, Saved, Status, Uploading,
            Waiting,
        };
        match progress.state {
            Status(_) | Saved | Extracting | Extracted => return,
            Waiting | Downloading | Uploading | Complete | AlreadyExists => {}
        }
        let item = self.items.entry(progress.name.clone()).or_default();
        item.total = item.total.max(progress.total);
        item.done = item.done.max(progress.done);
        if !item.finished {
            item.was_there = progress.state == AlreadyExists;
        }
        if matches!(progress.state, Complete | AlreadyExists) {
            item.finished = true;
            item.done = item.total;
        }
    }

    /// Takes in what was seen later. What was moved before is not what was there before.
    pub(crate) fn merge(&mut self, later: &Self) {
        for (name, seen) in &later.items {
            let item = self.items.entry(name.clone()).or_default();
            item.total = item.total.max(seen.total);
            item.done = item.done.max(seen.done);
            if !item.finished {
                (item.finished, item.was_there) = (seen.finished, seen.was_there);
            }
        }
    }

    /// What was moved to its end in this transfer, in words: `manifest, config, 2 layers`; `None`
    /// where that is nothing.
    pub fn describe_moved(&self) -> Option<String> {
        let kinds = [
            ("index", "indexes"),
            ("manifest", "manifests"),
            ("config", "configs"),
            ("layer", "layers"),
        ];
        let moved = |(_, item): &(&String, &ItemTotal)| item.finished && !item.was_there;
        let moved: Vec<&String> = self
            .items
            .iter()
            .filter(moved)
            .map(|(name, _)| name)
            .collect();
        let counted = kinds.iter().filter_map(|(one, many)| {
            let is_one = |name: &&&String| name.split_once('-').is_some_and(|it| it.0 == *one);
            match moved.iter().filter(is_one).count() {
                0 => None,
                1 => Some((*one).to_owned()),
                count => Some(format!("{count} {many}")),
            }
        });
        let counted: Vec<String> = counted.collect();
        (!counted.is_empty()).then(|| counted.join(", "))
    }

    /// Bytes so far, what was there before included.
    pub fn done(&self) -> u64 {
        self.items.values().map(|item| item.done).sum()
    }

    /// Bytes in all, as far as known: grows when a manifest has been read.
    pub fn total(&self) -> u64 {
        self.items.values().map(|item| item.total).sum()
    }

    /// Bytes that were moved in this transfer: without what was there before.
    pub fn moved(&self) -> u64 {
        let moved = self.items.values().filter(|item| !item.was_there);
        moved.map(|item| item.done).sum()
    }

    /// Layers that are done, and layers in all.
    pub fn layers(&self) -> (usize, usize) {
        let layers = self
            .items
            .iter()
            .filter(|(name, _)| name.starts_with("layer-"));
        layers.fold((0, 0), |(done, all), (_, item)| {
            (done + usize::from(item.finished), all + 1)
        })
    }

    /// Whether the daemon waits for bytes, rather than unpacking what it has.
    pub fn is_waiting_for_bytes(&self) -> bool {
        self.items.is_empty() || self.items.values().any(|item| !item.finished)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(event: &str, name: &str, progress: i64, total: i64) -> ProgressReport {
        ProgressReport::from_message(transfer::Progress {
            event: event.to_owned(),
            name: name.to_owned(),
            progress,
            total,
            ..Default::default()
        })
    }

    #[test]
    fn totals_count_each_item_once_and_grow_with_the_manifest() {
        let mut totals = Totals::default();
        assert!(totals.is_waiting_for_bytes());
        for (event, name, done, total, expected) in [
            ("Resolving from OCI Registry", "", 0, 0, (0, 0, (0, 0))),
            ("waiting", "manifest-1", 0, 10, (0, 10, (0, 0))),
            ("complete", "manifest-1", 10, 10, (10, 10, (0, 0))),
            ("waiting", "layer-1", 0, 100, (10, 110, (0, 1))),
            ("downloading", "layer-1", 40, 100, (50, 110, (0, 1))),
            ("already exists", "layer-2", 7, 7, (57, 117, (1, 2))),
            ("something new", "layer-3", 1, 1, (57, 117, (1, 2))),
            ("complete", "layer-1", 100, 100, (117, 117, (2, 2))),
            ("waiting", "layer-1", -1, -1, (117, 117, (2, 2))),
        ] {
            totals.add(&report(event, name, done, total));
            let seen = (totals.done(), totals.total(), totals.layers());
            assert_eq!(seen, expected, "after {event} {name}");
        }
        assert_eq!(totals.moved(), 110);
        assert!(!totals.is_waiting_for_bytes());
    }
}
