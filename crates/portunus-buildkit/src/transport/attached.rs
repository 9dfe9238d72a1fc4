use tokio::task::JoinSet;

/// A session that a builder can ask. Ends when it is dropped.
#[derive(Debug)]
#[must_use = "dropped, it ends the session"]
pub struct Attached {
    /// The first that ends ends all.
    parts: JoinSet<()>,
}

impl Attached {
    pub(super) fn new(part: impl Future<Output = ()> + Send + 'static) -> Self {
        let mut parts = JoinSet::new();
        parts.spawn(part);
        Self { parts }
    }

    pub(super) fn beside(&mut self, part: impl Future<Output = ()> + Send + 'static) {
        self.parts.spawn(part);
    }

    /// Waits until the builder ends it, or vanishes.
    pub async fn ended(&mut self) {
        // Stopped, or panicked: over in any case.
        let _ = self.parts.join_next().await;
        self.parts.shutdown().await;
    }

    /// Ends it, and waits until nothing of it is left.
    pub async fn close(mut self) {
        self.parts.shutdown().await;
    }
}
