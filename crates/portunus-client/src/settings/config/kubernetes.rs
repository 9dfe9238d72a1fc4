use portunus_kubernetes::provider::{AccountProfile, ServiceAccount};

use super::key::Key;
use super::read_profile;
use super::reader::{Reader, Value};
use crate::error::config::{ConfigError, ConfigProblem};

const PROFILES: &str = "kubernetes.profiles";

/// Reads `[kubernetes]`: the profiles of service accounts, in order.
pub(super) fn read<'a>(
    reader: &mut Reader<'a>,
    value: &Value<'a>,
) -> Result<Vec<AccountProfile>, ConfigError> {
    let mut profiles = Vec::new();
    let table = reader.table("kubernetes", value)?;
    let known = Key::names_below("kubernetes.");
    for (_, value) in reader.keys(table, "kubernetes.", &known) {
        for given in reader.array(PROFILES, value)? {
            profiles.push(profile(reader, given)?);
        }
    }
    Ok(profiles)
}

fn profile<'a>(reader: &mut Reader<'a>, value: &Value<'a>) -> Result<AccountProfile, ConfigError> {
    let table = reader.table(PROFILES, value)?;
    let (mut namespace, mut account, mut profile) = (None, None, None);
    let known = ["namespace", "service_account", "profile"];
    for (key, value) in reader.keys(table, &format!("{PROFILES}."), &known) {
        let text = reader.text(&format!("{PROFILES}.{key}"), value)?;
        if key != "profile" && !is_name(&text) {
            return Err(reader.fail_at(value, ConfigProblem::NoAccount(text)));
        }
        match key {
            "namespace" => namespace = Some(text),
            "service_account" => account = Some(text),
            _ => {
                let read = read_profile(&text);
                profile = Some(read.map_err(|error| reader.fail_at(value, error))?);
            }
        }
    }
    let account = namespace.zip(account).zip(profile);
    account
        .map(|((namespace, name), profile)| {
            AccountProfile::new(ServiceAccount::new(namespace, name), profile)
        })
        .ok_or_else(|| reader.fail_at(value, ConfigProblem::IncompleteAccount))
}

/// Whether it may be the name of a namespace or an account (RFC 1123, as a DNS subdomain): no other
/// name is ever compared with it.
fn is_name(text: &str) -> bool {
    let is_allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}
