use containerd_client::services::v1::images_client::ImagesClient;
use containerd_client::services::v1::{CreateImageRequest, Image, UpdateImageRequest};
use containerd_client::types;
use portunus_http::Descriptor;
use prost_types::FieldMask;

use super::Load;
use crate::daemon::daemon_error::GrpcCode;
use crate::transfer::ended::Ended;

impl Load<'_> {
    /// Stores the image under its name, in place of what had that name.
    pub(super) async fn name_image(&self) -> Result<(), Ended> {
        let image = Image {
            name: self.request.reference.to_string(),
            target: Some(to_message(&self.request.manifest)),
            ..Default::default()
        };
        let mut images = ImagesClient::new(self.lease.channel().clone());
        let create = self.lease.context().request(CreateImageRequest {
            image: Some(image.clone()),
            source_date_epoch: None,
        });
        match self.call(images.create(create)).await {
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::AlreadyExists => {
                let update = self.lease.context().request(UpdateImageRequest {
                    image: Some(image),
                    // Its labels are somebody else's.
                    update_mask: Some(FieldMask {
                        paths: vec!["target".to_owned()],
                    }),
                    source_date_epoch: None,
                });
                self.call(images.update(update)).await.map(drop)
            }
            result => result.map(drop),
        }
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
