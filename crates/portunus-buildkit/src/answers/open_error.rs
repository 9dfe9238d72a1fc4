use portunus::resolve::ResolveError;

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no plan for an image.
    #[error(transparent)]
    Plan(#[from] ResolveError),
    /// No image was named, so that nothing could be answered.
    #[error("a build without an image: there is nothing to answer for")]
    NoImages,
    /// The name cannot be told to a builder: it goes along in a header.
    #[error("a session's name is 1 to 128 printable ASCII characters")]
    Name,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}
