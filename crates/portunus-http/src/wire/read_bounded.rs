use reqwest::Response;

/// Reads a body, no more than `most` bytes of it.
pub(crate) async fn read_bounded(
    response: &mut Response,
    body: &mut Vec<u8>,
    most: usize,
) -> reqwest::Result<()> {
    while body.len() < most
        && let Some(piece) = response.chunk().await?
    {
        let room = most - body.len();
        body.extend_from_slice(&piece[..piece.len().min(room)]);
    }
    Ok(())
}
