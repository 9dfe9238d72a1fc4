use containerd_client::types;
use portunus_http::Descriptor;

use super::{Load, within};
use crate::daemon::images::name_image;
use crate::transfer::ended::Ended;
use crate::transfer::stored::digest_name;

impl Load<'_> {
    /// Stores the image under its name, in place of what had that name.
    pub(super) async fn name_image(&self, manifest: &Descriptor) -> Result<(), Ended> {
        let reference = &self.request.reference;
        let by_digest = digest_name(
            &self.request.containerd_namespace,
            reference,
            &manifest.digest,
        );
        for name in [Some(reference.to_string()), by_digest]
            .into_iter()
            .flatten()
        {
            let (channel, context) = (self.lease.channel().clone(), self.lease.context());
            let naming = name_image(channel, context, name, to_message(manifest));
            within(self.request.deadlines.call, naming).await?;
        }
        Ok(())
    }
}

pub(super) fn to_message(descriptor: &Descriptor) -> types::Descriptor {
    types::Descriptor {
        media_type: descriptor.media_type.clone(),
        digest: descriptor.digest.clone(),
        size: i64::try_from(descriptor.size).unwrap_or(i64::MAX),
        ..Default::default()
    }
}
