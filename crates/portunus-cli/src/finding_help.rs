use portunus::hosts::{self, Finding};
use portunus::remedy::Remedy;
use portunus::resolve::CheckCode;
use portunus::writers::refuse_foreign_writers;

use crate::help::Help;

/// What to do about a finding: a remedy where there is one, else what the library says.
pub(crate) fn finding_help<C: Copy + Into<CheckCode>>(finding: &Finding<C>) -> Option<Help> {
    let (remedy, words) = match finding.code.into() {
        CheckCode::CredentialDomainRefused => {
            let written = finding.subject.as_deref().map(refuse_foreign_writers);
            match written {
                Some(Err(found)) => (Remedy::KeepOthersOut(found), None),
                _ => (Remedy::ShowHosts(None), None),
            }
        }
        CheckCode::Hosts(code) => match code {
            hosts::Code::SecretHeader | hosts::Code::UserinfoInUrl => (Remedy::LogInInstead, None),
            hosts::Code::SameHostAndPort => (
                Remedy::PullLocally(None),
                Some(
                    "`{program} pull` asks each with its own; for other clients give each its own host name or port",
                ),
            ),
            hosts::Code::PathMirrorScope => (
                Remedy::PullLocally(None),
                Some("pull with `{program} pull --local`, which asks for the whole name"),
            ),
            hosts::Code::OpenKeyFile => (Remedy::RestrictFile(finding.subject.clone()?), None),
            _ => return finding.help.clone().map(Help::from),
        },
        _ => return finding.help.clone().map(Help::from),
    };
    let help = Help::from(remedy);
    Some(match words {
        Some(words) => help.in_words(words),
        None => help,
    })
}
