/// Parts of names by which headers with secrets are known.
const PARTS: [&str; 9] = [
    "auth",
    "token",
    "secret",
    "password",
    "passwd",
    "api-key",
    "apikey",
    "cookie",
    "credential",
];

/// Whether a header of that name may hold a secret, so that its value is not to be shown.
pub fn header_may_hold_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}
