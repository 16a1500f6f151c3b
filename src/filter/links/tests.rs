use super::*;
use crate::domain::{Author, Draft, Thread};

fn found(text: &str) -> Vec<(String, String)> {
    let draft = Draft { text: text.into(), ..Draft::default() };
    inspect(&Links(LinkRules::default()), &draft)
}

fn inspect(links: &Links, draft: &Draft) -> Vec<(String, String)> {
    let mut findings = Vec::new();
    links.inspect(&Prepared::new(draft), &Evidence::default(), &mut findings);
    let text = |finding: &Finding| -> Vec<String> {
        finding.spans.iter().map(|span| span.of(&draft.text).unwrap().to_owned()).collect()
    };
    findings.iter().map(|finding| (finding.rule.to_string(), text(finding).join("|"))).collect()
}

fn has(text: &str, rule: &str, span: &str) {
    let found = found(text);
    assert!(found.contains(&(rule.into(), span.into())), "{text}: {found:?}");
}

#[test]
fn links_are_found_as_a_reader_sees_them() {
    has("see https://example.com/a?b=c, please", "any", "example.com/a?b=c");
    has("see www.example.co.uk.", "any", "www.example.co.uk");
    has("go to cheap-pills.ru now", "any", "cheap-pills.ru");
    has("пиши на пример.рф", "any", "пример.рф");
    has("visit example dot com today", "hidden", "example dot com");
    has("visit example . com today", "hidden", "example . com");
    has("visit example[.]com today", "hidden", "example[.]com");
    has("http://192.0.2.7/login", "raw_address", "192.0.2.7/login");
    has("pay at раураl.com", "lookalike", "раураl.com");
    has("pay at xn--pypal-4ve.com", "lookalike", "xn--pypal-4ve.com");
    has("https://bit.ly/3xYz", "shortener", "bit.ly/3xYz");
    has("write to jane.doe+x@example.org!", "email", "jane.doe+x@example.org");
    has("call +44 20 7946 0958 now", "phone", "44 20 7946 0958");
    has("call 555-867-5309-11", "phone", "555-867-5309-11");
    for number in [
        "4=4=7=4=5=1=2=2=8=1=2=7",
        "1 8 7 2  2 6 8  6 9  6 3",
        "1:: 6:: 5:: 7:: 2:: 3:: 5:: 2:: 3:: 8",
        "1}.{7}.{0}.{4}.{2}.{8}.{6}.{3}.{4",
    ] {
        for rule in ["phone", "hidden"] {
            has(&format!("my trader, +.{{{number}}} on it"), rule, number);
        }
    }
}

#[test]
fn sentences_dates_versions_and_prices_are_no_links() {
    for text in [
        "That is it.is it not?",
        "I said no.You said yes. so.am.i",
        "e.g. this, i.e. that, U.S.A. and Mr. Smith",
        "version 1.2.3.4 of 2024-10-11 12:30:00",
        "It cost $1,299.99 in 1999. Node.js rocks",
        "side.going side...going at 10kn",
        "2.124.821.694 views from 207.194.155.189, that is 1 234 567 890 more",
        "Population 1 234 567 in 2020, 987654 in 1990",
        "the dot com boom. dot the i",
        "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 1 + 2 = 48",
        "C++ 1, 2, 3, 4, 5, 6, 7, 8, 9 and 10",
        "I am 65+ 1 2 3 and off",
        "你好。世界",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn many_domains_count_and_one_domain_often_does_not() {
    has("a.example.com b.example.org c.example.net", "many", "a.example.com|b.example.org|c.example.net");
    let same = found("a.example.com b.example.com c.example.com are all the same place as it were");
    assert!(same.iter().all(|(rule, _)| rule != "many"), "{same:?}");
}

#[test]
fn the_portals_own_pages_and_allowed_domains_do_not_count() {
    let allow = ["wikipedia.org"].into_iter().collect();
    let links = Links(LinkRules { allow, ..LinkRules::default() });
    let draft = Draft {
        text: "see news.example.com/1 and en.wikipedia.org/wiki/Link".into(),
        thread: Thread { url: "https://www.example.com/story".into(), ..Thread::default() },
        ..Draft::default()
    };
    assert_eq!(inspect(&links, &draft), []);
}

#[test]
fn a_listed_domain_is_found_behind_the_authors_name_too() {
    let list = DomainList {
        rule: Rule::scoring("casino", 6.0),
        domains: ["*.casino", "win.example"].into_iter().collect(),
    };
    let links = Links(LinkRules { lists: vec![list], ..LinkRules::default() });
    let author = Author { url: "http://best.casino/".into(), ..Author::default() };
    let draft = Draft { text: "Great post!".into(), author, ..Draft::default() };
    let rules: Vec<_> = inspect(&links, &draft).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["author_url", "casino"]);
}
