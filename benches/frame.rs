//! What a key costs in the review: the key, the state after it, and the frame, drawn and written for a terminal of 200
//! columns and 50 lines, in queues of a thousand, a hundred thousand and a million comments, and before a text of 32 KiB.
//!
//! `cargo bench --bench frame` prints the median and the slowest of thirty presses of each key, and how much the longest queue costs
//! more than the shortest. It fails when a key takes longer than a frame of 16 ms.

use std::hint::black_box;
use std::io::{Sink, sink};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use modqueue::cli::output::Outcome;
use modqueue::cli::tui::action::{Command, Event};
use modqueue::cli::tui::keymap::Keymap;
use modqueue::cli::tui::state::State;
use modqueue::cli::tui::view;
use modqueue::proto::v1::*;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

const LENGTHS: [usize; 3] = [1_000, 100_000, 1_000_000];
const PRESSES: usize = 30;
const FRAME: Duration = Duration::from_millis(16);

/// Keys, each with the one that makes up for it, so that every press finds the queue as it was.
const KEYS: [(&str, KeyCode, Option<KeyCode>); 12] = [
    ("the comment below", KeyCode::Char('j'), Some(KeyCode::Char('k'))),
    ("the comment above", KeyCode::Char('k'), Some(KeyCode::Char('j'))),
    ("the first comment", KeyCode::Char('g'), None),
    ("the last comment", KeyCode::Char('G'), None),
    ("approve", KeyCode::Char('a'), Some(KeyCode::Char('u'))),
    ("take back", KeyCode::Char('u'), Some(KeyCode::Char('a'))),
    ("skip", KeyCode::Char('s'), Some(KeyCode::Char('u'))),
    ("mark", KeyCode::Char(' '), Some(KeyCode::Char('k'))),
    ("the next place found", KeyCode::Tab, None),
    ("further down", KeyCode::Char('J'), Some(KeyCode::Char('K'))),
    ("search", KeyCode::Char('/'), Some(KeyCode::Esc)),
    ("help", KeyCode::Char('?'), Some(KeyCode::Esc)),
];

const REMARK: &str = "I read the whole piece twice and I still don't see how the council wants to pay for it. \
    The bridge was closed for most of last summer, and now they tell us it'll happen again in May. Damn odd.";

fn main() -> ExitCode {
    let columns = LENGTHS.map(|rows| measured(rows, REMARK));
    let long = measured(LENGTHS[0], REMARK.repeat(32 * 1024 / REMARK.len()).leak());
    println!(
        "{:22}{:>18}{:>18}{:>18}{:>7}{:>18}",
        "µs, median / slowest", "1 000", "100 000", "1 000 000", "ratio", "32 KiB of text"
    );
    let mut slowest = Duration::ZERO;
    for (place, (name, ..)) in KEYS.iter().enumerate() {
        let told = [&columns[0], &columns[1], &columns[2], &long].map(|column| column[place]);
        let [first, second, third, long] =
            told.map(|(median, worst)| format!("{} / {}", median.as_micros(), worst.as_micros()));
        let ratio = told[2].0.as_secs_f64() / told[0].0.as_secs_f64();
        println!("{name:22}{first:>18}{second:>18}{third:>18}{ratio:>7.2}{long:>18}");
        slowest = told.iter().map(|(_, worst)| *worst).chain([slowest]).max().unwrap_or_default();
    }
    println!("the slowest press took {:.1} ms of a frame's 16", slowest.as_secs_f64() * 1e3);
    if slowest > FRAME { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The median and the slowest press of each key.
fn measured(rows: usize, text: &'static str) -> Vec<(Duration, Duration)> {
    let area = Viewport::Fixed(Rect::new(0, 0, 200, 50));
    let screen = Terminal::with_options(CrosstermBackend::new(sink()), TerminalOptions { viewport: area });
    let mut desk = Desk { state: queue(rows, text), screen: screen.expect("a sink takes everything"), text };
    KEYS.iter().map(|(_, key, back)| desk.presses(rows / 2, *key, *back)).collect()
}

/// A review, and a server that grants everything.
struct Desk {
    state: State,
    screen: Terminal<CrosstermBackend<Sink>>,
    text: &'static str,
}

impl Desk {
    fn presses(&mut self, rank: usize, key: KeyCode, back: Option<KeyCode>) -> (Duration, Duration) {
        self.state.queue.rows.select_rank(rank);
        if key == KeyCode::Char('u') {
            self.press(KeyCode::Char('a'));
        }
        let mut one = || {
            let taken = self.press(key);
            back.into_iter().for_each(|back| _ = self.press(back));
            taken
        };
        let mut taken: Vec<_> = (0..PRESSES).map(|_| one()).collect();
        taken.sort_unstable();
        (taken[PRESSES / 2], taken[PRESSES - 1])
    }

    /// Presses a key, draws, and then answers for the server. The time is that of the key and the frame.
    fn press(&mut self, code: KeyCode) -> Duration {
        let begun = Instant::now();
        let commands = self.state.update(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        let drawn = self.screen.draw(|frame| self.state.stands(view::draw(frame, &self.state, true)));
        drawn.expect("a sink takes everything");
        let taken = begun.elapsed();
        for answer in
            black_box(commands).into_iter().flat_map(|command| self.answered(command)).collect::<Vec<_>>()
        {
            self.state.update(answer);
        }
        taken
    }

    fn answered(&self, command: Command) -> Vec<Event> {
        let decided = |id: String| Outcome { result: Ok(Box::new(comment(&id, self.text))), comment_id: id };
        match command {
            Command::Decide(inputs) => {
                vec![Event::Decided(inputs.into_iter().map(|input| decided(input.comment_id)).collect())]
            }
            Command::Undo { id, .. } => vec![Event::Undone(decided(id))],
            _ => vec![],
        }
    }
}

/// A review of so many comments.
fn queue(rows: usize, text: &str) -> State {
    let mut state = State::new(Keymap::default(), String::new(), false, Timestamp::UNIX_EPOCH);
    state.begin();
    let ids: Vec<_> = (0..rows).map(|number| format!("comment-{number}")).collect();
    for page in ids.chunks(500) {
        let last = page.last() == ids.last();
        let page = ListCommentsResponse {
            comments: page.iter().map(|id| comment(id, text)).collect(),
            next_page_token: if last { String::new() } else { "more".into() },
        };
        state.update(Event::Listed { generation: 1, page: Ok(page) });
    }
    assert_eq!(state.queue.rows.len(), rows);
    state
}

fn comment(id: &str, text: &str) -> Comment {
    let end = u32::try_from(text.len()).unwrap_or_default();
    let finding = Finding {
        filter: "keywords".into(),
        rule: "mild".into(),
        weight: 1.0,
        spans: vec![Span { start: end - 9, end: end - 5, text: "Damn".into() }],
        message: "mild (profanity): \"damn\".".into(),
        effect: FindingEffect::Score.into(),
    };
    Comment {
        id: id.into(),
        state: CommentState::Pending.into(),
        etag: "1".into(),
        draft: Some(CommentDraft {
            id: id.into(),
            text: text.into(),
            author: Some(Author { id: "ann".into(), ..Author::default() }),
            thread: Some(Thread { id: "bridge".into(), ..Thread::default() }),
            ..CommentDraft::default()
        }),
        verdict: Some(Verdict {
            score: 1.0,
            findings: vec![finding],
            finding_count: 1,
            ..Verdict::default()
        }),
        ..Comment::default()
    }
}
