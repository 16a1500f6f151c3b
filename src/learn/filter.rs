//! The learned model as a filter.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use super::calibration::{Calibration, points, probability};
use super::explain::{explain, quote};
use super::features::Extractor;
use super::lesson::Class;
use super::model::Model;
use super::prior::Prior;
use crate::domain::{Draft, Effect, Evidence, Finding};
use crate::filter::{Filter, Prepared};

/// Points below which a finding is not worth a moderator's glance; its words are not looked for.
const WORTH_EXPLAINING: f64 = 2.0;

thread_local! {
    static EXTRACTOR: RefCell<Extractor> = RefCell::new(Extractor::default());
}

/// Finds spam and abuse by what the prior knows and this site's moderators taught.
#[derive(Debug, Clone)]
pub struct Learned {
    prior: Arc<Prior>,
    model: Arc<Model>,
    calibration: Calibration,
    weight: f64,
    effect: Effect,
}

impl Learned {
    /// The filter with a snapshot of a site's model. `weight` multiplies its points; 1 leaves them.
    pub fn new(prior: Arc<Prior>, model: Arc<Model>, weight: f64, effect: Effect) -> Self {
        let calibration = model.calibration();
        Self { prior, model, calibration, weight, effect }
    }

    /// What it finds in a comment; `None` when the comment is less likely to be rejected than one in fifty.
    pub fn finding(&self, draft: &Draft) -> Option<Finding> {
        EXTRACTOR.with_borrow_mut(|extractor| {
            let features = extractor.extract(draft);
            let scores = self.model.score(&self.prior, features);
            let class = if scores.spam >= scores.abuse { Class::Spam } else { Class::Abuse };
            let log_odds = self.calibration.log_odds(scores.reject());
            let points = points(log_odds);
            (points > 0.0).then(|| self.describe(draft, extractor, class, log_odds, points))
        })
    }

    fn describe(
        &self,
        draft: &Draft,
        extractor: &Extractor,
        class: Class,
        log_odds: f32,
        points: f64,
    ) -> Finding {
        let (rule, like) = match class {
            Class::Abuse => ("abuse", "abuse"),
            Class::Spam | Class::Fine => ("spam", "spam"),
        };
        let percent = (probability(log_odds) * 100.0).floor().clamp(1.0, 99.0);
        let mut message = format!("Reads like {like} ({percent} %).");
        let mut spans = Vec::new();
        if points >= WORTH_EXPLAINING {
            let prior = |feature: &_| if class == Class::Spam { self.prior.part(feature) } else { 0.0 };
            let explanation = explain(extractor, |feature| prior(feature) + self.model.part(feature, class));
            if let Some(heaviest) = explanation.heaviest {
                let words = quote(&draft.text, heaviest);
                message = format!("Reads like {like} ({percent} %), above all “{words}”.");
            }
            spans = explanation.spans;
        }
        Finding {
            filter: Cow::Borrowed("learned"),
            rule: Arc::from(rule),
            weight: points * self.weight,
            effect: self.effect,
            spans,
            message,
        }
    }
}

impl Filter for Learned {
    fn name(&self) -> &'static str {
        "learned"
    }

    fn inspect(&self, prepared: &Prepared<'_>, _: &Evidence, findings: &mut Vec<Finding>) {
        findings.extend(self.finding(prepared.draft));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Author;
    use crate::learn::lesson::Lesson;

    fn shipped() -> Learned {
        Learned::new(Arc::new(Prior::shipped()), Arc::default(), 1.0, Effect::Score)
    }

    fn draft(text: &str) -> Draft {
        Draft { text: text.into(), ..Draft::default() }
    }

    #[test]
    fn what_is_plainly_spam_is_found_on_the_first_day_with_its_words() {
        let text = "Lovely tune! Please visit my channel and subscribe, I give away a free phone every week";
        let finding = shipped().finding(&draft(text)).unwrap();
        assert!(finding.weight > 5.0, "{finding:?}");
        assert_eq!((finding.filter.as_ref(), finding.rule.as_ref()), ("learned", "spam"));
        let words: Vec<_> = finding.spans.iter().map(|span| span.of(text).unwrap()).collect();
        assert!(words.iter().any(|words| words.contains("subscribe")), "{words:?}");
        assert!(finding.message.starts_with("Reads like spam (9"), "{}", finding.message);
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
        for remark in remarks {
            let weight = shipped().finding(&draft(remark)).map_or(0.0, |finding| finding.weight);
            assert!(weight < 4.0, "{weight}: {remark}");
        }
    }

    #[test]
    fn flattery_is_worse_with_a_shop_behind_the_name() {
        let praise =
            draft("Superb article, I learned so much from your website, thank you for sharing this.");
        let author = Author {
            display_name: "Kitchen Renovation Leeds".into(),
            url: "http://kitchens.example".into(),
            ..Author::default()
        };
        let weight = |draft: &Draft| shipped().finding(draft).map_or(0.0, |finding| finding.weight);
        let with_shop = weight(&Draft { author, ..praise.clone() });
        assert!(with_shop > 5.0 && with_shop > weight(&praise) + 1.0, "{with_shop}");
    }

    #[test]
    fn a_site_teaches_it_otherwise() {
        let text = "Please visit my channel and subscribe";
        let (prior, mut model) = (Arc::new(Prior::shipped()), Model::default());
        let before = shipped().finding(&draft(text)).unwrap().weight;
        let mut extractor = Extractor::default();
        for number in 0..30u64 {
            let features = extractor.extract(&draft(&format!("{text}, I play the tuba {number}"))).to_vec();
            let lesson = Lesson::new(&model, &prior, &features, Class::Fine, &[number]);
            let changes = lesson.changes(&model, &features, &[number]);
            model.apply(&changes);
        }
        let after = Learned::new(prior, Arc::new(model), 1.0, Effect::Score).finding(&draft(text));
        assert!(after.map_or(0.0, |finding| finding.weight) < before - 3.0);
    }
}
