//! The query of a realm's URL. A registry may write into it what a token request says for itself,
//! and many a token server reads every value of a name: so the request would be for more than ours.

use url::Url;
use url::form_urlencoded;

use super::authentication::Bearer;

/// What a token request says for itself ("Token Authentication Specification" and "OAuth2 token
/// authentication" of the distribution project).
const OURS: [&str; 10] = [
    "scope",
    "service",
    "account",
    "client_id",
    "offline_token",
    "access_type",
    "grant_type",
    "refresh_token",
    "username",
    "password",
];

/// The realm without what a token request says for itself, and the names of what was left out, each
/// once. The service stays where the challenge names none beside it.
pub(super) fn realm_alone(bearer: &Bearer) -> (Url, Vec<&'static str>) {
    let mut realm = bearer.realm.clone();
    realm.set_fragment(None);
    let names_no_service = bearer.service.is_empty();
    let left_out = take(&mut realm, |name| names_no_service && name == "service");
    (realm, left_out)
}

/// Where a redirect of a realm leads, for nothing but what `sent` was for.
pub(crate) fn redirected(sent: &Url, target: Url) -> Url {
    let own: Vec<(String, String)> = ours(sent).collect();
    if ours(&target).all(|pair| own.contains(&pair)) {
        return target;
    }
    let mut target = target;
    take(&mut target, |_| false);
    if !own.is_empty() {
        target.query_pairs_mut().extend_pairs(own);
    }
    target
}

/// Takes out what a token request says for itself, but for what `stays`.
fn take(url: &mut Url, stays: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let query = url.query().unwrap_or_default();
    let mut left_out = Vec::new();
    let mut kept = Vec::new();
    for piece in pieces(query) {
        match our_name(piece).filter(|name| !stays(name)) {
            Some(name) if left_out.contains(&name) => {}
            Some(name) => left_out.push(name),
            None => kept.push(piece),
        }
    }
    let kept = kept.join("&");
    if !left_out.is_empty() {
        url.set_query((!kept.is_empty()).then_some(&*kept));
    }
    left_out
}

fn ours(url: &Url) -> impl Iterator<Item = (String, String)> {
    let pieces = pieces(url.query().unwrap_or_default());
    pieces.filter_map(|piece| {
        let name = our_name(piece)?.to_owned();
        let (_, value) = form_urlencoded::parse(piece.as_bytes()).next()?;
        Some((name, value.into_owned()))
    })
}

/// Older servers take `;` for `&`.
fn pieces(query: &str) -> impl Iterator<Item = &str> {
    query.split(['&', ';'])
}

/// Some servers read names without case, and `scope[]` as one of several.
fn our_name(piece: &str) -> Option<&'static str> {
    let (name, _) = form_urlencoded::parse(piece.as_bytes()).next()?;
    let name = name.split('[').next().unwrap_or_default().trim();
    OURS.into_iter().find(|our| name.eq_ignore_ascii_case(our))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: &str) -> Bearer {
        Bearer {
            realm: Url::parse(realm).unwrap(),
            service: service.to_owned(),
            scopes: Vec::new(),
            error: None,
        }
    }

    #[test]
    fn a_realm_s_own_query_says_nothing_of_what_the_request_says() {
        for (query, service, rest, names) in [
            ("a=1&b", "svc", "?a=1&b", &[][..]),
            (
                "scope=repository:prod/secret:pull,push&scope=registry:catalog:*&service=other\
                 &account=root",
                "svc",
                "",
                &["scope", "service", "account"],
            ),
            ("a=1&SCOPE=x&b=2", "svc", "?a=1&b=2", &["scope"]),
            ("%73cope=x", "svc", "", &["scope"]),
            ("scope[]=x&scope%5B1%5D=y", "svc", "", &["scope"]),
            ("+scope=x", "svc", "", &["scope"]),
            ("a=1;scope=x", "svc", "?a=1", &["scope"]),
            ("a=1;b=2", "svc", "?a=1;b=2", &[]),
            (
                "client_id=x&offline_token=true&access_type=offline",
                "svc",
                "",
                &["client_id", "offline_token", "access_type"],
            ),
            (
                "grant_type=password&username=u&password=p&refresh_token=r",
                "svc",
                "",
                &["grant_type", "username", "password", "refresh_token"],
            ),
            (
                "microscope=x&scoped=y",
                "svc",
                "?microscope=x&scoped=y",
                &[],
            ),
            // Nobody else says which service that is.
            ("service=x", "", "?service=x", &[]),
            ("service=x&scope=y", "", "?service=x", &["scope"]),
        ] {
            let realm = format!("https://auth.test/token?{query}#f");
            let (url, left_out) = realm_alone(&bearer(&realm, service));
            let expected = format!("https://auth.test/token{rest}");
            assert_eq!((url.as_str(), &*left_out), (&*expected, names), "{query}");
        }
    }

    #[test]
    fn a_redirect_adds_nothing_to_what_was_asked_for() {
        let sent = Url::parse("https://a.test/t?scope=repository:a:pull&service=svc").unwrap();
        let own = "scope=repository%3Aa%3Apull&service=svc";
        for (target, followed) in [
            ("https://b.test/t", "https://b.test/t".to_owned()),
            (
                "https://b.test/t?x=a;b&scope=repository%3Aa%3Apull",
                "https://b.test/t?x=a;b&scope=repository%3Aa%3Apull".to_owned(),
            ),
            (
                "https://b.test/t?x=1&scope=repository:prod:push",
                format!("https://b.test/t?x=1&{own}"),
            ),
            (
                "https://b.test/t?service=svc&service=other",
                format!("https://b.test/t?{own}"),
            ),
        ] {
            let target = Url::parse(target).unwrap();
            assert_eq!(redirected(&sent, target).as_str(), followed);
        }
        let posted = Url::parse("https://a.test/t").unwrap();
        let target = Url::parse("https://b.test/t?scope=x").unwrap();
        assert_eq!(redirected(&posted, target).as_str(), "https://b.test/t");
    }
}
