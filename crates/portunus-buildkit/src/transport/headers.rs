//! What a builder is told of a session (`session/session.go`).

use crate::answers::session::BuildSession;

/// The calls that the session answers: a builder asks for nothing else.
const METHODS: [&str; 5] = [
    "/grpc.health.v1.Health/Check",
    "/moby.filesync.v1.Auth/Credentials",
    "/moby.filesync.v1.Auth/FetchToken",
    "/moby.filesync.v1.Auth/GetTokenAuthority",
    "/moby.filesync.v1.Auth/VerifyTokenAuthority",
];

/// Names in lower case, as HTTP/2 has them, and values.
pub(super) fn headers(session: &BuildSession) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("x-docker-expose-session-uuid", session.id().to_owned()),
        ("x-docker-expose-session-name", session.name().to_owned()),
        ("x-docker-expose-session-sharedkey", String::new()),
    ];
    let methods = METHODS.map(|method| ("x-docker-expose-session-grpc-method", method.to_owned()));
    headers.extend(methods);
    headers
}
