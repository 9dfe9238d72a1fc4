use reqwest::Response;
use reqwest::header::CONTENT_TYPE;

use crate::image::answer::is_html;
use crate::outcome::Outcome;

const API_VERSION: &str = "docker-distribution-api-version";

/// Keeps out what answers at a registry's door and is none: a registry tells its API, or answers
/// without a page (distribution specification, "Determining Support").
///
/// # Errors
/// Where it is a web page.
pub(super) fn refuse_web_page(response: &Response) -> Result<(), Outcome> {
    let told = |name| response.headers().get(name).and_then(|it| it.to_str().ok());
    let is_html = told(CONTENT_TYPE.as_str()).is_some_and(is_html);
    match response.status().is_success() && is_html && told(API_VERSION).is_none() {
        true => Err(Outcome::bad_content(
            "is no registry: it answers with a web page",
        )),
        false => Ok(()),
    }
}
