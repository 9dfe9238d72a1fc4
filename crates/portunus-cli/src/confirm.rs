//! Nothing is removed for good before somebody has agreed.

use std::path::Path;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;
use crate::output;
use crate::output::tilde::tilde;
use portunus_client::Settings;
use portunus_client::logout::find_everything;

/// Shows what would go of the profile of these settings, a folder besides its logins, and has the
/// person at the terminal agree. `again`: the words of the command that does not ask.
pub(crate) fn confirm_removal(
    settings: &Settings,
    folder: Option<&Path>,
    again: &[&str],
    context: &mut Context<'_>,
) -> Result<bool, Failure> {
    let stored = find_everything(settings)?;
    if stored.is_empty() && folder.is_none() {
        // What there is to tell is told where nothing is removed.
        return Ok(true);
    }
    let environment = settings.environment();
    for entry in &stored {
        let username = entry.username.as_deref().unwrap_or("?");
        let location = tilde(&entry.location.to_string(), environment);
        let line = format!("{username} at {}, in {location}", entry.key);
        output::info(&line, context.streams);
    }
    if let Some(folder) = folder {
        let folder = tilde(&folder.display().to_string(), environment);
        output::info(&format!("{folder}, which is docker's"), context.streams);
    }
    let logins = match stored.len() {
        1 => "this login".to_owned(),
        some => format!("these {some} logins"),
    };
    let what = match (stored.is_empty(), folder) {
        (false, None) => logins,
        (false, Some(_)) => logins + " and this folder",
        (true, _) => "this folder".to_owned(),
    };
    if !context.streams.terminals.stdin {
        let message = format!("{what} would be removed, and there is no terminal to ask at");
        let again = Help::command(again.iter().copied());
        return Err(Failure::new(Exit::Usage, message).help(again));
    }
    let agrees = output::agrees(&format!("remove {what}?"), context.streams);
    if !agrees {
        output::info("nothing was removed", context.streams);
    }
    Ok(agrees)
}
