//! Floods of frames that each cost the sender next to nothing.

use std::time::Duration;

use futures_util::future::join_all;
use modqueue::proto::v1::ListCommentsRequest;

use super::{it_answers, server, stays_flat};
use crate::support::raw_http2::*;

const GET: &str = "/modqueue.v1.SubmissionService/GetComment";

/// An empty message of gRPC in a frame of data.
fn empty_message(stream: u32) -> Vec<u8> {
    frame(DATA, END_STREAM, stream, &[0; 5])
}

#[tokio::test(flavor = "multi_thread")]
async fn pings_and_settings_that_ask_for_answers_nobody_reads() {
    let server = server("");
    stays_flat(&server, async {
        for flood in [frame(PING, 0, 0, &[7; 8]), frame(SETTINGS, 0, 0, &[])] {
            let mut connection = RawConnection::open(server.address(), &[]).await;
            let many = flood.repeat(10_000);
            for _ in 0..20 {
                if !connection.push(&many).await {
                    break;
                }
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_reset_as_soon_as_they_are_made() {
    let server = server("");
    let headers = call(GET, &server.token("portal"));
    stays_flat(&server, async {
        for _ in 0..5 {
            let mut connection = RawConnection::open(server.address(), &[]).await;
            let mut bytes = Vec::new();
            for stream in (1..20_000).step_by(2) {
                bytes.extend(frame(HEADERS, END_HEADERS, stream, &headers));
                bytes.extend(frame(RST_STREAM, 0, stream, &8u32.to_be_bytes()));
            }
            connection.send(&bytes).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_without_an_end() {
    let server = server("");
    stays_flat(&server, async {
        let mut connection = RawConnection::open(server.address(), &[]).await;
        connection.send(&frame(HEADERS, 0, 1, &call(GET, "x"))).await;
        let more = frame(CONTINUATION, 0, 1, &field("x-more", &"y".repeat(100)).repeat(100));
        let many = more.repeat(100);
        let mut is_open = true;
        for _ in 0..100 {
            is_open = is_open && connection.send(&many).await;
        }
        assert!(!is_open || connection.is_closed_within(Duration::from_secs(10)).await, "100 MB of headers");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_beyond_the_bound_is_refused() {
    let server = server("[bounds]\nmax_header_bytes = 4096\n");
    let mut clients = server.clients().await;
    let mut request = tonic::Request::new(modqueue::proto::v1::GetCommentRequest::default());
    request.metadata_mut().insert("x-large", "y".repeat(8192).parse().expect("plain ASCII"));
    clients.submission.get_comment(request).await.expect_err("too large");
    it_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_connections_on_which_nothing_happens() {
    let server = server("");
    let mut connections = Vec::new();
    stays_flat(&server, async {
        for _ in 0..500 {
            connections.push(RawConnection::open(server.address(), &[]).await);
        }
        it_answers(&server).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_most_are_closed_at_once() {
    let server = server("[bounds]\nmax_connections = 3\n");
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(RawConnection::open(server.address(), &[]).await);
    }
    let mut beyond = RawConnection::open(server.address(), &[]).await;
    assert!(beyond.is_closed_within(Duration::from_secs(5)).await);
    open.pop();
    let again = async {
        loop {
            let mut again = RawConnection::open(server.address(), &[]).await;
            if !again.is_closed_within(Duration::from_millis(200)).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), again).await.expect("a place that was left is taken again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_only_pings_is_idle() {
    let server = server("[bounds]\nmax_connection_idle = '1s'\n");
    let mut pinging = RawConnection::open(server.address(), &[]).await;
    let ping = frame(PING, 0, 0, &[7; 8]);
    let began = std::time::Instant::now();
    let pings = async {
        while pinging.send(&ping).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), pings).await.expect("it is closed");
    assert!(began.elapsed() > Duration::from_millis(900), "pings are no crime");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_takes_nothing_is_left_and_costs_no_more_than_its_share() {
    let server = server(
        "[bounds]\nmax_message_bytes = 1048576\nmax_unread_bytes_per_token = 1048576\nanswer_patience = '2s'\n",
    );
    let mut clients = server.clients().await;
    for number in 0..40 {
        let text = format!("number {number} {}", "lorem ipsum dolor ".repeat(1600));
        let request =
            crate::support::clients::submission(&format!("c-{number}"), &format!("a-{number}"), &text);
        clients.submission.submit_comment(request).await.expect("a verdict");
    }
    let headers = call("/modqueue.v1.ReviewService/ListComments", &server.token("moderator"));
    // As many lists at once as the flood asks for, read at once: what making them takes is not what is measured.
    let lists = (0..200).map(|_| {
        let mut review = clients.review.clone();
        async move { review.list_comments(ListCommentsRequest::default()).await.is_ok() }
    });
    let answered = join_all(lists.collect::<Vec<_>>()).await;
    assert!(answered.contains(&true));
    stays_flat(&server, async {
        const INITIAL_WINDOW: u16 = 4;
        let mut connection = RawConnection::open(server.address(), &[(INITIAL_WINDOW, 0)]).await;
        for stream in (1..400).step_by(2) {
            let headers = frame(HEADERS, END_HEADERS, stream, &headers);
            connection.push(&[headers, empty_message(stream)].concat()).await;
        }
        let refused = async {
            loop {
                let answer = clients.review.list_comments(ListCommentsRequest::default()).await;
                if answer.is_err_and(|refused| crate::support::service::reason(&refused) == "TOO_MANY_CALLS")
                {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), refused).await.expect("the token's share is used up");
        assert!(connection.is_closed_within(Duration::from_secs(20)).await, "patience ends");
        let answer = clients.review.list_comments(ListCommentsRequest::default()).await;
        answer.expect("its share is free again");
    })
    .await;
}
