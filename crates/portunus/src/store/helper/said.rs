//! The sentences of helpers that are understood. What else they print may hold a secret.

/// What helpers print where they do not have what they are asked for
/// (docker-credential-helpers `credentials/error.go`, and what `pass` says at erase).
pub(super) const NOT_FOUND: &str = "credentials not found in native keychain";
pub(super) const NOT_IN_PASS: &str = "is not in the password store.";
/// What the helper of `pass` prints before `pass init` was run.
pub(super) const PASS_WITHOUT_STORE: [&str; 2] =
    ["pass not initialized", "password store is empty"];
/// What helpers of clouds print where they are to keep something: those of ECR, Google and Azure.
pub(super) const KEEPS_NOTHING: [&str; 3] =
    ["not implemented", "is unimplemented", "unknown command"];

/// The reason behind sentences that helpers are known to print, in our words.
pub(super) fn known_reason(said: &str) -> &'static str {
    let known = [
        ("no credentials server URL", ": it was given no key"),
        ("no credentials username", ": it was given no user name"),
        (PASS_WITHOUT_STORE[0], ": `pass` is not initialized"),
        (PASS_WITHOUT_STORE[1], ": `pass` is not initialized"),
        ("no usernames for", ": its entry has no user name"),
        ("Cannot autolaunch D-Bus", ": there is no D-Bus session"),
        ("nable to autolaunch", ": there is no D-Bus session"),
        ("Cannot spawn a message bus", ": there is no D-Bus session"),
        (
            "is not activatable",
            ": no keyring service runs in the D-Bus session",
        ),
        (
            "ServiceUnknown",
            ": no keyring service runs in the D-Bus session",
        ),
        ("locked collection", ": the keyring is locked"),
        ("Secret.Error.IsLocked", ": the keyring is locked"),
        ("prompt dismissed", ": the keyring stayed locked"),
        (
            "User interaction is not allowed",
            ": the keychain is locked, and nobody is there to open it",
        ),
        ("User canceled", ": it was cancelled"),
        (
            "logon session does not exist",
            ": there is no logon session of Windows",
        ),
        (
            "no valid providers in chain",
            ": it found no credentials of AWS",
        ),
        ("ExpiredToken", ": its credentials of AWS have expired"),
        ("Reauthentication", ": gcloud wants a new login"),
        (
            "refreshing your current auth tokens",
            ": gcloud wants a new login",
        ),
        ("az login", ": Azure wants a new login"),
        (
            "have an active account selected",
            ": gcloud has no active account",
        ),
        ("Repository url", ": it has no login for hosts of others"),
        (
            "does not refer to Azure Container Registry",
            ": it has no login for hosts of others",
        ),
        ("GCR's access token", ": Google gave it no access token"),
        (
            "gpg: decryption failed",
            ": the gpg key is locked or missing",
        ),
    ];
    let found = known.iter().find(|(sentence, _)| said.contains(sentence));
    found.map_or("", |(_, reason)| reason)
}
