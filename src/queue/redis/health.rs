//! Whether Redis answers, and what it may lose.

use std::collections::HashMap;

use ::redis::{Pipeline, Value};

use crate::queue::{Durability, Health, QueueError};

use super::reply::{bytes, list};
use super::store::Store;

impl Store {
    pub(super) async fn check(&self) -> Result<Health, QueueError> {
        let deadline = self.deadline();
        let mut ping = Pipeline::with_capacity(1);
        ping.cmd("PING");
        self.read(&ping, deadline).await?;
        let version = self.version(deadline).await?;
        let mut ask = Pipeline::with_capacity(1);
        ask.cmd("CONFIG").arg("GET").arg("*");
        let settings = match self.read(&ask, deadline).await {
            Ok(replies) => settings(replies)?,
            Err(QueueError::Failed { .. }) => HashMap::new(),
            Err(error) => return Err(error),
        };
        let warnings = warnings(&settings, self.options().durability, version.has_waitaof());
        Ok(Health { engine: version.to_string(), warnings })
    }
}

/// The settings by name, from the reply to `CONFIG GET`.
fn settings(replies: Vec<Value>) -> Result<HashMap<String, String>, QueueError> {
    let mut words = Vec::new();
    for reply in replies {
        for word in list(reply)? {
            words.push(String::from_utf8_lossy(&bytes(word)?).into_owned());
        }
    }
    let pairs = words.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
    Ok(pairs.collect())
}

/// Settings under which acknowledged data may be lost, each with its remedy.
fn warnings(settings: &HashMap<String, String>, durability: Durability, has_waitaof: bool) -> Vec<String> {
    let setting = |name: &str| settings.get(name).map(String::as_str);
    let mut warnings = Vec::new();
    if settings.is_empty() {
        warnings.push(
            "Redis does not show its settings (CONFIG GET is refused); see to it that maxmemory-policy is noeviction and \
             appendonly is yes"
                .to_owned(),
        );
        return warnings;
    }
    if let Some(policy) = setting("maxmemory-policy").filter(|policy| *policy != "noeviction") {
        let limit = setting("maxmemory").unwrap_or("0");
        warnings.push(format!(
            "Redis may evict comments (maxmemory-policy {policy}, maxmemory {limit}); CONFIG SET maxmemory-policy \
             noeviction"
        ));
    }
    if setting("appendonly") == Some("no") {
        warnings.push(
            "Redis loses what came in since its last snapshot when it stops (appendonly no); CONFIG SET appendonly yes"
                .to_owned(),
        );
    } else if durability != Durability::Fast && !has_waitaof && setting("appendfsync") != Some("always") {
        warnings.push(format!(
            "Redis acknowledges before the disk has it (appendfsync {}, and no WAITAOF before 7.2); CONFIG SET \
             appendfsync always",
            setting("appendfsync").unwrap_or("unknown")
        ));
    } else if durability == Durability::Fast && setting("appendfsync") == Some("no") {
        warnings.push(
            "Redis leaves it to the system when to write to disk (appendfsync no); CONFIG SET appendfsync everysec"
                .to_owned(),
        );
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warned(settings: &[(&str, &str)], durability: Durability, has_waitaof: bool) -> Vec<String> {
        let settings = settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        warnings(&settings, durability, has_waitaof)
    }

    const SOUND: [(&str, &str); 4] = [
        ("maxmemory", "0"),
        ("maxmemory-policy", "noeviction"),
        ("appendonly", "yes"),
        ("appendfsync", "everysec"),
    ];

    #[test]
    fn a_server_that_keeps_everything_gets_no_warning() {
        assert_eq!(warned(&SOUND, Durability::Fast, false), Vec::<String>::new());
        assert_eq!(warned(&SOUND, Durability::Disk, true), Vec::<String>::new());
    }

    #[test]
    fn eviction_and_a_missing_log_are_told_with_their_remedy() {
        let settings = [("maxmemory", "100"), ("maxmemory-policy", "allkeys-lru"), ("appendonly", "no")];
        let [eviction, log] = warned(&settings, Durability::Fast, false).try_into().unwrap();
        assert!(eviction.contains("allkeys-lru") && eviction.contains("maxmemory-policy noeviction"));
        assert!(log.contains("CONFIG SET appendonly yes"));
    }

    #[test]
    fn disk_needs_a_sync_before_the_answer() {
        let [warning] = warned(&SOUND, Durability::Disk, false).try_into().unwrap();
        assert!(warning.contains("everysec") && warning.contains("CONFIG SET appendfsync always"));
        let always = SOUND.map(|(name, value)| (name, if name == "appendfsync" { "always" } else { value }));
        assert_eq!(warned(&always, Durability::Replicas, false), Vec::<String>::new());
    }

    #[test]
    fn settings_that_are_not_shown_are_told() {
        assert!(warned(&[], Durability::Fast, true)[0].contains("CONFIG GET"));
    }
}
