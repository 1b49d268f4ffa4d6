//! What people do once they are in: decide, attest, load, hand out, read.

use super::captured;
use super::site::{ITEM, cchc, entry, site, site_with_posts};
use axum::http::StatusCode;
use cchc_audit::owner::Owner;
use cchc_audit::time;

#[tokio::test]
async fn an_override_changes_the_audit_and_can_be_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let counted = async || site.get("/don-vi/phuong-cua-nam?ky=2026-05", "").await.body.contains("Được tính (2)");
    assert!(counted().await);
    let cookie = site.sign_in("lan").await;

    let order = [("dieu", "cchc"), ("cchc", "no"), ("ly-do", "<script>alert(2)</script> tin thể thao")];
    let answer = site.submit(ITEM, ITEM, &cookie, &order).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let seq = answer.header("location").strip_prefix("/kiem-tra/bai/a?xong=").unwrap().to_owned();
    assert!(!counted().await, "the public page still counts it");
    for (path, cookie) in [("/bai/a", ""), (ITEM, &cookie), ("/kiem-tra", &cookie), ("/kiem-tra/nhat-ky", &cookie)] {
        let page = site.get(path, cookie).await;
        assert!(page.body.contains("không phải bài CCHC") && page.body.contains("&lt;script&gt;alert(2)"), "{path}");
        assert!(!page.body.contains("<script"), "{path} lets a script through");
    }

    let earlier = site.get("/kiem-tra/bai/a?xong=3&ngay=2026-06-01", &cookie).await;
    assert!(earlier.body.contains("<a href=\"/bai/a?ngay=2026-06-11\">xem kết luận tính đến hôm nay</a>"));

    // What an older day's page lists and does not count, it says so; what was never written, nobody claims.
    let older = site.get("/bai/a?ngay=2026-06-10", "").await;
    assert!(older.body.contains("chưa tính vào kết luận ngày 10/06/2026, tính từ 11/06/2026"), "{}", older.body);
    assert!(!site.get("/bai/a?ngay=2026-06-11", "").await.body.contains("chưa tính vào kết luận"));
    for (path, says) in [
        ("/kiem-tra/bai/a?xong=3", true),
        ("/kiem-tra/bai/a?xong=99", false),
        ("/kiem-tra/bai/b?xong=3", false),
        ("/kiem-tra?xong=3", false),
        ("/kiem-tra/so-gui-bai?xong=3", false),
        ("/kiem-tra/minh-chung?xong=3", false),
    ] {
        assert_eq!(site.get(path, &cookie).await.body.contains("Đã ghi, bút toán số"), says, "{path}");
    }

    let page = format!("/kiem-tra/thu-hoi/{seq}");
    let answer = site.submit(&page, &page, &cookie, &[("ly-do", "ghi nhầm bài")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(counted().await, "the decision still bears on the audit");
    let answer = site.submit(&page, &page, &cookie, &[("ly-do", "lần nữa")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("đã được thu hồi"));
    let journal = site.journal();
    assert_eq!(
        journal[journal.len() - 3..],
        [entry("login", "lan"), entry("decision", "lan"), entry("revocation", "lan")]
    );
}

#[tokio::test]
async fn every_matter_can_be_decided_and_nonsense_is_told_beside_its_field() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let cookie = site.sign_in("cuc").await;
    let page = site.get(ITEM, &cookie).await;
    assert!(page.body.contains("không tính cho") && !page.body.contains("value=\"withdrawn\""));
    for (matter, answer) in [
        ("unit", "phuong-hai-ba-trung"),
        ("unit", "none"),
        ("cchc", "yes"),
        ("topics", "tthc"),
        ("kind", "chuyen-sau"),
        ("novelty", "repost"),
        ("counted", "no|ha-noi-2026|a2|2026-05"),
    ] {
        let order = [("dieu", matter), (matter, answer), ("ly-do", "đã xem lại")];
        let answer = site.submit(ITEM, ITEM, &cookie, &order).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{matter}: {}", answer.body);
    }
    let before = site.journal();
    for (order, field) in [
        (&[("ly-do", "quên chọn")][..], "dieu"),
        (&[("dieu", "kind"), ("ly-do", "quên chọn")], "dieu"),
        (&[("dieu", "kind"), ("kind", "dai"), ("ly-do", "lạ")], "dieu"),
        (&[("dieu", "unit"), ("unit", "phuong-khong-co"), ("ly-do", "lạ")], "dieu"),
        (&[("dieu", "counted"), ("counted", "no|ha-noi-2026|a2|2030-01"), ("ly-do", "lạ")], "dieu"),
        (&[("dieu", "counted"), ("counted", "no|ha-noi-2026|a2|năm nay"), ("ly-do", "lạ")], "dieu"),
        (&[("dieu", "cchc"), ("cchc", "no"), ("ly-do", "  ")], "ly-do"),
    ] {
        let answer = site.submit(ITEM, ITEM, &cookie, order).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{order:?}");
        for part in [format!("<a href=\"#{field}\">"), format!("id=\"{field}-loi\""), "aria-invalid=\"true\"".into()] {
            assert!(answer.body.contains(&part), "{order:?} lacks {part}: {}", answer.body);
        }
    }
    assert_eq!(site.get("/kiem-tra/bai/khong-co", &cookie).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.journal(), before);
}

#[tokio::test]
async fn a_request_is_accepted_only_with_what_an_audit_would_look_at() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let visitor = site.get("/bai/a/de-nghi", "").await.cookie().to_owned();
    let order = [("noi-dung", "Bài này là bài về cải cách hành chính.")];
    let sent = site.submit("/bai/a/de-nghi", "/bai/a/de-nghi", &visitor, &order).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let cookie = site.sign_in("lan").await;
    let list = site.get("/kiem-tra/de-nghi", &cookie).await.body;
    let (_, seq) = list.split_once("/kiem-tra/de-nghi/").unwrap();
    let page = format!("/kiem-tra/de-nghi/{}", seq.split(['"', '?']).next().unwrap());
    let before = site.journal();
    for (matter, answer, says) in [
        ("withdrawn", "yes", "chưa phải bài đã gỡ"),
        ("counted", "yes|ha-noi-2026|a5|2026-Q2", "không giao cho đơn vị của bài"),
    ] {
        let order = [("tra-loi", "accepted"), ("dieu", matter), (matter, answer), ("ly-do", "đã xem")];
        let answer = site.submit(&page, &page, &cookie, &order).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{matter}: {}", answer.body);
        assert!(answer.body.contains(says), "{matter}: {}", answer.body);
    }
    assert_eq!(site.journal(), before);
}

#[tokio::test]
async fn evidence_is_taken_by_its_content_and_handed_out_as_it_came() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let cookie = site.sign_in("lan").await;
    let page = "/kiem-tra/minh-chung?plan=ha-noi-2026&don-vi=so-tu-phap";
    let order = [("viec", "a1|2026-03-09"), ("ghi-chu", "Kế hoạch số 12")];
    let before = site.journal();
    let big = [&b"%PDF-"[..], &vec![b' '; 12 << 20]].concat();
    for (name, file, status) in [
        ("ke-hoach.pdf", &b"<html><script>alert(1)</script>"[..], StatusCode::UNPROCESSABLE_ENTITY),
        ("ke-hoach.pdf", b"MZ not a document", StatusCode::UNPROCESSABLE_ENTITY),
        ("ke-hoach.pdf", &big, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = site.upload(page, &cookie, &order, name, file).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    let answer = site.upload("/kiem-tra/minh-chung", &cookie, &order, "x.pdf", b"%PDF-1.7").await;
    assert!(answer.body.contains("Chọn đơn vị mà minh chứng nói tới"), "{}", answer.body);
    let answer = site.upload(page, &cookie, &[("viec", "a2|2026-05")], "x.pdf", b"%PDF-1.7").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "a duty that counts posts takes no evidence");
    assert_eq!(site.journal(), before);

    let answer = site.upload(page, &cookie, &order, "../../<i>ke hoach.pdf", b"%PDF-1.7 x").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let seq = answer.header("location").split('=').nth(1).unwrap().split('&').next().unwrap().to_owned();
    let list = site.get(page, &cookie).await;
    assert!(list.body.contains("Kế hoạch số 12") && list.body.contains("&lt;i&gt;ke hoach.pdf</a>"), "{}", list.body);
    let file = site.get(&format!("/kiem-tra/tep/{seq}"), &cookie).await;
    assert_eq!(&file.bytes[..], b"%PDF-1.7 x");
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(
        file.header("content-disposition"),
        format!("attachment; filename=\"minh-chung-{seq}--i-ke-hoach.pdf\"")
    );
    assert_eq!(site.get(&format!("/kiem-tra/tep/{seq}"), "").await.status, StatusCode::SEE_OTHER);
    let unit = site.get("/don-vi/so-tu-phap?plan=ha-noi-2026", "").await;
    assert!(unit.body.contains("Được tính (1)"), "the public page does not show the evidence");
}

#[tokio::test]
async fn a_ledger_is_looked_at_before_it_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let cookie = site.sign_in("lan").await;
    let page = "/kiem-tra/so-gui-bai";
    let sheet =
        "Đơn vị,Ngày nhận,Tiêu đề\nPhường Cửa Nam,12/05/2026,Một cửa liên thông\nPhường Ở Đâu,12/05/2026,Bài lạ\n";
    let before = site.journal();
    let preview = site.upload(page, &cookie, &[], "so.csv", sheet.as_bytes()).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    let shown = &preview.body;
    assert!(shown.contains("Dòng 3: <b>bỏ qua.</b>") && shown.contains("Nạp 1 dòng đọc được"), "{shown}");
    assert_eq!(site.journal(), before, "looking at it writes nothing");
    let hash = preview.body.split("name=\"tep\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();

    let take = "/kiem-tra/so-gui-bai/nap";
    let answer = site.submit(page, take, &cookie, &[("tep", &hash)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let answer = site.submit(page, take, &cookie, &[("tep", &hash)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "taken once only");
    for nonsense in [&b"\x00\x01\x02"[..], b"mot,hai,ba\n1,2,3\n"] {
        let answer = site.upload(page, &cookie, &[], "so.csv", nonsense).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let journal = site.journal();
    assert_eq!(journal.last(), Some(&entry("ledger", "lan")));
    assert_eq!(site.record.views(None).unwrap().ledger.len(), 1);
}

#[tokio::test]
async fn a_pack_is_the_one_of_the_command_line_and_taking_it_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let audit = async || site.get("/tai-ve/ha-noi-2026.json", "").await.body;
    let cookie = site.sign_in("lan").await;
    let order = [("dieu", "novelty"), ("novelty", "new"), ("ly-do", "đã đối chiếu")];
    assert_eq!(site.submit(ITEM, ITEM, &cookie, &order).await.status, StatusCode::SEE_OTHER);
    let before = audit().await;
    let wanted = [("don-vi", "phuong-cua-nam"), ("ky", "2026-05"), ("ke-hoach", "ha-noi-2026")];
    let pack = site.submit("/kiem-tra/xuat", "/kiem-tra/xuat", &cookie, &wanted).await;
    assert_eq!(pack.status, StatusCode::OK, "{}", pack.body);
    assert_eq!(pack.header("content-disposition"), "attachment; filename=\"phuong-cua-nam-2026-05.wacz\"");
    site.sign_in("cuc").await;
    let again = site.submit("/kiem-tra/xuat", "/kiem-tra/xuat", &cookie, &wanted).await;
    assert!(again.bytes == pack.bytes, "an export and a sign-in changed the pack");
    assert_eq!(audit().await, before, "an export or a sign-in changed the audit");

    let empty = [("don-vi", "phuong-cua-nam"), ("ky", "2026-W01"), ("ke-hoach", "ha-noi-2026")];
    let answer = site.submit("/kiem-tra/xuat", "/kiem-tra/xuat", &cookie, &empty).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("không có kết luận nào"));
    let journal = site.journal();
    let last = [entry("export", "lan"), entry("login", "cuc"), entry("export", "lan")];
    assert_eq!(journal[journal.len() - 3..], last);

    drop(site);
    let file = dir.path().join("goi.wacz");
    let state = dir.path().join("state");
    let args = ["evidence", "export", "--unit", "phuong-cua-nam", "--period", "2026-05", "--plan", "ha-noi-2026", "-o"];
    cchc(&state, &[&args[..], &[file.to_str().unwrap()]].concat());
    assert!(std::fs::read(&file).unwrap() == pack.bytes, "the command line makes another pack");
}

#[tokio::test]
async fn the_journal_shows_sign_ins_to_those_who_look_after_accounts() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let (lan, cuc) = (site.sign_in("lan").await, site.sign_in("cuc").await);
    let said = async |path: &str, cookie: &str| site.get(path, cookie).await.body;
    assert!(!said("/kiem-tra/nhat-ky", &lan).await.contains("<td data-duty=\"Việc\">đăng nhập"));
    assert!(said("/kiem-tra/nhat-ky", &cuc).await.contains("<td data-duty=\"Việc\">đăng nhập"));
    assert!(said("/kiem-tra/nhat-ky?loai=login", &cuc).await.contains("<b>2</b> bút toán"));
    assert!(said("/kiem-tra/nhat-ky?loai=login", &lan).await.contains("<b>0</b> bút toán"));
}

#[tokio::test]
async fn what_a_portal_removed_is_compared_for_those_inside() {
    let text = "Sáng nay phường khai trương điểm hỗ trợ nộp hồ sơ trực tuyến tại nhà văn hóa tổ dân phố số chín.";
    let post = |id: &str, day: &str| {
        let host = "cuanam.hanoi.gov.vn";
        serde_json::json!({
            "id": id, "channel": "own-portal", "host": host, "url": format!("https://{host}/{id}.html"),
            "title": format!("Tin {id}"), "body": [text], "published": format!("2026-05-{day}T08:00:00+07:00"),
        })
    };
    for removed in [None, time::parse(captured::MOMENT)] {
        let dir = tempfile::tempdir().unwrap();
        let (state, file) = (dir.path().join("state"), dir.path().join("posts.jsonl"));
        std::fs::write(&file, format!("{}\n{}\n", post("cu", "10"), post("moi", "12"))).unwrap();
        cchc(&state, &["import", file.to_str().unwrap()]);
        let owner = Owner::take(&state, "test").unwrap();
        let id = owner.store.find("https://cuanam.hanoi.gov.vn/cu.html").unwrap().unwrap();
        let old = owner.store.article(&id).unwrap().unwrap();
        owner.store.put(&cchc_audit::article::Article { removed, ..old }).unwrap();
        drop(owner);
        let site = site(&state);
        let cookie = site.sign_in("lan").await;
        let shows = |page: &str| page.contains("class=\"so-sanh\"") && page.contains("phố số chín");
        let (public, inside) = (site.get("/bai/moi", "").await.body, site.get("/kiem-tra/bai/moi", &cookie).await.body);
        assert_eq!(shows(&public), removed.is_none(), "{public}");
        assert_eq!(public.contains("bản đối chiếu dành cho"), removed.is_some(), "{public}");
        assert!(shows(&inside), "{inside}");
    }
}

#[tokio::test]
async fn what_a_portal_removed_is_shown_to_those_inside() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let url = "https://cuanam.hanoi.gov.vn/a.html";
    let place = captured::page(&state.join("archive"), url, "text/html; charset=utf-8", "<p>Trang nay da go");
    let owner = Owner::take(&state, "test").unwrap();
    let article = cchc_audit::article::Article {
        id: cchc_audit::article::ArticleId("a".to_owned()),
        url: url.to_owned(),
        host: "cuanam.hanoi.gov.vn".to_owned(),
        title: "Bài đã gỡ".to_owned(),
        capture: Some(place),
        removed: time::parse(captured::MOMENT),
        ..Default::default()
    };
    owner.store.put(&article).unwrap();
    drop(owner);
    let site = site(&state);
    let cookie = site.sign_in("mai").await;
    for path in ["/ban-luu/a", "/ban-luu/a/trang"] {
        assert_eq!(site.get(path, "").await.status, StatusCode::FORBIDDEN);
        let inside = site.get(path, &cookie).await;
        assert_eq!((inside.status, inside.header("cache-control")), (StatusCode::OK, "no-store"), "{}", inside.body);
    }
}
