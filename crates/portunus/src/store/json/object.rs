use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;

use super::scan::{Item, Span};

/// The members of an object in the order of the text, those that stand twice twice.
#[derive(Debug, Clone)]
pub(crate) struct Object<'a> {
    pub(super) text: &'a str,
    pub(super) items: &'a [Item],
    /// The number of its first member.
    pub(super) first: usize,
    /// Where the object stands in the text, braces included.
    pub(crate) place: Range<usize>,
}

/// One member of an object.
#[derive(Clone, Copy)]
pub(crate) struct Member<'a> {
    text: &'a str,
    /// Its own, and those around it.
    items: &'a [Item],
    item: &'a Item,
    number: usize,
}

/// Where a member stands in a text, to be read again there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MemberPlace {
    name: Span,
    value: Span,
}

impl MemberPlace {
    /// The name, unescaped.
    pub(crate) fn name<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let escaped = part(text, self.name).contains('\\');
        string(text, self.name, escaped).unwrap_or_default()
    }

    /// The text of the value.
    pub(crate) fn value<'a>(&self, text: &'a str) -> &'a str {
        part(text, self.value)
    }

    /// Where the name starts.
    pub(crate) fn start(&self) -> usize {
        self.name.0 as usize
    }
}

impl<'a> Member<'a> {
    /// The one of that number, where there is one.
    pub(super) fn numbered(text: &'a str, items: &'a [Item], number: usize) -> Option<Self> {
        items.get(number).map(|item| Self {
            text,
            items,
            item,
            number,
        })
    }

    /// The object that is its value; `None` where it is none.
    pub(super) fn object(&self) -> Option<Object<'a>> {
        self.value().starts_with('{').then(|| Object {
            text: self.text,
            items: self.items,
            first: self.number + 1,
            place: self.value_place(),
        })
    }

    /// The name, unescaped.
    pub(crate) fn name(&self) -> Cow<'a, str> {
        self.item.name(self.text)
    }

    /// The text of the value.
    pub(crate) fn value(&self) -> &'a str {
        part(self.text, self.item.value)
    }

    /// What the value says, where it is a string; `None` where it is none, or an escape in it names
    /// no character.
    pub(super) fn string(&self) -> Option<Cow<'a, str>> {
        let is_string = self.value().starts_with('"');
        is_string.then(|| string(self.text, self.item.value, self.item.escaped.1))?
    }

    /// Where it stands.
    pub(crate) fn place(&self) -> MemberPlace {
        MemberPlace {
            name: self.item.name,
            value: self.item.value,
        }
    }

    /// Where the name stands in the text, quotes included.
    pub(crate) fn name_place(&self) -> Range<usize> {
        range(self.item.name)
    }

    /// Where the value stands in the text.
    pub(crate) fn value_place(&self) -> Range<usize> {
        range(self.item.value)
    }
}

/// As messages name it.
impl fmt::Display for Member<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.name())
    }
}

impl<'a> Object<'a> {
    /// Its members.
    pub(crate) fn members(&self) -> impl Iterator<Item = Member<'a>> + use<'a> {
        let (text, items, end) = (self.text, self.items, self.place.end);
        let mut next = self.first;
        std::iter::from_fn(move || {
            let member = Member::numbered(text, items, next)?;
            next = member.item.next as usize;
            let is_inside = (member.item.name.0 as usize) < end;
            is_inside.then_some(member)
        })
    }

    /// How many members there are.
    pub(crate) fn len(&self) -> usize {
        self.members().count()
    }

    /// Whether there is no member.
    pub(crate) fn is_empty(&self) -> bool {
        self.members().next().is_none()
    }

    /// The members that have a place in a list, each there; of several the last.
    pub(crate) fn placed<const N: usize>(
        &self,
        place_of: impl Fn(&Member<'a>) -> Option<usize>,
    ) -> [Option<Member<'a>>; N] {
        let mut placed = [None; N];
        for member in self.members() {
            if let Some(at) = place_of(&member) {
                placed[at] = Some(member);
            }
        }
        placed
    }

    /// The members of that name, letter by letter.
    pub(crate) fn named<'o>(&'o self, name: &'o str) -> impl Iterator<Item = Member<'a>> + 'o {
        self.members().filter(move |member| member.name() == name)
    }

    /// The members of that name in any case, which Go's decoder takes for the same field.
    pub(crate) fn named_in_any_case<'o>(
        &'o self,
        name: &'o str,
    ) -> impl Iterator<Item = Member<'a>> + 'o {
        let is_named = move |member: &Member<'a>| member.name().eq_ignore_ascii_case(name);
        self.members().filter(is_named)
    }

    /// Its members, and of each whether another one of its name follows.
    pub(crate) fn members_told_apart(&self) -> impl Iterator<Item = (Member<'a>, bool)> + use<'a> {
        let hasher = RandomState::new();
        let number = |hashed: &u64| *hashed as u32 as usize;
        let name = |hashed: &u64| self.items[number(hashed)].name(self.text);
        // Half of the hash of a name, and the number of its member: sorted as one number.
        let hashed = self.members().map(|member| {
            let hash = hasher.hash_one(&*member.name());
            hash >> 32 << 32 | member.number as u64
        });
        let mut hashed: Vec<u64> = hashed.collect();
        hashed.sort_unstable();
        let mut earlier = HashSet::new();
        for of_one_hash in hashed.chunk_by(|one, other| one >> 32 == other >> 32) {
            for (at, one) in of_one_hash.iter().enumerate() {
                let mut later = of_one_hash[at + 1..].iter();
                if later.any(|later| name(later) == name(one)) {
                    earlier.insert(number(one));
                }
            }
        }
        let members = self.members();
        members.map(move |member| (member, earlier.contains(&member.number)))
    }
}

impl Item {
    /// The name, unescaped.
    pub(super) fn name<'a>(&self, text: &'a str) -> Cow<'a, str> {
        string(text, self.name, self.escaped.0).unwrap_or_default()
    }
}

fn part(text: &str, (start, end): Span) -> &str {
    text.get(start as usize..end as usize).unwrap_or_default()
}

fn range((start, end): Span) -> Range<usize> {
    start as usize..end as usize
}

/// What a string says that stands there in quotes; `None` where an escape names no character.
fn string(text: &str, place: Span, escaped: bool) -> Option<Cow<'_, str>> {
    match escaped {
        true => serde_json::from_str(part(text, place)).ok().map(Cow::Owned),
        false => {
            let inside = place.0 as usize + 1..(place.1 as usize).checked_sub(1)?;
            text.get(inside).map(Cow::Borrowed)
        }
    }
}
