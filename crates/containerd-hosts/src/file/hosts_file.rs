use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::decode::Decoder;
use super::keys::Keys;
use super::settings::{FileSettings, Located};
use super::unread::Unread;
use crate::fault::Fault;
use crate::toml::{self, Leniency, NewSyntax};

/// A `hosts.toml` as go-toml decodes it into containerd's structures
/// (`core/remotes/docker/config/hosts.go`, `parseHostsFile`).
#[derive(Debug, Default)]
pub(crate) struct HostsFile<'s> {
    /// `server`.
    pub(crate) server: Option<Located<Cow<'s, str>>>,
    /// What the root sets, for the server.
    pub(crate) root: FileSettings<'s>,
    /// The hosts in the order containerd walks them; one can stand there twice.
    pub(crate) order: Vec<Located<Cow<'s, str>>>,
    /// What goes unread.
    pub(crate) unread: Vec<Unread>,
    /// What only newer readers understand.
    pub(crate) new_syntax: Vec<NewSyntax>,
    /// `skip_verify` as a dotted key of a host that has one already, which older daemons die of.
    pub(crate) kills_daemon: Option<usize>,
    /// Whether there is a table `host`, be it empty.
    pub(crate) has_host_table: bool,
    pub(super) settings: Vec<FileSettings<'s>>,
    /// Of each host, the number of its settings: a map moves what it holds, and they are large.
    pub(super) numbers: HashMap<Cow<'s, str>, usize, RandomState>,
    /// For a host about which nothing is set.
    none: FileSettings<'s>,
    /// Hosts made by a dotted key or inside an inline table.
    pub(super) inline: Vec<Located<Cow<'s, str>>>,
    /// Where those stand that are or are in an inline table.
    pub(super) in_braces: HashSet<usize, RandomState>,
}

/// What a host mostly takes, in bytes. Where it takes less, room is made as the file is read.
const USUAL_TABLE: usize = 80;

impl<'s> HostsFile<'s> {
    /// Without a host yet, with room for those of a file of so many bytes.
    pub(super) fn of(bytes: usize) -> Self {
        let hosts = bytes / USUAL_TABLE;
        Self {
            settings: Vec::with_capacity(hosts),
            numbers: HashMap::with_capacity_and_hasher(hosts, RandomState::default()),
            ..Self::default()
        }
    }

    /// Reads the file's bytes.
    pub(crate) fn parse(bytes: &'s [u8], keys: Keys<'_>) -> Result<Self, Fault> {
        let mut file = match Self::read_plain(bytes, keys) {
            Some(file) => file,
            None => Self::read_any(bytes, keys)?,
        };
        file.note_unlisted();
        Ok(file)
    }

    fn read_plain(bytes: &'s [u8], keys: Keys<'_>) -> Option<Self> {
        let mut decoder = Decoder::new(bytes.len(), keys, None);
        toml::read_plain(bytes, &mut decoder)?;
        Some(decoder.file)
    }

    fn read_any(bytes: &'s [u8], keys: Keys<'_>) -> Result<Self, Fault> {
        let mut decoder = Decoder::new(bytes.len(), keys, None);
        let new_syntax = toml::parse(bytes, leniency(keys), &mut decoder)?;
        let mut file = decoder.file;
        file.new_syntax = new_syntax;
        Ok(file)
    }

    /// Reads what can be read of a file that is refused, and every fault that is met.
    pub(crate) fn parse_on(bytes: &'s [u8], keys: Keys<'_>) -> (Self, Vec<Fault>) {
        let mut decoder = Decoder::new(bytes.len(), keys, Some(Vec::new()));
        let end = toml::parse(bytes, leniency(keys), &mut decoder);
        let mut faults = decoder.faults.unwrap_or_default();
        faults.extend(end.err());
        (decoder.file, faults)
    }

    /// What the file sets for a host of [`HostsFile::order`].
    pub(crate) fn settings(&self, host: &str) -> &FileSettings<'s> {
        let number = self.numbers.get(host);
        number.map_or(&self.none, |number| &self.settings[*number])
    }

    /// Notes the hosts that are no tables of their own, each once.
    fn note_unlisted(&mut self) {
        if self.inline.is_empty() {
            return;
        }
        let mut told: HashSet<&str> = self.order.iter().map(|host| &*host.value).collect();
        for host in &self.inline {
            if told.insert(&host.value) {
                self.unread.push(Unread::Host {
                    name: host.value.to_string(),
                    at: host.at,
                });
            }
        }
    }

    /// Every host of the file, in whatever form it is written, in the order of first places as
    /// go-toml 1.9 has them: it knows no place of an inline table, and takes it for the first.
    pub(crate) fn written_hosts(&self) -> Vec<&Located<Cow<'s, str>>> {
        let mut seen = HashSet::new();
        let mut hosts: Vec<_> = self.order.iter().chain(&self.inline).collect();
        hosts.sort_by_key(|host| (!self.in_braces.contains(&host.at), host.at));
        hosts.retain(|host| seen.insert(&host.value));
        hosts
    }
}

fn leniency(keys: Keys<'_>) -> Leniency {
    Leniency {
        odd_numbers: keys.daemon.skips_odd_numbers(),
        byte_order_mark: keys.daemon.skips_byte_order_mark(),
    }
}
