//! The examples in the help of each verb, with the name of the program that it runs in.

use clap::Command;

use crate::program::Program;

/// The verbs, and below each its examples.
const EXAMPLES: &str = "\
check
  {program} check
  {program} check --deny warnings docker.io
  {program} check ./certs.d/reg.test/hosts.toml
  {program} check --explain unknown-key
  {program} check --daemon 2.1 --hosts-dir /etc/containerd/certs.d --json
config
  {program} config
  {program} --profile work config --json
export
  {program} export --format docker -o config.json reg.test/team/app docker.io/library/alpine
  {program} export --format kubernetes-secret reg.test/team/app | kubectl apply -f -
  {program} export --format containers-auth -o auth.json --registry-namespace reg.test
  {program} export --format buildx -o ./buildx reg.test/team/app reg.test/other/base
hosts
  {program} hosts docker.io
  {program} hosts --as-containerd --json reg.test:5000
  {program} --hosts-dir /etc/containerd/certs.d hosts docker.io
list
  {program} list
  {program} list mirror.test:5000
  {program} list --profile ci
  {program} list --json
login
  {program} login
  {program} login reg.test -u alice --password-stdin < password
  {program} login --registry-namespace docker.io mirror.test:5000
  {program} login 'mirror.test:5000/?ns=docker.io'
  {program} login --registry-namespace docker.io --all-hosts
logout
  {program} logout reg.test
  {program} logout --registry-namespace docker.io mirror.test:5000
  {program} logout 'mirror.test:5000?ns=docker.io&path=team'
  {program} logout --all mirror.test:5000
  {program} logout --all --yes
profile
  {program} profile list
  {program} profile use work
  {program} profile remove work --yes
  export DOCKER_CONFIG=$({program} profile docker-config work)
  export DOCKER_CONFIG=$({program} profile docker-config --builder work)
pull
  {program} pull docker.io/library/alpine
  {program} pull reg.test/team/app:v1 --address /run/containerd/containerd.sock -n k8s.io
  {program} pull reg.test/team/app:v1 --oci-layout ./app
push
  {program} push reg.test/team/app:v1
  {program} push reg.test/team/app:v1 --oci-layout ./app
resolve
  {program} resolve alpine
  {program} resolve --push --why reg.test/team/app:v1
  {program} resolve --probe reg.test/team/app:v1
  {program} resolve --pull-secret /var/run/secrets/pull reg.test/team/app:v1
  {program} resolve --json --exit-code reg.test/team/app:v1";

/// A verb of the program with its examples behind its other help. `above`: the flags of the
/// commands above.
pub(crate) fn add(verb: &str, command: Command, above: &[String], program: &Program) -> Command {
    let lines = EXAMPLES.lines().skip_while(|line| *line != verb).skip(1);
    let lines = lines.take_while(|line| line.starts_with(' '));
    let known = lines.filter(|line| knows_flags_of(line, &command, above));
    let lines: Vec<String> = known
        .filter_map(|line| Some(format!("\n{}", program.fill(line)?)))
        .collect();
    if lines.is_empty() {
        return command;
    }
    let notes = command.get_after_help().map(ToString::to_string);
    let notes = notes.map_or_else(String::new, |notes| notes.trim_end().to_owned() + "\n\n");
    command.after_help(format!("{notes}Examples:{}", lines.concat()))
}

/// Whether every flag of an example is one of the command, or of one above it.
fn knows_flags_of(line: &str, command: &Command, above: &[String]) -> bool {
    let mut flags = line.split(' ').filter_map(|word| word.strip_prefix("--"));
    flags.all(|flag| {
        let own = command
            .get_arguments()
            .any(|it| it.get_long() == Some(flag));
        own || above.iter().any(|it| it == flag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::VERBS;

    #[test]
    fn every_verb_has_examples() {
        let verbs = EXAMPLES.lines().filter(|line| !line.starts_with(' '));
        assert_eq!(verbs.collect::<Vec<_>>(), VERBS);
        let lines: Vec<&str> = EXAMPLES.lines().collect();
        let has_example = |pair: &[&str]| pair.iter().any(|line| line.starts_with("  "));
        assert!(lines.windows(2).all(has_example));
    }
}
