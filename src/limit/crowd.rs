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
//! Whoever comes when the number is reached is refused at once, which costs a fraction of the work: what can be
//! done is done at full speed, and nobody is served after having given up. The wait of those within is
//! bounded by about the target, whatever comes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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
}

struct State {
    within: u32,
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

/// One that is within. Dropping it leaves the place without a word on how long it took.
pub struct Place {
    crowd: Arc<Crowd>,
    since: Instant,
}

impl Crowd {
    /// A place whose number follows the wait, up to `most`.
    pub fn new(target: Duration, most: u32, now: Instant) -> Arc<Self> {
        let first = (most / 4).clamp(FEWEST.min(most), most);
        let state = State { within: 0, allowed: first, window: Window::starting(now) };
        Arc::new(Self { target, most, first, state: Mutex::new(state) })
    }

    /// Lets one more in.
    ///
    /// # Errors
    /// [`Full`]; nothing was changed.
    pub fn enter(self: &Arc<Self>, now: Instant) -> Result<Place, Full> {
        let mut state = self.lock();
        self.turn_window(&mut state, now);
        if state.within >= state.allowed {
            state.window.was_full = true;
            return Err(Full);
        }
        state.within += 1;
        drop(state);
        Ok(Place { crowd: Arc::clone(self), since: now })
    }

    /// How many may be within now.
    pub fn allowed(&self) -> u32 {
        self.lock().allowed
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
        self.crowd.lock().within -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    const TARGET: Duration = Duration::from_millis(100);
    const TICK: Duration = Duration::from_millis(1);

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
            queue.extend((0..offered).filter_map(|_| crowd.enter(now).ok()));
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
        let burst = (0..250).filter_map(|_| crowd.enter(later).ok());
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
            within.extend(crowd.enter(now + TICK * tick).ok());
        }
        assert_eq!(crowd.allowed(), FEWEST);
        assert!(within.len() <= 250, "{}", within.len());
        drop(within);
        assert!(crowd.enter(now + TICK * 10_000).is_ok());
    }

    #[test]
    fn a_small_place_stays_small() {
        let now = Instant::now();
        let crowd = Crowd::new(TARGET, 2, now);
        let within: Vec<_> = (0..5).filter_map(|_| crowd.enter(now).ok()).collect();
        assert!(within.len() <= 2 && !within.is_empty());
    }
}
