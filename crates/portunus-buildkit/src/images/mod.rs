//! The images of a build: what a builder may ask about.

mod dockerfile;
mod instruction;
mod variables;

use std::collections::HashSet;

use portunus::name::{ImageReference, NameError, RegistryNamespace};

use crate::images::dockerfile::Dockerfile;

/// The images that a build pulls and pushes. A session answers for the hosts of their plans, and
/// for nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildImages {
    pulled: Images,
    pushed: Images,
    unread: Vec<Unread>,
}

/// Each once, in the order in which they were added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Images {
    list: Vec<ImageReference>,
    known: HashSet<ImageReference>,
}

/// A reference that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unread {
    /// As it is written, variables put in.
    pub text: String,
    /// The line of the Dockerfile, from 1; `None`: it is not from there.
    pub line: Option<usize>,
    /// Why.
    pub problem: UnreadProblem,
}

/// Why a reference could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnreadProblem {
    /// It holds a variable that nobody has set.
    #[error("the variable {0} has no value")]
    Variable(String),
    /// It is no image reference.
    #[error("{0}")]
    Name(NameError),
}

/// What a build is about
impl BuildImages {
    /// Adds an image that is pulled: a base image, a source of files, an import of a cache.
    pub fn pull(&mut self, image: ImageReference) {
        self.pulled.add(image);
    }

    /// Adds an image that is pushed, by an export of a cache too. A push asks what is there.
    pub fn push(&mut self, image: ImageReference) {
        self.pushed.add(image);
    }

    /// Adds whatever is pulled from a registry namespace, for a caller who knows no more than that.
    /// Logins that hold for a repository alone are not shown then.
    ///
    /// # Errors
    /// Where its text is no registry of an image reference.
    pub fn pull_all_of(&mut self, registry_namespace: &RegistryNamespace) -> Result<(), NameError> {
        let text = format!("{registry_namespace}/every/repository/of/the/registry/namespace");
        self.pull(ImageReference::parse(&text)?);
        Ok(())
    }

    /// Adds what a Dockerfile names: `FROM`, `COPY --from`, `RUN --mount=from`, `# syntax`.
    /// `arguments` are the build arguments. Names of stages are no images.
    pub fn read_dockerfile(&mut self, text: &str, arguments: &[(String, String)]) {
        self.read_dockerfile_beside(text, arguments, &[]);
    }

    /// The same where the build has contexts of these names besides its own, which are no images.
    pub fn read_dockerfile_beside(
        &mut self,
        text: &str,
        arguments: &[(String, String)],
        contexts: &[String],
    ) {
        let mut dockerfile = Dockerfile::new(arguments, contexts);
        dockerfile.read(text);
        for found in dockerfile.found {
            self.read(found.text, Some(found.line), found.unset, false);
        }
    }

    /// Adds the image of an import of a cache, as BuildKit's clients write it:
    /// `type=registry,ref=REFERENCE`, or the reference alone. Other types are of no registry.
    pub fn import_cache(&mut self, text: &str) {
        if let Some(image) = cache_image(text) {
            self.read(image, None, None, false);
        }
    }

    /// The same of an export.
    pub fn export_cache(&mut self, text: &str) {
        if let Some(image) = cache_image(text) {
            self.read(image, None, None, true);
        }
    }

    /// What is pulled.
    pub fn pulled(&self) -> &[ImageReference] {
        &self.pulled.list
    }

    /// What is pushed.
    pub fn pushed(&self) -> &[ImageReference] {
        &self.pushed.list
    }

    /// What could not be read. A builder that asks about it is answered with nothing.
    pub fn unread(&self) -> &[Unread] {
        &self.unread
    }

    fn read(&mut self, text: String, line: Option<usize>, unset: Option<String>, pushed: bool) {
        let problem = match (unset, ImageReference::parse(&text)) {
            (Some(variable), _) => UnreadProblem::Variable(variable),
            (None, Err(error)) => UnreadProblem::Name(error),
            (None, Ok(image)) if pushed => return self.push(image),
            (None, Ok(image)) => return self.pull(image),
        };
        self.unread.push(Unread {
            text,
            line,
            problem,
        });
    }
}

impl Images {
    fn add(&mut self, image: ImageReference) {
        if self.known.insert(image.clone()) {
            self.list.push(image);
        }
    }
}

/// BuildKit reads these as one record of comma-separated values
/// (`util/buildflags` of its clients); `type` is `registry` where there is none.
fn cache_image(text: &str) -> Option<String> {
    if !text.contains('=') {
        return Some(text.to_owned());
    }
    let fields = text.split(',').map(|field| field.trim_matches('"'));
    let fields: Vec<_> = fields.filter_map(|field| field.split_once('=')).collect();
    let value = |wanted: &str| {
        let mut named = fields.iter().filter(|(name, _)| name.trim() == wanted);
        named.next_back().map(|(_, value)| *value)
    };
    match value("type") {
        None | Some("registry") => value("ref").map(str::to_owned),
        Some(_) => None,
    }
}
