//! Talks to registries for portunus: probe, challenge, token, login check, and a pull that walks a plan.
