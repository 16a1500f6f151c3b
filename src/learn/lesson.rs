//! What one decision teaches, frozen so that it can be taken back exactly.

use super::calibration::probability;
use super::features::{Feature, VERSION};
use super::layout::{self, AGE, GENERATION, TEACHERS};
use super::model::Model;
use super::prior::Prior;
use crate::domain::{Author, Draft};

/// What moderators found a comment to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Class {
    /// Approved.
    Fine = 0,
    /// Rejected as spam.
    Spam = 1,
    /// Rejected as abuse.
    Abuse = 2,
}

impl Class {
    /// The class with this stored code.
    pub fn from_code(code: u8) -> Option<Self> {
        [Class::Fine, Class::Spam, Class::Abuse].into_iter().find(|&class| class as u8 == code)
    }

    /// What a moderator's decision teaches: an approval, whatever its reason, that the comment is fine;
    /// a rejection for `spam` spam; one for `abuse`, `hate`, `threat` or `sexual` abuse. A rejection for
    /// any other reason (`off_topic`, `personal_data`, `illegal`, `other`, a portal's own, none) says
    /// nothing of the words and teaches nothing.
    pub fn of_decision(approved: bool, reason: &str) -> Option<Self> {
        match reason {
            _ if approved => Some(Class::Fine),
            "spam" => Some(Class::Spam),
            "abuse" | "hate" | "threat" | "sexual" => Some(Class::Abuse),
            _ => None,
        }
    }
}

/// Hashes of whom and what a comment stands for, as a teacher: its author (the portal's id, else the
/// address, else the name) and its `fingerprints`.
pub fn teachers(draft: &Draft, fingerprints: &[u64]) -> Vec<u64> {
    let author = match &draft.author {
        author if !author.id.is_empty() => Some(format!("id {}", author.id)),
        Author { ip_address: Some(address), .. } => Some(format!("address {address}")),
        author if !author.display_name.is_empty() => Some(format!("name {}", author.display_name)),
        _ => None,
    };
    let author = author.map(|author| xxhash_rust::xxh3::xxh3_64(author.as_bytes()));
    author.into_iter().chain(fingerprints.iter().copied()).collect()
}

/// Sixteenths: what the first lesson of a teacher counts.
const WHOLE: u32 = 16;
/// Lessons of one teacher that count almost whole.
const PATIENCE: u32 = 4;
/// A class may be learned this many times as often as the rest before its lessons count less.
const IMBALANCE: f32 = 8.0;
/// Steps are kept in units of 1/65536.
pub(super) const STEP_ONE: f32 = 65_536.0;
const INTERCEPT_RATE: f32 = 0.1;

/// A decision as the model learned it. Kept with the decision, it is all that undoing needs beside the
/// comment itself: the features are made again from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lesson {
    /// The feature version it was learned with. With another one it cannot be undone, nor need be:
    /// the model of the older version is gone.
    pub version: u16,
    /// What was learned.
    pub class: Class,
    /// How much it counted, in sixteenths; 0 when its teacher has taught enough.
    pub share: u8,
    /// Corrections of the weights for spam and abuse, in units of 1/65536.
    pub steps: [i32; 2],
    /// Bin of the score predicted before learning.
    pub bin: u8,
    /// The generation of teachers that it is counted in; the outcome is counted in that generation's age.
    pub generation: u32,
}

/// A change of one cell.
pub type Change = (u32, i32);

impl Lesson {
    /// What `class` teaches the model about a comment, and how much: the more it was wrong the more.
    ///
    /// `teachers` are hashes of who and what the comment stands for (its author, its fingerprint): one
    /// author or one wave counts for eleven comments at most within a generation, however many it sends.
    pub fn new(model: &Model, prior: &Prior, features: &[Feature], class: Class, teachers: &[u64]) -> Self {
        let scores = model.score(prior, features);
        let taught = teachers.iter().map(|&teacher| model.taught(teacher)).max().unwrap_or(0);
        let share = (WHOLE * PATIENCE / (PATIENCE + taught)).min(WHOLE);
        let step = |score: f32, target: bool| {
            let error = f32::from(u8::from(target)) - probability(score);
            let balance = model.balance(class, IMBALANCE);
            (error * balance * share as f32 / WHOLE as f32 * STEP_ONE).round() as i32
        };
        Self {
            version: VERSION,
            class,
            share: share as u8,
            steps: [step(scores.spam, class == Class::Spam), step(scores.abuse, class == Class::Abuse)],
            bin: layout::bin(scores.reject()) as u8,
            generation: model.lessons() / GENERATION,
        }
    }

    /// The changes that learning this lesson makes. `model` is the one it was made from: entering a new
    /// generation takes away what the oldest one held.
    pub fn changes(&self, model: &Model, features: &[Feature], teachers: &[u64]) -> Vec<Change> {
        let mut changes = Vec::with_capacity(features.len() * 3 + 16);
        if model.lessons() > 0 && model.lessons().is_multiple_of(GENERATION) {
            changes.extend(model.forget(self.generation));
        }
        changes.push((layout::LESSONS as u32, 1));
        self.add(features, 1, &mut changes);
        self.count(teachers, self.generation, 1, &mut changes);
        changes
    }

    /// The changes that take the lesson back.
    pub fn undo(&self, model: &Model, features: &[Feature], teachers: &[u64]) -> Vec<Change> {
        let newest = model.lessons().saturating_sub(1) / GENERATION;
        let mut changes = Vec::with_capacity(features.len() * 3 + 16);
        self.add(features, -1, &mut changes);
        self.count(teachers, newest, -1, &mut changes);
        changes
    }

    fn add(&self, features: &[Feature], sign: i32, changes: &mut Vec<Change>) {
        let share = i32::from(self.share) * sign;
        let mut push = |cell: usize, amount: i32| {
            if amount != 0 {
                changes.push((cell as u32, amount));
            }
        };
        push(layout::STANDING, sign);
        push(layout::TOTALS + self.class as usize, share);
        for (index, step) in self.steps.into_iter().enumerate() {
            push(layout::INTERCEPTS + index, sign * (step as f32 * INTERCEPT_RATE) as i32);
        }
        for feature in features {
            let cell = layout::slot_cell(feature.key);
            push(cell + self.class as usize, share);
            for (index, step) in self.steps.into_iter().enumerate() {
                push(cell + layout::STEPS + index, sign * scaled(step, feature.value));
            }
        }
    }

    /// Counts the outcome and the teachers, as far as they are remembered while `newest` is the newest generation.
    fn count(&self, teachers: &[u64], newest: u32, sign: i32, changes: &mut Vec<Change>) {
        if (newest / AGE).saturating_sub(self.generation / AGE) < 2 {
            let rejected = usize::from(self.class != Class::Fine);
            let outcome = layout::age_cell(self.generation / AGE) + 2 * usize::from(self.bin) + rejected;
            changes.push((outcome as u32, sign));
        }
        if newest.saturating_sub(self.generation) < 2 {
            let start = layout::generation_cell(self.generation);
            changes.extend(teachers.iter().map(|&teacher| ((start + teacher_cell(teacher)) as u32, sign)));
        }
    }
}

/// `step` times a feature's value, rounded the same way wherever it is computed.
fn scaled(step: i32, value: u16) -> i32 {
    ((i64::from(step) * i64::from(value)) / 1_024) as i32
}

/// Where a teacher's lessons are counted.
pub(super) fn teacher_cell(teacher: u64) -> usize {
    (teacher % TEACHERS as u64) as usize
}
