//! How many calls may be on the road at once, found out from how long they take.
//!
//! What a server can bear depends on the machine, the store and the comments, so no fixed number is right. What tells is
//! the wait: as long as calls come back quickly, more of them at once mean more done; once they queue somewhere, in
//! this process or in the store, more of them only wait longer. So the number follows the wait, as CoDel
//! (RFC 8289) and TCP do: time is cut into windows; if in a window most calls took longer than the target, a
//! queue stands and the number shrinks by a tenth; if calls were quick and the number was reached, it grows by a tenth.
//! Most of a window's calls, not the mean or the quickest, so that neither one stuck call nor one that needed no work
//! decides. When the number is not reached, what a flood taught grows old: it goes back to where it began, step by step,
//! so that the next burst is not refused by a server that has nothing to do.
//!
//! Whoever comes when the number is reached waits until somebody leaves, no longer than the target, and only half as many
//! may wait as may be within; the others are refused at once, which costs a fraction of the work. So what can be done is done at
//! full speed, and nobody is served after having given up: a call takes about twice the target at most, whatever
//! comes. Callers that repeat a refused call at once are slowed down by the wait to what can be borne.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::timeout_at;

/// Long enough for many calls, short enough that a sudden flood is met within moments.
const WINDOW: Duration = Duration::from_millis(100);
/// Calls that are always let in, so that a slow store is still kept busy.
const FEWEST: u32 = 32;
const STEP: u32 = 10;

/// A place where only so many may be at once.
pub struct Crowd {
    target: Duration,
    most: u32,
    /// How many were allowed at first.
    first: u32,
    state: Mutex<State>,
    left: Notify,
}

struct State {
    within: u32,
    waiting: u32,
    allowed: u32,
    window: Window,
}

/// What was seen since a moment.
struct Window {
    since: Instant,
    quick: u32,
    slow: u32,
    was_full: bool,
}

impl Window {
    fn starting(since: Instant) -> Self {
        Self { since, quick: 0, slow: 0, was_full: false }
    }
}

/// The place is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("as many calls are in flight as can be borne")]
pub struct Full;

/// What becomes of one that is not refused.
enum Came<'a> {
    In(Place),
    ToWait(Waiting<'a>),
}

/// One that waits for a place. Dropping it gives up.
struct Waiting<'a> {
    crowd: &'a Arc<Crowd>,
}

/// One that is within. Dropping it leaves the place without a word on how long it took.
pub struct Place {
    crowd: Arc<Crowd>,
    since: Instant,
}

impl Crowd {
    /// A place whose number follows the wait, up to `most`.
    pub fn new(target: Duration, most: u32, now: Instant) -> Arc<Self> {
        let first = (most / 4).clamp(FEWEST.min(most), most);
        let state = State { within: 0, waiting: 0, allowed: first, window: Window::starting(now) };
        Arc::new(Self { target, most, first, state: Mutex::new(state), left: Notify::new() })
    }

    /// Lets one more in, perhaps after a moment.
    ///
    /// # Errors
    /// [`Full`]; nothing was changed.
    pub async fn enter(self: &Arc<Self>) -> Result<Place, Full> {
        let came = Instant::now();
        let waiting = match self.come(came)? {
            Came::In(place) => return Ok(place),
            Came::ToWait(waiting) => waiting,
        };
        let until = (came + self.target).into();
        loop {
            let left = self.left.notified();
            if let Some(place) = waiting.enter(Instant::now()) {
                return Ok(place);
            }
            timeout_at(until, left).await.map_err(|_| Full)?;
        }
    }

    /// True while whoever comes is refused.
    pub fn is_crowded(&self, now: Instant) -> bool {
        let mut state = self.lock();
        self.turn_window(&mut state, now);
        state.is_crowded()
    }

    /// A place, or leave to wait for one.
    fn come(self: &Arc<Self>, now: Instant) -> Result<Came<'_>, Full> {
        let mut state = self.lock();
        self.turn_window(&mut state, now);
        if state.is_crowded() {
            return Err(Full);
        }
        if state.waiting == 0 && state.has_room() {
            return Ok(Came::In(self.place(&mut state, now)));
        }
        state.waiting += 1;
        Ok(Came::ToWait(Waiting { crowd: self }))
    }

    fn place(self: &Arc<Self>, state: &mut State, now: Instant) -> Place {
        state.within += 1;
        // The number may have grown by more than one.
        if state.waiting > 0 && state.within < state.allowed {
            self.left.notify_one();
        }
        Place { crowd: Arc::clone(self), since: now }
    }

    fn turn_window(&self, state: &mut State, now: Instant) {
        let length = now.saturating_duration_since(state.window.since);
        let nobody_came_out = state.window.quick + state.window.slow == 0;
        if length < WINDOW || nobody_came_out && length < self.target {
            return;
        }
        let Window { quick, slow, was_full, .. } =
            std::mem::replace(&mut state.window, Window::starting(now));
        let step = (state.allowed / STEP).max(1);
        let is_slow = slow > quick || nobody_came_out && was_full;
        if is_slow {
            state.allowed = (state.allowed - step).max(FEWEST.min(self.most));
        } else if was_full {
            state.allowed = (state.allowed + step).min(self.most);
        }
        // Nobody came for as long as the window is longer than it had to be.
        let needed = if nobody_came_out { WINDOW.max(self.target) } else { WINDOW };
        let windows = (length.saturating_sub(needed).as_millis() / WINDOW.as_millis()).min(1000) as u32;
        let rested = windows + u32::from(!is_slow && !was_full);
        if state.allowed < self.first {
            state.allowed = (state.allowed + step * rested).min(self.first);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_room(&mut self) -> bool {
        let has_room = self.within < self.allowed;
        self.window.was_full |= !has_room;
        has_room
    }

    fn is_crowded(&mut self) -> bool {
        !self.has_room() && self.waiting >= self.allowed / 2
    }
}

impl Waiting<'_> {
    fn enter(&self, now: Instant) -> Option<Place> {
        let mut state = self.crowd.lock();
        self.crowd.turn_window(&mut state, now);
        state.has_room().then(|| self.crowd.place(&mut state, now))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.crowd.lock().waiting -= 1;
    }
}

impl Place {
    /// Leaves after the work was done, which tells how long it takes here.
    pub fn done(self, now: Instant) {
        let mut state = self.crowd.lock();
        let took = now.saturating_duration_since(self.since);
        if took > self.crowd.target {
            state.window.slow += 1;
        } else {
            state.window.quick += 1;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.crowd.lock();
        state.within -= 1;
        if state.waiting > 0 {
            self.crowd.left.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    const TARGET: Duration = Duration::from_millis(100);
    const TICK: Duration = Duration::from_millis(1);

    impl Crowd {
        /// Lets one in that does not wait.
        fn enter_at(self: &Arc<Self>, now: Instant) -> Result<Place, Full> {
            match self.come(now)? {
                Came::In(place) => Ok(place),
                Came::ToWait(_) => Err(Full),
            }
        }

        /// How many may be within now.
        fn allowed(&self) -> u32 {
            self.lock().allowed
        }

        /// How many are within, and how many wait.
        fn counts(&self) -> (u32, u32) {
            let state = self.lock();
            (state.within, state.waiting)
        }
    }

    /// A server that does `a_tick` calls a millisecond, one after another, offered `offered` a millisecond for
    /// `seconds`. How many were done in the last second, how long the last waited, and how many are allowed.
    fn serve(
        crowd: &Arc<Crowd>,
        from: Instant,
        a_tick: usize,
        offered: usize,
        seconds: u32,
    ) -> (usize, Duration) {
        let (mut queue, mut done, mut waited) = (VecDeque::new(), 0, Duration::ZERO);
        for tick in 0..seconds * 1000 {
            let now = from + TICK * tick;
            queue.extend((0..offered).filter_map(|_| crowd.enter_at(now).ok()));
            let ready = a_tick.min(queue.len());
            for place in queue.drain(..ready) {
                waited = now.duration_since(place.since);
                place.done(now);
                done += usize::from(tick >= (seconds - 1) * 1000);
            }
        }
        (done, waited)
    }

    #[test]
    fn under_four_times_the_load_the_rate_is_kept_and_the_wait_is_bounded() {
        let now = Instant::now();
        for a_tick in [2, 10, 30] {
            let crowd = Crowd::new(TARGET, 10_000, now);
            let (done, waited) = serve(&crowd, now, a_tick, 4 * a_tick, 30);
            assert_eq!(done, a_tick * 1000, "nothing is left undone while calls are refused");
            assert!(waited < TARGET * 3 / 2, "{waited:?} at {a_tick} a millisecond");
        }
    }

    #[test]
    fn a_load_that_can_be_borne_is_never_refused() {
        let now = Instant::now();
        let crowd = Crowd::new(TARGET, 1_000, now);
        let (done, waited) = serve(&crowd, now, 10, 9, 10);
        assert_eq!((done, waited), (9_000, Duration::ZERO));
        assert_eq!(crowd.lock().within, 0);
    }

    #[test]
    fn a_store_that_becomes_slower_lets_fewer_in_and_a_quick_one_more() {
        let now = Instant::now();
        let crowd = Crowd::new(TARGET, 10_000, now);
        serve(&crowd, now, 30, 60, 10);
        let many = crowd.allowed();
        serve(&crowd, now + TICK * 10_000, 3, 60, 20);
        let few = crowd.allowed();
        assert!(few * 4 < many, "{many} then {few}");
        serve(&crowd, now + TICK * 30_000, 30, 60, 20);
        assert!(crowd.allowed() > 4 * few);
    }

    #[test]
    fn after_a_flood_and_a_rest_a_burst_is_let_in() {
        let now = Instant::now();
        let crowd = Crowd::new(TARGET, 1_000, now);
        serve(&crowd, now, 1, 40, 10);
        assert!(crowd.allowed() < 150);
        let later = now + TICK * 13_000;
        let burst = (0..250).filter_map(|_| crowd.enter_at(later).ok());
        assert_eq!(burst.collect::<Vec<_>>().len(), 250);
        let again = Crowd::new(TARGET, 1_000, now);
        serve(&again, now, 1, 40, 10);
        serve(&again, now + TICK * 10_000, 10, 2, 3);
        assert_eq!(again.allowed(), 250, "a light load is a rest as well");
    }

    #[test]
    fn a_store_that_hangs_is_noticed_although_nobody_comes_out() {
        let now = Instant::now();
        let crowd = Crowd::new(TARGET, 1_000, now);
        let mut within = Vec::new();
        for tick in 0..10_000 {
            within.extend(crowd.enter_at(now + TICK * tick).ok());
        }
        assert_eq!(crowd.allowed(), FEWEST);
        assert!(within.len() <= 250, "{}", within.len());
        drop(within);
        assert!(crowd.enter_at(now + TICK * 10_000).is_ok());
    }

    #[test]
    fn a_small_place_stays_small() {
        let now = Instant::now();
        let crowd = Crowd::new(TARGET, 2, now);
        let within: Vec<_> = (0..5).filter_map(|_| crowd.enter_at(now).ok()).collect();
        assert!(within.len() <= 2 && !within.is_empty());
    }

    fn run<T>(test: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(test)
    }

    #[test]
    fn whoever_waits_comes_in_when_somebody_leaves_and_before_those_who_come_later() {
        run(async {
            let crowd = Crowd::new(Duration::from_secs(60), 2, Instant::now());
            let within = [crowd.enter().await.unwrap(), crowd.enter().await.unwrap()];
            let waiting = tokio::spawn({
                let crowd = Arc::clone(&crowd);
                async move { crowd.enter().await.is_ok() }
            });
            tokio::task::yield_now().await;
            assert!(crowd.is_crowded(Instant::now()));
            assert!(crowd.enter().await.is_err(), "one of two may wait");
            drop(within);
            assert!(crowd.enter_at(Instant::now()).is_err(), "nobody overtakes");
            assert!(waiting.await.unwrap());
            assert_eq!(crowd.counts(), (0, 0));
        });
    }

    #[test]
    fn nobody_waits_longer_than_the_target() {
        run(async {
            let crowd = Crowd::new(Duration::from_millis(20), 2, Instant::now());
            let _within = [crowd.enter().await.unwrap(), crowd.enter().await.unwrap()];
            let came = Instant::now();
            assert!(crowd.enter().await.is_err());
            assert!(came.elapsed() >= Duration::from_millis(20));
            assert_eq!(crowd.counts(), (2, 0));
        });
    }
}
