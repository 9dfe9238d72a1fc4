//! Answers containerd's credential callback from a portunus plan, and pulls and pushes through the transfer service.
