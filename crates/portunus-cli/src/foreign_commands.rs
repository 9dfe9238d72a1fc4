/// What is written here in place of a command of docker, podman, nerdctl, skopeo, crane, oras or ctr.
pub(crate) fn foreign_command(name: &str) -> Option<&'static str> {
    COMMANDS.lines().find_map(|line| {
        let (names, help) = line.split_once(" => ")?;
        names.split(' ').any(|it| it == name).then_some(help)
    })
}

/// A line: its names, and what to do here.
const COMMANDS: &str = "\
auth registry signin => `{program} login HOST`
signout => `{program} logout HOST`
whoami get-login get ls credentials => `{program} list` shows the accounts
inspect digest manifest tags list-tags => `{program} resolve --probe IMAGE` shows what each host has
copy cp sync => `{program} pull IMAGE --oci-layout DIR`, and from there `{program} push IMAGE --oci-layout DIR`
image images rmi tag run exec ps build save load import prune container content => images and containers are the daemon's: nerdctl and ctr have commands for them
info system env => `{program} config` shows what is set, and by what
verify lint validate test => `{program} check` looks for faults in the hosts directories
plan explain why => `{program} resolve --why IMAGE`";
