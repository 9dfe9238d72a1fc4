use crate::certificate_check::CertificateCheck;
use crate::error::{HostsError, ReadStep};
use crate::file::{Endpoint, FileReference};
use crate::source_file::SourceFile;
use crate::tls_files::{TlsFault, check_ca, check_client};

/// Tries every certificate and key of a host; the errors in the order in which containerd would
/// meet them, of which it stops at the first.
pub(crate) fn check_tls_files<'a>(
    endpoint: &'a Endpoint,
    text: Option<&'a SourceFile>,
    check: CertificateCheck,
) -> impl Iterator<Item = HostsError> + 'a {
    let ca = endpoint.ca.iter().flatten().filter_map(move |ca| {
        let fault = check_ca(&ca.path, check).err()?;
        Some(unusable(
            fault,
            [ReadStep::ReadCa, ReadStep::ParseCa],
            ca,
            text,
        ))
    });
    let client = endpoint
        .client
        .iter()
        .flatten()
        .filter_map(move |(certificate, key)| {
            let key = key.as_ref().map(|key| key.path.as_path());
            let fault = check_client(&certificate.path, key, check).err()?;
            Some(unusable(
                fault,
                [ReadStep::ReadClient, ReadStep::ParseClient],
                certificate,
                text,
            ))
        });
    ca.chain(client)
}

fn unusable(
    fault: TlsFault<'_>,
    [read, parse]: [ReadStep; 2],
    reference: &FileReference,
    text: Option<&SourceFile>,
) -> HostsError {
    let (step, path, problem) = match fault {
        TlsFault::Unreadable(path, problem) => (read, path, problem),
        #[cfg(feature = "certificates")]
        TlsFault::Unusable(path, problem) => (parse, path, problem.to_owned()),
    };
    HostsError::Unreadable {
        step,
        path: path.to_owned(),
        place: reference.at.and_then(|at| text.map(|text| text.place(at))),
        problem,
    }
}
