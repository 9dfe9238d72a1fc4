//! The token conversation with an HTTP client of one's own, here a socket and plain http:
//! `own_http_client CERTS_D CONFIG_JSON IMAGE` asks each host for the manifest. What is sent where
//! is decided by the library; this program only carries it.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Attempt, Candidate, Operation, Plan, Resolver};
use portunus::store::{DockerConfig, HelperPrograms};
use portunus::token::trust::{Consent, Origin, TrustPolicy};
use portunus::token::{
    Authentication, Challenge, Exchange, MAX_RESPONSE, Scopes, Step, TokenMethod,
};
use url::Url;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [hosts, logins, image] = arguments.as_slice() else {
        return Err("own_http_client CERTS_D CONFIG_JSON IMAGE".into());
    };
    let docker = DockerConfig::new(logins, HelperPrograms::new([]));
    let resolver = Resolver::new(HostsTree::new(vec![hosts.into()])).with_source(Arc::new(docker));
    let image = ImageReference::parse(image)?;
    let plan = resolver.resolve(&image, Operation::Pull, &Profile::DEFAULT)?;
    let session = resolver.session();
    for attempt in &plan.attempts {
        let candidate = attempt.candidates.first();
        let credential = match candidate {
            Some(candidate) => session.credential(candidate)?,
            None => None,
        };
        match manifest(&plan, attempt, candidate.zip(credential.as_ref())) {
            Ok(status) => println!("{}: {status}", attempt.host.host),
            Err(error) => println!("{}: {error}", attempt.host.host),
        }
    }
    Ok(())
}

/// Asks for the manifest, and once more with what the host wants to be shown.
fn manifest(
    plan: &Plan,
    attempt: &Attempt,
    login: Option<(&Candidate, &Credential)>,
) -> Result<u16> {
    let image = &plan.reference;
    let parts = [image.repository().as_str(), "manifests", image.manifest()];
    let url = attempt.host.request_url(&parts, image.registry_namespace());
    let url = Url::parse(&url)?;
    let answer = send("GET", &url, None, None)?;
    let challenges = Challenge::parse_all(answer.challenges.iter().map(String::as_bytes));
    let Some(wanted) = Authentication::choose(&challenges)? else {
        return Ok(answer.status);
    };
    let host = Origin::of(&url).ok_or("no http or https URL")?;
    let policy = TrustPolicy::default();
    let authorization = match (wanted, login) {
        (Authentication::Basic, Some((candidate, credential))) => {
            policy.host_may_see(&host, &Consent::none(&candidate.entry.key))?;
            let username = credential.username().unwrap_or_default();
            basic(username, credential.secret().expose())
        }
        (Authentication::Bearer(bearer), login) => {
            match login {
                Some((candidate, _)) => {
                    let consent = Consent::none(&candidate.entry.key);
                    policy.realm_may_see(&host, &bearer.realm, &consent)?;
                }
                None => policy.realm_may_be_asked(&host, &bearer.realm)?,
            }
            let scopes = Scopes::repository(&attempt.repository, &["pull"]);
            let credential = login.map(|(_, credential)| credential);
            token(&Exchange::new(&bearer, &scopes, credential))?
        }
        _ => return Ok(answer.status),
    };
    Ok(send("GET", &url, Some(&authorization), None)?.status)
}

/// Carries the requests of an exchange until there is a token.
fn token(exchange: &Exchange<'_>) -> Result<String> {
    let mut step = exchange.start();
    loop {
        let request = match step {
            Step::Token(token) => return Ok(format!("Bearer {}", token.value.expose())),
            Step::Send(request) => request,
            _ => return Err("a step that this program does not know".into()),
        };
        let authorization = request.basic.as_ref();
        let authorization = authorization.map(|(user, password)| basic(user, password.expose()));
        let form = request.form.as_ref().map(|form| form.expose());
        let method = match request.method {
            TokenMethod::Post => "POST",
            _ => "GET",
        };
        let answer = send(method, &request.url, authorization.as_deref(), form)?;
        step = exchange.next(&request, answer.status, &answer.body)?;
    }
}

struct Answer {
    status: u16,
    challenges: Vec<String>,
    body: Vec<u8>,
}

/// The client: HTTP/1.0 over a socket, no redirects, no TLS.
fn send(
    method: &str,
    url: &Url,
    authorization: Option<&str>,
    form: Option<&str>,
) -> Result<Answer> {
    if url.scheme() != "http" {
        return Err("this client has no TLS".into());
    }
    let mut stream = TcpStream::connect(&*url.socket_addrs(|| None)?)?;
    let body = form.unwrap_or_default();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut request = format!(
        "{method} {target} HTTP/1.0\r\nHost: {}\r\n",
        url.authority()
    );
    if let Some(value) = authorization {
        request += &format!("Authorization: {value}\r\n");
    }
    if form.is_some() {
        request += "Content-Type: application/x-www-form-urlencoded\r\n";
    }
    request += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes())?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).ok_or("no status")?.parse()?;
    let (mut challenges, mut length) = (Vec::new(), u64::MAX);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "www-authenticate" => challenges.push(value.to_owned()),
            "content-length" => length = value.parse()?,
            _ => {}
        }
    }
    let mut body = Vec::new();
    let longest = u64::try_from(MAX_RESPONSE)?.min(length);
    reader.take(longest).read_to_end(&mut body)?;
    Ok(Answer {
        status,
        challenges,
        body,
    })
}

fn basic(username: &str, password: &str) -> String {
    format!(
        "Basic {}",
        STANDARD.encode(format!("{username}:{password}"))
    )
}
