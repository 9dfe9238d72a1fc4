use portunus::hosts::{self, Finding};
use portunus::name::shell_word;
use portunus::resolve::Code;

/// What to do about a finding: a command of this program where there is one, else what the
/// library says.
pub(crate) fn finding_help<C: Copy + Into<Code>>(finding: &Finding<C>) -> Option<String> {
    let command = match finding.code.into() {
        Code::CredentialDomainRefused => "see `portunus hosts REGISTRY` for what is in effect",
        Code::Hosts(code) => match code {
            hosts::Code::SecretHeader | hosts::Code::UserinfoInUrl => {
                "take it out and run `portunus login --registry-namespace REGISTRY HOST`"
            }
            hosts::Code::SameHostAndPort => {
                "`portunus pull` asks each with its own; for other clients give each its own host name or port"
            }
            hosts::Code::PathMirrorScope => {
                "pull with `portunus pull --local`, which asks for the whole name"
            }
            hosts::Code::OpenKeyFile => {
                let key = finding.subject.as_ref()?.display().to_string();
                return Some(format!("run `chmod 600 {}`", shell_word(&key)));
            }
            _ => return finding.help.clone(),
        },
        _ => return finding.help.clone(),
    };
    Some(command.to_owned())
}
