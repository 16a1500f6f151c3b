//! The decision feed: where to begin, and what goes out.

use super::comment::decision;
use super::{Check, View, state, timestamp};
use crate::domain::{Cursor, DecisionEvent, SiteName};
use crate::feed::{Followed, Start};
use crate::proto::v1;

/// The `start` of a request, whichever message it is of.
#[derive(Debug, Clone)]
pub enum WireStart {
    /// `cursor`
    Cursor(String),
    /// `from_now`
    FromNow(bool),
    /// `from_oldest`
    FromOldest(bool),
}

macro_rules! wire_start {
    ($($message:ident),*) => {$(
        impl From<v1::$message::Start> for WireStart {
            fn from(start: v1::$message::Start) -> Self {
                match start {
                    v1::$message::Start::Cursor(cursor) => Self::Cursor(cursor),
                    v1::$message::Start::FromNow(now) => Self::FromNow(now),
                    v1::$message::Start::FromOldest(oldest) => Self::FromOldest(oldest),
                }
            }
        }
    )*};
}

wire_start!(list_decisions_request, watch_decisions_request, site_start);

/// Where a reader begins.
pub fn start(check: &mut Check, start: Option<impl Into<WireStart>>) -> Option<Start> {
    let (field, mistake) = match start.map(Into::into) {
        Some(WireStart::Cursor(text)) => match Cursor::decode(&text) {
            Some(cursor) => return Some(Start::Cursor(cursor)),
            None => ("cursor", "is not a cursor of this service; send one as it came, or from_oldest"),
        },
        Some(WireStart::FromNow(true)) => return Some(Start::Now),
        Some(WireStart::FromOldest(true)) => return Some(Start::Oldest),
        Some(WireStart::FromNow(false)) => ("from_now", "must be true when it is set"),
        Some(WireStart::FromOldest(false)) => ("from_oldest", "must be true when it is set"),
        None => ("start", "is required: cursor, from_now or from_oldest"),
    };
    check.note(field, mistake);
    None
}

/// An event of `site` as portals see it, with the place after it.
pub fn event(site: &SiteName, place: &Cursor, event: DecisionEvent) -> v1::DecisionEvent {
    v1::DecisionEvent {
        cursor: place.encode(),
        event_id: event.event_id,
        site: site.as_str().to_owned(),
        comment_id: event.comment_id.as_str().to_owned(),
        thread_id: event.thread_id,
        author_id: event.author_id,
        state: state(event.state).into(),
        previous_state: event.previous_state.map_or(v1::CommentState::Unspecified, state).into(),
        published: event.published,
        etag: event.version.to_string(),
        decision: Some(decision(event.decision, View::Portal)),
        event_time: Some(timestamp(event.event_time)),
    }
}

/// One message of a followed feed.
pub fn followed(followed: Followed) -> v1::WatchDecisionsResponse {
    let Followed { cursor, event: happened } = followed;
    v1::WatchDecisionsResponse {
        site: cursor.site.as_str().to_owned(),
        cursor: cursor.encode(),
        event: happened.map(|happened| event(&cursor.site, &cursor, happened)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::comment::tests::decided_by;
    use super::*;
    use crate::domain::{ActorKind, CommentId, State, Timestamp};

    fn place() -> Cursor {
        Cursor { site: SiteName::new("news").unwrap(), generation: 7, sequence: 9, tag: 1 }
    }

    #[test]
    fn a_start_is_a_cursor_or_one_of_two_words() {
        let read = |wire: WireStart| start(&mut Check::default(), Some(wire));
        assert_eq!(read(WireStart::Cursor(place().encode())), Some(Start::Cursor(place())));
        assert_eq!(read(WireStart::FromNow(true)), Some(Start::Now));
        assert_eq!(read(WireStart::FromOldest(true)), Some(Start::Oldest));
    }

    #[test]
    fn what_is_no_start_is_refused_by_name() {
        for (wire, field) in [
            (None, "start"),
            (Some(WireStart::Cursor("7".into())), "cursor"),
            (Some(WireStart::Cursor(String::new())), "cursor"),
            (Some(WireStart::FromNow(false)), "from_now"),
            (Some(WireStart::FromOldest(false)), "from_oldest"),
        ] {
            let mut check = Check::default();
            assert_eq!(start(&mut check, wire), None);
            assert!(check.finish().unwrap_err().message().starts_with(field), "{field}");
        }
    }

    #[test]
    fn an_event_leaves_out_what_portals_must_not_see() {
        let happened = DecisionEvent {
            sequence: 9,
            event_id: "e".into(),
            comment_id: CommentId::new("c").unwrap(),
            thread_id: "t".into(),
            author_id: "a".into(),
            state: State::Rejected,
            previous_state: None,
            published: false,
            version: 2,
            decision: decided_by(ActorKind::Moderator),
            event_time: Timestamp(0),
        };
        let sent = followed(Followed { cursor: place(), event: Some(happened) });
        let event = sent.event.unwrap();
        assert_eq!((event.cursor, event.site), (sent.cursor, sent.site));
        assert_eq!(event.previous_state, v1::CommentState::Unspecified as i32);
        let decision = event.decision.unwrap();
        assert_eq!(
            (decision.note.as_str(), decision.actor.as_str(), decision.reason.as_str()),
            ("", "", "spam")
        );
    }
}
