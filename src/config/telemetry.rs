//! `[telemetry]`: what is told of calls beside the metrics.

use std::time::Duration;

use super::reading::{close, wait};
use super::{Overrides, TelemetrySettings};
use crate::document::Section;

const HOUR: u64 = 3_600_000;

pub(super) fn telemetry(root: &Section<'_>, overrides: &Overrides) -> TelemetrySettings {
    let section = root.section("telemetry");
    let settings = TelemetrySettings {
        slow_call: slow_call(&section),
        otlp_endpoint: section.as_ref().and_then(|section| {
            collector(section.text("otlp_endpoint")?)
                .map_err(|message| section.complain("otlp_endpoint", message))
                .ok()
        }),
    };
    close(section);
    match overrides.otlp_endpoint.as_deref().map(collector) {
        None => settings,
        Some(Ok(endpoint)) => TelemetrySettings { otlp_endpoint: Some(endpoint), ..settings },
        Some(Err(message)) => {
            root.complain("telemetry", format!("--otlp-endpoint {message}"));
            settings
        }
    }
}

fn slow_call(section: &Option<Section<'_>>) -> Duration {
    wait(section, "slow_call", 1..=HOUR, 1_000)
}

fn collector(text: &str) -> Result<String, String> {
    let place = text.strip_prefix("http://").unwrap_or_default().trim_end_matches('/');
    let (host, port) = place.rsplit_once(':').unwrap_or_default();
    if host.is_empty() || host.contains(['/', '@']) || port.parse::<u16>().is_err() {
        return Err("must be http://HOST:PORT of a collector that takes OTLP over gRPC, such as \
                    http://127.0.0.1:4317; to one that wants TLS, send through one beside this server"
            .to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::config::{Overrides, load};

    #[test]
    fn a_collector_is_an_address_and_the_environment_wins() {
        let endpoint = |source: &str, otlp_endpoint: Option<&str>| {
            let otlp_endpoint = otlp_endpoint.map(str::to_owned);
            let config = load(source, &Overrides { otlp_endpoint, ..Overrides::default() });
            config.map(|config| config.telemetry.otlp_endpoint)
        };
        let file = "[telemetry]\notlp_endpoint = 'http://collector:4317'\n";
        assert_eq!(endpoint("", None).unwrap(), None);
        assert_eq!(endpoint(file, None).unwrap().unwrap(), "http://collector:4317");
        let other = Some("http://[::1]:4317/");
        assert_eq!(endpoint(file, other).unwrap().as_deref(), other);
        for wrong in
            ["collector:4317", "https://collector:4317", "http://collector", "http://:4317", "http://a/b:1"]
        {
            assert!(endpoint("", Some(wrong)).is_err(), "{wrong}");
            assert!(endpoint(&file.replace("http://collector:4317", wrong), None).is_err(), "{wrong}");
        }
    }
}
