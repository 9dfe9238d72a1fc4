//! On servers and nodes there is no D-Bus session, and threads and a connection would be made to learn
//! that its socket is not there.

use std::path::Path;

use zbus::Address;
use zbus::address::Transport;
use zbus::address::transport::UnixSocket;

/// Whether the socket that the client would connect to does not exist.
pub(crate) fn is_absent() -> bool {
    Address::session().is_ok_and(|address| names_no_socket(&address))
}

fn names_no_socket(address: &Address) -> bool {
    let Transport::Unix(socket) = address.transport() else {
        return false;
    };
    match socket.path() {
        UnixSocket::File(path) => does_not_exist(path),
        _ => false,
    }
}

/// One that cannot be looked at may be there.
fn does_not_exist(path: &Path) -> bool {
    matches!(path.try_exists(), Ok(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_socket_that_is_not_there_is_absent() {
        let here = std::env::current_exe().unwrap();
        for (address, is_absent) in [
            ("unix:path=/nonexistent/bus".to_owned(), true),
            (format!("unix:path={}", here.display()), false),
            ("unix:abstract=/nonexistent/bus".to_owned(), false),
            ("tcp:host=127.0.0.1,port=1".to_owned(), false),
        ] {
            let parsed: Address = address.parse().unwrap();
            assert_eq!(names_no_socket(&parsed), is_absent, "{address}");
        }
    }
}
