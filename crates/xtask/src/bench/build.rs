//! How long building takes: `cargo xtask bench build`, `cargo xtask bench suite`.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use crate::cargo::Session;
use crate::demo::EXAMPLE;
use crate::{test, tools, workspace_root};

/// Changed, as far as cargo can tell, to see what is built again.
const OF_THE_CORE: &str = "crates/portunus/src/resolve/plan.rs";

/// A test of the core, and how it is run.
const FIRST_TEST: [&str; 7] = [
    "test",
    "--locked",
    "--workspace",
    "--test",
    "core",
    "--",
    "plans::",
];

/// Linux tells programs of processor time in hundredths of a second, on every processor.
const TICK: Duration = Duration::from_millis(10);

/// Builds the core and the demo into an empty folder, and the tests of the core after a change in it.
pub(crate) fn cold_and_again(target: &Path) -> Result<(), String> {
    let folder = target.join("bench/build");
    let path = folder.display().to_string();
    let core = ["build", "--locked", "-p", "portunus"];
    let demo = [&["build"], &EXAMPLE[..]].concat();
    let mut rows = Vec::new();
    for (what, arguments) in [("the core, cold", &core[..]), ("the demo, cold", &demo)] {
        // Not there the first time.
        let _ = fs::remove_dir_all(&folder);
        let arguments = [arguments, &["--target-dir", &path]].concat();
        rows.push(timed(what, || Session::start()?.run(&arguments, &[]))?);
    }
    let _ = fs::remove_dir_all(&folder);
    Session::start()?.run(&FIRST_TEST, &[])?;
    touch(&workspace_root().join(OF_THE_CORE))?;
    rows.push(timed("a change in the core, to its tests", || {
        Session::start()?.run(&FIRST_TEST, &[])
    })?);
    tell(&rows);
    Ok(())
}

/// Runs every test.
pub(crate) fn suite(target: &Path) -> Result<(), String> {
    tools::run(target)?;
    let row = timed("the suite", || test::run(target, &[]))?;
    tell(&[row]);
    Ok(())
}

/// Gives a file the time of now.
#[expect(
    clippy::disallowed_methods,
    reason = "cargo goes by the machine's clock"
)]
fn touch(path: &Path) -> Result<(), String> {
    let file = File::options().append(true).open(path);
    file.and_then(|file| file.set_modified(SystemTime::now()))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// A line of the table: what was done, and what it took.
fn timed(what: &str, run: impl FnOnce() -> Result<(), String>) -> Result<String, String> {
    let (started, before) = (Instant::now(), of_children()?);
    run()?;
    let (wall, processor) = (started.elapsed(), of_children()?.saturating_sub(before));
    let seconds = |time: Duration| time.as_secs_f64();
    Ok(format!(
        "| {what} | {:.1} | {:.1} |",
        seconds(processor),
        seconds(wall)
    ))
}

fn tell(rows: &[String]) {
    let head = "| what | processor s | wall s |\n|---|---|---|";
    eprintln!("\n{head}\n{}", rows.join("\n"));
}

/// The processor time of every process that was waited for, and of those that these have waited for
/// (proc_pid_stat(5), `cutime` and `cstime`).
fn of_children() -> Result<Duration, String> {
    let stat = fs::read_to_string("/proc/self/stat").map_err(|error| format!("/proc: {error}"))?;
    let fields = stat.rsplit_once(") ").map(|(_, fields)| fields);
    let ticks = fields.into_iter().flat_map(|fields| fields.split(' '));
    let ticks = ticks.skip(13).take(2).map(str::parse::<u32>);
    let sum: Result<u32, _> = ticks.sum();
    sum.map(|ticks| TICK * ticks)
        .map_err(|error| format!("/proc/self/stat: {error}"))
}
