//! What errors advise.

use portunus::remedy::Advise;

/// The commands that an error advises, without a program's name, unquoted.
pub fn commands(error: &impl Advise) -> Vec<String> {
    let remedies = error.remedies();
    let arguments = remedies.iter().filter_map(|remedy| remedy.arguments());
    arguments.map(|words| words.join(" ")).collect()
}
