use portunus::hosts::{Code, Finding};
use portunus::remedy::Advise;
use portunus::resolve::CheckCode;

use crate::help::Help;

/// What to do about a finding: a remedy where there is one, else what the library says.
pub(crate) fn finding_help<C, S>(finding: &Finding<C, S>) -> Option<Help>
where
    C: Copy + Into<CheckCode>,
    Finding<C, S>: Advise,
{
    let Some(remedy) = finding.remedies().into_iter().next() else {
        return finding.help.clone().map(Help::from);
    };
    let help = Help::from(remedy);
    Some(match finding.code.into() {
        CheckCode::Hosts(Code::SameHostAndPort) => help.in_words(
            "`{program} pull` asks each with its own; for other clients give each its own host name or port",
        ),
        CheckCode::Hosts(Code::PathMirrorScope) => {
            help.in_words("pull with `{program} pull --local`, which asks for the whole name")
        }
        _ => help,
    })
}
