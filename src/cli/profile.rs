//! Profiles: several portals in one file, `modctl/config.toml` in the XDG configuration directory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::failure::Failure;

/// The profile that is used when none is named, if it exists.
const DEFAULT: &str = "default";

/// What a profile sets. Flags and the environment go before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The server's address.
    pub server: Option<String>,
    /// A file with the token, or a directory with one for each role. Relative to the file that says it.
    pub token_file: Option<PathBuf>,
    /// The site to work on.
    pub site: Option<String>,
    /// The moderator's name, for tokens with `may_act_for`.
    pub reviewer: Option<String>,
    /// The certificates to trust. Relative to the file that says it.
    pub ca_file: Option<PathBuf>,
    /// The client certificate to show. Relative to the file that says it.
    pub client_certificate: Option<PathBuf>,
    /// Its key. Relative to the file that says it.
    pub client_key: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profiles {
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
    /// Keys of the full-screen review, by the names of their actions.
    #[serde(default)]
    keys: BTreeMap<String, String>,
}

/// The file, by the XDG rules: `$XDG_CONFIG_HOME`, else `~/.config`. `None` when there is no home.
pub fn file(environment: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |name| environment(name).filter(|path| path.is_absolute());
    let base = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")))?;
    Some(base.join("modctl").join("config.toml"))
}

/// The profile of that name, or the one called `default` when no name is given. A name that the file does not have is a
/// usage error; a file that is not there has no profiles.
pub fn load(file: Option<&Path>, name: Option<&str>) -> Result<Profile, Failure> {
    let mut profiles = file.map(read).transpose()?.unwrap_or_default().profiles;
    let place = file
        .map_or_else(|| "a home directory, which is not set".to_owned(), |file| file.display().to_string());
    let mut profile = match (profiles.remove(name.unwrap_or(DEFAULT)), name) {
        (Some(profile), _) => profile,
        (None, None) => Profile::default(),
        (None, Some(name)) => {
            let known: Vec<_> = profiles.into_keys().collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Failure::Usage(format!("no profile `{name}` in {place}; it has: {known}")));
        }
    };
    let base = file.and_then(Path::parent).unwrap_or(Path::new(""));
    for path in [
        &mut profile.token_file,
        &mut profile.ca_file,
        &mut profile.client_certificate,
        &mut profile.client_key,
    ] {
        *path = path.take().map(|path| base.join(path));
    }
    Ok(profile)
}

/// The keys that are bound otherwise in `modctl review`: `[keys]`, action = "key".
pub fn keys(file: Option<&Path>) -> Result<BTreeMap<String, String>, Failure> {
    Ok(file.map(read).transpose()?.unwrap_or_default().keys)
}

fn read(file: &Path) -> Result<Profiles, Failure> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Profiles::default()),
        Err(error) => return Err(Failure::Usage(format!("cannot read {}: {error}", file.display()))),
    };
    toml::from_str(&text).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("config.toml");
        fs::write(&file, text).unwrap();
        (directory, file)
    }

    fn told(result: Result<Profile, Failure>) -> String {
        match result {
            Err(Failure::Usage(message)) => message,
            other => panic!("expected a usage error, got {other:?}"),
        }
    }

    #[test]
    fn the_file_is_where_xdg_says() {
        let home = |name: &str| (name == "HOME").then(|| PathBuf::from("/home/ada"));
        assert_eq!(file(home), Some("/home/ada/.config/modctl/config.toml".into()));
        assert_eq!(file(|_| Some("/conf".into())), Some("/conf/modctl/config.toml".into()));
        assert_eq!(file(|_| Some("relative".into())), None);
    }

    #[test]
    fn a_named_profile_is_read_with_its_paths_beside_the_file() {
        let (directory, file) =
            with("[profiles.daily]\nserver = \"https://q:1\"\ntoken_file = \"daily.token\"\n");
        let profile = load(Some(&file), Some("daily")).unwrap();
        assert_eq!(profile.server.as_deref(), Some("https://q:1"));
        assert_eq!(profile.token_file, Some(directory.path().join("daily.token")));
    }

    #[test]
    fn the_default_profile_needs_no_name_and_need_not_exist() {
        let (_directory, file) = with("[profiles.default]\nsite = \"news\"\n");
        assert_eq!(load(Some(&file), None).unwrap().site.as_deref(), Some("news"));
        assert_eq!(load(Some(Path::new("/nowhere/config.toml")), None).unwrap(), Profile::default());
    }

    #[test]
    fn a_name_that_is_not_there_is_answered_with_those_that_are() {
        let (_directory, file) = with("[profiles.daily]\n[profiles.weekly]\n");
        assert!(told(load(Some(&file), Some("dialy"))).ends_with("it has: daily, weekly"));
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place() {
        let (_directory, file) = with("[profiles.daily]\ntoken = \"secret\"\n");
        let message = told(load(Some(&file), Some("daily")));
        assert!(message.contains("token") && message.contains("line 2"), "{message}");
    }
}
