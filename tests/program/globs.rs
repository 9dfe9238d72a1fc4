//! Logins for a glob over hosts.

use support::home::Home;
use worlds::login::assert_says;

use crate::worlds::{hosts, log_in, log_out};

#[support::test]
fn every_login_at_a_host_does_not_take_a_glob_over_hosts() {
    for (arguments, left) in [
        (vec!["--all", "a.reg.test"], vec!["*.reg.test"]),
        (
            vec!["--all", "*.reg.test"],
            vec!["a.reg.test", "a.reg.test"],
        ),
        (vec!["*.reg.test"], vec!["a.reg.test", "a.reg.test"]),
        (vec!["--all", "--yes"], vec![]),
    ] {
        let home = Home::new();
        log_in(&home, &["*.reg.test"]);
        log_in(&home, &["a.reg.test"]);
        log_in(&home, &["--repository", "team", "a.reg.test"]);
        log_out(&home, &arguments).assert_success();
        assert_eq!(hosts(&home), left, "{arguments:?}");
    }
    let home = Home::new();
    log_in(&home, &["*.reg.test"]);
    let ran = log_out(&home, &["--all", "--exit-code", "a.reg.test"]);
    ran.assert_code(6);
    assert_says(&ran, &["nothing is stored for a.reg.test"]);
}
