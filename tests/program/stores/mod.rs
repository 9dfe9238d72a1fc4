//! Where the program reads secrets from and writes them to.

mod bad_input;
mod clouds;
mod credential_helper;
mod docker_helpers;
mod dying_bus;
mod dying_helpers;
mod failing_helpers;
mod faults;
mod full_disk;
mod helper_clients;
mod keyring;
mod leaks;
mod memory;
mod mixed_verbs;
mod secrets;
mod sudo;
mod writing;
