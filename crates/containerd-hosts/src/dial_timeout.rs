use std::time::Duration;

/// How long a connection to a host may take to be made (`dial_timeout`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum DialTimeout {
    /// Nothing written: containerd's 30 seconds.
    #[default]
    Default,
    /// `"0"`: no limit.
    Unlimited,
    /// That long.
    After(Duration),
    /// A negative time, in nanoseconds: every connection fails at once.
    Never(i64),
}

impl DialTimeout {
    pub(crate) fn from_nanoseconds(nanoseconds: i64) -> Self {
        match u64::try_from(nanoseconds) {
            Ok(0) => Self::Unlimited,
            Ok(nanoseconds) => Self::After(Duration::from_nanos(nanoseconds)),
            Err(_) => Self::Never(nanoseconds),
        }
    }

    /// The limit; `None`: no limit.
    pub fn limit(self) -> Option<Duration> {
        match self {
            Self::Default => Some(Duration::from_secs(30)),
            Self::Unlimited => None,
            Self::After(time) => Some(time),
            Self::Never(_) => Some(Duration::ZERO),
        }
    }
}
