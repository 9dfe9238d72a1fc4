use std::cmp::Reverse;
use std::collections::HashSet;

use super::auths::Auths;
use super::dialect::Dialect;
use super::unusable::{Unusable, shown};
use super::{auth, key};
use crate::name::{Authority, CredentialKey};
use crate::store::error::{SourceError, SourceErrorKind};
use crate::store::json::{Document, JsonProblem, Member, MemberPlace, Object};
use crate::store::key_index::{KeyIndex, make_room};
use crate::store::source_label::SourceLabel;
use crate::store::warnings::Warnings;
use containerd_hosts::Secret;

/// The `auths` of a file while it is read.
pub(super) struct AuthsReader<'d> {
    label: &'d SourceLabel,
    document: &'d Document<'d>,
    text: &'d str,
    dialect: Dialect,
    decoder: auth::Decoder,
    places: Vec<MemberPlace>,
    index: KeyIndex,
    markers: Vec<MemberPlace>,
    merged: HashSet<u32>,
    others: Vec<MemberPlace>,
    warnings: Warnings,
    unusable: Vec<Unusable>,
    /// How many more there are.
    more_unusable: usize,
}

/// Of what answers for nobody the first are told; so many are looked at, to find them.
const MOST_UNUSABLE: usize = 1_000;

impl<'d> AuthsReader<'d> {
    pub(super) fn new(
        label: &'d SourceLabel,
        document: &'d Document<'d>,
        dialect: Dialect,
    ) -> Self {
        Self {
            label,
            document,
            text: document.whole(),
            dialect,
            decoder: auth::Decoder::default(),
            places: Vec::new(),
            index: KeyIndex::default(),
            markers: Vec::new(),
            merged: HashSet::new(),
            others: Vec::new(),
            warnings: Warnings::default(),
            unusable: Vec::new(),
            more_unusable: 0,
        }
    }

    /// Reads the `auths` of a document's root. They may stand there twice, then both count.
    pub(super) fn sections(&mut self, root: &Object<'_>) -> Result<(), SourceError> {
        for section in root.named_in_any_case("auths") {
            if self.document.is_null(&section) {
                *self = Self::new(self.label, self.document, self.dialect);
                continue;
            }
            let object = self.document.object(&section, "`auths`");
            self.members(&object.map_err(|problem| self.label.error_at(&problem))?);
        }
        self.merge();
        Ok(())
    }

    /// Reads a `.dockercfg`: the entries stand in the root, without `auths` around them.
    pub(super) fn dockercfg(&mut self, root: &Object<'_>) {
        self.members(root);
        self.merge();
    }

    fn members(&mut self, object: &Object<'_>) {
        let most = object.len();
        make_room(&mut self.places, most);
        self.index.reserve(most);
        for (member, is_named_again) in object.members_told_apart() {
            match is_named_again {
                true => self.pass_over([named_again(&member.place(), self.text)]),
                false => self.member(&member),
            }
        }
    }

    fn member(&mut self, member: &Member<'_>) {
        let held = match self.document.is_null(member) {
            // Go reads it as an empty one.
            true => Ok(false),
            false => self.holds_credential(member),
        };
        let is_held = match held {
            Ok(is_held) => is_held,
            Err(mut problem) => {
                let tell = || {
                    // In a secret that came in base64, a line and a column are found by nobody.
                    problem.problem = format!("`{}`: {}", shown(&member.name()), problem.problem);
                    let key = self.dialect.key(&member.name());
                    self.label.error_at(&problem).with_entry(key)
                };
                self.warnings.add(SourceErrorKind::Unusable, tell);
                return;
            }
        };
        let Some(key) = self.dialect.key(&member.name()) else {
            if !key::DOCKER_HUB_TOKENS.contains(&&*member.name()) {
                let why = self.dialect.why_none(&member.name());
                self.pass_over([Unusable::key(
                    member.name_place().start,
                    &member.name(),
                    why,
                )]);
            }
            return;
        };
        if !is_held {
            self.markers.push(member.place());
            return;
        }
        self.add(&key, member.place());
    }

    fn add(&mut self, key: &CredentialKey, place: MemberPlace) {
        let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.index.add(key, number);
        self.places.push(place);
    }

    /// Takes entries that were read before.
    pub(super) fn take(&mut self, places: &[MemberPlace]) {
        for place in places {
            if let Some(key) = self.key(place) {
                self.add(&key, *place);
            }
        }
        self.merge();
    }

    fn holds_credential(&mut self, member: &Member<'_>) -> Result<bool, JsonProblem> {
        let object = self.document.object(member, "the entry")?;
        auth::holds_credential(self.document, &object, &mut self.decoder)
    }

    /// Puts the globs into the kubelet's order, which tries `r*.test` before `*.test`.
    pub(super) fn order_globs(&mut self) {
        let mut index = std::mem::take(&mut self.index);
        let text = |number: u32| {
            let key = self.key(&self.places[number as usize]);
            Reverse(key.map(|key| key.to_string()))
        };
        index.order_globs(text);
        self.index = index;
    }

    /// Tells of the globs that cover every host with so many labels.
    pub(super) fn warn_of_wide_globs(&mut self) {
        let wide = self.index.globs();
        let wide = wide.filter(|(glob, _)| glob.covers_all_of_its_labels());
        let told = wide.map(|(_, number)| {
            let place = &self.places[number as usize];
            let key = place.name(self.text);
            let problem = format!(
                "`{}` gives its credential to hosts of any name",
                shown(&key)
            );
            (place.start(), problem)
        });
        for problem in self.document.problems(told.collect()) {
            let tell = || self.label.error_at(&problem);
            self.warnings.add(SourceErrorKind::Broken, tell);
        }
    }

    /// The first entry that could not be read.
    pub(super) fn first_broken(&self) -> Option<&SourceError> {
        self.warnings.first()
    }

    /// Passes more over.
    pub(super) fn pass_over(&mut self, unusable: impl IntoIterator<Item = Unusable>) {
        for unusable in unusable {
            match self.unusable.len() < MOST_UNUSABLE {
                true => self.unusable.push(unusable),
                false => self.more_unusable += 1,
            }
        }
    }

    /// Passes over the empty entries of hosts that no helper answers for.
    pub(super) fn pass_over_empty(&mut self, is_helped: impl Fn(&Authority) -> bool) {
        let problem = "is empty, and no helper is named that would have its credential";
        for place in std::mem::take(&mut self.markers) {
            let key = self.key(&place);
            if !key.is_some_and(|key| plain_host(&key).is_some_and(&is_helped)) {
                let name = place.name(self.text);
                self.pass_over([Unusable::new(place.start(), &name, problem)]);
            }
            self.markers.push(place);
        }
    }

    /// Passes over the entries of hosts whose helper answers in their place.
    pub(super) fn pass_over_helped<'a>(&mut self, helper: impl Fn(&Authority) -> Option<&'a str>) {
        for (number, place) in (0..).zip(self.places.clone()) {
            if self.merged.contains(&number) {
                continue;
            }
            let key = self.key(&place);
            let Some(name) = key.as_ref().and_then(plain_host).and_then(&helper) else {
                continue;
            };
            // That one the helper cannot have.
            let held = self.held(&place);
            if held.is_none_or(|held| held.registry_token.is_none()) {
                let problem = format!("is not read: docker-credential-{name} answers for its host");
                let key = place.name(self.text);
                self.pass_over([Unusable::new(place.start(), &key, &problem)]);
            }
        }
    }

    /// What was read. `text` is that of the document.
    pub(super) fn finish(mut self, text: Secret) -> Auths {
        let unusable = std::mem::take(&mut self.unusable).into_iter();
        let found = unusable.map(|it| (it.at, it.problem)).collect();
        for problem in self.document.problems(found) {
            let tell = || self.label.error_at(&problem);
            self.warnings.add(SourceErrorKind::Unusable, tell);
        }
        let more = self.more_unusable;
        self.warnings.add_untold(SourceErrorKind::Unusable, more);
        Auths {
            label: self.label.clone(),
            text,
            dialect: self.dialect,
            places: self.places,
            merged: self.merged,
            others: self.others,
            index: self.index,
            markers: self.markers,
            warnings: self.warnings.into_list(self.label),
        }
    }

    /// Leaves of the spellings of one key the one that answers, in the place of the first.
    fn merge(&mut self) {
        let mut index = std::mem::take(&mut self.index);
        let key = |number: u32| self.key(&self.places[number as usize]);
        let merged = index.finish(|one, other| key(one) == key(other));
        self.index = index;
        for (first, later) in merged {
            self.merged.insert(later);
            let (held, other) = (self.places[first as usize], self.places[later as usize]);
            let is_same = held.name(self.text) == other.name(self.text);
            let answers = is_same || self.rank(&other) < self.rank(&held);
            let (winner, hidden) = if answers {
                (other, held)
            } else {
                (held, other)
            };
            self.places[first as usize] = winner;
            if self.held(&hidden) != self.held(&winner) {
                self.hide(hidden, &winner);
            }
        }
    }

    /// What becomes of an entry where another one of its key answers with something else.
    fn hide(&mut self, hidden: MemberPlace, winner: &MemberPlace) {
        let (name, other) = (hidden.name(self.text), winner.name(self.text));
        if name == other {
            self.pass_over([named_again(&hidden, self.text)]);
        } else if self.dialect.tries(&name, &other) {
            self.others.push(hidden);
        } else {
            let problem = format!("is not read: `{other}` names the same, and goes before");
            self.pass_over([Unusable::new(hidden.start(), &name, &problem)]);
        }
    }

    /// Orders the spellings of one key; the least answers.
    fn rank(&self, place: &MemberPlace) -> Option<(u8, usize, String)> {
        let key = self.key(place)?;
        Some(self.dialect.rank(&key, &place.name(self.text)))
    }

    fn key(&self, place: &MemberPlace) -> Option<CredentialKey> {
        self.dialect.key(&place.name(self.text))
    }

    fn held(&self, place: &MemberPlace) -> Option<auth::AuthEntry> {
        let document = &Document::new(place.value(self.text));
        auth::read(document, &document.root().ok()?).ok()
    }
}

/// What is to be told of an entry whose name stands once more in the file.
fn named_again(place: &MemberPlace, text: &str) -> Unusable {
    let problem = "is not read: it stands there once more, and the last one counts";
    Unusable::new(place.start(), &place.name(text), problem)
}

/// The host of a plain login, which a helper can keep.
fn plain_host(key: &CredentialKey) -> Option<&Authority> {
    key.host().authority().filter(|_| key.is_plain())
}
