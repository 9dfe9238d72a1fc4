use portunus::resolve::Plan;
use portunus::store::docker_key;
use portunus_client::resolve::UnfittingSecret;

/// How many keys of a secret are told.
const KEYS_TOLD: usize = 20;

/// That a secret that was given holds nothing for any host of the plan.
pub(crate) fn describe(secret: &UnfittingSecret, plan: &Plan) -> String {
    let keys: Vec<String> = secret.keys.iter().map(ToString::to_string).collect();
    let told: Vec<&str> = keys.iter().take(KEYS_TOLD).map(String::as_str).collect();
    let told = told.join(", ");
    let more = match keys.len().checked_sub(KEYS_TOLD) {
        Some(more @ 1..) => format!(" and {more} more"),
        _ => String::new(),
    };
    let nearest = secret.nearest.as_ref();
    let nearest = nearest.map_or_else(String::new, |(host, key)| {
        format!("; the nearest to {host} is {key}")
    });
    format!(
        "{} holds nothing for {}: its keys are {told}{more}{nearest}",
        secret.location, plan.reference
    )
}

pub(crate) fn help(plan: &Plan) -> String {
    let attempts = plan.attempts.iter();
    let hosts: Vec<String> = attempts
        .map(|it| match &it.authority {
            Some(authority) => docker_key::write_key(authority),
            None => it.host.host.clone(),
        })
        .collect();
    format!("a key has to name one of: {}", hosts.join(", "))
}
