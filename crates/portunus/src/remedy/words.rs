use std::fmt;

use super::Remedy;
use super::log_in::LogIn;

impl fmt::Display for Remedy {
    /// A sentence that names no program's command.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LogIn(log_in) => return write!(f, "{log_in}"),
            Self::WriteHosts(entry) => return write!(f, "{entry}"),
            Self::LogOut(key) => return write!(f, "log out of `{key}`"),
            Self::CheckHosts(name) => return write!(f, "check the hosts of {name}"),
            Self::ShowHosts(Some(name)) => {
                return write!(f, "see which hosts {name} has in effect");
            }
            Self::Probe { reference, .. } => {
                return write!(f, "ask each host of {reference} what it wants to be shown");
            }
            Self::RenewCertificate(host) => {
                return write!(
                    f,
                    "its operator has to renew the certificate of {host}, unless the clock of this machine is wrong"
                );
            }
            Self::NameInCertificate(name) => {
                return write!(
                    f,
                    "its operator has to make a certificate that names {name} in its subjectAltName"
                );
            }
            Self::OtherName(name) => {
                return write!(
                    f,
                    "ask for it by a name of its certificate, or have {name} added to the certificate"
                );
            }
            Self::PullLocally(Some(reference)) => {
                return write!(f, "pull {reference} without containerd asking the hosts");
            }
            Self::GainPermission(paths) => {
                f.write_str("give yourself the permission that is missing on one of:")?;
                return paths
                    .iter()
                    .try_for_each(|path| write!(f, " {}", path.display()));
            }
            Self::RestrictFile(path) => {
                return write!(f, "let only its owner read {}", path.display());
            }
            Self::KeepOthersOut(writer) => {
                let path = writer.path.display();
                return write!(f, "let nobody but its owner write {path}");
            }
            Self::InstallHelper(name) => {
                return write!(
                    f,
                    "install docker-credential-{name}, or name another helper or none where it is named"
                );
            }
            Self::RunHelper { name, .. } => {
                return write!(f, "run docker-credential-{name} list to see what it says");
            }
            Self::ListImages(name) => {
                return write!(f, "see which images are in the containerd namespace {name}");
            }
            Self::TrustRealms { host, realms } => {
                f.write_str("trust each of these realms in the settings:")?;
                return realms
                    .iter()
                    .try_for_each(|realm| write!(f, " {realm} for {host}"));
            }
            Self::SetVariable(variable, path) => {
                return write!(f, "set {variable} to {}", path.display());
            }
            Self::LogInInstead(Some(key)) => {
                return write!(f, "take it out, and log in for `{key}` instead");
            }
            Self::LogInInstead(None) => "take it out, and log in instead",
            Self::CheckImage => {
                "check the name, and whether the account may read it: a private repository looks the \
                 same to one that may not"
            }
            Self::CheckRepository => {
                "check the name, and whether the account may push there: some registries want the \
                 repository or its project to be made first"
            }
            Self::ShowHosts(None) => "see which hosts are in effect",
            Self::PullLocally(None) => "pull without containerd asking the hosts",
            Self::PushFromLayout => "push from an image layout",
            Self::PullOtherPlatforms => {
                "pull its other platforms, by the name it was pulled by, without unpacking them"
            }
            Self::LeavePacked => "do not have it unpacked",
            Self::OtherStore => "use another store",
            Self::OtherThanKeyring => "use another store than the keyring",
            Self::AwaitOther => "let the other program end, and try again",
            Self::TryAgain => "try again",
            Self::InitializePass => "initialize `pass`, or use another store",
            Self::GainSocket => {
                "become root or a member of the socket's group, or name the socket of a rootless \
                 containerd"
            }
            Self::StartDaemon => "see whether containerd is running, or name another socket",
            Self::NameSocket => "name the socket of containerd",
            Self::AwaitDaemon => "see whether containerd is running, and try again",
            Self::CheckDaemon => "see whether containerd is well",
            Self::UpdateDaemon => "update containerd to 2.0 or newer",
            Self::Advice(words) => words,
        })
    }
}

impl fmt::Display for LogIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "log in for `{}`", self.key)?;
        if let Some(realm) = &self.trusted_realm {
            write!(f, ", trusting the realm {realm} with it")?;
        }
        if self.insecure_registry {
            f.write_str(", without verifying the certificate")?;
        }
        if self.plain_http {
            f.write_str(", consenting to plain http")?;
        }
        Ok(())
    }
}
