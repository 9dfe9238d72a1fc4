use portunus::store::{HelperHosts, HelperPrograms};

use super::reader::{Reader, Value};
use crate::error::config::{ConfigError, ConfigProblem};
use crate::named_helper::NamedHelper;

/// Reads `[helpers]`: a helper's name for each host, each glob, or the word `ecr`.
pub(super) fn read<'a>(
    reader: &Reader<'a>,
    value: &Value<'a>,
) -> Result<Vec<NamedHelper>, ConfigError> {
    let mut helpers: Vec<NamedHelper> = Vec::new();
    for (key, value) in reader.table("helpers", value)? {
        let hosts = HelperHosts::parse(key.get_ref());
        let hosts = hosts.map_err(|error| reader.fail_at(key, error))?;
        if hosts.are_all_of_their_labels() {
            return Err(reader.fail_at(key, ConfigProblem::HelperForAll));
        }
        if helpers.iter().any(|named| named.hosts == hosts) {
            return Err(reader.fail_at(key, ConfigProblem::TwoHelpers));
        }
        let name = reader.text("helpers.HOST", value)?;
        if !HelperPrograms::is_name(&name) {
            return Err(reader.fail_at(value, ConfigProblem::HelperName));
        }
        helpers.push(NamedHelper { hosts, name });
    }
    Ok(helpers)
}
