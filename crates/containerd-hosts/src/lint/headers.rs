use super::subject::{Faults, Subject};
use crate::code::Code;
use crate::fault::Fault;
use crate::file::is_setting;
use crate::finding::Severity;
use crate::secret_header::header_may_hold_secret;

pub(super) fn lint(subject: &Subject<'_>, faults: &mut Faults) {
    for endpoint in subject.endpoints {
        for (name, values) in &endpoint.headers {
            let folded = name.value.to_ascii_lowercase();
            if is_setting(&folded, subject.text.announced()) {
                let message = format!(
                    "`{folded}` after a `header` table: containerd sends it as a header and does not apply it"
                );
                faults.push((
                    Severity::Error,
                    Fault::new(name.at, Code::SettingInHeader, message)
                        .help("move the line above the `header` table"),
                ));
            } else if header_may_hold_secret(&folded) {
                let message = "a header that may hold a secret: containerd sends it to the token server and to redirects, too";
                faults.push((
                    Severity::Warning,
                    Fault::new(name.at, Code::SecretHeader, message)
                        .help("take it out, and give the credential to the client that pulls")
                        .at_host(endpoint.as_subject()),
                ));
            }
            let is_name = !name.value.is_empty() && name.value.bytes().all(in_name);
            let is_value = |text: &str| !text.contains(|c: char| c.is_control() && c != '\t');
            if !is_name || !values.iter().all(|value| is_value(value.expose())) {
                let message = "not a header that can be sent: every request to this host fails";
                faults.push((
                    Severity::Warning,
                    Fault::new(name.at, Code::UnusableHeader, message).help(
                        "header names have letters, digits and hyphens; values have no line breaks",
                    ),
                ));
            }
        }
    }
}

/// RFC 9110, section 5.6.2: what tokens are made of.
fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
