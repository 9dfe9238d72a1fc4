use super::Platform;

/// Images of another architecture, which the wanted one runs as well, come after all of its own.
const OTHER_ARCHITECTURE: u32 = 1 << 16;

impl Platform {
    /// How far an image for `self`, as its index writes it, is from what is wanted: 0 is exactly
    /// that, and `None` does not run there.
    pub(crate) fn rank(&self, wanted: &Self) -> Option<u32> {
        let held = Self::normalise(&self.os, &self.architecture, &self.variant);
        rank(&held, wanted)
    }
}

/// How far an image is from what is wanted; 0 is exactly that, and `None` does not run on it. As
/// containerd's `platforms.Only` orders them (`compare.go`). Both are normalised.
fn rank(held: &Platform, wanted: &Platform) -> Option<u32> {
    if held.os != wanted.os {
        return None;
    }
    if held == wanted {
        return Some(0);
    }
    let (from, to) = (generation(wanted), generation(held));
    match (wanted.architecture.as_str(), held.architecture.as_str()) {
        ("amd64", "amd64") => steps_down(from?, to?),
        ("amd64", "386") => held.variant.is_empty().then_some(OTHER_ARCHITECTURE),
        ("arm", "arm") => arm_steps_down(from?, to?),
        ("arm64", "arm64") => arm64_steps_down(from?, to?),
        ("arm64", "arm") => match from? {
            (8 | 9, _) => Some(OTHER_ARCHITECTURE + arm_steps_down((8, 0), to?)?),
            _ => None,
        },
        _ => None,
    }
}

/// `v8.2` as numbers. No variant is the first one that the architecture had.
fn generation(platform: &Platform) -> Option<(u16, u16)> {
    match (platform.architecture.as_str(), platform.variant.as_str()) {
        ("amd64", "") => Some((1, 0)),
        ("arm64", "") => Some((8, 0)),
        (_, variant) => {
            let version = variant.strip_prefix('v')?;
            let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
            Some((major.parse().ok()?, minor.parse().ok()?))
        }
    }
}

fn steps_down(from: (u16, u16), to: (u16, u16)) -> Option<u32> {
    let whole = from.1 == 0 && to.1 == 0;
    from.0.checked_sub(to.0).filter(|_| whole).map(u32::from)
}

/// Nothing below `v5` runs on what is newer.
fn arm_steps_down(from: (u16, u16), to: (u16, u16)) -> Option<u32> {
    steps_down(from, to).filter(|_| to.0 >= 5)
}

/// `v9` is `v8.5` and more, up to `v8.9`.
fn arm64_steps_down(from: (u16, u16), to: (u16, u16)) -> Option<u32> {
    let from_minor = |minor: u16| minor.checked_sub(to.1).map(u32::from);
    match (from.0, to.0) {
        (8, 8) | (9, 9) => from_minor(from.1),
        (9, 8) => {
            let steps = from_minor(from.1.saturating_add(5).min(9))?;
            Some(u32::from(from.1) + 1 + steps)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::image::platform::Platform;

    /// The best of these, in words; `none` where none suits.
    fn choose_best(held: &[&str], wanted: &str) -> String {
        let wanted: Platform = wanted.parse().unwrap();
        let held = held.iter().map(|text| {
            let mut parts = text.split('/').map(str::to_owned);
            let mut part = || parts.next().unwrap_or_default();
            // As an index writes it, so not normalised.
            Platform {
                os: part(),
                architecture: part(),
                variant: part(),
            }
        });
        let ranked = held.filter_map(|held| Some((held.rank(&wanted)?, held)));
        let best = ranked.min_by_key(|(rank, _)| *rank);
        best.map_or_else(|| "none".to_owned(), |(_, held)| held.to_string())
    }

    #[test]
    fn of_several_images_the_one_that_containerd_takes_is_chosen() {
        for (held, wanted, best) in [
            (
                &["linux/amd64/v3", "linux/amd64"][..],
                "linux/amd64",
                "linux/amd64",
            ),
            (
                &["linux/amd64", "linux/amd64/v3"],
                "linux/amd64/v3",
                "linux/amd64/v3",
            ),
            (
                &["linux/amd64", "linux/amd64/v2"],
                "linux/amd64/v4",
                "linux/amd64/v2",
            ),
            (
                &["linux/386", "linux/amd64/v1"],
                "linux/amd64/v2",
                "linux/amd64/v1",
            ),
            (&["linux/386"], "linux/amd64", "linux/386"),
            (&["linux/amd64/v2"], "linux/amd64", "none"),
            (&["linux/amd64/v3"], "linux/amd64/v2", "none"),
            (&["linux/amd64"], "linux/386", "none"),
            (
                &["linux/arm/v6", "linux/arm/v5"],
                "linux/arm",
                "linux/arm/v6",
            ),
            (
                &["linux/arm/v5", "linux/arm/v6"],
                "linux/arm",
                "linux/arm/v6",
            ),
            (&["linux/arm/v6", "linux/arm"], "linux/arm", "linux/arm"),
            (&["linux/arm/v7"], "linux/arm/v8", "linux/arm/v7"),
            (&["linux/arm", "linux/arm/v8"], "linux/arm/v6", "none"),
            (&["linux/arm/v4"], "linux/arm", "none"),
            (
                &["linux/arm/v7", "linux/arm64/v8"],
                "linux/arm64",
                "linux/arm64/v8",
            ),
            (
                &["linux/arm/v6", "linux/arm/v7"],
                "linux/arm64",
                "linux/arm/v7",
            ),
            (
                &["linux/arm64/v8.2", "linux/arm64"],
                "linux/arm64",
                "linux/arm64",
            ),
            (
                &["linux/arm64", "linux/arm64/v8.2"],
                "linux/arm64/v8.4",
                "linux/arm64/v8.2",
            ),
            (&["linux/arm64/v8.2"], "linux/arm64", "none"),
            (
                &["linux/arm64", "linux/arm64/v9.0"],
                "linux/arm64/v9",
                "linux/arm64/v9.0",
            ),
            (
                &["linux/arm64", "linux/arm64/v8.6", "linux/arm64/v8.5"],
                "linux/arm64/v9",
                "linux/arm64/v8.5",
            ),
            (
                &["linux/arm64/v8.9", "linux/arm64/v9"],
                "linux/arm64/v9.7",
                "linux/arm64/v9",
            ),
            (&["linux/arm/v7"], "linux/arm64/v9.1", "linux/arm/v7"),
            (
                &["linux/amd64", "windows/amd64"],
                "windows/amd64",
                "windows/amd64",
            ),
            (&["unknown/unknown"], "linux/amd64", "none"),
            (&["linux/riscv64"], "linux/riscv64", "linux/riscv64"),
        ] {
            assert_eq!(choose_best(held, wanted), best, "{held:?} for {wanted}");
        }
    }
}
