use std::collections::HashSet;

use zeroize::Zeroizing;

/// The deepest nesting that is read. A Secret in a List needs six.
pub(super) const DEEPEST: usize = 64;
/// The most values of one file.
pub(super) const MOST: usize = 100_000;

pub(super) const TOO_DEEP: &str = "it is nested deeper than 64 levels";
pub(super) const TOO_MANY: &str = "it has more than 100000 values";
pub(super) const TWICE: &str = "a key stands here twice";

/// A value of a document. It may hold secrets, so it has no `Debug`, and its texts are wiped on
/// drop.
pub(crate) enum Node {
    /// Nothing.
    Null,
    /// A text, a number or a truth value, as it is written.
    Text(Zeroizing<String>),
    /// A list.
    List(Vec<Self>),
    /// An object, in its order.
    Map(Vec<(String, Self)>),
}

impl Node {
    /// The member of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => members
                .iter()
                .find_map(|(held, value)| (held == name).then_some(value)),
            Self::Null | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// The text of a member that is one.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Self::Text(text) => Some(text),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The elements of a list.
    pub(crate) fn elements(&self) -> &[Self] {
        match self {
            Self::List(elements) => elements,
            Self::Null | Self::Text(_) | Self::Map(_) => &[],
        }
    }
}

/// An object that is being read, in which no name may stand twice.
#[derive(Default)]
pub(super) struct Members {
    names: HashSet<String>,
    members: Vec<(String, Node)>,
}

impl Members {
    /// Adds a member; `false`: its name is there already.
    pub(super) fn add(&mut self, name: String, value: Node) -> bool {
        let is_new = self.names.insert(name.clone());
        self.members.push((name, value));
        is_new
    }

    pub(super) fn finish(self) -> Node {
        Node::Map(self.members)
    }
}
