//! What takes long is told to the person at the terminal, and to nobody else.

use std::thread::sleep;
use std::time::Duration;

use support::home::Home;
use support::programmable_registry::ProgrammableRegistry;
use support::script;

#[support::test(waits, needs("script"))]
fn a_slow_host_is_named_on_a_terminal_after_a_second() {
    let slow = ProgrammableRegistry::open();
    slow.answer_with(|request| {
        if request.path == "/v2/" {
            sleep(Duration::from_millis(1300));
        }
        None
    });
    let fast = ProgrammableRegistry::open();
    let login = |registry: &ProgrammableRegistry| format!("login {}", registry.address());
    let probe = format!("resolve --probe {}/team/app:v1", slow.address());
    let asking = format!("asking {} (", slow.address());
    for (line, told, is_told) in [
        (login(&slow), asking.as_str(), true),
        (probe.clone(), "asking the hosts (", true),
        (login(&slow) + " --log-format json", "asking", false),
        (login(&slow) + " 2>&1 | cat", "asking", false),
        (probe + " -v", "asking the hosts (", false),
        (login(&fast), "asking", false),
    ] {
        let home = Home::new();
        let line = match line.strip_prefix("login ") {
            Some(rest) => format!("login -u alice -p secret --store file {rest}"),
            None => line,
        };
        let line = format!("{} {line}", script::portunus());
        let ran = script::run(&home, &[], &line, "");
        assert_eq!(ran.stdout.contains(told), is_told, "{ran}");
    }
}
