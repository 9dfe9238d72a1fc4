use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;

use super::scan::{Item, short};

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
#[derive(Debug, Clone)]
pub(crate) struct Member<'a> {
    /// The name, unescaped.
    pub(crate) name: Cow<'a, str>,
    place: MemberPlace,
    /// Whether the value is a string with a `\` in it.
    pub(super) escaped: bool,
    /// The number of what would be the first member of the value.
    pub(super) inside: u32,
}

/// Where a member stands in a text, to be read again there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MemberPlace {
    name: (u32, u32),
    value: (u32, u32),
}

impl MemberPlace {
    /// The name, unescaped.
    pub(crate) fn name<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let quoted = part(text, self.name);
        unescaped(quoted, quoted.contains('\\')).unwrap_or_default()
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

fn part(text: &str, (start, end): (u32, u32)) -> &str {
    text.get(start as usize..end as usize).unwrap_or_default()
}

impl Member<'_> {
    /// Where it stands.
    pub(crate) fn place(&self) -> MemberPlace {
        self.place
    }

    /// Where the name stands in the text, quotes included.
    pub(crate) fn name_place(&self) -> Range<usize> {
        range(self.place.name)
    }

    /// Where the value stands in the text.
    pub(crate) fn value_place(&self) -> Range<usize> {
        range(self.place.value)
    }
}

impl<'a> Object<'a> {
    /// Its members.
    pub(crate) fn members(&self) -> impl Iterator<Item = Member<'a>> + use<'a> {
        let (text, items) = (self.text, self.items);
        self.numbers()
            .map(move |number| member(text, items, number))
    }

    /// How many members there are.
    pub(crate) fn len(&self) -> usize {
        self.numbers().count()
    }

    /// Whether there is no member.
    pub(crate) fn is_empty(&self) -> bool {
        self.numbers().next().is_none()
    }

    /// The members of that name, letter by letter.
    pub(crate) fn named<'o>(&'o self, name: &'o str) -> impl Iterator<Item = Member<'a>> + 'o {
        self.members().filter(move |member| member.name == name)
    }

    /// The members of that name in any case, which Go's decoder takes for the same field.
    pub(crate) fn named_in_any_case<'o>(
        &'o self,
        name: &'o str,
    ) -> impl Iterator<Item = Member<'a>> + 'o {
        let is_named = move |member: &Member<'a>| member.name.eq_ignore_ascii_case(name);
        self.members().filter(is_named)
    }

    /// Its members, of several of one name the last.
    pub(crate) fn last_of_each_name(&self) -> impl Iterator<Item = Member<'a>> + use<'a> {
        let hasher = RandomState::new();
        let name = |number: u64| member(self.text, self.items, number as usize).name;
        // Half of the hash of a name, and the number of its member: sorted as one number.
        let hashed = self.numbers().map(|number| {
            let number = number as u64;
            hasher.hash_one(name(number)) >> 32 << 32 | number
        });
        let mut hashed: Vec<u64> = hashed.collect();
        hashed.sort_unstable();
        let number = |hashed: &u64| u64::from(*hashed as u32);
        let mut earlier = HashSet::new();
        for of_one_hash in hashed.chunk_by(|one, other| one >> 32 == other >> 32) {
            for (at, one) in of_one_hash.iter().enumerate() {
                let mut later = of_one_hash[at + 1..].iter();
                if later.any(|later| name(number(later)) == name(number(one))) {
                    earlier.insert(number(one) as usize);
                }
            }
        }
        let (text, items) = (self.text, self.items);
        let left = self
            .numbers()
            .filter(move |number| !earlier.contains(number));
        left.map(move |number| member(text, items, number))
    }

    fn numbers(&self) -> impl Iterator<Item = usize> + use<'a> {
        let (items, end) = (self.items, self.place.end);
        let inside = move |number: &usize| {
            let item = items.get(*number);
            item.is_some_and(|item| (item.name.0 as usize) < end)
        };
        let first = Some(self.first).filter(inside);
        std::iter::successors(first, move |number| {
            let next = items[*number].next as usize;
            Some(next).filter(inside)
        })
    }
}

fn member<'a>(text: &'a str, items: &[Item], number: usize) -> Member<'a> {
    let Item {
        name,
        value,
        escaped,
        ..
    } = items[number];
    Member {
        name: unescaped(&text[range(name)], escaped.0).unwrap_or_default(),
        place: MemberPlace { name, value },
        escaped: escaped.1,
        inside: short(number + 1),
    }
}

fn range((start, end): (u32, u32)) -> Range<usize> {
    start as usize..end as usize
}

/// What a string in quotes says; `None` where an escape names no character.
pub(super) fn unescaped(quoted: &str, escaped: bool) -> Option<Cow<'_, str>> {
    match escaped {
        true => serde_json::from_str(quoted).ok().map(Cow::Owned),
        false => quoted
            .get(1..quoted.len().saturating_sub(1))
            .map(Cow::Borrowed),
    }
}
