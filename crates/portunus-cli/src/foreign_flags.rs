use std::ffi::OsString;

/// What is written here in place of a flag of docker, podman, nerdctl, skopeo, ctr or crane; `verb` is
/// what it was given to. Nothing here makes a command less safe than it was typed.
pub(crate) fn foreign_flag(argument: &str, verb: &str, given: &[OsString]) -> Option<&'static str> {
    let name = match argument.split('=').next().unwrap_or_default() {
        name @ ("--tls-verify" | "--src-tls-verify" | "--dest-tls-verify") => {
            match is_turned_off(name, given) {
                true => "--tls-verify=false",
                false => "--tls-verify",
            }
        }
        name => name,
    };
    let has = |words: &str, word| words.split(' ').any(|it| it == word);
    FLAGS
        .lines()
        .filter_map(parts)
        .find_map(|(verbs, flags, help)| {
            let is_meant = has(flags, name) && (verbs == "any" || has(verbs, verb));
            is_meant.then_some(help)
        })
}

fn is_turned_off(name: &str, given: &[OsString]) -> bool {
    let mut words = given.iter().filter_map(|word| word.to_str());
    words.any(|word| {
        let value = word.strip_prefix(name).and_then(|it| it.strip_prefix('='));
        let value = value.map(str::to_ascii_lowercase);
        matches!(value.as_deref(), Some("false" | "0" | "f"))
    })
}

/// The verbs, the flags, and what to do here.
fn parts(line: &str) -> Option<(&str, &str, &str)> {
    let (verbs, line) = line.split_once(": ")?;
    let (flags, help) = line.split_once(" => ")?;
    Some((verbs, flags, help))
}

/// A line: the verbs that it is given to, its spellings, and what to do here. The first counts, so that
/// what is for one verb stands before what is for any.
const FLAGS: &str = "\
login logout: --ns => --registry-namespace
pull push: --ns => -n CONTAINERD_NAMESPACE
login: --tls-verify=false => `{program} login --insecure-registry`, and `skip_verify = true` in hosts.toml
any: --tls-verify=false => hosts.toml says it of each host: `skip_verify = true`
any: --tls-verify => leave it out: certificates are verified
login: --server => the host stands alone: `{program} login HOST`
login: --get-login => `{program} list` shows the accounts
login: --creds --user => -u USER --password-stdin
login: -e --email => leave it out: no registry asks for it
pull push resolve: --creds --src-creds --dest-creds --user -u --username => log in first: `{program} login HOST`
pull push resolve: -p --password --password-stdin --registry-token => log in first: `{program} login HOST`
pull push resolve: --authfile => set REGISTRY_AUTH_FILE, or give it as `--pull-secret FILE`
login: --authfile --compat-auth-file => `--store docker` keeps a login where docker and podman find it
logout: --authfile --compat-auth-file => that file is podman's: `podman logout` removes what is in it
any: --authfile --compat-auth-file => set REGISTRY_AUTH_FILE
any: --cert-dir --src-cert-dir --dest-cert-dir => `ca` and `client` in hosts.toml name certificates
any: --tlscacert --cacert --ca-file --ca-cert --tls-ca-cert => `ca` in hosts.toml names a certificate authority
any: --tlscert --tlskey --cert --key --cert-file --key-file => `client` in hosts.toml names a client certificate and its key
pull push resolve: --plain-http => hosts.toml says it of each host: `[host.\"http://HOST\"]`
login: --insecure-skip-verify --skip-verify --skip-tls --insecure-skip-tls-verify -k => --insecure-registry
pull push resolve: --insecure --insecure-registry --insecure-skip-verify --insecure-skip-tls-verify --skip-verify -k => hosts.toml says it of each host: `skip_verify = true`
any: --disable-content-trust --insecure-policy --signature-policy --verify => leave it out: signatures are not looked at
pull push: -q --quiet => `--progress none` shows no progress
list: -q --quiet => `--json` is for scripts
any: -q --quiet -s --silent => leave it out: what is no result goes to standard error
pull push: -a --all-tags => leave it out, and name each tag in a command of its own
pull: --policy --pull --missing => leave it out: what is there already is not fetched again
pull: --arch --os --variant --override-arch --override-os => --platform OS/ARCH[/VARIANT]
pull: --all-platforms -A => `--platform` names one: pull each in a command of its own
resolve: --platform --arch --os --variant => leave it out: the plan is the same for every platform
logout: -a => --all
logout: -y -f --force => --yes, with --all
list: -a --all => leave it out: every profile is listed
list hosts check resolve config version: --format -o --output => `--json` prints JSON
push: --format --dest-compress --compression-format => leave it out: an image is pushed as it is
any: -D --trace --http-dump --http-trace --dump-http --debug-http => --debug";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::VERBS;

    #[test]
    fn certificates_go_unchecked_only_where_that_was_typed() {
        for (typed, insecure) in [
            ("--tls-verify=false", true),
            ("--tls-verify=0", true),
            ("--dest-tls-verify=False", true),
            ("--tls-verify", false),
            ("--tls-verify=true", false),
        ] {
            let name = typed.split('=').next().unwrap();
            let given = ["portunus".into(), typed.into()];
            let help = foreign_flag(name, "login", &given).unwrap();
            assert_eq!(help.contains("--insecure-registry"), insecure, "{typed}");
        }
    }

    #[test]
    fn each_line_is_of_verbs_there_are_and_of_flags() {
        for line in FLAGS.lines() {
            let (verbs, flags, help) = parts(line).unwrap_or_else(|| panic!("{line}"));
            let is_known = |verb| VERBS.contains(&verb) || ["any", "version"].contains(&verb);
            assert!(verbs.split(' ').all(is_known), "{line}");
            assert!(flags.split(' ').all(|flag| flag.starts_with('-')), "{line}");
            assert!(!help.is_empty(), "{line}");
        }
    }
}
