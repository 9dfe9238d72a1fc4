//! Files of logins for a build pod: no more than its images need, in the shape that one tool reads.

mod error;
mod folder;
mod gather;
mod report;
mod request;
mod shape;

pub use error::{ExportError, SeveralAccounts};
pub use folder::{BUILDX_FOLDER, is_of_export};
pub use report::{Export, ExportWarning, ExportedEntry, ExportedFile};
pub use request::{ExportFormat, ExportRequest, ExportTarget};
pub use shape::export;
