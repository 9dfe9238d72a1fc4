//! The program portunus: log in per host and registry namespace, explain and pull.
