use containerd_client::services::v1::images_client::ImagesClient;
use containerd_client::services::v1::{
    CreateImageRequest, DeleteImageRequest, Image, UpdateImageRequest,
};
use containerd_client::types::Descriptor;
use prost_types::FieldMask;
use tonic::transport::Channel;

use crate::daemon::call::CallContext;
use crate::daemon::daemon_error::{DaemonError, GrpcCode};

/// Gives an image a name, in place of what had that name.
pub(crate) async fn name_image(
    channel: Channel,
    context: &CallContext,
    name: String,
    target: Descriptor,
) -> Result<(), DaemonError> {
    let image = Image {
        name,
        target: Some(target),
        ..Default::default()
    };
    let mut images = ImagesClient::new(channel);
    let create = context.request(CreateImageRequest {
        image: Some(image.clone()),
        source_date_epoch: None,
    });
    match images.create(create).await.map_err(DaemonError::from) {
        Err(error) if error.grpc == GrpcCode::AlreadyExists => {
            let update = context.request(UpdateImageRequest {
                image: Some(image),
                // Its labels are somebody else's.
                update_mask: Some(FieldMask {
                    paths: vec!["target".to_owned()],
                }),
                source_date_epoch: None,
            });
            Ok(images.update(update).await.map(drop)?)
        }
        result => result.map(drop),
    }
}

/// Takes a name away.
pub(crate) async fn remove_name(
    channel: Channel,
    context: &CallContext,
    name: String,
) -> Result<(), DaemonError> {
    let delete = context.request(DeleteImageRequest {
        name,
        ..Default::default()
    });
    let mut images = ImagesClient::new(channel);
    Ok(images.delete(delete).await.map(drop)?)
}
