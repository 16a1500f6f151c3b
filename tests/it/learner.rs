//! The learner over each store: what moderators decide is learned once, and taken back exactly.

use std::sync::Arc;

use modqueue::domain::{Decision, Draft};
use modqueue::learn::{Class, Model, Models, Snapshot};
use modqueue::learner::{LearnError, Learner, Progress};
use modqueue::queue::{Admission, ModelChange, Queue, Ruling, Teaching};

use crate::support::backend::contract;
use crate::support::samples::*;
use crate::support::store::Store;

contract![
    what_moderators_decide_is_learned_and_the_rest_is_not,
    an_undo_leaves_the_model_as_if_nothing_had_been_learned,
    the_decision_that_stands_is_what_a_comment_teaches,
    what_a_text_taught_stays_when_the_comment_is_revised_or_withdrawn,
    two_learners_learn_each_event_once,
    a_learner_goes_on_where_the_last_one_stopped,
    a_learner_that_knows_a_revision_fetches_the_rest,
    a_store_that_was_emptied_has_an_untaught_model,
    a_model_of_older_features_is_learned_anew_from_the_feed,
    a_model_of_newer_features_is_left_alone_and_told,
    a_site_whose_model_has_no_room_is_learned_for_all_the_same,
    one_author_and_one_wave_teach_little,
];

const EMPTY_CAP: usize = 1;
const ROOM: usize = 1 << 30;

/// A learner with a memory of its own, as another server would have it.
struct School {
    learner: Learner,
    models: Arc<Models>,
    store: Store,
}

impl School {
    async fn of(store: Store) -> Self {
        let (learner, models) = learner(&store, store.queue.clone(), ROOM);
        Self { learner, models, store }
    }

    /// Comments that wait, each by an author of its own unless told otherwise.
    async fn submitted(&self, comments: &[(&str, &str)]) {
        for (name, text) in comments {
            let draft = Draft { text: (*text).into(), ..draft("") };
            self.store.stored(by(&format!("author-of-{name}"), Admission { draft, ..admission(name) })).await;
        }
    }

    async fn rejected(&self, name: &str, reason: &str) {
        self.store.decided(for_reason(reject(name), reason)).await;
    }

    async fn undone(&self, name: &str) {
        let undone = self.store.queue.undo(&self.store.site, undo(name)).await.expect("undo answers");
        undone.expect("undone");
    }

    /// Learns until nothing is left to learn.
    async fn learn(&self) -> Progress {
        caught_up(&self.learner, &self.store).await
    }

    fn model(&self) -> Arc<Snapshot> {
        self.models.loaded(&self.store.site).expect("it is loaded")
    }
}

fn learner(store: &Store, queue: Arc<dyn Queue>, cap: usize) -> (Learner, Arc<Models>) {
    let models = Arc::new(Models::new([store.site.clone()], cap));
    (Learner::new(queue, models.clone()), models)
}

async fn caught_up(learner: &Learner, store: &Store) -> Progress {
    for _ in 0..100 {
        let progress = learner.round(&store.site).await.expect("it learns");
        if progress.behind == 0 {
            return progress;
        }
    }
    panic!("it never catches up");
}

fn for_reason(ruling: Ruling, reason: &str) -> Ruling {
    let decision = Decision { reason: reason.into(), ..ruling.decision };
    Ruling { decision, ..ruling }
}

/// True when nothing is learned but how many lessons there ever were.
fn is_blank(model: &Model) -> bool {
    model.cells().iter().filter(|cell| **cell != 0).count() <= 1
}

async fn what_moderators_decide_is_learned_and_the_rest_is_not(store: Store) {
    let school = School::of(store).await;
    school.store.stored_all([published("p"), refused("q")]).await;
    school.submitted(&[("a", "cheap pills here"), ("b", "the bridge is closed"), ("c", "off topic")]).await;
    assert_eq!(school.learn().await, Progress { revision: 0, lessons: Some(0), behind: 0 });
    school.rejected("a", "spam").await;
    school.store.decided(approve("b")).await;
    school.rejected("c", "off_topic").await;
    let progress = school.learn().await;
    assert_eq!((progress.revision, progress.lessons), (1, Some(2)));
    assert_eq!(school.learn().await, progress, "nothing is learned twice");
    assert_eq!(school.model().revision(), 1);
}

async fn an_undo_leaves_the_model_as_if_nothing_had_been_learned(store: Store) {
    let school = School::of(store).await;
    let names = ["a", "b", "c", "d"];
    let text = |name: &str| format!("buy the cheap pills number {name} here and now");
    for name in names {
        school.submitted(&[(name, &text(name))]).await;
        school.rejected(name, if name < "c" { "spam" } else { "threat" }).await;
        school.learn().await;
    }
    assert!(!is_blank(school.model().model()));
    for name in ["c", "a", "d", "b"] {
        school.undone(name).await;
        school.learn().await;
    }
    assert!(is_blank(school.model().model()));
    assert_eq!((school.model().model().lessons(), school.model().model().standing()), (4, 0));
    let kept = school.store.queue.lessons(&school.store.site, &ids(&names)).await.expect("lessons answers");
    assert_eq!(kept, [None, None, None, None]);
}

async fn the_decision_that_stands_is_what_a_comment_teaches(store: Store) {
    let school = School::of(store).await;
    school
        .submitted(&[("a", "buy the cheap pills here and now"), ("b", "another text altogether, and longer")])
        .await;
    school.store.decided(approve("a")).await;
    school.learn().await;
    school.rejected("a", "spam").await;
    assert_eq!(school.learn().await.lessons, Some(1), "the approval is taken back");
    school.store.decided(escalate("a")).await;
    assert_eq!(school.learn().await.lessons, Some(0), "a senior moderator has to decide");
    for standing in [1, 1, 0] {
        school.undone("a").await;
        assert_eq!(school.learn().await.lessons, Some(standing));
    }
    assert!(is_blank(school.model().model()));
    for _ in 0..3 {
        school.store.decided(approve("b")).await;
        school.undone("b").await;
    }
    assert!(school.learn().await.lessons == Some(0) && is_blank(school.model().model()));
}

async fn what_a_text_taught_stays_when_the_comment_is_revised_or_withdrawn(store: Store) {
    let school = School::of(store).await;
    school.submitted(&[("a", "buy the cheap pills here and now"), ("b", "the bridge is closed again")]).await;
    school.rejected("a", "spam").await;
    school.store.decided(approve("b")).await;
    school.learn().await;
    let (queue, site) = (&school.store.queue, &school.store.site);
    queue.revise(site, revision("a", "a polite text")).await.expect("revise answers").expect("revised");
    queue.withdraw(site, withdrawal("b")).await.expect("withdraw answers").expect("withdrawn");
    assert_eq!(school.learn().await.lessons, Some(2));
    assert_eq!(queue.lessons(site, &ids(&["a"])).await.expect("lessons answers"), [None]);
    school.store.decided(approve("a")).await;
    assert_eq!(school.learn().await.lessons, Some(3), "the new text teaches too");
    school.undone("a").await;
    assert_eq!(school.learn().await.lessons, Some(2), "and alone is taken back");
}

async fn many_decisions(school: &School) {
    for number in 0..120 {
        let name = format!("c{number}");
        school.submitted(&[(&name, &format!("remark number {number} about one thing or other"))]).await;
        match number % 3 {
            0 => school.rejected(&name, "spam").await,
            _ => drop(school.store.decided(approve(&name)).await),
        }
    }
}

async fn two_learners_learn_each_event_once(store: Store) {
    let school = School::of(store).await;
    many_decisions(&school).await;
    let (alone, alone_models) = learner(&school.store, school.store.queue.clone(), ROOM);
    let (other, other_models) = learner(&school.store, school.store.handle().await, ROOM);
    let (one, two) = tokio::join!(caught_up(&alone, &school.store), caught_up(&other, &school.store));
    assert_eq!((one.behind, two.behind), (0, 0));
    for learner in [&alone, &other] {
        assert_eq!(caught_up(learner, &school.store).await.lessons, Some(120));
    }
    let models =
        [alone_models, other_models].map(|models| models.loaded(&school.store.site).expect("loaded"));
    assert!(models[0] == models[1]);
    assert_eq!(models[0].model().lessons(), 120, "a lesson that was learned twice would be counted");
}

async fn a_learner_goes_on_where_the_last_one_stopped(store: Store) {
    let school = School::of(store).await;
    many_decisions(&school).await;
    let first = school.learner.round(&school.store.site).await.expect("it learns");
    assert!(first.behind > 0 && first.lessons == Some(100), "{first:?}");
    let School { learner, models, store } = school;
    drop((learner, models));
    let school = School::of(store.reopen().await).await;
    let progress = school.learn().await;
    assert_eq!((progress.lessons, progress.behind, school.model().model().lessons()), (Some(120), 0, 120));
}

async fn a_learner_that_knows_a_revision_fetches_the_rest(store: Store) {
    let school = School::of(store).await;
    let (reader, models) = learner(&school.store, school.store.handle().await, ROOM);
    for name in ["a", "b", "c"] {
        school.submitted(&[(name, &format!("text of {name}, and some more words"))]).await;
        school.rejected(name, "abuse").await;
        school.learn().await;
        let loaded = reader.load(&school.store.site).await.expect("it loads");
        assert_eq!(loaded.lessons, Some(school.model().model().standing()));
        assert!(models.loaded(&school.store.site) == Some(school.model()));
    }
}

async fn a_store_that_was_emptied_has_an_untaught_model(store: Store) {
    let before = Arc::new(Snapshot::new(5, 3, Model::default()));
    let (learner, models) = learner(&store, store.queue.clone(), ROOM);
    models.put(&store.site, before);
    store.stored(published("a")).await;
    learner.load(&store.site).await.expect("it loads");
    assert_eq!(models.loaded(&store.site).expect("loaded").revision(), 0);
}

async fn a_model_of_older_features_is_learned_anew_from_the_feed(store: Store) {
    let school = School::of(store).await;
    school.submitted(&[("a", "buy the cheap pills here"), ("b", "the bridge is closed again")]).await;
    school.rejected("a", "spam").await;
    school.store.decided(approve("b")).await;
    let progress = school.learn().await;
    let as_it_was = school.model();
    let older = Teaching {
        revision: progress.revision,
        cursor: 2,
        learned_to: 2,
        change: ModelChange::Whole(vec![0, 0, 7, 7]),
        lessons: ids(&["a", "b"]).into_iter().map(|id| (id, None)).collect(),
    };
    assert!(school.store.queue.teach(&school.store.site, older).await.expect("teach answers"));
    assert_eq!(school.learn().await.lessons, Some(2));
    assert!(school.model().model() == as_it_was.model());
}

async fn a_model_of_newer_features_is_left_alone_and_told(store: Store) {
    let school = School::of(store).await;
    school.submitted(&[("a", "buy the cheap pills here")]).await;
    school.rejected("a", "spam").await;
    school.learn().await;
    let change = ModelChange::Whole(vec![255, 255, 7, 7]);
    let newer = Teaching { revision: 1, cursor: 1, learned_to: 1, change, lessons: vec![] };
    assert!(school.store.queue.teach(&school.store.site, newer).await.expect("teach answers"));
    let told = school.learner.round(&school.store.site).await;
    assert!(matches!(told, Err(LearnError::Unusable { revision: 2, .. })), "{told:?}");
    assert!(school.models.current(&school.store.site).is_none());
    let stored = school.store.queue.model(&school.store.site, None).await.expect("model answers");
    assert_eq!(stored.revision, 2);
}

async fn a_site_whose_model_has_no_room_is_learned_for_all_the_same(store: Store) {
    let (busy, quiet) = (store.site.clone(), site("quiet"));
    let models = Arc::new(Models::new([busy.clone(), quiet.clone()], EMPTY_CAP));
    let learner = Learner::new(store.queue.clone(), models.clone());
    models.put(&quiet, Arc::new(Snapshot::new(1, 1, Model::default())));
    models.begin_look();
    models.current(&quiet);
    store.stored(admission("a")).await;
    store.decided(for_reason(reject("a"), "spam")).await;
    let progress = learner.round(&busy).await.expect("it learns");
    assert_eq!((progress.revision, progress.lessons, progress.behind), (1, Some(1), 0));
    assert!(models.current(&busy).is_none() && models.loaded(&quiet).is_some());
    learner.load(&busy).await.expect("it loads");
    assert!(models.loaded(&busy).is_none(), "both are used, and the other was first");
    models.begin_look();
    models.current(&busy);
    assert_eq!(learner.load(&busy).await.expect("it loads").lessons, Some(1));
    assert!(models.loaded(&busy).is_some() && models.loaded(&quiet).is_none());
}

async fn one_author_and_one_wave_teach_little(store: Store) {
    let school = School::of(store).await;
    let texts: Vec<String> =
        (0..40).map(|number| WORDS.map(|word| format!("{word}{number}")).join(" ")).collect();
    for (number, text) in texts.iter().enumerate() {
        let name = format!("c{number}");
        let draft = Draft { text: text.clone(), ..draft("") };
        school.store.stored(by("one-author", Admission { draft, ..admission(&name) })).await;
        school.rejected(&name, "spam").await;
    }
    school.learn().await;
    let by_one = spam_weight(&school);
    for number in 0..40 {
        let name = format!("w{number}");
        school.submitted(&[(&name, "the very same words of one wave, sent by many an author")]).await;
        school.rejected(&name, "spam").await;
    }
    school.learn().await;
    let by_wave = spam_weight(&school) - by_one;
    for (number, text) in texts.iter().enumerate() {
        let name = format!("d{number}");
        school.submitted(&[(&name, &format!("{text} again"))]).await;
        school.rejected(&name, "spam").await;
    }
    school.learn().await;
    let by_many = spam_weight(&school) - by_one - by_wave;
    assert!(by_one <= 11 * 16 && by_wave <= 11 * 16, "{by_one} {by_wave}");
    assert!(by_many > 30 * 16, "{by_many}");
}

const WORDS: [&str; 5] = ["lorem", "ipsum", "dolor", "amet", "elit"];

/// How much all lessons of spam count together, in sixteenths.
fn spam_weight(school: &School) -> i32 {
    school.model().model().taught_of(Class::Spam)
}
