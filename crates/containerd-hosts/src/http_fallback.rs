use crate::defaults::Defaults;
use crate::dial_timeout::DialTimeout;
use crate::file::Endpoint;
use crate::go;

/// Turns `http` with TLS settings into `https`, and counts how often each host's transport falls
/// back to plain http. Hosts without settings of their own share one transport, so each such
/// host adds a layer for all of them.
pub(crate) fn http_fallbacks(endpoints: &mut [Endpoint], defaults: &Defaults) -> Vec<u32> {
    let mut shared = 0;
    let mut own = vec![None; endpoints.len()];
    for (endpoint, own) in endpoints.iter_mut().zip(&mut own) {
        let has_tls = endpoint.has_tls_settings();
        if has_tls || endpoint.dial_timeout != DialTimeout::Default {
            *own = Some(0);
        } else if !endpoint.headers.is_empty() {
            *own = Some(shared);
        }
        let falls_back = endpoint.scheme == "http"
            && (has_tls || defaults.tls)
            && go::port(&endpoint.host) != "80";
        if falls_back {
            endpoint.scheme = "https".into();
            *own.as_mut().unwrap_or(&mut shared) += 1;
        }
    }
    own.into_iter().map(|own| own.unwrap_or(shared)).collect()
}
