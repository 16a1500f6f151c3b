//! Who follows the decision feeds, and how far behind the slowest reader is.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::domain::SiteName;

/// The feeds' part of the metrics.
#[derive(Clone, Debug, Default)]
pub struct Feeds {
    sites: Arc<HashMap<SiteName, Mutex<Vec<Weak<AtomicU64>>>>>,
}

/// One that follows a feed. Dropping it ends that.
#[derive(Debug, Default)]
pub struct Reader(Arc<AtomicU64>);

impl Feeds {
    /// Nobody follows the feeds of these sites.
    pub(super) fn new(sites: &[SiteName]) -> Self {
        Self { sites: Arc::new(sites.iter().map(|site| (site.clone(), Mutex::default())).collect()) }
    }

    /// One more follows a site's feed.
    pub fn reader(&self, site: &SiteName) -> Reader {
        let reader = Reader::default();
        if let Some(readers) = self.sites.get(site) {
            let mut readers = readers.lock().unwrap_or_else(PoisonError::into_inner);
            readers.retain(|reader| reader.strong_count() > 0);
            readers.push(Arc::downgrade(&reader.0));
        }
        reader
    }

    /// How many follow each feed, and how many events the slowest of them is behind.
    fn looked(&self) -> Vec<(&SiteName, u64, u64)> {
        let site = |(site, readers): (_, &Mutex<Vec<Weak<AtomicU64>>>)| {
            let readers = readers.lock().unwrap_or_else(PoisonError::into_inner);
            let behind: Vec<_> =
                readers.iter().filter_map(Weak::upgrade).map(|behind| behind.load(Relaxed)).collect();
            (site, behind.len() as u64, behind.into_iter().max().unwrap_or(0))
        };
        self.sites.iter().map(site).collect()
    }
}

impl Reader {
    /// There are this many events that the reader was not sent yet.
    pub fn is_behind(&self, events: u64) {
        self.0.store(events, Relaxed);
    }
}

impl Collector for Feeds {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let looked = self.looked();
        let mut gauge = |name, help, value: fn(&(&SiteName, u64, u64)) -> u64| {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for site in &looked {
                let labels = [("site", site.0.as_str())];
                ConstGauge::new(value(site)).encode(family.encode_family(&labels)?)?;
            }
            Ok::<_, fmt::Error>(())
        };
        gauge("feed_followers", "Streams that follow the decision feed", |site| site.1)?;
        let help = "Decisions that the slowest of these streams was not sent yet";
        gauge("feed_lag_events", help, |site| site.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_reader_counts_as_long_as_it_is_there() {
        let site = SiteName::new("default").unwrap();
        let feeds = Feeds::new(std::slice::from_ref(&site));
        let (quick, slow) = (feeds.reader(&site), feeds.reader(&site));
        quick.is_behind(1);
        slow.is_behind(40);
        assert_eq!(feeds.looked(), [(&site, 2, 40)]);
        drop(slow);
        assert_eq!(feeds.looked(), [(&site, 1, 1)]);
    }
}
