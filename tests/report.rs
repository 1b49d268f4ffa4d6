//! One truth in every format: the same numbers, each the length of the list behind it; the same
//! bytes for the same audit; and nothing that a hostile title could do.

use calamine::{Data, Reader as _, Xlsx};
use cchc_audit::article::{ArticleId, Assessment, Channel};
use cchc_audit::assess::novelty::Overlap;
use cchc_audit::audit::{self, Audit, Post, Selection, World, changes};
use cchc_audit::report::{Format, Report};
use cchc_audit::rules::Rules;
use cchc_audit::time;

const HOSTILE: &str = "=HYPERLINK(\"http://x\")<script>alert(1)</script>\u{1b}[31m\u{202e}";

fn rules() -> Rules {
    Rules::parse(cchc_audit::data::Data::built_in()).unwrap()
}

fn post(id: &str, unit: &str, channel: Channel, at: &str, cchc: bool) -> Post {
    Post {
        id: ArticleId(id.to_owned()),
        url: format!("https://example.vn/{id}.htm"),
        title: if id == "x" { HOSTILE.to_owned() } else { format!("Tin {id}") },
        channel,
        published: time::parse(at),
        text: id.bytes().map(u64::from).sum(),
        assessment: Assessment { unit: Some(unit.parse().unwrap()), is_cchc: cchc, ..Assessment::default() },
        overlap: Overlap::default(),
        ..Post::default()
    }
}

fn audit(rules: &Rules) -> Audit {
    let posts = vec![
        post("x", "phuong-hai-ba-trung", Channel::CityPage, "2026-05-12T09:00:00+07:00", true),
        post("b", "phuong-hai-ba-trung", Channel::CityPage, "2026-05-13T09:00:00+07:00", false),
        post("c", "phuong-hai-ba-trung", Channel::OwnPortal, "2026-05-14T09:00:00+07:00", true),
        post("d", "so-tu-phap", Channel::OwnPortal, "2026-04-14T09:00:00+07:00", true),
    ];
    let selection = Selection {
        units: vec!["phuong-hai-ba-trung".parse().unwrap(), "so-tu-phap".parse().unwrap()],
        periods: Vec::new(),
    };
    let day = "2026-06-10".parse().unwrap();
    let mut world = World::new(posts);
    world.inputs = rules.hashes("ha-noi-2026");
    audit::audit(rules.plans.get("ha-noi-2026").unwrap(), &rules.registry, &world, day, &selection).unwrap()
}

fn render(rules: &Rules, audit: &Audit, format: Format) -> Vec<u8> {
    let plan = rules.plans.get(&audit.plan).unwrap();
    format.render(&Report { audit, plan, registry: &rules.registry, changes: &[] }).unwrap()
}

/// Lines of the items, and of the verdicts, as a format that lists both shows them.
fn rows_of_csv(bytes: &[u8]) -> (usize, usize, usize) {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap()).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let of = |kind: &str| rows.iter().filter(|row| &row[0] == kind).count();
    (of("kết luận"), of("bài"), rows.iter().filter(|row| &row[16] == "có").count())
}

fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
    book.worksheet_range(name).unwrap().rows().skip(1).map(<[Data]>::to_vec).collect()
}

#[test]
fn every_number_is_the_length_of_its_list_in_every_format() {
    let rules = rules();
    let audit = audit(&rules);
    let items: usize = audit.verdicts.iter().map(|v| v.items.len()).sum();
    let counted: usize = audit.verdicts.iter().map(|v| v.counted as usize).sum();
    assert!(counted > 0 && items > counted);
    let listed: usize = audit.verdicts.iter().flat_map(|v| &v.items).filter(|i| i.counted).count();
    assert_eq!(listed, counted);

    let (verdict_rows, item_rows, counted_rows) = rows_of_csv(&render(&rules, &audit, Format::Csv));
    assert_eq!((verdict_rows, item_rows, counted_rows), (audit.verdicts.len(), items, counted));

    let book = render(&rules, &audit, Format::Xlsx);
    let rows = sheet(&book, "Bài");
    assert_eq!(rows.len(), items);
    assert_eq!(rows.iter().filter(|row| row[9] == Data::String("có".to_owned())).count(), counted);
    assert_eq!(sheet(&book, "Kết luận").len(), audit.verdicts.len());
    let summary = sheet(&book, "Tóm tắt");
    let total = |rows: &[Vec<Data>]| rows.iter().map(|row| row[2].to_string().parse::<f64>().unwrap()).sum::<f64>();
    let (groups, all): (Vec<_>, Vec<_>) = summary.into_iter().partition(|row| row[0] != "Tất cả");
    // By status, and once more the sum of all.
    assert_eq!(total(&all), 2.0 * total(&groups));
    assert_eq!(total(&groups), audit.verdicts.len() as f64);

    let page = String::from_utf8(render(&rules, &audit, Format::Html)).unwrap();
    let shown: usize = page.matches("Được tính (").map(|_| 1).sum();
    assert_eq!(shown, audit.verdicts.iter().filter(|v| v.counted > 0).count());
    let json: serde_json::Value = serde_json::from_slice(&render(&rules, &audit, Format::Json)).unwrap();
    for verdict in json["verdicts"].as_array().unwrap() {
        let counted = verdict["items"].as_array().unwrap().iter().filter(|i| i["counted"] == true).count();
        assert_eq!(verdict["counted"].as_u64(), Some(counted as u64));
    }
    let table = String::from_utf8(render(&rules, &audit, Format::Table)).unwrap();
    assert!(table.contains(&format!("{} kết luận:", audit.verdicts.len())));
}

#[test]
fn the_same_audit_gives_the_same_bytes() {
    let rules = rules();
    let (first, second) = (audit(&rules), audit(&rules));
    for format in Format::ALL {
        assert!(render(&rules, &first, *format) == render(&rules, &second, *format), "{}", format.id());
    }
}

#[test]
fn a_hostile_title_does_nothing() {
    let rules = rules();
    let audit = audit(&rules);
    let csv = String::from_utf8(render(&rules, &audit, Format::Csv)).unwrap();
    assert!(csv.contains("\"'=HYPERLINK"), "a formula begins with an apostrophe");
    let page = String::from_utf8(render(&rules, &audit, Format::Html)).unwrap();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    let table = String::from_utf8(render(&rules, &audit, Format::Table)).unwrap();
    assert!(!table.contains('\u{1b}') && !table.contains('\u{202e}'));
    let titles: Vec<Data> =
        sheet(&render(&rules, &audit, Format::Xlsx), "Bài").into_iter().map(|mut row| row.remove(6)).collect();
    assert!(
        titles.iter().any(|title| matches!(title, Data::String(text) if text.starts_with("=HYPERLINK"))),
        "text, not a formula"
    );
}

#[test]
fn verdicts_changed_by_rules_are_listed() {
    let mut rules = rules();
    let before = audit(&rules);
    let looser = rules.data.get("plans/ha-noi-2026.toml").unwrap().replacen(
        "required = 2\nchannel = \"own-portal\"",
        "required = 1\nchannel = \"own-portal\"",
        1,
    );
    let mut files: std::collections::BTreeMap<String, String> =
        rules.data.under("").map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    files.insert("plans/ha-noi-2026.toml".to_owned(), looser);
    rules = Rules::parse(cchc_audit::data::Data::new(files)).unwrap();
    let after = audit(&rules);
    let changed = changes(&before, &after);
    let told: Vec<String> = changed.iter().map(|c| format!("{} {} {}", c.unit, c.obligation, c.period)).collect();
    assert_eq!(told, ["phuong-hai-ba-trung a4 2026-05", "so-tu-phap a4 2026-04"]);
    let plan = rules.plans.get("ha-noi-2026").unwrap();
    let report = Report { audit: &after, plan, registry: &rules.registry, changes: &changed };
    let table = String::from_utf8(Format::Table.render(&report).unwrap()).unwrap();
    assert!(table.contains("Phường Hai Bà Trưng, a4, tháng 5/2026: trước chưa đạt (1), nay đạt (1)"), "{table}");
}
