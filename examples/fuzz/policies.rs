//! Policies: whatever is written, the reader says what is wrong with it or makes a policy that judges.

use modqueue::domain::{Draft, Evidence};
use modqueue::filter::Prepared;
use modqueue::policy::Policy;

use super::Victim;
use super::dice::Dice;
use super::texts::{mutate, text};

/// Lines of which policies are made, right ones and wrong ones.
const LINES: [&str; 64] = [
    "mode = \"post\"",
    "mode = \"trusted\"",
    "mode = 7",
    "thresholds = { hold = 5.0, reject = 15.0 }",
    "thresholds = { hold = 20, reject = -nan }",
    "[thresholds]",
    "hold = 2.0",
    "reject = inf",
    "queue = { cap = 10 }",
    "reports = { hide = true }",
    "learned = false",
    "learned = { weight = 2.5, shadow = true }",
    "starter = false",
    "starter = { cap = 3.0, mild = false, profanity = 4.0 }",
    "starter = { spam = { shadow = true, allow = [\"x y\"] } }",
    "links = { any = 1.0, many = { from = 3, weight = 3.0 }, allow = [\"example.org\"] }",
    "[links]",
    "shorteners = [\"my.link\", \"*.x\"]",
    "shape = { capitals = { from = 0.7, weight = 1.5 } }",
    "[shape]",
    "languages = [\"en\", \"xx\"]",
    "long = { from = 1, weight = 1e308 }",
    "short = { from = 1000000 }",
    "repeats = { exact = { from = 1, weight = 100.0 }, near = false }",
    "author = { guest = 0.5 }",
    "[author]",
    "trusted = { from = 10, weight = -2.0 }",
    "often_rejected = { from = 0.5, weight = 3.0 }",
    "limits = []",
    "[[limits]]",
    "name = \"author\"",
    "key = [\"author\", \"site\"]",
    "key = []",
    "quota = 10",
    "quota = 0",
    "per = \"1m\"",
    "per = \"0s\"",
    "burst = 5",
    "[[keywords]]",
    "name = \"house words\"",
    "class = \"slur\"",
    "weight = 6.0",
    "weight = -100",
    "cap = 1.0",
    "action = \"hold\"",
    "action = \"reject\"",
    "shadow = true",
    "words = [\"casino\", \"free money\", \"*coin*\", \"🖕\", \"*\", \"a*b\", \"天\"]",
    "exact = [\"dick\", \"\", \" \"]",
    "allow = [\"casino royale\"]",
    "[[patterns]]",
    "pattern = '\\bORD-\\d{4}\\b'",
    "pattern = '(a+)+b|\\p{L}{1,40}'",
    "pattern = '(\\w{100}){100}'",
    "pattern = ''",
    "view = \"folded\"",
    "ignore_case = false",
    "[[domains]]",
    "domains = [\"*.bet\", \"münchen.de\", \"a..b\", \"*\"]",
    "[[authors]]",
    "addresses = [\"203.0.113.0/24\", \"::ffff:1.2.3.4\", \"1.2.3.4/33\"]",
    "names = [\"The Editor\", \"\"]",
    "[[overrides]]",
    "section = \"war\"",
];

/// Feeds made-up documents.
pub struct Policies;

impl Victim for Policies {
    fn make(&mut self, dice: &mut Dice) -> String {
        // The shipped lists take longer to compile than all the rest.
        let mut source = String::from(if dice.once_in(32) { "" } else { "starter = false\n" });
        for _ in 0..dice.below(14) {
            source.push_str(dice.one_of(&LINES));
            source.push('\n');
        }
        let changes = if dice.once_in(2) { 0 } else { dice.below(5) };
        for _ in 0..changes {
            mutate(&mut source, dice);
        }
        if dice.once_in(50) { text(dice) } else { source }
    }

    fn feed(&mut self, input: &str) -> Result<(), String> {
        match Policy::compile(input, 1) {
            Ok(policy) => judges(&policy),
            Err(mistakes) if mistakes.is_empty() => Err("refused without a reason".into()),
            Err(mistakes) => {
                let lines = input.lines().count().max(1) + 1;
                let astray = mistakes.iter().find(|mistake| mistake.line == 0 || mistake.line > lines);
                astray.map_or(Ok(()), |mistake| Err(format!("{mistake:?} is nowhere in {lines} lines")))
            }
        }
    }
}

fn judges(policy: &Policy) -> Result<(), String> {
    let text = "CASINO free money at www.example.bet, ORD-1234 🖕 天安门";
    let draft = Draft { text: text.into(), ..Draft::default() };
    let verdict = policy.judge(&Prepared::new(&draft), &Evidence::default());
    if verdict.score.is_finite() { Ok(()) } else { Err(format!("the score is {}", verdict.score)) }
}
