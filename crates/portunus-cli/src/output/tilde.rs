use portunus_client::Environment;

/// A text for people in which paths below the home directory begin with `~`.
pub(crate) fn tilde(text: &str, environment: &Environment) -> String {
    let home = environment.path("HOME");
    let home = home.as_deref().and_then(|home| home.to_str());
    // Where everything is below it, it shortens nothing.
    let Some(home) = home
        .map(|home| home.trim_end_matches('/'))
        .filter(|it| !it.is_empty())
    else {
        return text.to_owned();
    };
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(home) {
        let (before, found) = rest.split_at(at);
        let behind = &found[home.len()..];
        let begins = !before.ends_with(|c: char| c.is_alphanumeric() || "/._-".contains(c));
        shown.push_str(before);
        shown.push_str(match begins && behind.starts_with('/') {
            true => "~",
            false => home,
        });
        rest = behind;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_below_the_home_begin_with_it() {
        let at = |home: &str| Environment::new([("HOME".into(), home.into())]);
        for (home, text, shown) in [
            (
                "/home/u",
                "/home/u/.docker/config.json",
                "~/.docker/config.json",
            ),
            (
                "/home/u/",
                "x (configured by /home/u/a)",
                "x (configured by ~/a)",
            ),
            (
                "/home/u",
                "/home/user/a /mnt/home/u/a /home/u",
                "/home/user/a /mnt/home/u/a /home/u",
            ),
            ("/", "/etc/a", "/etc/a"),
        ] {
            assert_eq!(tilde(text, &at(home)), shown);
        }
    }
}
