//! `portunus resolve`: the plan, and why it is so.

mod document;
mod probe;
mod text;

use clap::Args;
use portunus::resolve::Operation;
use portunus_client::ResolveRequest;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::tilde::tilde;
use crate::pull_secrets::PullSecretArguments;
use crate::waiting::Waiting;
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
    #[command(flatten)]
    pull_secrets: PullSecretArguments,
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
    let reference = image::reference(Some("resolve"), &arguments.image, context)?;
    let mut request = ResolveRequest::new(reference, operation(arguments));
    request
        .pull_secrets
        .clone_from(&arguments.pull_secrets.paths);
    request.explain = arguments.why || arguments.json;
    let resolved = context.resolve(&request)?;
    let plan = resolved.plan();
    let merged = resolved.pull_secrets.merged();
    let probed = match arguments.probe {
        true => {
            let _waiting = Waiting::new("asking the hosts", context.streams);
            portunus_client::probe(&resolved.operation, &context.settings)?
        }
        false => Vec::new(),
    };
    if arguments.json {
        let program = &context.streams.messages.program;
        let document = document::document(plan, &merged, &probed, program);
        output::json(&document, context.streams)?;
    } else {
        let mut lines = text::lines(plan, &probed, arguments.why, context);
        if arguments.why {
            lines.extend(text::hidden(&merged));
        }
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
    if context.misses_login {
        context.tell_of_sudo()?;
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
