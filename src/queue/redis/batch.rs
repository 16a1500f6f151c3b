//! Those who wait together travel together.
//!
//! While one trip of a site is under way, whoever comes waits; when it is back, all that wait leave with the next. No
//! timer holds anybody up: on an idle site a job leaves at once.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use crate::domain::SiteName;
use crate::queue::QueueError;

/// One trip to the store for many jobs.
pub(super) trait Trip: Clone + Send + Sync + 'static {
    /// What one caller wants.
    type Job: Send + 'static;
    /// What one caller gets.
    type Answer: Send + 'static;

    /// How much a job takes of a trip's [`Trip::ROOM`].
    fn weight(job: &Self::Job) -> usize;
    /// How much one trip carries, besides at most [`Trip::SEATS`] jobs. A single job always fits.
    const ROOM: usize;
    /// How many jobs one trip carries.
    const SEATS: usize;

    /// Makes the trip; answers in the order of the jobs.
    fn travel(
        &self,
        site: &SiteName,
        jobs: Vec<Self::Job>,
    ) -> impl Future<Output = Result<Vec<Self::Answer>, QueueError>> + Send;
}

/// Gathers jobs into trips, a site at a time.
pub(super) struct Batcher<T: Trip> {
    trip: T,
    lanes: Arc<Mutex<HashMap<SiteName, Lane<T>>>>,
}

impl<T: Trip> Clone for Batcher<T> {
    fn clone(&self) -> Self {
        Self { trip: self.trip.clone(), lanes: self.lanes.clone() }
    }
}

struct Waiting<T: Trip> {
    job: T::Job,
    answer: oneshot::Sender<Result<T::Answer, QueueError>>,
}

/// The jobs of a site that wait; the lane exists while a trip of that site is under way.
type Lane<T> = VecDeque<Waiting<T>>;

impl<T: Trip> Batcher<T> {
    pub(super) fn new(trip: T) -> Self {
        Self { trip, lanes: Arc::default() }
    }

    /// Has a job done.
    ///
    /// # Errors
    /// Those of the trip, and [`QueueError::Unavailable`] when there is no answer by `deadline`.
    pub(super) async fn run(
        &self,
        site: &SiteName,
        job: T::Job,
        deadline: Instant,
    ) -> Result<T::Answer, QueueError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { job, answer };
        if self.join_or_open(site, waiting) {
            let (this, site) = (self.clone(), site.clone());
            tokio::spawn(async move { this.drive(site).await });
        }
        match timeout_at(deadline, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(late("the trip ended without an answer")),
            Err(_) => Err(late("there was no answer in time")),
        }
    }

    /// Puts a job in its site's lane; true when the lane is new and has to be driven.
    fn join_or_open(&self, site: &SiteName, waiting: Waiting<T>) -> bool {
        let mut lanes = self.lock();
        if let Some(lane) = lanes.get_mut(site) {
            lane.push_back(waiting);
            return false;
        }
        lanes.insert(site.clone(), VecDeque::from([waiting]));
        true
    }

    /// Makes trips until nobody waits.
    async fn drive(&self, site: SiteName) {
        let mut closing = Closing { batcher: self, site: &site, done: false };
        while let Some((jobs, answers)) = self.board(&site) {
            match self.trip.travel(&site, jobs).await {
                Ok(results) => {
                    for (answer, result) in answers.into_iter().zip(results) {
                        let _ = answer.send(Ok(result));
                    }
                }
                Err(error) => {
                    for answer in answers {
                        let _ = answer.send(Err(error.clone()));
                    }
                }
            }
        }
        closing.done = true;
    }

    /// Those who leave now; `None`, and the lane is closed, when nobody waits. Whoever gave up does not travel.
    #[expect(clippy::type_complexity, reason = "two lists that belong together, taken apart at once")]
    fn board(
        &self,
        site: &SiteName,
    ) -> Option<(Vec<T::Job>, Vec<oneshot::Sender<Result<T::Answer, QueueError>>>)> {
        let mut lanes = self.lock();
        let lane = lanes.get_mut(site)?;
        let (mut jobs, mut answers, mut load) = (Vec::new(), Vec::new(), 0);
        while let Some(next) = lane.front() {
            load += T::weight(&next.job);
            if !jobs.is_empty() && (jobs.len() == T::SEATS || load > T::ROOM) {
                break;
            }
            let Some(Waiting { job, answer }) = lane.pop_front() else { break };
            if !answer.is_closed() {
                jobs.push(job);
                answers.push(answer);
            }
        }
        if jobs.is_empty() {
            lanes.remove(site);
            return None;
        }
        Some((jobs, answers))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SiteName, Lane<T>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes a lane whose driver was torn away, so that the next job opens it again.
struct Closing<'a, T: Trip> {
    batcher: &'a Batcher<T>,
    site: &'a SiteName,
    done: bool,
}

impl<T: Trip> Drop for Closing<'_, T> {
    fn drop(&mut self) {
        if !self.done {
            self.batcher.lock().remove(self.site);
        }
    }
}

fn late(why: &str) -> QueueError {
    QueueError::Unavailable { detail: why.into() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::Semaphore;

    use super::*;

    /// Doubles numbers; a trip ends when the test lets it.
    #[derive(Clone)]
    struct Doubling {
        gate: Arc<Semaphore>,
        trips: Arc<Mutex<Vec<Vec<usize>>>>,
    }

    impl Trip for Doubling {
        type Job = usize;
        type Answer = usize;
        const ROOM: usize = 1000;
        const SEATS: usize = 4;

        fn weight(job: &usize) -> usize {
            *job
        }

        async fn travel(&self, _: &SiteName, jobs: Vec<usize>) -> Result<Vec<usize>, QueueError> {
            self.trips.lock().unwrap().push(jobs.clone());
            self.gate.acquire().await.expect("the gate stays").forget();
            if jobs.contains(&13) {
                return Err(late("thirteen"));
            }
            Ok(jobs.iter().map(|job| job * 2).collect())
        }
    }

    fn doubling() -> (Batcher<Doubling>, Doubling) {
        let trip = Doubling { gate: Arc::new(Semaphore::new(0)), trips: Arc::default() };
        (Batcher::new(trip.clone()), trip)
    }

    async fn submit_all(batcher: &Batcher<Doubling>, jobs: &[usize]) -> Vec<Result<usize, QueueError>> {
        let site = SiteName::new("news").unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        futures_util::future::join_all(jobs.iter().map(|job| batcher.run(&site, *job, deadline))).await
    }

    #[tokio::test]
    async fn jobs_that_come_together_travel_together_up_to_the_seats() {
        let (batcher, trip) = doubling();
        trip.gate.add_permits(10);
        let answers = submit_all(&batcher, &[1, 2, 3, 4, 5, 6]).await;
        let answers: Vec<usize> = answers.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers, [2, 4, 6, 8, 10, 12]);
        assert_eq!(*trip.trips.lock().unwrap(), [vec![1, 2, 3, 4], vec![5, 6]]);
    }

    #[tokio::test]
    async fn a_heavy_job_travels_alone_and_one_that_is_too_heavy_all_the_same() {
        let (batcher, trip) = doubling();
        trip.gate.add_permits(10);
        submit_all(&batcher, &[600, 600, 5000, 1]).await;
        assert_eq!(*trip.trips.lock().unwrap(), [vec![600], vec![600], vec![5000], vec![1]]);
    }

    #[tokio::test]
    async fn the_error_of_a_trip_reaches_all_who_were_on_it_and_nobody_else() {
        let (batcher, trip) = doubling();
        trip.gate.add_permits(10);
        let answers = submit_all(&batcher, &[1, 2, 13, 4, 5]).await;
        assert!(answers[..4].iter().all(|answer| matches!(answer, Err(QueueError::Unavailable { .. }))));
        assert_eq!(answers[4].clone().unwrap(), 10);
    }

    #[tokio::test]
    async fn nobody_waits_longer_than_their_deadline_and_the_lane_goes_on() {
        let (batcher, trip) = doubling();
        let site = SiteName::new("news").unwrap();
        let soon = Instant::now() + Duration::from_millis(1);
        let late = batcher.run(&site, 1, soon).await;
        assert!(matches!(late, Err(QueueError::Unavailable { .. })));
        trip.gate.add_permits(10);
        assert_eq!(submit_all(&batcher, &[2]).await[0].clone().unwrap(), 4);
    }
}
