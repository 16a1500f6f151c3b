//! The admin's calls through a real socket.

use modqueue::proto::v1::export_author_response::Item;
use modqueue::proto::v1::policy_service_client::PolicyServiceClient;
use modqueue::proto::v1::{
    AuthorStanding, CommentState, ExportAuthorRequest, GetAuthorRequest, GetPolicyRequest,
    ListAuthorCommentsRequest, ListPolicyProposalsRequest, ListPolicyRevisionsRequest, Policy,
    PolicyProposal, PolicyProposalState, ProposePolicyRequest, ReviseCommentRequest,
    SetAuthorStandingRequest, TestPolicyRequest, UpdatePolicyRequest,
};
use tonic::{Code, Status};

use crate::support::clients::submission;
use crate::support::service::{OPEN, Service, fields, info, on_each_store, reason};

on_each_store!(
    a_policy_is_in_force_at_once_and_its_history_is_kept,
    a_policy_with_mistakes_is_refused_whole_with_all_of_them,
    an_edit_of_an_old_policy_is_refused,
    admins_in_a_hurry_all_have_their_say,
    checking_a_policy_saves_nothing,
    a_policy_can_be_tried_on_one_draft,
    a_suggested_policy_is_settled_by_an_update_that_names_it,
    a_bad_suggestion_is_refused_and_none_is_settled_twice,
    an_admin_has_the_last_word_about_an_author,
    an_authors_comments_are_listed_and_exported_with_their_histories,
);

async fn get(service: &Service, revision: u64) -> Result<Policy, Status> {
    let request = GetPolicyRequest { revision, ..Default::default() };
    Ok(service.admin().get_policy(request).await?.into_inner().policy.expect("a policy"))
}

async fn update(service: &Service, source: &str, etag: &str) -> Result<Policy, Status> {
    let request = UpdatePolicyRequest {
        source: source.into(),
        etag: etag.into(),
        comment: "because".into(),
        ..Default::default()
    };
    Ok(service.admin().update_policy(request).await?.into_inner().policy.expect("a policy"))
}

async fn a_policy_is_in_force_at_once_and_its_history_is_kept(service: Service) {
    let built_in = get(&service, 0).await.unwrap();
    assert_eq!((built_in.revision, built_in.etag.as_str(), built_in.source.as_str()), (0, "0", ""));
    let first = update(&service, OPEN, &built_in.etag).await.unwrap();
    assert_eq!((first.revision, first.author.as_str(), first.comment.as_str()), (1, "admin", "because"));
    let submitted =
        service.portal().submit_comment(submission("c-1", "ann", "a harmless remark")).await.unwrap();
    let verdict = submitted.into_inner().comment.unwrap().verdict.unwrap();
    assert_eq!(verdict.policy_revision, 1, "in force with the next comment");
    for revision in 2..=3 {
        assert_eq!(update(&service, "mode = 'pre'\n", "").await.unwrap().revision, revision);
    }
    assert_eq!(get(&service, 0).await.unwrap().revision, 3);
    assert_eq!(get(&service, 1).await.unwrap().source, OPEN);
    let missing = get(&service, 99).await.unwrap_err();
    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "POLICY_REVISION_NOT_FOUND"));
    let (mut listed, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListPolicyRevisionsRequest { page_size: 2, page_token, ..Default::default() };
        let page = service.admin().list_policy_revisions(request).await.unwrap().into_inner();
        assert!(page.revisions.iter().all(|policy| policy.source.is_empty()));
        listed.extend(page.revisions.into_iter().map(|policy| policy.revision));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, [3, 2, 1]);
}

async fn a_policy_with_mistakes_is_refused_whole_with_all_of_them(service: Service) {
    update(&service, OPEN, "").await.unwrap();
    let refused = update(&service, "mode = 'lax'\n[thresholds]\nhold = 'low'\n", "").await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "POLICY_INVALID"));
    let lines: Vec<_> =
        fields(&refused).iter().map(|field| field.rsplit_once(':').unwrap().0.to_owned()).collect();
    assert_eq!(lines, ["source:1", "source:3"]);
    assert_eq!(get(&service, 0).await.unwrap().source, OPEN, "the last good one stays");
}

async fn an_edit_of_an_old_policy_is_refused(service: Service) {
    update(&service, OPEN, "0").await.unwrap();
    let refused = update(&service, "mode = 'pre'\n", "0").await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Aborted, "POLICY_CONFLICT"));
    assert_eq!(
        (info(&refused).metadata["revision"].as_str(), info(&refused).metadata["etag"].as_str()),
        ("1", "1")
    );
    assert_eq!(fields(&update(&service, OPEN, "first").await.unwrap_err()), ["etag"]);
    update(&service, "mode = 'pre'\n", "1").await.expect("the current one was edited");
}

async fn admins_in_a_hurry_all_have_their_say(service: Service) {
    let updates = (0..40).map(|_| update(&service, OPEN, ""));
    let saved = futures_util::future::join_all(updates).await;
    let mut revisions: Vec<_> = saved.into_iter().map(|saved| saved.unwrap().revision).collect();
    revisions.sort_unstable();
    assert_eq!(revisions, (1..=40).collect::<Vec<_>>());
}

async fn checking_a_policy_saves_nothing(service: Service) {
    let request = |source: &str, etag: &str| UpdatePolicyRequest {
        source: source.into(),
        etag: etag.into(),
        validate_only: true,
        ..Default::default()
    };
    let checked =
        service.admin().update_policy(request(OPEN, "0")).await.unwrap().into_inner().policy.unwrap();
    assert_eq!(checked.revision, 1);
    assert_eq!(get(&service, 0).await.unwrap().revision, 0);
    let refused = service.admin().update_policy(request("mode = 7", "")).await.unwrap_err();
    assert_eq!(reason(&refused), "POLICY_INVALID");
    let refused = service.admin().update_policy(request(OPEN, "5")).await.unwrap_err();
    assert_eq!(reason(&refused), "POLICY_CONFLICT");
}

async fn a_policy_can_be_tried_on_one_draft(service: Service) {
    let test = |source: Option<&str>| TestPolicyRequest {
        source: source.map(str::to_owned),
        comment: submission("c-1", "ann", "a harmless remark").comment,
        ..Default::default()
    };
    let in_force = service.admin().test_policy(test(None)).await.unwrap().into_inner();
    assert_eq!((in_force.state(), in_force.published), (CommentState::Pending, false));
    let tried = service.admin().test_policy(test(Some(OPEN))).await.unwrap().into_inner();
    assert_eq!((tried.state(), tried.published), (CommentState::Approved, true));
    assert_eq!(tried.verdict.unwrap().policy_revision, 0);
    let refused = service.admin().test_policy(test(Some("mode ="))).await.unwrap_err();
    assert_eq!(reason(&refused), "POLICY_INVALID");
    let refused = service.admin().test_policy(TestPolicyRequest::default()).await.unwrap_err();
    assert_eq!(fields(&refused), ["comment"]);
}

async fn propose(service: &Service, request: ProposePolicyRequest) -> Result<PolicyProposal, Status> {
    let mut moderator = PolicyServiceClient::new(service.called("desk"));
    Ok(moderator.propose_policy(request).await?.into_inner().proposal.expect("a proposal"))
}

fn suggestion(source: &str) -> ProposePolicyRequest {
    ProposePolicyRequest {
        source: source.into(),
        comment: "too much waits".into(),
        comment_id: "c-1".into(),
        reviewer: "mona".into(),
        ..Default::default()
    }
}

async fn proposals(service: &Service, state: PolicyProposalState) -> Vec<PolicyProposal> {
    let (mut listed, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListPolicyProposalsRequest {
            state: state.into(),
            page_size: 2,
            page_token,
            ..Default::default()
        };
        let page = service.admin().list_policy_proposals(request).await.unwrap().into_inner();
        listed.extend(page.proposals);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return listed;
        }
    }
}

async fn settle(service: &Service, proposal_id: &str) -> Result<Policy, Status> {
    let request =
        UpdatePolicyRequest { source: OPEN.into(), proposal_id: proposal_id.into(), ..Default::default() };
    Ok(service.admin().update_policy(request).await?.into_inner().policy.expect("a policy"))
}

async fn a_suggested_policy_is_settled_by_an_update_that_names_it(service: Service) {
    update(&service, "mode = 'pre'\n", "").await.unwrap();
    let made = propose(&service, suggestion(OPEN)).await.unwrap();
    assert_eq!((made.state(), made.base_revision, made.applied_revision), (PolicyProposalState::Open, 1, 0));
    assert_eq!(
        (made.source.as_str(), made.proposer.as_str(), made.comment_id.as_str()),
        (OPEN, "mona", "c-1")
    );
    for _ in 0..4 {
        propose(&service, suggestion("mode = 'pre'\n")).await.unwrap();
    }
    let open = proposals(&service, PolicyProposalState::Open).await;
    assert_eq!((open.len(), open.last()), (5, Some(&made)), "the newest first");
    assert_eq!(get(&service, 0).await.unwrap().revision, 1, "a suggestion is not in force");
    assert_eq!(settle(&service, &made.proposal_id).await.unwrap().revision, 2);
    let applied = proposals(&service, PolicyProposalState::Applied).await;
    assert_eq!((applied.len(), applied[0].applied_revision), (1, 2));
    assert_eq!(proposals(&service, PolicyProposalState::Open).await.len(), 4);
    assert_eq!(proposals(&service, PolicyProposalState::Unspecified).await.len(), 5);
}

async fn a_bad_suggestion_is_refused_and_none_is_settled_twice(service: Service) {
    let refused = propose(&service, suggestion("mode = 'lax'")).await.unwrap_err();
    assert_eq!(reason(&refused), "POLICY_INVALID");
    let nothing = ProposePolicyRequest { base_revision: 7, comment: String::new(), ..suggestion("") };
    assert_eq!(fields(&propose(&service, nothing).await.unwrap_err()), ["comment", "base_revision"]);
    let made = propose(&service, suggestion("")).await.unwrap();
    settle(&service, &made.proposal_id).await.unwrap();
    for proposal_id in [made.proposal_id.as_str(), "99", "01", "x"] {
        let refused = settle(&service, proposal_id).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::NotFound, "PROPOSAL_NOT_FOUND"));
    }
    assert_eq!(get(&service, 0).await.unwrap().revision, 1, "nothing else came into force");
    let listed = PolicyServiceClient::new(service.called("desk"))
        .list_policy_proposals(ListPolicyProposalsRequest::default())
        .await;
    assert_eq!(listed.unwrap_err().code(), Code::PermissionDenied);
}

async fn an_admin_has_the_last_word_about_an_author(service: Service) {
    service.policy(OPEN).await;
    let get = GetAuthorRequest { author_id: "ann".into(), ..Default::default() };
    let author = service.admin().get_author(get).await.unwrap().into_inner().author.unwrap();
    assert_eq!((author.author_id.as_str(), author.standing()), ("ann", AuthorStanding::Counted));
    let set = |standing: AuthorStanding| SetAuthorStandingRequest {
        author_id: "ann".into(),
        standing: standing.into(),
        ..Default::default()
    };
    let answer = service.admin().set_author_standing(set(AuthorStanding::Banned)).await.unwrap().into_inner();
    assert_eq!(answer.author.unwrap().standing(), AuthorStanding::Banned);
    let submitted =
        service.portal().submit_comment(submission("c-1", "ann", "a harmless remark")).await.unwrap();
    assert_eq!(submitted.into_inner().comment.unwrap().state(), CommentState::Rejected);
    let refused = service.admin().set_author_standing(set(AuthorStanding::Unspecified)).await.unwrap_err();
    assert_eq!(fields(&refused), ["standing"]);
}

async fn an_authors_comments_are_listed_and_exported_with_their_histories(service: Service) {
    for (id, author) in [("c-1", "ann"), ("c-2", "bob"), ("c-3", "ann")] {
        service.portal().submit_comment(submission(id, author, "first words")).await.unwrap();
        service.clock.advance(std::time::Duration::from_secs(60));
    }
    let edited = submission("c-1", "ann", "second words").comment;
    let revise = ReviseCommentRequest { comment_id: "c-1".into(), comment: edited, ..Default::default() };
    service.portal().revise_comment(revise).await.unwrap();
    let (mut listed, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListAuthorCommentsRequest {
            author_id: "ann".into(),
            page_size: 1,
            page_token,
            ..Default::default()
        };
        let page = service.admin().list_author_comments(request).await.unwrap().into_inner();
        listed.extend(page.comments.into_iter().map(|comment| comment.draft.unwrap().id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, ["c-3", "c-1"]);
    let request = ListAuthorCommentsRequest { page_token: "odd".into(), ..Default::default() };
    let refused = service.admin().list_author_comments(request).await.unwrap_err();
    assert_eq!(fields(&refused), ["author_id", "page_token"]);

    let request = ExportAuthorRequest { author_id: "ann".into(), ..Default::default() };
    let mut export = service.admin().export_author(request).await.unwrap().into_inner();
    let mut messages = Vec::new();
    while let Some(message) = export.message().await.unwrap() {
        messages.push(message.item.unwrap());
    }
    let [Item::Author(record), Item::Comment(first), Item::Comment(second)] = messages.as_slice() else {
        panic!("the record, then the comments: {messages:?}");
    };
    assert_eq!(record.author_id, "ann");
    assert_eq!(first.comment.as_ref().unwrap().draft.as_ref().unwrap().text, "second words");
    assert_eq!(
        first
            .history
            .iter()
            .filter(|entry| entry.previous.as_ref().is_some_and(|draft| draft.text == "first words"))
            .count(),
        1
    );
    assert_eq!(second.comment.as_ref().unwrap().draft.as_ref().unwrap().id, "c-3");
}
