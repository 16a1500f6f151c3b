//! The scripts: one atomic step a file, with what they all share put in front.

use std::sync::LazyLock;

/// A script and the name that Redis knows it by.
#[derive(Debug)]
pub(super) struct Script {
    /// What it does, for errors.
    pub(super) name: &'static str,
    /// Its text.
    pub(super) source: &'static str,
    sha: LazyLock<String, fn() -> String>,
}

impl Script {
    /// The SHA-1 of the text, which EVALSHA takes.
    pub(super) fn sha(&self) -> &str {
        &self.sha
    }
}

macro_rules! scripts {
    ($($constant:ident = $name:literal;)+) => {
        $(pub(super) static $constant: Script = Script {
            name: $name,
            source: concat!(
                include_str!("scripts/prelude.lua"),
                include_str!(concat!("scripts/", $name, ".lua")),
            ),
            sha: LazyLock::new(|| ::redis::Script::new($constant.source).get_hash().to_owned()),
        };)+

        #[cfg(test)]
        pub(super) static ALL: &[&Script] = &[$(&$constant),+];
    };
}

scripts! {
    ADMIT = "admit";
    IMPORT = "import";
    REVISE = "revise";
    WITHDRAW = "withdraw";
    REPORT = "report";
    LOOK = "look";
    PAGE = "page";
    HISTORY = "history";
    COUNTS = "counts";
    CLAIM = "claim";
    RENEW = "renew";
    RELEASE = "release";
    DEFER = "defer";
    DEFERRED = "deferred";
    DECIDE = "decide";
    UNDO = "undo";
    NOTE = "note";
    FEED = "feed";
    MODEL = "model";
    TEACH = "teach";
    SAVE_POLICY = "save_policy";
    PROPOSE = "propose";
    SET_STANDING = "set_standing";
    SET_ASIDE = "set_aside";
    SWEEP = "sweep";
    INDEX = "index";
    ERASE = "erase";
    UNREPORT = "unreport";
    COPY_FEED = "copy_feed";
    ERASED = "erased";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_opens_with_its_keys_arguments_answer_and_reason() {
        for script in ALL {
            let own = script.source.strip_prefix(include_str!("scripts/prelude.lua")).unwrap();
            for part in ["-- KEYS", "-- ARGV", "-- Returns", "-- One step because"] {
                assert!(own.contains(part), "{} lacks {part:?}", script.name);
            }
        }
    }
}
