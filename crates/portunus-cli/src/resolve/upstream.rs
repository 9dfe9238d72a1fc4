use portunus::resolve::{Attempt, Operation, Plan};

/// What becomes of the last host of a plan that has mirrors: whether it is asked, and what would
/// keep it from being asked.
pub(super) fn note(plan: &Plan, attempt: &Attempt) -> Option<String> {
    if !attempt.host.is_server || plan.attempts.len() < 2 {
        return None;
    }
    if plan.operation == Operation::Push {
        return Some(match attempt.phases.is_empty() {
            true => "a host above takes the push: nothing reaches this one".to_owned(),
            false => "no host above may be pushed to".to_owned(),
        });
    }
    Some(match &attempt.host.place {
        Some(place) => format!(
            "asked where no host above has the image: `server` in line {} names it",
            place.line
        ),
        None => "asked where no host above has the image: `server` names no other host. \
                 An air-gapped site names its mirror there"
            .to_owned(),
    })
}
