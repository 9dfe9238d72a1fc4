use std::path::PathBuf;

use portunus::name::CredentialKey;
use portunus::remedy::{HostsKey, LogIn, Remedy};
use portunus::writers::WriterProblem;

use crate::program::Program;
use crate::shell_word::shell_words;

/// What to do next, in this program's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Help {
    words: Words,
    /// The same as data, where it is one of those that libraries know.
    remedy: Option<Remedy>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Words {
    /// Our own words; `{program}` stands for the program's name.
    Ours(&'static str),
    /// Words with something in them that others named.
    Text(String),
    /// A command of the program, without its name.
    Command {
        before: &'static str,
        words: Vec<String>,
        /// What is no argument, or stands for one.
        behind: String,
    },
}

impl Help {
    /// A command of the program, whose words are quoted where a shell would read more in them.
    pub(crate) fn command<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Words::command("", words).into()
    }

    /// The login for a key.
    pub(crate) fn log_in(key: &CredentialKey) -> Self {
        Remedy::from(LogIn::new(key.clone())).into()
    }

    /// The same with words behind it that are no part of it, or no argument.
    #[must_use]
    pub(crate) fn followed_by(mut self, more: &str) -> Self {
        if let Words::Command { behind, .. } = &mut self.words {
            behind.push_str(more);
        }
        self
    }

    /// Says a remedy in other words.
    #[must_use]
    pub(crate) fn in_words(mut self, words: &'static str) -> Self {
        self.words = Words::Ours(words);
        self
    }

    /// The line for people, with the program's name before its commands; `None`: the program has
    /// not the command that would help, and there is no other word for it.
    pub(crate) fn text(&self, program: &Program) -> Option<String> {
        let said = match &self.words {
            Words::Ours(words) => program.fill(words),
            Words::Text(text) => Some(text.clone()),
            Words::Command {
                before,
                words,
                behind,
            } => {
                let command = program.command(words.iter().map(String::as_str));
                command.map(|command| format!("{before}{command}{behind}"))
            }
        };
        said.or_else(|| self.remedy.as_ref().map(ToString::to_string))
    }

    /// The same below what it is the help for.
    pub(crate) fn line(&self, program: &Program) -> Option<String> {
        self.text(program).map(|text| format!("help: {text}"))
    }

    /// The same as data.
    pub(crate) fn remedy(&self) -> Option<&Remedy> {
        self.remedy.as_ref()
    }
}

impl Words {
    fn command<'a>(before: &'static str, words: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Command {
            before,
            words: words.into_iter().map(str::to_owned).collect(),
            behind: String::new(),
        }
    }
}

impl From<Words> for Help {
    fn from(words: Words) -> Self {
        Self {
            words,
            remedy: None,
        }
    }
}

impl From<&'static str> for Help {
    fn from(words: &'static str) -> Self {
        Words::Ours(words).into()
    }
}

impl From<String> for Help {
    fn from(text: String) -> Self {
        Words::Text(text).into()
    }
}

impl From<Remedy> for Help {
    fn from(remedy: Remedy) -> Self {
        Self {
            words: words(&remedy),
            remedy: Some(remedy),
        }
    }
}

fn words(remedy: &Remedy) -> Words {
    if let Some(arguments) = remedy.arguments() {
        let before = match remedy {
            Remedy::LogIn(_) | Remedy::LogOut(_) | Remedy::CheckHosts(_) => "",
            Remedy::LogInInstead(_) => "take it out and run: ",
            _ => "run: ",
        };
        return Words::command(before, arguments.iter().map(String::as_str));
    }
    Words::Ours(match remedy {
        Remedy::LogInInstead(_) => "take it out, and log in with `{program} login`",
        Remedy::ShowHosts(_) => "see with `{program} hosts` what is in effect",
        Remedy::PullLocally(_) => "use --local, which asks each host on its own, from here",
        Remedy::PushFromLayout => "push it from an OCI layout, with --oci-layout",
        Remedy::PullOtherPlatforms => {
            "pull its other platforms, by the name it was pulled by, with --platform and --no-unpack"
        }
        Remedy::LeavePacked => "use --no-unpack",
        Remedy::OtherStore => "use another store, `--store file`",
        Remedy::OtherThanKeyring => {
            "choose another store with `--store file` or PORTUNUS_STORE=file"
        }
        Remedy::AwaitOther => "let the other program end, and run the command again",
        Remedy::TryAgain => "run the same command again",
        Remedy::InitializePass => {
            "run `pass init` with the id of a key of gpg, or use another store, `--store file`"
        }
        Remedy::GainSocket => {
            "run as root or as a member of the socket's group, or give the socket of a rootless \
             containerd with --address"
        }
        Remedy::StartDaemon => {
            "see whether containerd is running, or give another socket with --address"
        }
        Remedy::NameSocket => "give the socket of containerd with --address or CONTAINERD_ADDRESS",
        Remedy::AwaitDaemon => "see whether containerd is running, and run the command again",
        Remedy::CheckDaemon => "see whether containerd is well: ctr version",
        other => return Words::Text(text(other)),
    })
}

fn text(remedy: &Remedy) -> String {
    let quoted = |path: &PathBuf| shell_words([&*path.to_string_lossy()]);
    match remedy {
        Remedy::GainPermission(paths) => {
            let paths = paths.iter().map(quoted).collect::<Vec<_>>().join(" ");
            format!("give yourself the permission: `ls -ld {paths}` shows who has it")
        }
        Remedy::WriteHosts(entry) if entry.key == HostsKey::PlainHttp => {
            format!("if plain http is meant there, {entry}")
        }
        Remedy::RestrictFile(path) => format!("run `chmod 600 {}`", quoted(path)),
        Remedy::KeepOthersOut(writer) => match (quoted(&writer.path), &writer.problem) {
            (path, WriterProblem::Owner(_)) => {
                format!("run `chown -h {} {path}`", writer.wanted_owner())
            }
            (path, WriterProblem::Mode(_)) => format!("run `chmod go-w {path}`"),
            (path, _) => format!("`ls -ld {path}` shows what is there"),
        },
        Remedy::TrustRealms { host, realms, .. } => {
            let pair = |realm| format!(r#"{{ host = "{host}", realm = "{realm}" }}"#);
            let pairs: Vec<_> = realms.iter().map(pair).collect();
            let pairs = pairs.join(", ");
            format!(
                "if all of them may see it, say so below [trust] in config.toml: realms = [{pairs}]"
            )
        }
        // The one verb that shows no secret, changes nothing and asks for nothing.
        Remedy::RunHelper { name, .. } => {
            format!("see what it says with `docker-credential-{name} list`")
        }
        Remedy::ListImages(name) => {
            format!("run: ctr --namespace {} images ls", shell_words([&**name]))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use portunus::name::{Origin, RegistryNamespace};
    use portunus_client::Overrides;
    use url::Url;

    use super::*;

    fn log_in(key: &str) -> LogIn {
        LogIn::new(key.parse().unwrap())
    }

    fn text(help: &Help, program: &str) -> String {
        help.text(&Program::named(program)).unwrap()
    }

    #[test]
    fn a_login_is_one_command_of_this_program_whatever_the_names_hold() {
        for (key, command) in [
            ("docker.io", "mytool login"),
            (
                "mirror:5000?ns=docker.io&path=team/app&profile=ci",
                "mytool login --profile ci --registry-namespace docker.io --repository team/app \
                 mirror:5000",
            ),
            (
                "mirror?ns=a;reboot",
                "mytool login --registry-namespace 'a;reboot' mirror",
            ),
            (
                "mirror?ns=%24(id)%26'%3f",
                r"mytool login --registry-namespace '$(id)&'\''?' mirror",
            ),
            ("*.reg.test", "mytool login '*.reg.test'"),
            ("[::1]:5000", "mytool login '[::1]:5000'"),
        ] {
            let help = Help::from(Remedy::from(log_in(key)));
            assert_eq!(text(&help, "mytool"), command);
        }
    }

    #[test]
    fn a_realm_that_a_server_chose_is_one_word_of_the_command() {
        let realm = Url::parse("https://$(id)&.evil.test:8443/token").unwrap();
        let remedy = log_in("mirror.test:5000").with_trusted_realm(Origin::of(&realm));
        assert_eq!(
            text(&Help::from(Remedy::from(remedy)), "portunus"),
            "portunus login mirror.test:5000 --trust-realm 'https://$(id)&.evil.test:8443'"
        );
    }

    #[test]
    fn only_our_own_words_have_the_name_put_in() {
        let name = RegistryNamespace::new("{program}").unwrap();
        let help = Help::from(Remedy::ShowHosts(Some(name)));
        assert_eq!(text(&help, "mytool"), "run: mytool hosts '{program}'");
        let help = Help::from(format!("unset {}", "{program}"));
        assert_eq!(text(&help, "mytool"), "unset {program}");
        let help = Help::from("`{program} list` shows what is stored");
        assert_eq!(text(&help, "mytool"), "`mytool list` shows what is stored");
    }

    #[test]
    fn what_was_said_for_one_run_is_said_again() {
        let mut options = Overrides::default();
        options.config_directory = Some("alt".into());
        options.hosts_directories = vec!["one".into(), "my certs".into()];
        options.profile = Some("ci".to_owned());
        let program = Program::named("portunus").with_options(&options);
        let said = "portunus --config-dir alt --hosts-dir one --hosts-dir 'my certs'";
        let reference = "reg.test/app".parse().unwrap();
        for (help, command) in [
            // The key of a login names the profile, and hosts have none.
            (
                Remedy::from(log_in("reg.test")).into(),
                format!("{said} login reg.test"),
            ),
            (
                Remedy::from(log_in("reg.test?profile=dev")).into(),
                format!("{said} login --profile dev reg.test"),
            ),
            (
                Remedy::CheckHosts(RegistryNamespace::new("reg.test").unwrap()).into(),
                format!("{said} check reg.test"),
            ),
            (
                Remedy::probe(&reference, false).into(),
                format!("run: {said} --profile ci resolve --probe reg.test/app:latest"),
            ),
            (
                Help::command(["list", "--profile", "dev"]),
                format!("{said} list --profile dev"),
            ),
            (
                Help::from("`{program} list` shows it"),
                format!("`{said} --profile ci list` shows it"),
            ),
            (
                Help::command(["list", "--help"]),
                "portunus list --help".to_owned(),
            ),
            (
                Help::from("`{program} config --help` shows it"),
                "`portunus config --help` shows it".to_owned(),
            ),
            (
                Help::from("portunus list".to_owned()),
                "portunus list".to_owned(),
            ),
        ] {
            assert_eq!(help.text(&program), Some(command));
        }
    }

    #[test]
    fn pull_secrets_are_given_again_where_they_are_taken() {
        let mut program = Program::default();
        program.give_pull_secrets(&["one".into(), "my secret".into()]);
        let given = "--pull-secret one --pull-secret 'my secret'";
        let reference = "reg.test/app".parse().unwrap();
        let probe = Help::from(Remedy::probe(&reference, false));
        assert_eq!(
            probe.text(&program),
            Some(format!(
                "run: portunus resolve {given} --probe reg.test/app:latest"
            ))
        );
        let login = Help::from(Remedy::from(log_in("reg.test")));
        assert_eq!(
            login.text(&program).as_deref(),
            Some("portunus login reg.test")
        );
        let help = Help::command(["pull", "--help"]);
        assert_eq!(help.text(&program).as_deref(), Some("portunus pull --help"));
    }

    #[test]
    fn what_a_program_has_not_mounted_is_said_without_a_command() {
        let places = [("login".to_owned(), "registry login".to_owned())];
        let program = Program::with_places("mytool", None, places.into());
        let login = Help::from(Remedy::from(log_in("mirror.test:5000")));
        let typed = "mytool registry login mirror.test:5000";
        assert_eq!(login.text(&program).as_deref(), Some(typed));
        let of_profile = Help::from(Remedy::from(log_in("mirror.test?profile=ci")));
        let said = of_profile.text(&program).unwrap();
        assert!(!said.contains("--profile"), "{said}");
        let flagged = program.clone().with_profile_flag("--account");
        let said = of_profile.text(&flagged).unwrap();
        assert!(
            said.starts_with("mytool registry login --account ci "),
            "{said}"
        );
        let list = Help::from("`{program} list` shows what is stored");
        assert_eq!(list.text(&program), None);
        let name = RegistryNamespace::new("reg.test").unwrap();
        let hosts = Help::from(Remedy::ShowHosts(Some(name)));
        let said = hosts.text(&program).unwrap();
        assert!(!said.contains("mytool"), "{said}");
    }
}
