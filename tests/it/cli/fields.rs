//! `--json=FIELDS` and `--fields`

use super::Desk;

#[test]
fn the_chosen_fields_of_each_comment_are_printed_and_no_others() {
    let desk = Desk::new();
    desk.submit("c-1", "First of all.");
    let lines = desk.modctl(&["list", "--format", "jsonl", "--fields", "id,draft.text,claim"]).stdout;
    let row: serde_json::Value = serde_json::from_str(&lines).unwrap();
    let wanted = serde_json::json!({"id": "c-1", "draft": {"text": "First of all."}, "claim": null});
    assert_eq!(row, wanted);
    let csv = desk.modctl(&["list", "--format", "csv", "--fields", "text,id"]).stdout;
    assert_eq!(csv, "text,id\r\nFirst of all.,c-1\r\n");
}

#[test]
fn a_field_that_is_not_there_is_refused_before_anything_is_decided() {
    let desk = Desk::new();
    desk.submit("c-1", "First of all.");
    let listed = desk.modctl(&["list", "--json=id,draft.txet"]);
    assert_eq!(listed.code, 2);
    assert!(listed.stderr.contains("did you mean `draft.text`"), "{}", listed.stderr);
    assert_eq!(desk.modctl(&["approve", "c-1", "--json=stat"]).code, 2);
    assert_eq!(desk.json(&["queue"])["pending_count"], 1);
}
