//! `cchc plans` as a user meets it: what it prints, what it refuses, with which exit code.

use std::process::{Command, Output};

fn cchc(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cchc")).args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A short plan with something of everything; `%` stands for what a test changes.
const SHORT: &str = r#"
schema = 1
id = "thu"
title = "Kế hoạch thử"
document = "1/KH-UBND, 27/02/2026"
issuer = "UBND phường"
issued = 2026-02-27
from = 2026-01-01
until = 2026-12-31

[scope]
clause = "II.1"
reading = "Bài thuộc một nội dung của mục II.1."

[novelty]
clause = "IV.1.b"
quote = "tin mới"
repost_share = "1/2"
partial_share = "1/3"
own_portal_hours = 24
since = 2026-02-27

[cross_posted]
clause = "IV.4.c"
quote = "đăng chéo"
from = ["hanoi.gov.vn"]

[[clause]]
id = "I.1; I.2"
quote = "Mục đích, yêu cầu"
note = "Không giao việc."

[[obligation]]
id = "t3"
title = "Nội dung"
clause = "II.1"
quote = "tập trung vào những nội dung sau"
groups = ["xa-phuong"]
how = "coverage"
channels = ["own-portal"]
per = "year"
periods = ["2026"]

[[obligation.theme]]
id = "d1"
clause = "II.1.a"
quote = "chủ trương của Đảng"

[[obligation]]
id = "t1"
title = "Ban hành kế hoạch"
clause = "IV.1.a; PL 1"
quote = "Trong 10 ngày"
units = ["so-tu-phap"]
office = "Văn phòng Sở"
how = "attested"
per = "deadline"
deadline = 2026-03-09
within_days = 10

[[obligation]]
id = "t2"
title = "Gửi bài chuyên sâu"
clause = "IV.1.b; PL 2"
quote = "01 bài chuyên sâu trong tháng"
units = ["so-tu-phap"]
how = "counted"
required = 1
channel = "city-page"
action = "sent"
topics = ["the-che"]
kind = "chuyen-sau"
new = true
per = "month"
from = "2026-03"
until = "2026-12"
reading = "Xét từ tháng 3."

[[exclusive]]
obligations = ["t1", "t2"]
clause = "PL 2"
quote = "và"
"#;

fn check(text: &str) -> (Output, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thu.toml");
    std::fs::write(&path, text).unwrap();
    let output = cchc(&["plans", "check", path.to_str().unwrap()]);
    let errors = said(&output.stderr).replace(folder.path().to_str().unwrap(), "…");
    (output, errors)
}

#[test]
fn a_sound_plan_is_said_to_be_so() {
    let (output, errors) = check(SHORT);
    assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""));
    assert_eq!(said(&output.stdout), "thu: đúng; 3 nhiệm vụ, 1 đếm được\n");
}

#[test]
fn a_faulty_plan_is_refused_with_every_fault_in_the_name_the_user_gave() {
    let faulty = SHORT.replace("required = 1\n", "").replace("\"city-page\"", "\"trang-cchc\"");
    let (output, errors) = check(&faulty);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(errors, @r##"
    lỗi: …/thu.toml:61: obligation "t2": required: phải là số lượng từ 1 đến 1000; ghi dòng như `required = 1`
    …/thu.toml:68: obligation "t2": channel: kênh «trang-cchc» không có; dùng city-page, own-portal, other
    "##);
    let (output, errors) = check(&SHORT.replace("so-tu-phap", "so-tu-phat"));
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(errors, @r##"
    lỗi: …/thu.toml:54: obligation "t1": units: «so-tu-phat» không có trong danh bạ data/units/
    …/thu.toml:66: obligation "t2": units: «so-tu-phat» không có trong danh bạ data/units/
    "##);
}

#[test]
fn a_plan_is_printed_in_the_order_of_the_document() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    for part in ["units", "lexicons", "platforms"] {
        copy(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(part), &data.join(part));
    }
    std::fs::create_dir(data.join("plans")).unwrap();
    std::fs::write(data.join("plans/thu.toml"), SHORT).unwrap();
    let output = cchc(&["--data", data.to_str().unwrap(), "plans", "show", "thu"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    insta::assert_snapshot!(said(&output.stdout), @r##"
    Kế hoạch thử
    1/KH-UBND, 27/02/2026 – UBND phường
    Mã: thu; tính các bài từ 01/01/2026 đến 31/12/2026

    Thế nào là bài CCHC (II.1)
        Cách hiểu: Bài thuộc một nội dung của mục II.1.

    Thế nào là tin mới (IV.1.b) «tin mới»
        Con số: đăng lại từ 50 % nội dung cũ; chuyển người kiểm tra từ 33 %; trang của đơn vị trước không quá 24 giờ; áp dụng từ 27/02/2026

    Bài đăng chéo (IV.4.c) «đăng chéo»
        Nguồn: hanoi.gov.vn

    3 nhiệm vụ: 1 đếm được, 1 cần minh chứng, 1 cho thấy số bài. Dưới đây theo thứ tự của văn bản.

    I.1
        «Mục đích, yêu cầu»
        Không đếm: Không giao việc.

    I.2
        «Mục đích, yêu cầu»
        Không đếm: Không giao việc.

    II.1
      [t3] Nội dung (II.1)
        «tập trung vào những nội dung sau»
        Ai: Xã, phường
        Việc: cho thấy có bao nhiêu tin/bài cho mỗi nội dung (d1), trên Trang của đơn vị
        Kỳ: trong năm 2026

    II.1.a
        «chủ trương của Đảng»
        Nội dung d1 của nhiệm vụ [t3]

    IV.1.a
      [t1] Ban hành kế hoạch (IV.1.a; PL 1)
        «Trong 10 ngày»
        Ai: Sở Tư pháp thành phố Hà Nội (đầu mối: Văn phòng Sở)
        Việc: cần minh chứng
        Kỳ: hạn 09/03/2026 (trong 10 ngày, không tính ngày ban hành)

    IV.1.b
      [t2] Gửi bài chuyên sâu (IV.1.b; PL 2)
        «01 bài chuyên sâu trong tháng»
        Ai: Sở Tư pháp thành phố Hà Nội
        Việc: gửi đăng ít nhất 1 bài chuyên sâu mới trên Trang CCHC Thành phố; chủ đề: the-che (thể chế)
        Kỳ: hằng tháng, từ tháng 3/2026 đến tháng 12/2026 (10 kỳ)
        Cách hiểu: Xét từ tháng 3.

    PL 1
        [t1] Ban hành kế hoạch: xem IV.1.a; PL 1

    PL 2
        [t2] Gửi bài chuyên sâu: xem IV.1.b; PL 2

    Một bài không tính cho cả t1 và t2 (PL 2): «và»
    "##);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn an_unknown_plan_or_file_is_refused_with_what_would_do() {
    let output = cchc(&["plans", "show", "ha-noi-2027"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(said(&output.stderr), @r##"
    lỗi: không có kế hoạch «ha-noi-2027»; các kế hoạch: ha-noi-2025, ha-noi-2026, hai-ba-trung-2025, thien-huong-2025, viet-hung-2025-2030
    "##);
    let output = cchc(&["plans", "check", "khong-co.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output.stderr).contains("khong-co.toml"), "{}", said(&output.stderr));
}

#[test]
fn the_list_names_every_plan() {
    let output = cchc(&["plans", "list"]);
    assert_eq!(output.status.code(), Some(0));
    let ids: Vec<String> =
        said(&output.stdout).lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    assert_eq!(ids, ["ha-noi-2025", "ha-noi-2026", "hai-ba-trung-2025", "thien-huong-2025", "viet-hung-2025-2030"]);
}

#[test]
fn the_guide_names_every_field_a_plan_may_have() {
    let guide =
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/plans/README.md")).unwrap();
    // A field nobody knows makes the reader list those it does know.
    let odd = SHORT
        .replace("quote =", "la = 1\nquote =")
        .replace("[scope]", "[scope]\nla = 1")
        .replace("schema = 1", "schema = 1\nla = 1");
    let (_, errors) = check(&odd);
    let lists: Vec<&str> = errors.lines().filter_map(|line| line.split("các trường dùng được: ").nth(1)).collect();
    assert!(lists.len() >= 8, "{errors}");
    for field in lists.iter().flat_map(|list| list.split(", ")) {
        let named = [
            format!("`{field}`"),
            format!("`[{field}]`"),
            format!("`[[{field}]]`"),
            format!("`[[obligation.{field}]]`"),
        ];
        assert!(named.iter().any(|name| guide.contains(name)), "data/plans/README.md does not name `{field}`");
    }
}

/// What an editor keeps beside a plan while somebody changes it costs no command its rules.
#[test]
fn hidden_files_of_the_data_folder_are_no_rules() {
    let folder = tempfile::tempdir().unwrap();
    let plans = folder.path().join("plans");
    std::fs::create_dir(&plans).unwrap();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/data/plans/ha-noi-2026.toml"), plans.join("a.toml")).unwrap();
    std::fs::write(plans.join(".a.toml.swp"), b"b0VIM\xff\xfe").unwrap();
    std::fs::write(plans.join(".~lock.toml"), "x").unwrap();
    let output = cchc(&["--data", folder.path().to_str().unwrap(), "plans", "list"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    assert_eq!(said(&output.stdout).lines().count(), 1);
}
