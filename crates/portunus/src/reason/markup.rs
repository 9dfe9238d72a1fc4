use super::document::one_line;

/// How much of an element is a sentence, in bytes.
const LONGEST: usize = 2000;

/// The reason in what is meant for browsers and other programs: `CODE: message` of an object store's
/// error (Amazon S3's "REST Error Responses", which all others have too), the title of a web page. A
/// title that is the status in words says nothing that the status does not.
pub(super) fn markup(body: &[u8], media_type: Option<&str>) -> Option<String> {
    let essence = media_type.unwrap_or_default().to_ascii_lowercase();
    let is_named = ["", "text/plain"].contains(&essence.as_str());
    if !is_named && !essence.contains("html") && !essence.contains("xml") {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    if !text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('<')
    {
        return None;
    }
    let texts = ["Code", "Message"].map(|name| element(&text, name));
    match texts {
        [Some(code), Some(message)] => Some(format!("{code}: {message}")),
        [None, None] => {
            let title = element(&text, "title")?;
            let is_status = title.starts_with(|first: char| first.is_ascii_digit());
            (!is_status).then_some(title)
        }
        [code, message] => code.or(message),
    }
}

/// The text of the first element of that name that has one, without case as browsers read it.
fn element(text: &str, name: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let open = format!("<{}", name.to_ascii_lowercase());
    let at = lower.match_indices(&open).find(|(at, _)| {
        let next = lower.as_bytes().get(at + open.len());
        next.is_some_and(|byte| *byte == b'>' || byte.is_ascii_whitespace())
    });
    let (at, _) = at?;
    let start = at + lower[at..].find('>')? + 1;
    let end = start + lower[start..].find('<')?;
    let inner = &text[start..end];
    match inner.len() > LONGEST {
        true => None,
        false => one_line(&unescape(inner)),
    }
}

fn unescape(text: &str) -> String {
    let named = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&middot;", "\u{b7}"),
        ("&nbsp;", " "),
        // The last: what it makes is no name of anything.
        ("&amp;", "&"),
    ];
    named
        .iter()
        .fold(text.to_owned(), |text, (name, character)| {
            text.replace(name, character)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_page_has_no_title() {
        for (body, media_type, said) in [
            (
                "\u{feff}<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code>\
                 <Message>Request\n has expired</Message><RequestId>1</RequestId></Error>",
                "application/xml",
                Some("AccessDenied: Request has expired"),
            ),
            ("<Error><Code>SlowDown</Code></Error>", "", Some("SlowDown")),
            (
                "<!DOCTYPE html><HTML><head><TITLE lang=\"en\">Sign in &middot; A&amp;B</TITLE>",
                "text/html; charset=utf-8",
                Some("Sign in \u{b7} A&B"),
            ),
            (
                "<html><title>502 Bad Gateway</title></html>",
                "text/html",
                None,
            ),
            ("<html><title> </title></html>", "text/html", None),
            ("<html><titles>x</titles></html>", "text/html", None),
            ("<title>never closed", "text/html", None),
            ("<title>x</title>", "application/octet-stream", None),
            ("no page: <title>x</title>", "text/html", None),
            ("", "text/html", None),
        ] {
            let found = markup(body.as_bytes(), Some(media_type));
            assert_eq!(found.as_deref(), said, "{body}");
        }
    }
}
