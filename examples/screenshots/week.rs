//! A week on a portal, for the picture of the report: a server in this process, whose clock is moved on hour by hour, while the
//! real `modctl` hands comments in and decides what waits.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use modqueue::app::Application;
use modqueue::config::{Overrides, load};
use modqueue::domain::{Clock, ManualClock};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::Done;

const HOURS: u64 = 7 * 24;

/// Comments that come in at each hour of the day.
const BY_HOUR: [u32; 24] = [2, 1, 1, 0, 0, 1, 2, 5, 7, 6, 7, 9, 12, 10, 7, 6, 6, 8, 10, 13, 12, 9, 6, 3];

/// When moderators are there: at night nobody decides.
const SHIFTS: [(std::ops::Range<u64>, &str); 3] = [(7..13, "mona"), (13..18, "ruth"), (18..23, "elif")];

const POLICY: &str = r#"
mode = "post"

[thresholds]
hold = 3.0

[[limits]]
name = "talkative"
key = ["author"]
quota = 3
per = "1d"
mode = "hold"

[[keywords]]
name = "house words"
class = "profanity"
weight = 6.0
words = ["clowns", "sellout"]
"#;

const OPENINGS: [&str; 12] = [
    "I drove past it this morning.",
    "My neighbour works on the site.",
    "We have lived here for thirty years.",
    "Nobody asked the shops on our side.",
    "The article leaves out half of it.",
    "Good that somebody writes about this.",
    "Page 14 of the plan says the opposite.",
    "That is what they promised in spring, too.",
    "I was at the meeting on Tuesday.",
    "Other towns manage this by night.",
    "The figures in the second paragraph are old.",
    "Whoever takes the bus knows the problem.",
];

const MIDDLES: [&str; 13] = [
    "The detour costs me eleven minutes each way",
    "The bakery has lost a third of its customers",
    "The ambulance has to go round by the ring road",
    "The keeper saved the point, not the tactics",
    "The rye bread was worth the queue",
    "The council read it and still signed",
    "Those clowns cannot add up two columns",
    "It is a damn shame and a shitty plan",
    "The referee looked straight at it",
    "The new owner keeps the old opening hours",
    "The money was in the budget two years ago",
    "The pupils cross there on foot now",
    "The signs were put up a week too late",
];

const CLOSINGS: [&str; 10] = [
    "and that will not change by May.",
    "and we all pay for it.",
    "which the mayor knows.",
    "as everybody could see.",
    "so I will vote for somebody else.",
    "and I for one am glad of it.",
    "and the plan has no word about that.",
    "so please write about that, too.",
    "and nobody says sorry.",
    "which is good news for once.",
];

/// What is not to be shown, by the reason for it.
const BAD: [(&str, &str); 6] = [
    ("abuse", "Shut up, you stupid idiot"),
    ("abuse", "You are a fucking disgrace and so is your family"),
    ("spam", "Make money from home, write to me on telegram @fastcash"),
    ("spam", "Cheap pills without prescription at http://pills-4u.example/buy"),
    ("spam", "Your parcel is waiting, pay the fee at http://parcel-desk.example/pay"),
    ("hate", "People like that should be sent back where they came from"),
];

/// A portal's readers.
const AUTHORS: u32 = 160;

/// The one who calls for everybody.
const TOKEN: &str = "a-token-of-the-pictures-alone";

fn configuration() -> String {
    let digest = Sha256::digest(TOKEN).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!(
        "metrics_listen = \"off\"\n[[tokens]]\nname = \"desk\"\nsha256 = \"{digest}\"\n\
         roles = [\"portal\", \"moderator\", \"admin\"]\nmay_act_for = true\n"
    )
}

/// A portal after a week.
pub struct Week {
    /// Serves as long as it is there.
    _server: Runtime,
    clock: ManualClock,
    directory: TempDir,
    address: String,
    modctl: PathBuf,
    dice: u64,
    comments: u32,
}

impl Week {
    /// Lives through the week.
    pub fn pass(binaries: &Path) -> Result<Self, Box<dyn Error>> {
        let server = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (directory, clock) = (tempfile::tempdir()?, ManualClock::default());
        let overrides = Overrides {
            listen: Some("127.0.0.1:0".parse()?),
            data_dir: Some(directory.path().join("data")),
            ..Overrides::default()
        };
        let config = load(&configuration(), &overrides).map_err(|mistakes| format!("{mistakes:?}"))?;
        let application = server.block_on(Application::build_with_clock(config, clock.clone()))?;
        let address = format!("http://{}", application.addr());
        server.spawn(application.run_until(std::future::pending()));
        let modctl = binaries.join("modctl");
        let mut week = Self { _server: server, clock, directory, address, modctl, dice: 7, comments: 0 };
        week.modctl(&["policy", "set", "-"], POLICY)?;
        for _ in 0..HOURS {
            week.hour()?;
        }
        Ok(week)
    }

    /// Writes the report.
    pub fn report(&self, file: &Path) -> Done {
        let until = Timestamp::from_millisecond(self.clock.now().as_millis())?.to_string();
        let file = file.to_str().ok_or("a path that is no text")?;
        self.modctl(&["report", "--since", "7d", "--until", &until, "--output", file], "").map(drop)
    }

    /// An hour: comments come in, moderators decide on some soon and on the rest later.
    fn hour(&mut self) -> Done {
        let hour = u64::try_from(self.clock.now().as_millis())? / 3_600_000 % 24;
        let expected = BY_HOUR[hour as usize];
        let count = expected / 2 + self.thrown(expected + 1);
        let lines: String = (0..count).map(|_| self.line()).collect();
        self.modctl(&["import", "-"], &lines)?;
        let shift = SHIFTS.iter().find(|(hours, _)| hours.contains(&hour));
        for (minutes, most) in [(2 + self.thrown(6), 2), (5 + self.thrown(9), 3), (15 + self.thrown(20), 60)]
        {
            self.clock.advance(Duration::from_secs(u64::from(minutes) * 60));
            if let Some((_, name)) = shift {
                self.decide(most, name)?;
            }
        }
        let passed = u64::try_from(self.clock.now().as_millis())? % 3_600_000;
        self.clock.advance(Duration::from_millis(3_600_000 - passed));
        Ok(())
    }

    /// A comment, as a line of JSON.
    fn line(&mut self) -> String {
        self.comments += 1;
        let author = format!("reader-{}", self.thrown(AUTHORS));
        let words =
            [&OPENINGS[..], &MIDDLES, &CLOSINGS].map(|words| words[self.thrown(words.len() as u32) as usize]);
        let (text, author) = match self.thrown(9) {
            0 => (format!("{} {}", self.bad().1, self.comments), format!("stranger-{}", self.comments)),
            _ => (words.join(" "), author),
        };
        let id = format!("c-{}", self.comments);
        let thread = ["bridge", "bakery", "match"][self.thrown(3) as usize];
        json!({"id": id, "author": {"id": author}, "thread": {"id": thread}, "text": text}).to_string() + "\n"
    }

    /// Decides on what waits, now and then against the rules.
    fn decide(&mut self, most: u32, reviewer: &str) -> Done {
        let most = most.to_string();
        let listed =
            self.modctl(&["list", "-n", &most, "--format", "jsonl", "--fields", "id,draft.text"], "")?;
        let mut decisions: Vec<(Option<&str>, String)> = vec![];
        for line in listed.lines() {
            let comment: Value = serde_json::from_str(line)?;
            let (id, text) = (comment["id"].as_str(), comment["draft"]["text"].as_str().unwrap_or_default());
            let reason = BAD.iter().find(|(_, bad)| text.starts_with(bad)).map(|(reason, _)| *reason);
            let reason = match self.thrown(25) {
                0 => reason.xor(Some("off_topic")),
                _ => reason,
            };
            decisions.push((reason, id.ok_or("no id")?.to_owned()));
        }
        for decided in [None, Some("abuse"), Some("spam"), Some("hate"), Some("off_topic")] {
            let ids = decisions.iter().filter(|(reason, _)| *reason == decided).map(|(_, id)| id.as_str());
            let ids: Vec<_> = ids.collect();
            let verb = if decided.is_some() { "reject" } else { "approve" };
            let words = ["--reviewer", reviewer, "--reason", decided.unwrap_or_default()];
            if !ids.is_empty() {
                self.modctl(&[&[verb], &ids[..], &words].concat(), "")?;
            }
        }
        Ok(())
    }

    fn bad(&mut self) -> (&'static str, &'static str) {
        BAD[self.thrown(BAD.len() as u32) as usize]
    }

    /// A number below `sides`; the same in each run.
    fn thrown(&mut self, sides: u32) -> u32 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.dice >> 33) % u64::from(sides)) as u32
    }

    fn modctl(&self, arguments: &[&str], input: &str) -> Result<String, Box<dyn Error>> {
        let mut child = Command::new(&self.modctl)
            .args(arguments)
            .env("HOME", self.directory.path())
            .env("MODCTL_SERVER", &self.address)
            .env("MODCTL_TOKEN", TOKEN)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        child.stdin.take().ok_or("no input")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        if output.status.success() {
            return Ok(String::from_utf8(output.stdout)?);
        }
        Err(format!("modctl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
    }
}
