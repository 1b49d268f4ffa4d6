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
