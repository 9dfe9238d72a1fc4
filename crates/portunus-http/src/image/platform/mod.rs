mod rank;

use std::fmt;

use serde_json::Value;

use crate::image::json::{members, read_text};

/// A platform an image is made for: `linux/amd64`, `linux/arm/v7`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Platform {
    /// Operating system in Go's names.
    pub os: String,
    /// Processor architecture in Go's names.
    pub architecture: String,
    /// Variant of the architecture; empty where there is none.
    pub variant: String,
}

impl Platform {
    /// The platform this program was built for.
    pub fn host() -> Self {
        Self::normalise(std::env::consts::OS, std::env::consts::ARCH, "")
    }

    /// Reads the fields `os`, `architecture` and `variant` that a descriptor or the configuration of
    /// an image has; what is not there is empty.
    pub fn from_json(value: &Value) -> Self {
        Self::read(&value.to_string())
    }

    pub(super) fn read(text: &str) -> Self {
        let fields = members(text, ["os", "architecture", "variant"]).unwrap_or_default();
        let [os, architecture, variant] = fields.map(|it| read_text(it).unwrap_or_default());
        Self {
            os,
            architecture,
            variant,
        }
    }

    /// Whether an image for `self` runs on `wanted`, though another one may suit it better.
    pub fn suits(&self, wanted: &Self) -> bool {
        self.rank(wanted).is_some()
    }

    fn normalise(os: &str, architecture: &str, variant: &str) -> Self {
        let [architecture, variant] = [architecture, variant].map(str::to_ascii_lowercase);
        let (architecture, variant) = go_architecture(&architecture, &variant);
        // What names no system is for this one, as in containerd.
        let os = if os.is_empty() {
            std::env::consts::OS
        } else {
            os
        };
        Self {
            os: os.to_ascii_lowercase(),
            architecture,
            variant,
        }
    }
}

impl std::str::FromStr for Platform {
    type Err = InvalidPlatform;

    /// Reads `OS/ARCHITECTURE[/VARIANT]`; `x86_64`, `aarch64` and the like are understood too.
    fn from_str(text: &str) -> Result<Self, InvalidPlatform> {
        let refused = || InvalidPlatform {
            text: text.to_owned(),
        };
        let word = |part: &&str| {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
            !part.is_empty() && part.bytes().all(allowed)
        };
        let parts: Vec<&str> = text.split('/').collect();
        let (os, architecture, variant) = match parts.as_slice() {
            parts if !parts.iter().all(word) => return Err(refused()),
            [os, architecture] => (os, architecture, ""),
            [os, architecture, variant] => (os, architecture, *variant),
            _ => return Err(refused()),
        };
        Ok(Self::normalise(os, architecture, variant))
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        if !self.variant.is_empty() {
            write!(f, "/{}", self.variant)?;
        }
        Ok(())
    }
}

/// The text is no platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("platform {text:?}: written OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT, as linux/arm64")]
#[non_exhaustive]
pub struct InvalidPlatform {
    /// The text.
    pub text: String,
}

/// As containerd's `platforms` library normalises (`database.go`): `v1` of amd64, `v8` of arm64
/// and `v7` of arm are their plain forms.
fn go_architecture(name: &str, variant: &str) -> (String, String) {
    let (architecture, variant) = match (name, variant) {
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("x86" | "i386" | "i686", _) => ("386", ""),
        ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
        ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        ("arm", "" | "7") => ("arm", "v7"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "6") => ("arm", "v6"),
        ("arm", "8") => ("arm", "v8"),
        ("powerpc64", variant) => ("ppc64le", variant),
        ("loongarch64", variant) => ("loong64", variant),
        other => other,
    };
    (architecture.to_owned(), variant.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_read_as_containerd_reads_them() {
        for (typed, printed) in [
            ("linux/amd64", "linux/amd64"),
            ("Linux/x86_64", "linux/amd64"),
            ("linux/aarch64", "linux/arm64"),
            ("linux/arm64/v8", "linux/arm64"),
            ("linux/arm", "linux/arm/v7"),
            ("linux/arm/v6", "linux/arm/v6"),
            ("linux/arm/6", "linux/arm/v6"),
            ("linux/amd64/V1", "linux/amd64"),
            ("linux/arm64/v8.0", "linux/arm64"),
            ("linux/arm64/9", "linux/arm64/v9"),
            ("linux/riscv64", "linux/riscv64"),
        ] {
            let platform: Platform = typed.parse().unwrap();
            assert_eq!(platform.to_string(), printed, "{typed}");
        }
        for typed in ["", "linux", "linux/", "linux/a/b/c", "linux/a b"] {
            assert!(typed.parse::<Platform>().is_err(), "{typed:?}");
        }
    }

    #[test]
    fn an_image_is_found_however_its_index_writes_the_platform() {
        for (architecture, variant, wanted, suits) in [
            ("arm64", "v8", "linux/arm64", true),
            ("arm64", "v8", "linux/aarch64", true),
            ("arm64", "", "linux/arm64/v8", true),
            ("arm", "v7", "linux/arm", true),
            ("arm", "v8", "linux/arm", false),
            ("amd64", "", "linux/x86_64", true),
            ("amd64", "", "linux/arm64", false),
            ("amd64", "", "windows/amd64", false),
        ] {
            let held = Platform {
                os: "linux".to_owned(),
                architecture: architecture.to_owned(),
                variant: variant.to_owned(),
            };
            let wanted = wanted.parse().unwrap();
            assert_eq!(held.suits(&wanted), suits, "{held} for {wanted}");
        }
    }
}
