//! Deciding about what came in: the same answers whether newcomers are judged at once or later,
//! whatever their order, and wherever a run before was stopped.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use cchc_audit::article::{Article, ArticleId, Channel, Revision};
use cchc_audit::data::Data;
use cchc_audit::rules::Rules;
use cchc_audit::settle::{Judge, Settled, settle};
use cchc_audit::store::Store;
use cchc_audit::time;

const OLD: &str = "Sáng nay phường khai trương điểm hỗ trợ nộp hồ sơ trực tuyến ngay tại nhà văn hóa tổ dân phố. Mười hai \
    đoàn viên thay nhau trực quầy vào buổi tối, mang theo máy tính và máy quét cá nhân, chờ đến khi người cuối cùng về.";
const NEW: &str = "Hội người cao tuổi xin thêm một buổi hướng dẫn riêng về cách đặt mật khẩu cho dễ nhớ. Tổ công nghệ số \
    cộng đồng hẹn gặp các cụ chiều thứ bảy, có trà nóng và kính lúp để sẵn trên bàn, bà con ai cũng khen.";

fn rules() -> Rules {
    Rules::parse(Data::built_in()).unwrap_or_else(|e| panic!("{e}"))
}

fn article(id: &str, text: &str, day: &str) -> Article {
    Article {
        id: ArticleId(id.into()),
        channel: Channel::CityPage,
        host: format!("{id}.hanoi.gov.vn"),
        url: format!("https://{id}.hanoi.gov.vn/bai.htm"),
        title: "Điểm hỗ trợ nộp hồ sơ".into(),
        body: vec![text.into()],
        published: time::parse(&format!("2026-05-{day}T08:00:00+07:00")),
        ..Article::default()
    }
}

fn put(store: &Store, judge: Option<&Judge<'_>>, article: &Article) {
    if let Some(judge) = judge {
        judge.receive(store, article).unwrap();
    }
    store.put(article).unwrap();
}

/// A store in which `b` says what `a` said the day before, and nobody has compared them.
fn with_a_copy(judge: &Judge<'_>) -> Store {
    let store = Store::temporary().unwrap();
    put(&store, Some(judge), &article("a", OLD, "12"));
    put(&store, Some(judge), &article("b", OLD, "13"));
    store
}

fn decide(store: &Store, judge: &Judge<'_>) -> Settled {
    settle(store, judge, &|_, _, _| {}).unwrap()
}

/// What each article is a copy of.
fn copies(store: &Store) -> Vec<(String, Option<String>)> {
    let of = |article: &Article| store.finding(&article.id).unwrap().unwrap().novelty.repost_of.map(|id| id.0);
    store.heads().map(|head| head.unwrap()).map(|head| (head.id.0.clone(), of(&head))).collect()
}

fn expected(pairs: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    pairs.iter().map(|(id, of)| ((*id).to_owned(), of.map(str::to_owned))).collect()
}

#[test]
fn judged_at_once_or_later_the_answers_are_the_same() {
    let rules = rules();
    let judge = Judge::new(&rules, None);
    let articles = [article("a", OLD, "12"), article("b", OLD, "13"), article("c", NEW, "14")];
    let answers = [Some(&judge), None].map(|at_once| {
        let store = Store::temporary().unwrap();
        articles.iter().for_each(|article| put(&store, at_once, article));
        let settled = decide(&store, &judge);
        assert_eq!((settled.assessed, settled.compared), (if at_once.is_some() { 0 } else { 3 }, 3));
        assert_eq!(decide(&store, &judge), Settled::default(), "nothing is left to decide");
        let entries: Vec<_> = store.entries().map(Result::unwrap).collect();
        assert_eq!(copies(&store), expected(&[("a", None), ("b", Some("a")), ("c", None)]));
        entries
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn a_newcomer_with_an_earlier_date_turns_what_was_new_into_a_copy() {
    let rules = rules();
    let judge = Judge::new(&rules, None);
    let store = Store::temporary().unwrap();
    put(&store, Some(&judge), &article("b", OLD, "13"));
    put(&store, Some(&judge), &article("c", NEW, "14"));
    decide(&store, &judge);
    assert_eq!(copies(&store), expected(&[("b", None), ("c", None)]));
    put(&store, Some(&judge), &article("a", OLD, "12"));
    assert_eq!(decide(&store, &judge).compared, 2, "the newcomer and its neighbour");
    assert_eq!(copies(&store), expected(&[("a", None), ("b", Some("a")), ("c", None)]));
}

#[test]
fn what_was_a_copy_of_a_text_that_is_no_more_is_compared_again() {
    let rules = rules();
    let judge = Judge::new(&rules, None);
    let store = with_a_copy(&judge);
    decide(&store, &judge);
    assert_eq!(copies(&store), expected(&[("a", None), ("b", Some("a"))]));
    store.undecide(&ArticleId("a".into())).unwrap();
    store.put(&article("a", NEW, "12")).unwrap();
    decide(&store, &judge);
    assert_eq!(copies(&store), expected(&[("a", None), ("b", None)]));
}

#[test]
fn what_was_signed_and_never_compared_is_compared_by_the_next_run() {
    let rules = rules();
    let judge = Judge::new(&rules, None);
    let store = Store::temporary().unwrap();
    // As a run leaves it that was killed after the crawl.
    put(&store, Some(&judge), &article("a", OLD, "12"));
    put(&store, Some(&judge), &article("b", OLD, "13"));
    assert!(store.sketch(&ArticleId("b".into()), 0).unwrap().is_some());
    assert_eq!(decide(&store, &judge).compared, 2);
    assert_eq!(copies(&store), expected(&[("a", None), ("b", Some("a"))]));
}

#[test]
fn what_was_compared_by_signatures_of_another_definition_is_compared_again() {
    let rules = rules();
    let judge = Judge::new(&rules, None);
    let store = with_a_copy(&judge);
    decide(&store, &judge);
    let kept = store.sketch(&ArticleId("b".into()), 0).unwrap().unwrap();
    let older: Vec<u8> = std::iter::once(0).chain(kept[1..].iter().copied()).collect();
    store.put_sketch(&ArticleId("b".into()), 0, &older).unwrap();
    assert_eq!(decide(&store, &judge).compared, 2, "it and its neighbour");
    assert_eq!(store.sketch(&ArticleId("b".into()), 0).unwrap().unwrap(), kept);
    assert_eq!(copies(&store), expected(&[("a", None), ("b", Some("a"))]));
}

#[test]
fn a_rewritten_article_is_compared_again_with_all_its_texts() {
    let rules = rules();
    let judge = Judge::new(&rules, None);
    let store = Store::temporary().unwrap();
    let mut rewritten = article("b", NEW, "13");
    put(&store, Some(&judge), &article("a", OLD, "12"));
    put(&store, Some(&judge), &rewritten);
    decide(&store, &judge);
    assert_eq!(copies(&store), expected(&[("a", None), ("b", None)]));
    rewritten.revisions.push(Revision {
        at: time::parse("2026-05-20T23:00:00+07:00").unwrap(),
        title: rewritten.title.clone(),
        sapo: String::new(),
        body: vec![OLD.into()],
        capture: None,
    });
    store.undecide(&rewritten.id).unwrap();
    store.put(&rewritten).unwrap();
    assert_eq!(decide(&store, &judge), Settled { assessed: 1, compared: 2 }, "it and its neighbour");
    assert_eq!(copies(&store), expected(&[("a", None), ("b", Some("a"))]));
}
