//! The learned model as a filter.
//!
//! Unlike the other filters it is handed what it judges by: the snapshot of the site's model. So it stays
//! a pure function, and a policy need not be compiled again when moderators teach.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use super::calibration::{Thresholds, is_sampled, points, probability};
use super::explain::{explain, quote};
use super::features::Extractor;
use super::lesson::Class;
use super::prior::Prior;
use super::snapshot::Snapshot;
use crate::domain::{Draft, Effect, Finding};

/// Points below which nothing is told: a finding's weight is shown to a tenth of a point.
const LEAST_POINTS: f64 = 0.1;
/// Points of a probability of 2 %: what is less likely has a rule of its own, so that the figures of the others tell of what
/// they doubted.
const LIKELY_POINTS: f64 = std::f64::consts::LN_2;
/// Points below which a finding is not worth a moderator's glance; its words are not looked for.
const WORTH_EXPLAINING: f64 = 2.0;

thread_local! {
    static EXTRACTOR: RefCell<Extractor> = RefCell::new(Extractor::default());
}

/// Finds spam and abuse by what the prior knows and this site's moderators taught.
#[derive(Debug, Clone)]
pub struct Learned {
    prior: Arc<Prior>,
    weight: f64,
    effect: Effect,
    /// What a verdict does when the site's model is not loaded.
    missing: Effect,
    alone: Option<Alone>,
}

/// How far the filter may decide alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alone {
    /// The share of wrong decisions that the site accepts.
    pub accept_error: f64,
    /// The share of what it could decide alone that goes to moderators all the same.
    pub audit: f64,
}

/// What the filter would do with a comment if it were asked alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// Reject it rather than publish it.
    pub rejects: bool,
    /// The lot fell on this comment: a moderator decides, so that the estimate stays honest.
    pub is_sampled: bool,
    /// The filter runs in shadow: the opinion is told and has no effect.
    pub is_shadow: bool,
    /// What the opinion rests on, for the finding.
    pub grounds: String,
}

/// What the filter says about one comment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// That it reads like spam or abuse, or that the model is not loaded.
    pub findings: Vec<Finding>,
    /// What it would decide alone, as far as it may and recent decisions bear it out.
    pub opinion: Option<Opinion>,
    /// The model's revision; 0 when only the prior spoke.
    pub revision: u64,
    /// How probable it is that a moderator would reject the comment, 0 to 1; `None` while nothing was read.
    pub probability: Option<f32>,
}

impl Learned {
    /// The filter on a prior. `weight` multiplies its points; 1 leaves them.
    pub fn new(prior: Arc<Prior>, weight: f64, effect: Effect) -> Self {
        Self { prior, weight, effect, missing: Effect::Score, alone: None }
    }

    /// Has a comment wait when the site's model is not loaded.
    pub fn holding_when_missing(self, holds: bool) -> Self {
        let effect = if self.effect == Effect::Shadow { Effect::Shadow } else { Effect::Hold };
        Self { missing: if holds { effect } else { Effect::Score }, ..self }
    }

    /// Lets it decide alone.
    pub fn deciding(self, alone: Option<Alone>) -> Self {
        Self { alone, ..self }
    }

    /// What its findings do, and the names that they go under when they have points.
    pub fn rules(&self) -> (Effect, [&'static str; 3]) {
        (self.effect, ["spam", "abuse", "unlikely"])
    }

    /// What it says about a comment. `snapshot` is the site's model, `None` when it is not loaded; `lot`
    /// is a hash of the comment's id that draws the sample, `None` to leave the comment out of it.
    pub fn read(&self, draft: &Draft, snapshot: Option<&Snapshot>, lot: Option<u64>) -> Reading {
        let mut reading = Reading::default();
        if snapshot.is_none() {
            reading.findings.push(self.not_loaded());
        }
        let known = snapshot.unwrap_or(Snapshot::untaught());
        reading.revision = known.revision();
        EXTRACTOR.with_borrow_mut(|extractor| {
            extractor.read(draft);
            let scores = known.score(&self.prior, extractor);
            let class = if scores.spam >= scores.abuse { Class::Spam } else { Class::Abuse };
            let log_odds = known.calibration().log_odds(scores.reject());
            let points = points(log_odds);
            reading.probability = Some(probability(log_odds));
            if points >= LEAST_POINTS {
                reading.findings.push(self.describe(draft, extractor, known, class, log_odds, points));
            }
            reading.opinion = self.opinion(known, scores.reject(), lot);
        });
        reading
    }

    fn opinion(&self, known: &Snapshot, score: f32, lot: Option<u64>) -> Option<Opinion> {
        let Alone { accept_error, audit } = self.alone?;
        let calibration = known.calibration();
        let Thresholds { publish_below, reject_from } = calibration.thresholds(accept_error);
        let published = publish_below.filter(|&below| score < below).map(|below| (f32::MIN, below));
        let rejected = reject_from.filter(|&from| score >= from).map(|from| (from, f32::MAX));
        let (from, below) = published.or(rejected)?;
        let [fine, bad] = calibration.between(from, below);
        Some(Opinion {
            rejects: published.is_none(),
            is_sampled: lot.is_some_and(|lot| is_sampled(lot, audit)),
            is_shadow: self.effect == Effect::Shadow,
            grounds: format!("of recent ones as sure, moderators approved {fine} and rejected {bad}"),
        })
    }

    /// The rule and the effect of a finding. What an admin has the filter hold or reject is what it finds likely.
    fn rule_at(&self, points: f64, likely: &'static str) -> (&'static str, Effect) {
        if points < LIKELY_POINTS {
            ("unlikely", self.effect.min(Effect::Score))
        } else {
            (likely, self.effect)
        }
    }

    fn not_loaded(&self) -> Finding {
        Finding {
            filter: Cow::Borrowed("learned"),
            rule: Arc::from("not_loaded"),
            weight: 0.0,
            effect: self.missing,
            spans: Vec::new(),
            message: "What this site's moderators taught is not loaded here yet; the prior alone judged."
                .into(),
        }
    }

    fn describe(
        &self,
        draft: &Draft,
        extractor: &mut Extractor,
        known: &Snapshot,
        class: Class,
        log_odds: f32,
        points: f64,
    ) -> Finding {
        let like = match class {
            Class::Abuse => "abuse",
            Class::Spam | Class::Fine => "spam",
        };
        let (rule, effect) = self.rule_at(points, like);
        let mut message = likeness(like, probability(log_odds));
        let mut spans = Vec::new();
        if points >= WORTH_EXPLAINING {
            extractor.list();
            let explanation = explain(extractor, |feature| known.part(&self.prior, feature, class));
            if let Some(heaviest) = explanation.heaviest {
                message += &format!(", above all “{}”", quote(&draft.text, heaviest));
            }
            spans = explanation.spans;
        }
        message.push('.');
        Finding {
            filter: Cow::Borrowed("learned"),
            rule: Arc::from(rule),
            weight: points * self.weight,
            effect,
            spans,
            message,
        }
    }
}

fn likeness(like: &str, probability: f32) -> String {
    let percent = (probability * 100.0).floor().min(99.0);
    match percent {
        ..1.0 => format!("Hardly reads like {like} (less than 1 %)"),
        ..10.0 => format!("Hardly reads like {like} ({percent} %)"),
        ..50.0 => format!("Reads a little like {like} ({percent} %)"),
        _ => format!("Reads like {like} ({percent} %)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Author;
    use crate::learn::Model;
    use crate::learn::fold::Fold;

    fn shipped() -> Learned {
        Learned::new(Arc::clone(Prior::shared()), 1.0, Effect::Score)
    }

    fn found(draft: &Draft) -> Option<Finding> {
        shipped().read(draft, Some(Snapshot::untaught()), None).findings.pop()
    }

    fn draft(text: &str) -> Draft {
        Draft { text: text.into(), ..Draft::default() }
    }

    #[test]
    fn what_is_plainly_spam_is_found_on_the_first_day_with_its_words() {
        let text = "Lovely tune! Please visit my channel and subscribe, I give away a free phone every week";
        let finding = found(&draft(text)).unwrap();
        assert!(finding.weight > 5.0, "{finding:?}");
        assert_eq!((finding.filter.as_ref(), finding.rule.as_ref()), ("learned", "spam"));
        let words: Vec<_> = finding.spans.iter().map(|span| span.of(text).unwrap()).collect();
        assert!(words.iter().any(|words| words.contains("subscribe")), "{words:?}");
        assert!(finding.message.starts_with("Reads like spam (9"), "{}", finding.message);
    }

    #[test]
    fn what_is_unlikely_has_a_rule_of_its_own_and_holds_nothing() {
        let at = |probability: f32, effect| {
            let log_odds = (probability / (1.0 - probability)).ln();
            Learned::new(Arc::clone(Prior::shared()), 1.0, effect).rule_at(points(log_odds), "spam")
        };
        for (effect, weaker) in [
            (Effect::Shadow, Effect::Shadow),
            (Effect::Score, Effect::Score),
            (Effect::Hold, Effect::Score),
            (Effect::Reject, Effect::Score),
        ] {
            assert_eq!(at(0.021, effect), ("spam", effect));
            assert_eq!(at(0.019, effect), ("unlikely", weaker));
        }
    }

    fn are_left_alone(remarks: &[&str]) {
        for remark in remarks {
            let weight = found(&draft(remark)).map_or(0.0, |finding| finding.weight);
            assert!(weight < 4.0, "{weight}: {remark}");
        }
    }

    #[test]
    fn a_language_that_the_prior_hardly_knows_is_no_spam_for_that() {
        let remarks = [
            "วันนี้รถไฟฟ้ามาช้ามาก คนรอกันเต็มสถานีเลย",
            "昨日の試合は本当に面白かったです。次も楽しみにしています。",
            "这家面包店我从小吃到大，真舍不得它关门。",
            "어제 버스가 한 시간이나 늦었어요. 왜 아무도 말을 안 해 주나요?",
            "Երեկ ավտոբուսը նորից ուշացավ, և ոչ ոք չբացատրեց, թե ինչու։",
            "ትናንት አውቶቡሱ ዘግይቶ መጣ፣ ማንም ምክንያቱን አልነገረንም።",
            "کل بس پھر دیر سے آئی، کسی نے وجہ نہیں بتائی۔",
            "كانت المباراة جميلة، والتعادل عادل.",
            "কাল বাস আবার দেরিতে এল, কেউ কারণ বলল না।",
        ];
        are_left_alone(&remarks);
    }

    #[test]
    fn how_alike_it_is_is_said_in_words_and_in_percent() {
        let told = [0.004, 0.05, 0.3, 0.734, 0.9999].map(|probability| likeness("spam", probability));
        let expected = [
            "Hardly reads like spam (less than 1 %)",
            "Hardly reads like spam (5 %)",
            "Reads a little like spam (30 %)",
            "Reads like spam (73 %)",
            "Reads like spam (99 %)",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn ordinary_remarks_are_left_alone() {
        let remarks = [
            "The mayor has had six years to repair that school and now blames the parents.",
            "My bank raised its fees twice this year and calls it an improvement.",
            "Has anyone read the actual ruling? It is eleven pages and quite clear.",
            "Ich fahre die Strecke täglich, der Zug ist nie pünktlich.",
            "Не понимаю, зачем они снова закрыли этот мост на ремонт.",
            "Das Stadion kostet mehr als das Krankenhaus, das sagt alles.",
            "Wikipedia says the treaty was signed in 1923, so the headline is off by a decade.",
            "😂😂😂",
            "",
        ];
        are_left_alone(&remarks);
    }

    #[test]
    fn flattery_is_worse_with_a_shop_behind_the_name() {
        let praise = draft("Great article, thank you for sharing.");
        let author = Author {
            display_name: "Kitchen Renovation Leeds".into(),
            url: "http://kitchens.example".into(),
            ..Author::default()
        };
        let weight = |draft: &Draft| found(draft).map_or(0.0, |finding| finding.weight);
        let with_shop = weight(&Draft { author, ..praise.clone() });
        assert!(with_shop > 5.0 && with_shop > weight(&praise) + 1.0, "{with_shop}");
    }

    fn taught(lessons: impl IntoIterator<Item = (String, Class)>) -> Snapshot {
        let mut fold = Fold::new(Arc::clone(Prior::shared()), Model::default());
        for (text, class) in lessons {
            fold.settle(&draft(&text), Some(class), None);
        }
        Snapshot::new(1, 1, fold.finish().0)
    }

    #[test]
    fn a_site_teaches_it_otherwise() {
        let text = "Please visit my channel and subscribe";
        let before = found(&draft(text)).unwrap().weight;
        let lessons = (0..30).map(|number| (format!("{text}, I play the tuba {number}"), Class::Fine));
        let reading = shipped().read(&draft(text), Some(&taught(lessons)), None);
        assert!(reading.findings.first().map_or(0.0, |finding| finding.weight) < before - 3.0);
        assert_eq!(reading.revision, 1);
    }

    #[test]
    fn without_the_sites_model_it_says_so_and_the_prior_judges() {
        let reading = shipped().read(&draft("Please visit my channel and subscribe"), None, None);
        let rules: Vec<_> = reading.findings.iter().map(|finding| &*finding.rule).collect();
        assert_eq!((rules, reading.revision), (vec!["not_loaded", "spam"], 0));
        assert_eq!(reading.findings[0].effect, Effect::Score);
        let holding = shipped().holding_when_missing(true).read(&draft(""), None, None);
        assert_eq!(holding.findings[0].effect, Effect::Hold);
    }

    #[test]
    fn it_has_an_opinion_once_recent_decisions_bear_it_out() {
        let alone = Alone { accept_error: 0.02, audit: 0.25 };
        let filter = shipped().deciding(Some(alone));
        let text = |number: u32| format!("the council spoke of road {number} again, as it did in spring");
        let opinion = |known: &Snapshot, lot| filter.read(&draft(&text(7)), Some(known), lot).opinion;
        assert_eq!(opinion(Snapshot::untaught(), None), None);
        let known = taught((0..120).map(|number| (text(number), Class::Fine)));
        let alone = opinion(&known, None).expect("120 approvals bear out 2 %");
        assert!(!alone.rejects && !alone.is_sampled && !alone.is_shadow);
        assert!(opinion(&known, Some(1 << 60)).unwrap().is_sampled);
        assert!(!opinion(&known, Some(u64::MAX)).unwrap().is_sampled);
    }
}
