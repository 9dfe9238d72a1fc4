use x509_cert::certificate::{CertificateInner, Raw};

/// A certificate as Go reads it: its serial number may be longer than RFC 5280 allows, as some that
/// are made by hand have it.
pub(crate) type Certificate = CertificateInner<Raw>;
