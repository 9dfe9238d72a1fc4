use super::assign::{enter_field, set_field};
use super::coerce::{locate, string, table, wrong_table};
use super::field::Field;
use super::hosts_file::HostsFile;
use super::keys::Keys;
use super::settings::FileSettings;
use super::unread::Unread;
use crate::code::Code;
use crate::fault::Fault;
use crate::toml::{DefinedKeys, Key, KeyPart, Value, Visitor};

/// Hosts of one file; parsing them takes containerd time that grows with the square.
const MOST_HOSTS: usize = 10_000;

/// Makes a [`HostsFile`] of the expressions of a document.
pub(super) struct Decoder<'s, 'a> {
    pub(super) file: HostsFile<'s>,
    defined: DefinedKeys<'s>,
    /// The host whose table pairs belong to, by the number of its settings; `None`: the table is no host's.
    host: Option<usize>,
    /// The name of that table, or what of it stands below the host.
    table: Key<'s>,
    /// That and the key of the pair that is read, where that is more; in one place for all pairs.
    path: Key<'s>,
    /// Whether containerd reads nothing of that table.
    skip: bool,
    keys: Keys<'a>,
    /// What was met so far, where reading goes on after a fault.
    pub(super) faults: Option<Vec<Fault>>,
}

/// To how many unknown keys a known one is looked for that may have been meant: it is compared letter by
/// letter with each, and nobody reads more.
const MOST_SUGGESTIONS: usize = 500;
/// Of so many bytes of a file room is made before it is read.
const MOST_FORESEEN: usize = 64 << 10;
/// Faults after which a file is not read on.
const MOST_FAULTS: usize = 100;

impl<'s> Visitor<'s> for Decoder<'s, '_> {
    fn table(&mut self, key: &[KeyPart<'s>]) -> Result<(), Fault> {
        let read = self.read_table(key);
        self.skip |= read.is_err();
        self.go_on(read)
    }

    fn array_table(&mut self, key: &[KeyPart<'s>]) -> Result<(), Fault> {
        let first = self.defined.array_table(key);
        let read = first.and_then(|first| self.enter(key, Some(first)));
        self.skip |= read.is_err();
        self.go_on(read)
    }

    fn pair(&mut self, key: &[KeyPart<'s>], value: Value<'s>) -> Result<(), Fault> {
        let read = self.read_pair(key, value);
        self.go_on(read)
    }
}

impl<'a> Decoder<'_, 'a> {
    /// Of a file of so many bytes. `faults`: what was met so far, where reading is to go on after a fault.
    pub(super) fn new(bytes: usize, keys: Keys<'a>, faults: Option<Vec<Fault>>) -> Self {
        let foreseen = bytes.min(MOST_FORESEEN);
        Self {
            file: HostsFile::of(foreseen),
            defined: DefinedKeys::of(foreseen),
            host: None,
            table: Key::new(),
            path: Key::new(),
            skip: false,
            keys,
            faults,
        }
    }
}

impl<'s> Decoder<'s, '_> {
    /// Notes a fault and goes on, where that is wanted.
    fn go_on(&mut self, read: Result<(), Fault>) -> Result<(), Fault> {
        match (&mut self.faults, read) {
            (Some(faults), Err(fault)) if faults.len() < MOST_FAULTS => {
                faults.push(fault);
                Ok(())
            }
            (_, read) => read,
        }
    }

    fn read_table(&mut self, key: &[KeyPart<'s>]) -> Result<(), Fault> {
        self.defined.table(key)?;
        self.list_host(key)?;
        self.enter(key, None)
    }

    fn read_pair(&mut self, key: &[KeyPart<'s>], value: Value<'s>) -> Result<(), Fault> {
        self.defined.pair(key, &value)?;
        if self.skip {
            return Ok(());
        }
        let (at, is_date) = (value.at, value.kind.is_existing_date());
        let set = match self.table.is_empty() {
            true => self.set(key, value),
            false => {
                let mut path = std::mem::take(&mut self.path);
                path.clear();
                path.extend_from_slice(&self.table);
                path.extend_from_slice(key);
                let set = self.set(&path, value);
                self.path = path;
                set
            }
        };
        set.map_err(|fault| {
            let dies = is_date && fault.at == at && self.keys.daemon.dies_of_dates();
            if dies {
                deadly(at, "a date here")
            } else {
                fault
            }
        })
    }

    fn set(&mut self, path: &[KeyPart<'s>], value: Value<'s>) -> Result<(), Fault> {
        match self.host {
            Some(number) => self.set_in_host(number, &path[0], &path[1..], value),
            None => self.set_in_root(path, value),
        }
    }

    /// containerd's `getSortedHosts`: tables whose first part is exactly `host`, unless they
    /// repeat the one before.
    fn list_host(&mut self, key: &[KeyPart<'s>]) -> Result<(), Fault> {
        let [first, host, ..] = key else {
            return Ok(());
        };
        let last = self.file.order.last().map_or("", |last| &*last.value);
        if first.text != "host" || host.text == last {
            return Ok(());
        }
        if self.file.order.len() == MOST_HOSTS {
            return Err(Fault::new(
                host.at,
                Code::TooManyHosts,
                "more than 10000 hosts in one file",
            )
            .help("containerd reads this file for every request; keep what the registry needs"));
        }
        self.file.order.push(locate(host));
        Ok(())
    }

    /// A header: makes what it names. `array` tells of `[[…]]` whether it is the first of its name.
    fn enter(&mut self, key: &[KeyPart<'s>], array: Option<bool>) -> Result<(), Fault> {
        self.skip = false;
        self.host = None;
        self.make(key, array)?;
        let below = match self.host {
            Some(_) => &key[2..],
            None => key,
        };
        self.table.clear();
        self.table.extend_from_slice(below);
        Ok(())
    }

    fn make(&mut self, key: &[KeyPart<'s>], array: Option<bool>) -> Result<(), Fault> {
        let (first, rest) = (&key[0], &key[1..]);
        self.file.has_host_table |= first.text == "host";
        let Some(field) = self.keys.of_root(&first.text) else {
            return self.skip_table(first, false);
        };
        if field != Field::Host {
            return enter_field(&mut self.file.root, field, first, rest, array);
        }
        if self.passes_over(first) {
            self.skip = true;
            return Ok(());
        }
        match rest {
            [] if array.is_none() => Ok(()),
            [] => Err(wrong_table(first, "host")),
            [host] if array.is_some() => Err(wrong_table(host, "a host")),
            [host, below @ ..] => {
                self.note_host(&first.text, host);
                let number = self.host(host);
                self.host = Some(number);
                let [name, deeper @ ..] = below else {
                    return Ok(());
                };
                match self.keys.of_host(&name.text) {
                    None => self.skip_table(name, true),
                    Some(field) => {
                        enter_field(&mut self.file.settings[number], field, name, deeper, array)
                    }
                }
            }
        }
    }

    /// containerd 1.7 reads nothing below `HOST` where there is a `host`, and refuses the file
    /// where there is none.
    fn passes_over(&self, first: &KeyPart<'_>) -> bool {
        !self.keys.daemon.lists_headers_only() && first.text != "host"
    }

    fn skip_table(&mut self, name: &KeyPart<'_>, in_host: bool) -> Result<(), Fault> {
        self.skip = true;
        self.unknown(name, in_host, true);
        Ok(())
    }

    fn unknown(&mut self, name: &KeyPart<'_>, in_host: bool, table: bool) {
        let nearest = match self.file.unread.len() < MOST_SUGGESTIONS {
            true => self.keys.nearest(&name.text, in_host),
            false => None,
        };
        self.file.unread.push(Unread::Unknown {
            name: name.text.to_string(),
            at: name.at,
            nearest: nearest.map(str::to_owned),
            table,
        });
    }

    /// The number of a host's settings.
    fn host(&mut self, host: &KeyPart<'s>) -> usize {
        let HostsFile {
            settings, numbers, ..
        } = &mut self.file;
        *numbers.entry(host.text.clone()).or_insert_with(|| {
            settings.push(FileSettings::default());
            settings.len() - 1
        })
    }

    /// `[HOST."…"]` and `[[host."…".ca]]` set a host but do not list it.
    fn note_host(&mut self, first: &str, host: &KeyPart<'s>) {
        let listed = self
            .file
            .order
            .last()
            .is_some_and(|last| last.value == host.text);
        if first != "host" || !listed {
            self.note_inline(first, host);
        }
    }

    /// containerd 1.7 lists hosts of every form, below `host` as it is written here.
    fn note_inline(&mut self, first: &str, host: &KeyPart<'s>) {
        if first == "host" || self.keys.daemon.lists_headers_only() {
            self.file.inline.push(locate(host));
        }
    }

    fn set_in_root(&mut self, path: &[KeyPart<'s>], value: Value<'s>) -> Result<(), Fault> {
        let (first, rest) = (&path[0], &path[1..]);
        self.file.has_host_table |= first.text == "host";
        match self.keys.of_root(&first.text) {
            None => {
                self.unknown(first, false, false);
                Ok(())
            }
            Some(Field::Host) if self.passes_over(first) => Ok(()),
            Some(Field::Host) => self.set_in_hosts(first, rest, value),
            Some(Field::Server) => {
                self.file.server = Some(string(first, rest, value)?);
                Ok(())
            }
            Some(field) => set_field(&mut self.file.root, field, first, rest, value),
        }
    }

    fn set_in_hosts(
        &mut self,
        first: &KeyPart<'s>,
        rest: &[KeyPart<'s>],
        value: Value<'s>,
    ) -> Result<(), Fault> {
        let Some((host, rest)) = rest.split_first() else {
            let pairs = table(first, value)?;
            self.file.settings.clear();
            self.file.numbers.clear();
            let noted = self.file.inline.len();
            let set = pairs
                .into_iter()
                .try_for_each(|(key, value)| self.set_in_hosts(first, &key, value));
            let hosts = self.file.inline[noted..].iter().map(|host| host.at);
            self.file.in_braces.extend(hosts);
            return set;
        };
        // go-toml then holds the host by value, which a pointer such as this cannot be set in.
        let field = rest.first().and_then(|name| self.keys.of_host(&name.text));
        let again = field == Some(Field::SkipVerify) && self.file.numbers.contains_key(&host.text);
        if again && self.file.kills_daemon.is_none() {
            self.file.kills_daemon = Some(host.at);
        }
        if again && self.keys.daemon.dies_of_dotted_keys() {
            return Err(deadly(
                host.at,
                "`skip_verify` as a later dotted key of a host",
            ));
        }
        self.note_inline(&first.text, host);
        let number = self.host(host);
        if let Some((name, rest)) = rest.split_first() {
            return self.set_in_host(number, name, rest, value);
        }
        self.file.in_braces.insert(host.at);
        table(host, value)?
            .into_iter()
            .try_for_each(|(key, value)| {
                let (name, rest) = (&key[0], &key[1..]);
                self.set_in_host(number, name, rest, value)
            })
    }

    fn set_in_host(
        &mut self,
        number: usize,
        name: &KeyPart<'s>,
        rest: &[KeyPart<'s>],
        value: Value<'s>,
    ) -> Result<(), Fault> {
        match self.keys.of_host(&name.text) {
            None => {
                self.unknown(name, true, false);
                Ok(())
            }
            Some(field) => set_field(&mut self.file.settings[number], field, name, rest, value),
        }
    }
}

fn deadly(at: usize, what: &str) -> Fault {
    let message = format!("containerd of this version dies of {what}");
    Fault::new(at, Code::KillsDaemon, message)
        .help("give every host one table `[host.\"https://HOST\"]`, and put texts in quotes")
}
