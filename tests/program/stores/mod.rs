//! Where the program reads secrets from and writes them to.

mod bad_input;
mod credential_helper;
mod docker_helpers;
mod full_disk;
mod helper_clients;
mod keyring;
mod secrets;
mod sudo;
mod writing;
