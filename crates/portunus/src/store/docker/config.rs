use super::auths::Auths;
use super::auths_reader::AuthsReader;
use super::dialect::Dialect;
use super::helpers::{CredentialHelper, Helpers, helpers};
use super::unusable::{Unusable, find_misspelt, find_stray};
use crate::name::{Authority, HostPattern};
use crate::store::error::SourceError;
use crate::store::json::{Document, Member, Text};
use crate::store::source_label::SourceLabel;
use containerd_hosts::Secret;

/// What docker's `config.json` says about credentials.
#[derive(Debug)]
pub(super) struct ConfigDocument {
    pub(super) auths: Auths,
    helpers: Helpers,
    /// Whether anything about credentials is in it; otherwise docker looks for a helper itself.
    pub(super) mentions_credentials: bool,
    dialect: Dialect,
}

impl ConfigDocument {
    /// What an absent file says.
    pub(super) fn empty(label: &SourceLabel) -> Self {
        Self::of(Auths::empty(label), Dialect::Docker)
    }

    /// Reads the text of the file.
    pub(super) fn read(label: &SourceLabel, text: Secret) -> Result<Self, SourceError> {
        Self::read_with(label, text, Dialect::Docker)
    }

    /// As [`ConfigDocument::read`], for containers/image, which knows no `credsStore`.
    pub(super) fn read_containers(label: &SourceLabel, text: Secret) -> Result<Self, SourceError> {
        Self::read_with(label, text, Dialect::Containers)
    }

    fn read_with(label: &SourceLabel, text: Secret, dialect: Dialect) -> Result<Self, SourceError> {
        let knows_store = matches!(dialect, Dialect::Docker);
        let document = &Document::new(text.expose());
        if matches!(text.expose().trim_ascii(), "" | "null") {
            return Ok(Self::empty(label));
        }
        let at = |problem| label.error_at(&problem);
        let root = document.root().map_err(at)?;
        let mut reader = AuthsReader::new(label, document, dialect);
        reader.sections(&root)?;
        let credential_helpers = helpers(document, &root).map_err(at)?;
        let stores = root.named_in_any_case("credsStore");
        let store = stores.filter(|member| !document.is_null(member)).last();
        let credentials_store = match store {
            // Of no concern to whoever does not know it, whatever it is.
            Some(ref member) if knows_store => document
                .string(member, "`credsStore`")
                .map_err(at)?
                .filter(|name| !name.is_empty()),
            _ => None,
        };
        let holds_entries = |member: Member<'_>| {
            let object = document.object(&member, "`auths`");
            object.is_ok_and(|object| !object.is_empty())
        };
        let mentions_credentials = credentials_store.is_some()
            || !credential_helpers.is_empty()
            || root.named_in_any_case("auths").any(holds_entries);
        reader.pass_over(find_stray(document, &root));
        reader.pass_over(find_misspelt(&root));
        let unknown = store
            .as_ref()
            .filter(|member| !knows_store && member.value() != "\"\"");
        reader.pass_over(unknown.map(|member| {
            let problem = "is passed over: whoever reads this file knows `credHelpers` alone";
            Unusable::new(member.name_place().start, &member.name(), problem)
        }));
        let unheard = credential_helpers
            .iter()
            .filter_map(CredentialHelper::explain);
        reader.pass_over(unheard);
        let credentials_store = credentials_store.map(Text::into_string);
        let helpers = Helpers::new(credential_helpers, credentials_store, dialect);
        reader.pass_over_empty(|host| helpers.of(host).is_some());
        if !helpers.is_empty() {
            reader.pass_over_helped(|host| helpers.of(host));
        }
        Ok(Self {
            auths: reader.finish(text.clone()),
            helpers,
            mentions_credentials,
            dialect,
        })
    }

    /// Reads a `.dockercfg`, which knows no helpers.
    pub(super) fn read_dockercfg(label: &SourceLabel, text: Secret) -> Result<Self, SourceError> {
        let document = &Document::new(text.expose());
        if matches!(text.expose().trim_ascii(), "" | "null") {
            return Ok(Self::empty(label));
        }
        let root = document
            .root()
            .map_err(|problem| label.error_at(&problem))?;
        let mut reader = AuthsReader::new(label, document, Dialect::Containers);
        reader.dockercfg(&root);
        reader.pass_over_empty(|_| false);
        Ok(Self::of(reader.finish(text.clone()), Dialect::Containers))
    }

    fn of(auths: Auths, dialect: Dialect) -> Self {
        Self {
            auths,
            helpers: Helpers::default(),
            mentions_credentials: false,
            dialect,
        }
    }

    /// The name of the helper that keeps the login of a host; `None`: the file does.
    pub(super) fn helper(&self, host: &Authority) -> Option<&str> {
        self.helpers.of(host)
    }

    /// The keys that its helper may have the login of a host under, most likely first.
    pub(super) fn spellings(&self, host: &Authority) -> Vec<String> {
        self.dialect.spellings(host)
    }

    /// Whether `credHelpers` says something of a host; otherwise its helper is that of every host.
    pub(super) fn has_own_helper(&self, host: &Authority) -> bool {
        self.helpers.has_own(host)
    }

    /// Every host and glob that has a helper of its own, with the helper's name.
    pub(super) fn hosts_with_helpers(&self) -> impl Iterator<Item = (HostPattern, &str)> {
        self.helpers.named()
    }

    /// The helper of every other host.
    pub(super) fn credentials_store(&self) -> Option<&str> {
        self.helpers.credentials_store()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::credential::Credential;
    use crate::store::source_name::SourceName;

    #[test]
    fn a_null_leaves_what_stands_before_it() {
        let text = r#"{"auths": {"reg.test": {"auth": "dTpw", "username": "other", "auth": null}},
            "credsStore": "one", "credsStore": null}"#;
        let label = SourceLabel::new(SourceName::DOCKER, "config.json");
        let config = ConfigDocument::read(&label, Secret::new(text)).unwrap();
        let credential = config.auths.credential(&"reg.test".parse().unwrap());
        assert_eq!(credential, Some(Credential::password("u", "p")));
        assert_eq!(config.credentials_store(), Some("one"));
    }

    #[test]
    fn who_knows_no_store_reads_the_file_whatever_stands_for_it() {
        for store in ["[]", "\"one\"", "\"\"", "null"] {
            let auths = r#"{"reg.test": {"auth": "dTpw"}}"#;
            let text = format!(r#"{{"auths": {auths}, "credsStore": {store}}}"#);
            let label = SourceLabel::new(SourceName::CONTAINERS, "auth.json");
            let config = ConfigDocument::read_containers(&label, Secret::new(text)).unwrap();
            let credential = config.auths.credential(&"reg.test".parse().unwrap());
            assert_eq!(credential, Some(Credential::password("u", "p")));
            let is_told = !config.auths.warnings.is_empty();
            assert_eq!(is_told, ["[]", "\"one\""].contains(&store), "{store}");
        }
    }

    #[test]
    fn a_hundred_thousand_helpers_are_read_and_asked_in_one_pass() {
        let members: Vec<String> = (0..100_000)
            .map(|at| format!("\"h{at}.test\": \"one\", \"h{at}.test\": \"n{at}\""))
            .collect();
        let text = format!("{{\"credHelpers\": {{{}}}}}", members.join(","));
        let label = SourceLabel::new(SourceName::DOCKER, "config.json");
        let started = Instant::now();
        let config = ConfigDocument::read(&label, Secret::new(text)).unwrap();
        for at in 0..100_000 {
            let host = Authority::parse(&format!("h{at}.test")).unwrap();
            assert_eq!(config.helper(&host), Some(format!("n{at}").as_str()));
        }
        // Where each is compared with each, this takes hours.
        assert!(started.elapsed() < Duration::from_secs(60));
    }
}
