//! One key's scene: three comments of one author in one thread, all alike, and a review that shows them alone.

use modqueue::proto::v1::{
    Comment, CommentState, InspectCommentRequest, InspectCommentResponse, ListCommentsRequest,
    SubmitCommentRequest,
};

use crate::support::clients::{Clients, submission};
use crate::support::screen::Screen;
use crate::support::server_process::ServerProcess;

/// A rule that finds the word at the end of a text.
const POLICY: &str = "mode = 'pre'\nlimits = []\nlearned = false\n[thresholds]\nreject = 100.0\n\
    [[keywords]]\nname = 'hay'\nweight = 9.0\nwords = ['haystack']\n";

/// Words of which each scene has some of its own, so that those of another are not like them.
const SYLLABLES: [&str; 10] = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su"];

/// The server that all scenes are on.
pub struct Stage {
    server: ServerProcess,
}

/// What one key is pressed in.
pub struct Scene {
    /// The comments, in the order of the queue.
    pub ids: [String; 3],
    /// The review.
    pub screen: Screen,
    number: usize,
    clients: Clients,
}

impl Stage {
    pub async fn open() -> Self {
        let server = ServerProcess::start();
        server.clients().await.set_policy(POLICY).await;
        Self { server }
    }

    /// Hands the comments in, opens the review on them and waits for its claim.
    pub async fn scene(&self, number: usize) -> Scene {
        let mut clients = self.server.clients().await;
        for place in 0..3 {
            clients.submission.submit_comment(written(number, place)).await.expect("it comes in");
        }
        let ids = in_order(&mut clients, number).await;
        let screen = Screen::open(&self.server, &format!("--filter 'author = \"ann{number}\"'"));
        let mut scene = Scene { ids, screen, number, clients };
        scene.keys(&[("", " 1 of 3 "), ("", "yours for"), ("", "more lines")]);
        scene
    }
}

impl Scene {
    /// Presses keys, and after each waits for what it brings.
    pub fn keys(&mut self, keys: &[(&str, &str)]) {
        for (key, seen) in keys {
            self.screen.press(key);
            self.screen.wait_for(seen);
        }
    }

    /// A fourth comment.
    pub async fn one_more(&mut self) {
        self.clients.submission.submit_comment(written(self.number, 3)).await.expect("it comes in");
    }

    /// A comment's state, and the reason of the decision on it.
    pub async fn decision(&mut self, id: &str) -> (CommentState, String) {
        let comment: Comment = self.page(id).await.comment.expect("a comment");
        (comment.state(), comment.decision.unwrap_or_default().reason)
    }

    /// The notes on a comment.
    pub async fn history(&mut self, id: &str) -> Vec<String> {
        self.page(id).await.history.into_iter().map(|entry| entry.note).collect()
    }

    /// The first comment's text.
    pub fn text(&self) -> String {
        let place = self.ids[0].rsplit('-').next().and_then(|place| place.parse().ok());
        text(self.number, place.expect("its number"))
    }

    /// The first comment's link.
    pub fn link(&self) -> String {
        link(self.number)
    }

    /// Lines of the text below what is seen.
    pub fn lines_below(&self) -> usize {
        below(&self.screen.seen())
    }

    /// Waits until there are so many.
    pub fn wait_for_lines_below(&mut self, what: &str, is_so: impl Fn(usize) -> bool) {
        self.screen.wait_until(what, |seen| is_so(below(seen)));
    }

    async fn page(&mut self, id: &str) -> InspectCommentResponse {
        let request = InspectCommentRequest { comment_id: id.into(), ..InspectCommentRequest::default() };
        self.clients.review.inspect_comment(request).await.expect("it is there").into_inner()
    }
}

/// As the review lists them.
async fn in_order(clients: &mut Clients, number: usize) -> [String; 3] {
    let request = ListCommentsRequest {
        filter: format!("author = ann{number}"),
        order_by: "risk".into(),
        ..ListCommentsRequest::default()
    };
    let page = clients.review.list_comments(request).await.expect("a page").into_inner();
    let ids: Vec<_> = page.comments.into_iter().map(|comment| comment.id).collect();
    ids.try_into().expect("three comments")
}

fn written(number: usize, place: usize) -> SubmitCommentRequest {
    let id = format!("s{number}-{place}");
    let mut request = submission(&id, &format!("ann{number}"), &text(number, place));
    let comment = request.comment.as_mut().expect("a comment");
    comment.thread.as_mut().expect("a thread").id = format!("scene-{number}");
    request
}

/// Longer than the screen; what is found in it stands at its end, and one of them has a needle.
fn text(number: usize, place: usize) -> String {
    let word = |line: usize| -> String {
        let digits = [number / 10 % 10, number % 10, line / 10 % 10, line % 10];
        digits.map(|digit| SYLLABLES[digit]).concat()
    };
    let mut lines: Vec<_> = (0..30).map(word).collect();
    lines.extend((place == 1).then(|| "needle".to_owned()));
    lines.extend([link(number), "haystack".into()]);
    lines.join("\n")
}

fn link(number: usize) -> String {
    format!("https://portal.example/{number}")
}

fn below(seen: &str) -> usize {
    let before = seen.split(" more lines").next().filter(|before| before.len() < seen.len());
    let number = before.and_then(|before| before.rsplit(' ').next()?.parse().ok());
    number.unwrap_or_default()
}
