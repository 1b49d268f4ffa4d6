//! `cchc ledger import` and its neighbours as an office would use them.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use cchc_audit::audit::{self, Selection, World};
use cchc_audit::data::Data;
use cchc_audit::decision::{LedgerLine, Outcome};
use cchc_audit::rules::Rules;
use cchc_audit::time;
use std::path::Path;
use std::process::{Command, Output};

fn cchc(state: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cchc")).arg("--state").arg(state).args(args).output().unwrap()
}

/// Exit code, standard output and standard error, without the folder's name.
fn told(state: &Path, args: &[&str]) -> String {
    let output = cchc(state, args);
    let text = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).replace(&format!("{}/", state.display()), "");
        text.replace(&format!("tạo thư mục trạng thái mới: {}\n", state.display()), "")
    };
    format!("{} {}---\n{}", output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_csv_as_offices_keep_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("so.csv");
    std::fs::write(
        &file,
        "\u{feff}SỔ TIẾP NHẬN TIN, BÀI THÁNG 5\n\nSTT;Đơn vị gửi;Ngày nhận;Tiêu đề tin, bài;Thể loại;Kết quả;Lý do;Đường dẫn\n\
         1;UBND phường Cửa Nam;31/05/2026;Hoà giải ở cơ sở;Tin;Đã đăng;;https://cchc.hanoi.gov.vn/1\n\
         2;Sở Tư pháp;30/02/2026;Ngày không có;Tin;;;\n\
         3;Phường Không Có;01/05/2026;Tin lạ;Tin;;;\n\
         4;Sở Tư pháp;02/05/2026;Trùng;Bài chuyên sâu;Không đăng;tin đã đăng trên cổng của Sở;\n\
         5;Sở Tư pháp;03/05/2026;Chữ lạ;thơ;Không rõ;;\n;;;;;;;\n",
    )
    .unwrap();
    insta::assert_snapshot!(told(dir.path(), &["ledger", "import", file.to_str().unwrap()]), @"
    3 2 dòng đọc được, 0 khớp bài đã đăng, 2 chưa khớp, 3 dòng bỏ qua
    đã nạp sổ, bút toán số 1
    ---
    so.csv:5: bỏ qua dòng: ngày nhận «30/02/2026» không đọc được; viết ngày/tháng/năm như 31/05/2026
    so.csv:6: bỏ qua dòng: không biết đơn vị «Phường Không Có»; viết đủ tên như trong danh mục, hoặc dùng mã đơn vị
    so.csv:8: bỏ qua dòng: kết quả «Không rõ» không hiểu được; dùng một trong: đã đăng, đã nhận, không đăng (hoặc từ chối), không mới, sai chủ đề
    so.csv:8: bỏ qua dòng: thể loại «thơ» không hiểu được, để trống; dùng tin bài hoặc chuyên sâu
    so.csv: cột không dùng: STT
    so.csv:4: chưa thấy bài đã đăng: «Hoà giải ở cơ sở» của phuong-cua-nam
    so.csv:7: chưa thấy bài đã đăng: «Trùng» của so-tu-phap
    ");
    let again = told(dir.path(), &["ledger", "import", file.to_str().unwrap()]);
    assert!(again.contains("sổ này đã nạp, bút toán số 1"), "{again}");
    let journal = std::fs::read_to_string(dir.path().join("journal.jsonl")).unwrap();
    assert_eq!(journal.lines().count(), 1, "the same file again is no news");
    assert!(journal.contains("\"outcome\":\"not-new\"") && journal.contains("\"kind\":\"chuyen-sau\""), "{journal}");
}

/// A quote forgotten once would make one title of all that stands behind it.
#[test]
fn a_quote_left_open_is_told_by_its_line_and_costs_no_other() {
    let heading = "Đơn vị,Ngày nhận,Tiêu đề,Lý do\n";
    let (a, b) = ("Sở Tư pháp,05/03/2026,", "Phường Hà Đông,06/03/2026,");
    for (name, rows, counts, fault) in [
        ("cuối tệp", format!("{a}\"Bài một\n{b}Bài hai\n{b}Bài ba\n"), "2 dòng đọc được", Some(2)),
        ("ô nháy sau", format!("{a}\"Bài một,x\n{b}\"Bài hai, ba\",x\n{b}Bài ba,\n"), "2 dòng đọc được", Some(2)),
        ("nháy lạc", format!("{a}\"Bài một,x\n{b}Bài hai\",x\n{b}Bài ba,\n"), "2 dòng đọc được", Some(2)),
        ("dòng cuối", format!("{b}Bài hai\n{a}\"Bài một"), "1 dòng đọc được", Some(3)),
        (
            "nhiều dòng",
            format!("{a}\"Bài, một,\nngày 05/03/2026, nhận\",\"a,\nb, 06/03/2026,\"\n"),
            "1 dòng đọc được",
            None,
        ),
        ("ô đầu", "\"Sở\nTư pháp\",05/03/2026,Bài một,x\n".to_owned(), "1 dòng đọc được", None),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("so.csv");
        std::fs::write(&file, format!("{heading}{rows}")).unwrap();
        let told = told(dir.path(), &["ledger", "import", file.to_str().unwrap()]);
        let begin = format!("{} {counts}", if fault.is_some() { 3 } else { 0 });
        assert!(told.starts_with(&begin), "{name}: {told}");
        let said = fault.map(|line| format!("so.csv:{line}: bỏ qua dòng: dấu nháy kép"));
        assert!(said.is_none_or(|said| told.contains(&said) && told.contains("1 dòng bỏ qua")), "{name}: {told}");
        let journal = std::fs::read_to_string(dir.path().join("journal.jsonl")).unwrap();
        assert_eq!(journal.contains("Bài một"), name == "ô đầu", "{name}: {journal}");
    }
}

#[test]
fn a_theme_in_the_words_of_a_clause_is_understood() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("so.csv");
    let rows = "Đơn vị;Ngày nhận;Tiêu đề;Thể loại;Chủ đề\n\
                Sở Khoa học và Công nghệ;12/05/2026;Ra mắt;Tin;Chuyển đổi số\n\
                Sở Khoa học và Công nghệ;13/05/2026;Bài hai;Bài chuyên sâu;chinh-quyen-so\n\
                Sở Khoa học và Công nghệ;14/05/2026;Bài ba;Tin;thơ\n";
    std::fs::write(&file, rows).unwrap();
    let told = told(dir.path(), &["ledger", "import", file.to_str().unwrap()]);
    assert!(told.contains("so.csv:4: chủ đề «thơ» không hiểu được, để trống; dùng lời của kế hoạch"), "{told}");
    assert_eq!(told.matches("không hiểu được").count(), 1, "{told}");
    let journal = std::fs::read_to_string(dir.path().join("journal.jsonl")).unwrap();
    assert!(journal.contains(r#""topic":"khcn-doi-moi-sang-tao""#), "{journal}");
    let audit = ["audit", "--plan", "ha-noi-2026", "--unit", "so-khoa-hoc-va-cong-nghe", "--period", "2026-W20"];
    let audited = cchc(dir.path(), &[&audit[..], &["--as-of", "2026-12-31", "--format", "csv"]].concat());
    let audited = String::from_utf8(audited.stdout).unwrap();
    assert!(audited.lines().any(|line| line.contains("a9") && line.contains("đạt")), "{audited}");
}

/// The address of an own portal is no address where the desk posts, and a title finds its own month.
#[test]
fn a_line_is_matched_with_items_of_the_city_page_only() {
    let dir = tempfile::tempdir().unwrap();
    let (posts, ledger) = (dir.path().join("bai.jsonl"), dir.path().join("so.csv"));
    let post = |id: &str, host: &str, channel: &str, at: &str, unit: &str| {
        format!(
            r#"{{"id":"{id}","channel":"{channel}","host":"{host}","url":"https://{host}/{id}.html","title":"Kết quả trong tháng","body":["Phần chữ {id}."],"published":"{at}T08:00:00+07:00","assessment":{{{unit},"is_cchc":true}}}}"#
        ) + "\n"
    };
    let (city, own) = ("caicachhanhchinh.hanoi.gov.vn", "cuanam.hanoi.gov.vn");
    let unit = r#""unit":"phuong-cua-nam""#;
    let second = r#""unit":"so-tu-phap","co_units":["phuong-cua-nam"]"#;
    let all = post("ba", city, "city-page", "2026-03-30", unit)
        + &post("bon", city, "city-page", "2026-05-02", second)
        + &post("rieng", own, "own-portal", "2026-05-30", unit);
    std::fs::write(&posts, all).unwrap();
    let rows = format!(
        "Đơn vị;Ngày nhận;Tiêu đề;Đường dẫn\n\
         UBND phường Cửa Nam;29/03/2026;Kết quả trong tháng;\n\
         UBND phường Cửa Nam;29/04/2026;Kết quả trong tháng;\n\
         UBND phường Cửa Nam;29/05/2026;Kết quả trong tháng;https://{own}/rieng.html\n"
    );
    std::fs::write(&ledger, rows).unwrap();
    let state = dir.path().join("state");
    assert!(cchc(&state, &["import", posts.to_str().unwrap()]).status.success());
    let told = told(&state, &["ledger", "import", ledger.to_str().unwrap()]);
    assert!(told.contains("3 dòng đọc được, 2 khớp bài đã đăng, 1 chưa khớp"), "{told}");
    let audit = ["audit", "--plan", "ha-noi-2026", "--unit", "phuong-cua-nam", "--as-of", "2026-12-31"];
    let periods = ["--period", "2026-03", "--period", "2026-04", "--period", "2026-05", "--format", "json"];
    let audited = cchc(&state, &[&audit[..], &periods[..]].concat());
    let audited: serde_json::Value = serde_json::from_slice(&audited.stdout).unwrap();
    let sending = audited["verdicts"].as_array().unwrap().iter().filter(|verdict| verdict["obligation"] == "a2");
    let counted: Vec<u64> = sending.map(|verdict| verdict["counted"].as_u64().unwrap()).collect();
    assert_eq!(counted, [1, 1, 1], "{audited}");
}

#[test]
fn a_day_that_cannot_be_is_told_by_line_and_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("so.csv");
    let rows = "Đơn vị,Ngày nhận,Tiêu đề\nSở Tư pháp,05/05/2999,Mai sau\nSở Tư pháp,05/05/1926,Ngày xưa\nSở Tư pháp,05/05/2025,Đúng\n";
    std::fs::write(&file, rows).unwrap();
    let told = told(dir.path(), &["ledger", "import", file.to_str().unwrap()]);
    assert!(told.starts_with("3 1 dòng đọc được, 0 khớp bài đã đăng, 1 chưa khớp, 2 dòng bỏ qua"), "{told}");
    assert!(told.contains("so.csv:2: bỏ qua dòng: ngày nhận 05/05/2999 ở sau hôm nay ("), "{told}");
    assert!(
        told.contains("so.csv:3: bỏ qua dòng: ngày nhận 05/05/1926 trước năm 2020; sửa lại năm trong sổ"),
        "{told}"
    );
}

/// One item of a unit without a date, and one of another year; what people write may hold anything.
#[test]
fn explain_says_why_no_plan_has_a_period_and_shows_no_control_characters() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bai.jsonl");
    let line = |id: &str, more: &str| {
        format!(
            r#"{{"id":"{id}","channel":"own-portal","host":"sotuphap.hanoi.gov.vn","url":"https://sotuphap.hanoi.gov.vn/{id}.html","title":"Một cửa {id}","body":["Sở rút ngắn thời gian."],{more}"assessment":{{"unit":"so-tu-phap","is_cchc":true}}}}"#
        ) + "\n"
    };
    let dated = line("cu", r#""published":"2024-05-10T08:00:00+07:00","#);
    std::fs::write(&file, line("khong-ngay", "") + &dated).unwrap();
    let state = dir.path().join("state");
    assert!(cchc(&state, &["import", file.to_str().unwrap()]).status.success());
    let undated = told(&state, &["explain", "khong-ngay", "--plan", "ha-noi-2026"]);
    assert!(undated.contains("không rõ ngày đăng nên không thuộc kỳ nào"), "{undated}");
    assert!(
        undated.contains("Theo kế hoạch ha-noi-2026 (") && undated.contains("không có kỳ nào cho bài này"),
        "{undated}"
    );
    let review = told(&state, &["review"]);
    assert!(review.contains("chưa chắc: không rõ ngày đăng nên không thuộc kỳ nào"), "{review}");
    let other = told(&state, &["explain", "cu", "--plan", "ha-noi-2026"]);
    assert!(other.contains("không có kỳ nào cho bài này; bài đăng ngày 10/05/2024"), "{other}");
    assert!(!told(&state, &["explain", "cu"]).contains("không có kỳ nào"));
    let reason = "đọc \u{1b}[31mlại\u{7}";
    let decide = ["decide", "cu", "--cchc", "no", "--reason", reason, "--by", "lan"];
    assert!(cchc(&state, &decide).status.success());
    let explained = told(&state, &["explain", "cu", "--plan", "ha-noi-2026"]);
    assert!(explained.contains("— đọc  [31mlại"), "{explained}");
    assert!(!explained.contains(['\u{1b}', '\u{7}']), "{explained:?}");
}

/// Whoever sent it is credited, so its verdicts speak of it too.
#[test]
fn explain_tells_what_an_item_counts_for_that_only_the_ledger_credits() {
    let dir = tempfile::tempdir().unwrap();
    let (posts, ledger, state) = (dir.path().join("bai.jsonl"), dir.path().join("so.csv"), dir.path().join("state"));
    let url = "https://caicachhanhchinh.hanoi.gov.vn/mot.html";
    let post = format!(
        r#"{{"id":"mot","channel":"city-page","host":"caicachhanhchinh.hanoi.gov.vn","url":"{url}","title":"Một cửa liên thông","body":["Phần chữ."],"published":"2026-05-12T08:00:00+07:00","assessment":{{"unit":null,"is_cchc":true}}}}"#
    );
    std::fs::write(&posts, post + "\n").unwrap();
    let rows = format!("Đơn vị;Ngày nhận;Tiêu đề;Đường dẫn\nUBND phường Cửa Nam;11/05/2026;Một cửa liên thông;{url}\n");
    std::fs::write(&ledger, rows).unwrap();
    assert!(cchc(&state, &["import", posts.to_str().unwrap()]).status.success());
    assert!(cchc(&state, &["ledger", "import", ledger.to_str().unwrap()]).status.success());
    // As the ledger writes it, and as a browser shows it.
    for address in [url, url.trim_start_matches("https://")] {
        let told = told(&state, &["explain", address, "--plan", "ha-noi-2026"]);
        assert!(told.contains("  a2 2026-05 (đạt): được tính"), "{told}");
    }
}

#[test]
fn a_workbook_with_real_dates() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("so.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in ["Unit", "Received", "Title"].iter().enumerate() {
        sheet.write(3, u16::try_from(column).unwrap(), *heading).unwrap();
    }
    let date = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 5, 31).unwrap();
    sheet.write(4, 0, "Sở Tư pháp").unwrap();
    sheet.write_with_format(4, 1, &day, &date).unwrap();
    sheet.write(4, 2, "Ngày có định dạng").unwrap();
    sheet.write(5, 0, "so-tu-phap").unwrap();
    sheet.write(5, 1, 46173).unwrap();
    sheet.write(5, 2, "Ngày là con số").unwrap();
    book.save(&file).unwrap();
    let output = cchc(dir.path(), &["ledger", "import", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let journal = std::fs::read_to_string(dir.path().join("journal.jsonl")).unwrap();
    assert_eq!(journal.matches("\"received\":\"2026-05-31\"").count(), 2, "{journal}");
}

#[test]
fn what_is_no_ledger_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut told = Vec::new();
    for (name, bytes) in [
        ("trong.csv", &b""[..]),
        ("la.csv", b"a,b\n1,2\n"),
        ("hong.xlsx", b"PK\x03\x04rac"),
        ("anh.csv", b"\x89PNG\r\n\x1a\n\0\0"),
        ("het.csv", "Đơn vị,Ngày nhận,Tiêu đề\nAi đó,x,Tin\n".as_bytes()),
    ] {
        let file = dir.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        told.push(self::told(dir.path(), &["ledger", "import", file.to_str().unwrap()]));
    }
    insta::assert_snapshot!(told.join("\n"), @"
    2 ---
    lỗi: trong.csv: tệp trống

    2 ---
    lỗi: la.csv: không thấy cột «đơn vị», «tiêu đề», «ngày nhận»; thêm dòng tiêu đề cột như «Đơn vị, Ngày nhận, Tiêu đề, Kết quả»

    2 ---
    lỗi: hong.xlsx: không đọc được bảng tính (invalid Zip archive: Could not find EOCD)

    2 ---
    lỗi: anh.csv: không phải UTF-8, UTF-16 hay XLSX; trong Excel chọn «Lưu thành» CSV UTF-8 hoặc XLSX

    2 0 dòng đọc được, 0 khớp bài đã đăng, 0 chưa khớp, 1 dòng bỏ qua
    ---
    het.csv:2: bỏ qua dòng: không biết đơn vị «Ai đó»; viết đủ tên như trong danh mục, hoặc dùng mã đơn vị
    het.csv:2: bỏ qua dòng: ngày nhận «x» không đọc được; viết ngày/tháng/năm như 31/05/2026
    lỗi: het.csv: không có dòng nào đọc được, không nạp gì
    ");
    assert!(!dir.path().join("journal.jsonl").exists());
}

#[test]
fn an_attestation_is_kept_with_its_file_and_can_be_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("kế hoạch.pdf");
    std::fs::write(&file, "%PDF-1.7").unwrap();
    let duty = ["--plan", "ha-noi-2026", "--obligation", "a1", "--unit", "so-tu-phap", "--period", "2026-03-09"];
    let by = ["--by", "lan"];
    let add = [&["attest", "add"], &duty[..], &["--file", file.to_str().unwrap()], &by].concat();
    assert!(told(dir.path(), &add).starts_with("0 đã ghi minh chứng số 1"));
    let shown = told(dir.path(), &["attest", "show", "1"]);
    assert!(shown.contains("kế hoạch.pdf (8 byte)"), "{shown}");
    let kept: Vec<_> = std::fs::read_dir(dir.path().join("files")).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(kept.len(), 1);
    std::fs::remove_file(&kept[0]).unwrap();
    assert!(told(dir.path(), &["attest", "show", "1"]).contains("tệp không còn"));
    let revoke = ["decide", "--revoke", "1", "--reason", "nhầm", "--by", "lan"];
    assert!(told(dir.path(), &revoke).starts_with("0 đã thu hồi bút toán số 1"));
    assert_eq!(told(dir.path(), &["attest", "list"]), "0 ---\nchưa có minh chứng nào đang có hiệu lực\n");
    let nowhere = told(&dir.path().join("lạc"), &["attest", "list"]);
    assert!(nowhere.starts_with("2 ") && nowhere.contains("không phải thư mục trạng thái"), "{nowhere}");
}

#[test]
fn what_no_audit_would_look_at_is_refused_with_the_way_to_mend_it() {
    let dir = tempfile::tempdir().unwrap();
    let attest = |duty: [&str; 4], rest: &[&str]| {
        let [plan, obligation, unit, period] = duty;
        let flags = ["--plan", plan, "--obligation", obligation, "--unit", unit, "--period", period, "--by", "lan"];
        told(dir.path(), &[&["attest", "add"], &flags[..], rest].concat())
    };
    let note = ["--note", "x"];
    let page = dir.path().join("ke-hoach.html");
    std::fs::write(&page, "<html>").unwrap();
    let good = ["ha-noi-2026", "a1", "so-tu-phap", "2026-03-09"];
    let told = [
        attest(["ha-noi-2062", "a1", "so-tu-phap", "2026-03-09"], &note),
        attest(["ha-noi-2026", "a99", "so-tu-phap", "2026-03-09"], &note),
        attest(["ha-noi-2026", "a1", "so-khong-co", "2026-03-09"], &note),
        attest(["ha-noi-2026", "a1", "so-tu-phap", "2026-03"], &note),
        attest(["ha-noi-2026", "a1", "so-tu-phap", "tháng 3"], &note),
        attest(["ha-noi-2026", "a2", "so-tu-phap", "2026-03"], &note),
        attest(good, &[]),
        attest(good, &["--file", "khong-co.pdf"]),
        attest(good, &["--file", page.to_str().unwrap()]),
    ];
    let firsts: Vec<String> = told.iter().map(|t| t.replace("---\n", "").chars().take(150).collect()).collect();
    insta::assert_snapshot!(firsts.join("\n"), @"
    2 lỗi: không có kế hoạch «ha-noi-2062»; các kế hoạch: ha-noi-2025, ha-noi-2026, hai-ba-trung-2025, thien-huong-2025, viet-hung-2025-2030

    2 lỗi: kế hoạch ha-noi-2026 không có nhiệm vụ «a99»; các nhiệm vụ: a21, a22, a20-ii2e, a1, a20-iv1b, a20-iv1c, a2, a3, a4, a5, a6, a7, a8, a20-iv2a, a
    2 lỗi: không có đơn vị «so-khong-co»; xem mã đơn vị trong data/units

    2 lỗi: nhiệm vụ a1 không có kỳ 2026-03; các kỳ: 2026-03-09

    2 lỗi: giá trị «tháng 3» của --period <KỲ> không dùng được
      không đọc được kỳ «tháng 3»; viết như 2026-W21, 2026-05, 2026-Q2, 2026-H1, 2026-9M, 2026,
    2 lỗi: nhiệm vụ a2 đếm bài đã đăng, không nhận minh chứng; sửa từng bài bằng `cchc decide … --counted`

    2 lỗi: minh chứng cần một tệp (--file) hoặc một ghi chú (--note)

    2 lỗi: --file khong-co.pdf: không đọc được (không có tệp hoặc thư mục này)

    2 lỗi: tệp «ke-hoach.html» không nhận được: nội dung không phải PDF, Word (docx), Excel (xlsx), ảnh PNG hoặc JPEG; chuyển sang một trong các dạng đó
    ");
    assert!(!dir.path().join("journal.jsonl").exists());
}

#[test]
fn a_line_the_desk_refused_counts_as_sent_and_shows_the_refusal() {
    let rules = Rules::parse(Data::built_in()).unwrap();
    let plan = rules.plans.get("ha-noi-2026").unwrap();
    // What the desk wrote as its reason → what the unit reads.
    for (reason, told) in [("Ảnh mờ", "không đăng: Ảnh mờ."), ("", "không đăng: không ghi lý do.")] {
        let mut world = World::new(Vec::new());
        world.ledger.push(LedgerLine {
            id: "d1".to_owned(),
            unit: "so-tu-phap".parse().unwrap(),
            received: "2026-05-04".parse().unwrap(),
            title: "Tin gửi".to_owned(),
            kind: None,
            topic: None,
            also: Vec::new(),
            url: None,
            outcome: Outcome::Refused,
            reason: reason.to_owned(),
            item: None,
            loaded: time::parse("2026-06-01T08:00:00+07:00").unwrap(),
        });
        let selection =
            Selection { units: vec!["so-tu-phap".parse().unwrap()], periods: vec!["2026-05".parse().unwrap()] };
        let day = "2026-06-10".parse().unwrap();
        let audit = audit::audit(plan, &rules.registry, &world, day, &selection).unwrap();
        let sent = audit.verdicts.iter().find(|v| v.obligation == "a2").unwrap();
        assert_eq!(sent.counted, 1);
        let detail = &sent.items[0].detail;
        assert!(detail.contains(told) && detail.contains("vẫn được tính"), "{detail}");
    }
}
