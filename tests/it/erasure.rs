//! What is left of an erased author: every key, every value and every byte of the store's files is looked at.

use std::path::Path;
use std::time::Duration;

use modqueue::domain::{Draft, SiteName, Standing, new_id};
use modqueue::queue::{Admission, Erasure, Queue, Report, Revision};
use tokio::time::sleep;

use crate::support::backend::{Backend, Place, connect, runtime};
use crate::support::redis_server::RedisServer;
use crate::support::samples::*;
use crate::support::scan::{everything, found_in, found_under};

/// What nobody else says, in every field that an author fills.
struct Traces {
    author_id: String,
    words: Vec<String>,
}

impl Traces {
    fn new() -> Self {
        let word = |what: &str| format!("{what}-{}", new_id());
        let words = ["first", "second", "name", "mail", "link", "agent", "message", "note"].map(word);
        Self { author_id: word("author"), words: words.to_vec() }
    }

    fn draft(&self, text: &str) -> Draft {
        let mut draft = draft(text);
        draft.author.id.clone_from(&self.author_id);
        draft.author.display_name.clone_from(&self.words[2]);
        draft.author.email = format!("{}@example.org", self.words[3]);
        draft.author.url = format!("https://example.org/{}", self.words[4]);
        draft.author.user_agent.clone_from(&self.words[5]);
        draft
    }

    /// Every field in some state of some comment, among comments of others.
    async fn leave(&self, queue: &dyn Queue, site: &SiteName) {
        for index in 0..40 {
            let other = by("bob", published(&format!("other-{index}")));
            queue.admit(site, other).await.expect("admit");
            let sent = if index % 2 == 0 {
                admission(&format!("c-{index}"))
            } else {
                published(&format!("c-{index}"))
            };
            let sent = Admission { draft: self.draft(&self.words[0]), fingerprints: vec![1, index], ..sent };
            queue.admit(site, sent).await.expect("admit");
        }
        let revised = Revision { draft: self.draft(&self.words[1]), ..revision("c-2", "") };
        queue.revise(site, revised).await.expect("revise").expect("revised");
        for name in ["c-4", "c-6", "c-8"] {
            let mut ruling = reject(name);
            ruling.decision.author_message.clone_from(&self.words[6]);
            ruling.decision.note.clone_from(&self.words[7]);
            queue.decide(site, vec![ruling]).await.expect("decide")[0].as_ref().expect("decided");
        }
        queue.note(site, note("c-10", &self.words[7])).await.expect("note").expect("noted");
        queue.withdraw(site, withdrawal("c-12")).await.expect("withdraw").expect("withdrawn");
        queue.set_standing(site, &self.author_id, Standing::Trusted).await.expect("set_standing");
        let report = Report { hide: true, ..report("other-1", &self.author_id) };
        queue.report(site, report).await.expect("report");
    }

    /// All that would tell of them.
    fn all(&self) -> Vec<&str> {
        self.words.iter().chain([&self.author_id]).map(String::as_str).collect()
    }

    fn found_under(&self, directory: &Path) -> Vec<String> {
        found_under(&self.all(), directory)
    }
}

async fn erase(queue: &dyn Queue, site: &SiteName, author_id: &str) -> Erasure {
    for _ in 0..100 {
        let erasure = queue.erase_author(site, author_id).await.expect("erase_author");
        if erasure.complete_time.is_some() {
            return erasure;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("an erasure that is never complete");
}

#[test]
fn no_byte_of_the_embedded_file_tells_of_an_erased_author() {
    runtime().block_on(async {
        let store = Backend::Embedded.open().await;
        let traces = Traces::new();
        traces.leave(&*store.queue, &store.site).await;
        let Place::Embedded(directory) = &store.place else { panic!("the embedded store has a directory") };
        assert_eq!(traces.found_under(directory.path()).len(), 9, "all are there before");
        let erasure = erase(&*store.queue, &store.site, &traces.author_id).await;
        assert_eq!(erasure.comments, 40);
        assert_eq!(traces.found_under(directory.path()), Vec::<String>::new());
        let store = store.reopen().await;
        assert_eq!(store.comment("other-1").await.report_count, 1);
    });
}

#[test]
fn no_key_no_value_and_no_file_of_redis_tells_of_an_erased_author() {
    let server = RedisServer::start_with(&["--appendonly", "yes", "--save", "3600 1"]);
    runtime().block_on(async {
        let clock = modqueue::domain::ManualClock::default();
        let queue = connect(&server.url(), "mq", &clock).await;
        let (site, traces) = (site("default"), Traces::new());
        traces.leave(&queue, &site).await;
        assert!(traces.found_under(server.directory()).len() >= 9, "all are there before");
        let erasure = erase(&queue, &site, &traces.author_id).await;
        assert_eq!(erasure.comments, 40);
        assert!(found_in(&traces.all(), &everything(&server)).is_empty());
        // Redis removes the files of the log before in the background.
        for _ in 0..200 {
            if traces.found_under(server.directory()).is_empty() {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(traces.found_under(server.directory()), Vec::<String>::new());
    });
}
