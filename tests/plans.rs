//! The plan files against the documents: nothing left out, nothing invented.

use cchc_audit::data::Data;
use cchc_audit::plan::{Calendar, ClauseId, Duty, Plan, Plans};
use std::collections::BTreeSet;

fn plans() -> Plans {
    Plans::parse(&Data::built_in())
        .unwrap_or_else(|faults| panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// Expands `I.1.a-d` and `PL 1-21` the way the documents number their points.
fn numbers(list: &str) -> BTreeSet<String> {
    let letters: Vec<char> = "abcdđeghik".chars().collect();
    let mut all = BTreeSet::new();
    for entry in list.split(';').map(str::trim) {
        let Some((from, last)) = entry.rsplit_once('-') else {
            all.insert(entry.to_owned());
            continue;
        };
        let cut = from.rfind([' ', '.']).unwrap() + 1;
        let (stem, first) = from.split_at(cut);
        let place = |text: &str| letters.iter().position(|l| text == l.to_string());
        match (place(first), place(last)) {
            (Some(a), Some(b)) => all.extend(letters[a..=b].iter().map(|l| format!("{stem}{l}"))),
            _ => {
                let (a, b): (u32, u32) = (first.parse().unwrap(), last.parse().unwrap());
                all.extend((a..=b).map(|n| format!("{stem}{n}")));
            }
        }
    }
    all
}

/// The clause numbers of each document, read from the paper.
const CLAUSES: &[(&str, &str)] = &[
    (
        "ha-noi-2026",
        "I.1.a-d; I.2.a-d; I.3; II.1.a-đ; II.2.a-g; III; IV.1.a-e; IV.2.a-i; IV.3.a-c; IV.4.a-đ; IV.5.a-d; IV.6.a-c; \
         IV.7; IV.8.a-b; IV.9; IV.10; IV.11.a-d; IV.12; IV.13; Kết; PL 1-21",
    ),
    (
        "ha-noi-2025",
        "Điều 1-3; I.1.a-d; I.2.a-c; II.1.a-i; II.2.a-h; III; IV.1.a-đ; IV.2.a-h; IV.3.a-c; IV.4.a-e; IV.5.a-b; IV.6; \
         IV.7; IV.8; IV.9.a-c; IV.10.a-b; IV.11; IV.12.a-b; Kết; PL 1-20",
    ),
    (
        "hai-ba-trung-2025",
        "I.1.a-d; I.2.a-c; II.1.a-i; II.2.a-e; II.2.f; II.2.g; III; IV.1.a-e; IV.1.g (lần đầu); IV.1.h (lần đầu); \
         IV.1.g (lần hai); IV.1.h (lần hai); IV.1.i; IV.4.a-c; IV.5.a-b; IV.6; IV.7; Kết; PL 1-15",
    ),
    ("thien-huong-2025", "I.1; I.2; II.1.a-d; II.1.e; II.2; IV; V.1; V.3 (lần đầu); V.3 (lần hai); V.4; V.5; V.6; Kết"),
    ("viet-hung-2025-2030", "I.1; I.2; II.1-8; III.1-6; IV.1-3; V.1; V.2; Kết"),
];

/// Every clause a plan file speaks of.
fn cited(plan: &Plan) -> BTreeSet<String> {
    let themes = plan.obligations.iter().filter_map(|o| match &o.duty {
        Duty::Coverage { themes, .. } => Some(themes),
        _ => None,
    });
    let citations = (plan.obligations.iter().map(|o| &o.clause))
        .chain(themes.flatten().map(|t| &t.clause))
        .chain(plan.clauses.iter().map(|c| &c.id));
    citations.flat_map(|c| ClauseId::all(c).unwrap()).map(|c| c.to_string()).collect()
}

#[test]
fn every_clause_of_every_document_is_there() {
    let plans = plans();
    for (id, list) in CLAUSES {
        let cited = cited(plans.get(id).unwrap());
        let missing: Vec<_> = numbers(list).into_iter().filter(|c| !cited.contains(c)).collect();
        assert_eq!(missing, [""; 0], "{id}: clauses of the document that the plan file does not speak of");
    }
}

#[test]
fn no_clause_is_cited_that_the_document_lacks() {
    let plans = plans();
    for (id, list) in CLAUSES {
        let known = numbers(list);
        // A whole section may be cited by its heading.
        let heading = |c: &String| known.iter().any(|k| k.starts_with(&format!("{c}.")));
        let odd: Vec<_> =
            cited(plans.get(id).unwrap()).into_iter().filter(|c| !known.contains(c) && !heading(c)).collect();
        assert_eq!(odd, [""; 0], "{id}: clauses cited that the document does not have");
    }
}

#[test]
fn a_number_without_a_clause_does_not_load() {
    let text = Data::built_in().get("plans/ha-noi-2026.toml").unwrap().replace("clause = \"IV.1.d; PL 4\"\n", "");
    let faults = Plan::parse("p.toml", &text, &Calendar::default()).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].field, "obligation \"a2\": clause");
}

/// The duties of the reading, by how each is decided. A row of several units or deadlines becomes
/// several obligations, so an id stands for itself or for all that begin with it and a hyphen.
const DUTIES: &[(&str, &str, &str)] = &[
    ("ha-noi-2026", "counted", "a2 a3 a4 a5 a9 a10 a11 a12 a13 a14 a15 a16 a17"),
    ("ha-noi-2026", "attested", "a1 a7 a8 a18 a19 a20"),
    ("ha-noi-2026", "coverage", "a6 a21 a22"),
    ("ha-noi-2025", "counted", "b2 b3 b4 b5 b6 b8 b9"),
    ("ha-noi-2025", "attested", "b1a b1b b1c b7 b10a b10b b11 b12 b13 b14 b15 b16"),
    ("ha-noi-2025", "coverage", "b17 b18"),
    ("hai-ba-trung-2025", "counted", "c3 c4 c5 c6"),
    ("hai-ba-trung-2025", "attested", "c1 c2 c7 c8 c9 c11 c12"),
    ("hai-ba-trung-2025", "coverage", "c10"),
    ("thien-huong-2025", "coverage", "d1 d2 d3 d4 d5"),
    ("thien-huong-2025", "attested", "d-ii2 d-v1 d-v3 d-v4 d-v5 d-v6 d-bao-cao"),
    ("viet-hung-2025-2030", "coverage", "e1 e2 e3 e4 e5 e6 e7 e8"),
    ("viet-hung-2025-2030", "attested", "e-iii1 e-iv1 e-iv2 e-iv3 e-v1 e-v2"),
];

fn how(duty: &Duty) -> &'static str {
    match duty {
        Duty::Counted(_) => "counted",
        Duty::Attested => "attested",
        Duty::Coverage { .. } => "coverage",
    }
}

#[test]
fn every_duty_is_there_and_decided_as_the_reading_says() {
    let plans = plans();
    let mut read = BTreeSet::new();
    for (plan, decided, ids) in DUTIES {
        let obligations = &plans.get(plan).unwrap().obligations;
        for id in ids.split(' ') {
            let parts: Vec<_> =
                obligations.iter().filter(|o| o.id == id || o.id.starts_with(&format!("{id}-"))).collect();
            assert!(!parts.is_empty(), "{plan}: {id} is missing");
            for part in parts {
                assert_eq!(how(&part.duty), *decided, "{plan}: {}", part.id);
                read.insert((plan.to_string(), part.id.clone()));
            }
        }
    }
    let invented: Vec<_> = plans
        .iter()
        .flat_map(|p| p.obligations.iter().map(|o| (p.id.clone(), o.id.clone())))
        .filter(|o| !read.contains(o))
        .collect();
    assert_eq!(invented, [], "duties in no reading");
}

/// What the counted duties ask: who, how many, where, sent or posted, topics, kind, new, from–until.
fn asked(plan: &Plan) -> String {
    let mut out = String::new();
    for duty in &plan.obligations {
        let Duty::Counted(quota) = &duty.duty else { continue };
        let who = duty.who.groups.iter().map(|g| g.id()).chain(duty.who.units.iter().map(|u| u.as_str()));
        let topics = quota.quota_topics.iter().chain(&quota.topics).map(String::as_str);
        let line = [
            duty.id.clone(),
            who.collect::<Vec<_>>().join("+"),
            quota.required.to_string(),
            quota.channel.id().to_owned(),
            format!("{:?}", quota.action),
            topics.collect::<Vec<_>>().join("+"),
            quota.kind.map_or("", |kind| kind.id()).to_owned(),
            if quota.novelty.is_some() { "new" } else { "" }.to_owned(),
            format!("{}..{}", duty.periods[0], duty.periods[duty.periods.len() - 1]),
        ];
        out.push_str(&line.join(" | ").replace("  ", " "));
        out.push('\n');
    }
    out
}

#[test]
fn the_counted_duties_ask_what_the_documents_ask() {
    let plans = plans();
    let all: String = plans.iter().map(asked).collect();
    insta::assert_snapshot!(all, @r#"
    b2 | so-nganh | 1 | city-page | Sent | | | | 2025-08..2025-12
    b3 | so-nganh | 12 | own-portal | Posted | | | | 2025..2025
    b4 | nganh-doc+su-nghiep | 4 | city-page | Sent | | | | 2025..2025
    b5 | xa-phuong | 1 | city-page | Sent | | | | 2025-08..2025-12
    b6 | xa-phuong | 6 | own-portal | Posted | | | | 2025-07..2025-12..2025-07..2025-12
    b8 | so-tai-chinh | 1 | city-page | Posted | ho-tro-nha-dau-tu | | | 2025-Q3..2025-Q4
    b9 | so-nong-nghiep-va-moi-truong | 1 | city-page | Posted | thu-tuc-dat-dai | | | 2025-Q3..2025-Q4
    a2 | so-nganh+xa-phuong | 1 | city-page | Sent | | | new | 2026-03..2026-12
    a3 | so-nganh+xa-phuong | 6 | city-page | Posted | | | new | 2026..2026
    a4 | so-nganh+xa-phuong+nganh-doc+su-nghiep | 2 | own-portal | Posted | | | | 2026-03..2026-12
    a5 | nganh-doc+su-nghiep | 1 | city-page | Sent | | | new | 2026-Q1..2026-Q4
    a9 | so-khoa-hoc-va-cong-nghe | 1 | city-page | Sent | khcn-doi-moi-sang-tao | | new | 2026-W10..2026-W53
    a10 | so-khoa-hoc-va-cong-nghe | 1 | city-page | Sent | chinh-quyen-so | chuyen-sau | new | 2026-03..2026-12
    a11 | trung-tam-phuc-vu-hanh-chinh-cong | 2 | city-page | Sent | kiem-soat-tthc | | new | 2026-W10..2026-W53
    a12 | trung-tam-phuc-vu-hanh-chinh-cong | 1 | city-page | Sent | tthc | chuyen-sau | new | 2026-03..2026-12
    a13 | so-tu-phap | 1 | city-page | Sent | xay-dung-thi-hanh-phap-luat | | new | 2026-03..2026-12
    a14 | so-tu-phap | 1 | city-page | Sent | the-che | chuyen-sau | new | 2026-03..2026-12
    a15 | so-tai-chinh | 1 | city-page | Sent | kinh-te-dau-tu-ngan-sach+ho-tro-nha-dau-tu | | new | 2026-03..2026-12
    a16 | so-tai-chinh | 1 | city-page | Sent | tai-chinh-cong | chuyen-sau | new | 2026-Q1..2026-Q4
    a17 | so-nong-nghiep-va-moi-truong | 1 | city-page | Sent | dat-dai-moi-truong+thu-tuc-dat-dai | | new | 2026-Q1..2026-Q4
    c5 | phuong-hai-ba-trung | 1 | own-portal | Posted | ho-tro-nha-dau-tu | | | 2025-09..2025-12
    c6 | phuong-hai-ba-trung | 1 | own-portal | Posted | thu-tuc-dat-dai | | | 2025-09..2025-12
    c3 | phuong-hai-ba-trung | 1 | city-page | Sent | | | | 2025-08..2025-12
    c4 | phuong-hai-ba-trung | 6 | own-portal | Posted | | | | 2025-09..2025-12
    "#);
}

#[test]
fn pairs_that_need_two_items_are_those_of_the_documents() {
    let plans = plans();
    let pairs = plans.iter().flat_map(|p| p.exclusive.iter().map(|e| e.obligations.join("–")));
    assert_eq!(pairs.collect::<Vec<_>>(), ["a9–a10", "a11–a12", "a13–a14", "a15–a16", "c5–c6"]);
}

#[test]
fn themes_carry_the_ids_that_the_word_lists_use() {
    let plans = plans();
    let themes = plans.iter().flat_map(|p| &p.obligations).filter_map(|o| match &o.duty {
        Duty::Coverage { themes, .. } => Some(themes.iter().map(|t| t.id.as_str())),
        _ => None,
    });
    let ids: Vec<_> = themes.flatten().collect();
    assert_eq!(
        ids.join(" "),
        "b18-a b18-b b18-c b18-d b18-dd b18-e b18-g b18-h b18-i a21-a a21-b a21-c a21-d a21-dd c10-a c10-b c10-c c10-d \
         c10-dd c10-e c10-g c10-h c10-i d1 d2 d3 d4 d5 e1 e2 e3 e4 e5 e6 e7 e8"
    );
}

#[test]
fn every_choice_that_the_documents_leave_open_is_recorded() {
    let plans = plans();
    let open = [
        ("ha-noi-2026", "a1 a2 a3 a4 a5 a8 a9 a10 a11 a15 a16 a17 a18"),
        ("ha-noi-2025", "b1a b1c b2 b6 b7 b8 b9 b10a b13"),
        ("hai-ba-trung-2025", "c2 c3 c4 c5 c6 c7 c11"),
        ("thien-huong-2025", "d1 d2 d3 d4 d5 d-bao-cao-q3"),
        ("viet-hung-2025-2030", "e1 e4 e8 e-v1-bao-cao"),
    ];
    for (plan, ids) in open {
        for id in ids.split(' ') {
            let duty = plans.get(plan).unwrap().obligation(id).unwrap();
            assert!(duty.reading.is_some(), "{plan}: {id} needs its reading");
        }
    }
    for plan in plans.iter() {
        assert!(plan.exclusive.iter().all(|e| e.reading.is_some()), "{}", plan.id);
        assert!(plan.scope.reading.is_some(), "{}", plan.id);
    }
    let novelty = plans.get("ha-noi-2026").unwrap().novelty.clone().unwrap();
    assert!((novelty.repost_share - 0.5).abs() < 1e-9 && (novelty.partial_share - 1.0 / 3.0).abs() < 1e-9);
    assert_eq!((novelty.own_portal_hours, novelty.since.to_string()), (24, "2026-02-27".to_owned()));
}

#[test]
fn a_bad_plan_tells_all_its_faults_at_once() {
    let text = r#"
schema = 1
id = "thu"
title = "Kế hoạch thử"
document = "1/KH-UBND, 27/02/2026"
issuer = "UBND"
issued = 2026-02-27
from = 2026-01-01
until = 2026-12-31

[scope]
clause = "mục II"

[[obligation]]
id = "a1"
title = "Hạn sai"
clause = "IV.1.a"
quote = "Trong 10 ngày"
groups = ["so-nganh"]
how = "attested"
per = "deadline"
deadline = 2026-03-10
within_days = 10

[[obligation]]
id = "a2"
title = "Thiếu lời văn, kênh lạ, nhịp lệch"
clause = "IV.1.d"
groups = ["sở ngành"]
how = "counted"
required = 0
channel = "own_portal"
new = true
per = "month"
from = "2026-03"
until = "2026-W12"

[[obligation]]
id = "a2"
title = "Trùng mã, ngoài năm"
clause = "IV.1.d"
quote = "…"
how = "đếm"
per = "month"
from = "2027-01"
until = "2027-02"

[[exclusive]]
obligations = ["a2", "a9"]
clause = "PL 7"
quote = "…"
"#;
    let faults = Plan::parse("thu.toml", text, &Calendar::default()).unwrap_err();
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(faults.join("\n"), @r#"
    thu.toml:12: scope: clause: không đọc được điều khoản «mục II»; viết như "IV.1.d; PL 4"
    thu.toml:22: obligation "a1": deadline: hạn phải là 2026-03-09: không tính ngày ban hành, ngày nghỉ chuyển sang ngày làm việc kế tiếp
    thu.toml:25: obligation "a2": quote: thiếu; thêm dòng `quote = …`
    thu.toml:25: obligation "a2": action: thiếu; thêm `action = "sent"` (gửi đăng) hoặc `action = "posted"` (được đăng)
    thu.toml:29: obligation "a2": groups: nhóm «sở ngành» không có; dùng so-nganh, xa-phuong, nganh-doc, su-nghiep, other
    thu.toml:31: obligation "a2": required: phải là số lượng từ 1 đến 1000; ghi dòng như `required = 1`
    thu.toml:32: obligation "a2": channel: kênh «own_portal» không có; dùng city-page, own-portal, other
    thu.toml:33: obligation "a2": new: kế hoạch chưa có bảng [novelty] nói thế nào là tin mới
    thu.toml:36: obligation "a2": until: không đi từ 2026-03 đến 2026-W12 theo cùng một nhịp được
    thu.toml:38: obligation "a2": thiếu người thực hiện; thêm `groups = ["so-nganh"]` hoặc `units = ["so-tu-phap"]`
    thu.toml:39: obligation thứ 3: id: mã «a2» bị trùng
    thu.toml:43: obligation "a2": how: «đếm» không có; dùng counted, attested hoặc coverage
    thu.toml:44: obligation "a2": per: kỳ 2027-01 nằm ngoài thời gian của kế hoạch
    thu.toml:49: exclusive thứ 1: obligations: không có nhiệm vụ «a9»
    "#);
}
