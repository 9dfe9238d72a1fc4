/// The shortest path that names the same thing, by the rules of Go's `path.Clean`: no doubled
/// slash, no `.`, `..` resolved; `.` for nothing.
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(".."),
            },
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// The parts joined with slashes and cleaned, by the rules of Go's `path.Join`; empty where all
/// parts are.
pub(crate) fn join(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        return String::new();
    }
    clean(&parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_go_cleans_them() {
        for (path, cleaned) in [
            ("", "."),
            (".", "."),
            ("/", "/"),
            ("//v2", "/v2"),
            ("/a/../b/", "/b"),
            ("/../a", "/a"),
            ("../a/./b", "../a/b"),
            ("a/..", "."),
            ("a//b", "a/b"),
        ] {
            assert_eq!(clean(path), cleaned, "{path}");
        }
    }

    #[test]
    fn empty_parts_do_not_count_in_a_join() {
        for (parts, joined) in [
            (&["/", "", "library/probe"][..], "/library/probe"),
            (&["/", "//v2", "a"], "/v2/a"),
            (&["/dir", ""], "/dir"),
            (&["", ""], ""),
        ] {
            assert_eq!(join(parts), joined);
        }
    }
}
