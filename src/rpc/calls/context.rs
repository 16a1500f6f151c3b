//! The call that runs on this thread right now: whatever happens deep inside finds its request id here, and leaves here
//! what the call's one line in the log is to say.

use std::cell::RefCell;

use tonic::codegen::http::{HeaderMap, HeaderValue};

use crate::domain::new_id;

const HEADER: &str = "x-request-id";
/// Bytes of a caller's id.
const MAX_ID: usize = 64;

thread_local! {
    static NOW: RefCell<Option<Context>> = const { RefCell::new(None) };
}

/// What one call carries along.
#[derive(Debug)]
pub struct Context {
    request_id: HeaderValue,
    detail: Option<String>,
}

impl Context {
    /// That of a request: with the id that its caller gave it, or else a new one.
    pub fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).filter(|id| is_well_formed(id.as_bytes()));
        let made = || HeaderValue::try_from(new_id()).expect("an id is plain ASCII");
        Self { request_id: given.cloned().unwrap_or_else(made), detail: None }
    }

    /// The id.
    pub fn request_id(&self) -> &str {
        self.request_id.to_str().unwrap_or_default()
    }

    /// What went wrong inside, for the log alone.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Tells the caller which id its request has.
    pub fn stamp(&self, headers: &mut HeaderMap) {
        headers.insert(HEADER, self.request_id.clone());
    }
}

/// Letters, digits and the marks that ids are written with. None that a log or a terminal would take for its own, and no `@`.
fn is_well_formed(id: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(byte);
    (1..=MAX_ID).contains(&id.len()) && id.iter().all(plain)
}

/// Runs a part of a call.
pub fn within<T>(context: &mut Option<Context>, work: impl FnOnce() -> T) -> T {
    NOW.with_borrow_mut(|now| std::mem::swap(now, context));
    let done = work();
    NOW.with_borrow_mut(|now| std::mem::swap(now, context));
    done
}

/// The id of the call that runs now; a new one outside of calls.
pub fn request_id() -> String {
    let id = NOW.with_borrow(|now| now.as_ref().map(|now| now.request_id().to_owned()));
    id.unwrap_or_else(new_id)
}

/// Says what went wrong inside the call that runs now, for its line in the log; outside of calls it is a line of its own.
pub fn went_wrong(detail: String) {
    let left = NOW.with_borrow_mut(|now| match now {
        Some(now) => {
            now.detail = Some(detail);
            None
        }
        None => Some(detail),
    });
    if let Some(detail) = left {
        tracing::error!(detail, "something went wrong beside the calls");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(given: &'static [u8]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_bytes(given).unwrap());
        Context::of(&headers).request_id().to_owned()
    }

    #[test]
    fn a_well_formed_id_is_kept_and_any_other_replaced() {
        assert_eq!(id(b"req-1.2:a/b+c=_"), "req-1.2:a/b+c=_");
        for strange in [&b""[..], b"two words", b"ann@example.org", b"\xff", &[b'a'; 65]] {
            assert_ne!(id(strange).as_bytes(), strange);
            assert_eq!(id(strange).len(), 26);
        }
    }

    #[test]
    fn what_goes_wrong_stays_with_its_call() {
        let mut one = Some(Context::of(&HeaderMap::new()));
        let mut other = Some(Context::of(&HeaderMap::new()));
        within(&mut one, || {
            let outer = request_id();
            within(&mut other, || went_wrong("the other".into()));
            assert_eq!(request_id(), outer);
        });
        assert_eq!(one.unwrap().detail(), None);
        assert_eq!(other.unwrap().detail(), Some("the other"));
    }
}
