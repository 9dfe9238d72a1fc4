//! `portunus resolve`: the plan, and why it is so.

mod document;
mod entry;
mod probe;
mod text;
mod unfitting;
mod upstream;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use portunus::resolve::Operation;
use portunus::store::{PullSecret, Source};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::tilde::tilde;
use crate::{image, output};

/// Print the plan: which hosts, in which order, with which credential, and why
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is asked over the network, unless --probe says so. A host is then asked as a pull or push
would begin, and sees no credential that a trust rule keeps from it.")]
pub struct ResolveArguments {
    /// The image, as docker understands it
    image: String,
    /// Plan a pull (the default)
    #[arg(long, group = "operation")]
    pull: bool,
    /// Plan a push
    #[arg(long, group = "operation")]
    push: bool,
    /// Plan only to find the digest
    #[arg(long, group = "operation")]
    resolve: bool,
    /// A mounted pull secret, or a file in docker's format; before all other sources; may be
    /// repeated
    #[arg(long, value_name = "PATH")]
    pull_secret: Vec<PathBuf>,
    /// Also list what was passed over and the rule that did it, and where each host is written
    #[arg(long)]
    why: bool,
    /// Ask each host what it wants to be shown, and whether it accepts that
    #[arg(long)]
    probe: bool,
    /// Exit with 3 where some host would be asked without a credential
    #[arg(long)]
    exit_code: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(
    arguments: &ResolveArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let reference = image::reference(&arguments.image, context)?;
    let secrets = pull_secrets(arguments, context)?;
    let sources = secrets.iter().map(|it| Arc::clone(it) as Arc<dyn Source>);
    let resolver = context.settings.resolver_behind(sources.collect())?;
    let prepared = context.prepare(&resolver, &reference, operation(arguments))?;
    let plan = prepared.plan();
    unfitting::warn_about(&secrets, plan, context);
    let probed = match arguments.probe {
        true => Some(probe::ask(&prepared, context)?),
        false => None,
    };
    let program = context.streams.messages.program().clone();
    if arguments.json {
        let document = document::document(plan, probed.as_deref(), &program);
        output::json(&document, context.streams)?;
    } else {
        let lines = text::lines(plan, probed.as_deref(), arguments.why, &program);
        let environment = context.settings.environment();
        let lines: Vec<String> = lines
            .into_iter()
            // A command is run as it is written, where a quoted `~` is none.
            .map(|line| match line.trim_start().starts_with("help: ") {
                true => line,
                false => tilde(&line, environment),
            })
            .collect();
        output::result(lines, context.streams)?;
    }
    Ok(match arguments.exit_code && context.misses_login {
        true => Exit::NotLoggedIn,
        false => Exit::Done,
    })
}

fn operation(arguments: &ResolveArguments) -> Operation {
    match (arguments.push, arguments.resolve) {
        (true, _) => Operation::Push,
        (_, true) => Operation::Resolve,
        _ => Operation::Pull,
    }
}

/// What the command line names goes before every other source.
fn pull_secrets(
    arguments: &ResolveArguments,
    context: &Context<'_>,
) -> Result<Vec<Arc<PullSecret>>, Failure> {
    let profile = &context.settings.profile;
    let paths = arguments.pull_secret.iter();
    paths
        .map(|path| Ok(Arc::new(PullSecret::read(path, profile)?)))
        .collect()
}
