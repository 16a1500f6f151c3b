//! What the process takes of its machine, read when asked for. Under the names that every Prometheus client uses.
//! Nothing is told where there is no `/proc`.

use std::fmt;
use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// Ticks of `/proc/PID/stat` in a second: the same on every Linux that programs can tell apart.
const TICKS: f64 = 100.0;

/// The process's part of the metrics.
#[derive(Debug)]
pub(super) struct Process;

struct Reading {
    cpu_seconds: f64,
    start_seconds: f64,
    resident_bytes: u64,
    open_files: u64,
}

impl Reading {
    fn take() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // The name of the program stands in brackets and may hold spaces; what follows it begins with field 3.
        let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let resident: u64 = resident.trim().trim_end_matches(" kB").parse().ok()?;
        let machine = fs::read_to_string("/proc/stat").ok()?;
        let booted: f64 =
            machine.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
        Some(Self {
            cpu_seconds: (field(14)? + field(15)?) / TICKS,
            start_seconds: booted + field(22)? / TICKS,
            resident_bytes: resident << 10,
            open_files: fs::read_dir("/proc/self/fd").ok()?.count() as u64,
        })
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Some(reading) = Reading::take() else { return Ok(()) };
        let mut tell = |name, help, unit: Option<Unit>, kind, value: &dyn EncodeMetric| {
            value.encode(encoder.encode_descriptor(name, help, unit.as_ref(), kind)?)
        };
        let Reading { cpu_seconds, start_seconds, resident_bytes, open_files } = reading;
        let help = "Time that the process spent on the processor";
        tell("cpu", help, Some(Unit::Seconds), MetricType::Counter, &ConstCounter::new(cpu_seconds))?;
        let help = "When the process started, since the Unix epoch";
        tell("start_time", help, Some(Unit::Seconds), MetricType::Gauge, &ConstGauge::new(start_seconds))?;
        let help = "Memory that the process occupies";
        tell(
            "resident_memory",
            help,
            Some(Unit::Bytes),
            MetricType::Gauge,
            &ConstGauge::new(resident_bytes),
        )?;
        tell(
            "open_fds",
            "Files and sockets that are open",
            None,
            MetricType::Gauge,
            &ConstGauge::new(open_files),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_of_this_process() {
        let reading = Reading::take().expect("there is a /proc");
        assert!(reading.resident_bytes > 1 << 20 && reading.open_files >= 3);
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
        assert!((0.0..3600.0).contains(&(now - reading.start_seconds)), "{}", reading.start_seconds);
    }
}
