//! Who is let in, for how long, and what the others are told.

use super::site::{ITEM, WORDS, entry, site, site_with_posts};
use axum::http::StatusCode;
use cchc_audit::record::Password;

#[tokio::test]
async fn the_right_password_opens_and_every_other_answer_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    site.record.users().set_disabled("cuc", true).unwrap();
    let mut pages = Vec::new();
    for (name, password) in [("lan", "sai mật khẩu rồi"), ("khong-ai", WORDS), ("cuc", WORDS)] {
        let answer = site.try_sign_in(name, password).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.header("set-cookie"), "");
        pages.push(answer.body.replace(answer.token(), "").replace(&format!("value=\"{name}\""), ""));
    }
    assert!(pages[0].contains("không đúng") && pages.iter().all(|page| *page == pages[0]));

    let answer = site.try_sign_in("lan", WORDS).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/kiem-tra"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let home = site.get("/kiem-tra", answer.cookie()).await;
    assert_eq!((home.status, home.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(home.body.contains("<b>lan</b> (người kiểm tra)"));
    let refused = entry("login-refused", "cchc serve");
    assert_eq!(site.journal(), [refused.clone(), refused.clone(), refused, entry("login", "lan")]);
    let journal = std::fs::read_to_string(site.record.journal().path()).unwrap();
    assert!(!journal.contains("0.0.0.0") && !journal.contains("khong-ai") && !journal.contains("mật khẩu"));
}

#[tokio::test]
async fn a_session_ends_with_time_with_its_account_and_on_request() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let open = async |cookie: &str| site.get("/kiem-tra", cookie).await.status == StatusCode::OK;
    let cookie = site.sign_in("lan").await;
    site.wait(119);
    assert!(open(&cookie).await);
    site.wait(121);
    assert!(!open(&cookie).await, "idle for two hours");

    let cookie = site.sign_in("lan").await;
    let home = site.get("/kiem-tra", &cookie).await;
    let away = site.get("/kiem-tra?x=1", "").await;
    assert_eq!((away.status, away.header("location")), (StatusCode::SEE_OTHER, "/dang-nhap?toi=%2Fkiem-tra%3Fx%3D1"));
    site.post("/dang-xuat", &cookie, &[("ma", home.token())]).await;
    assert!(!open(&cookie).await, "signed out");

    let cookie = site.sign_in("lan").await;
    site.record.users().set_password("lan", &Password::chosen("một câu khác hẳn", "lan").unwrap()).unwrap();
    assert!(!open(&cookie).await, "the password was changed");
    let cookie = site.sign_in("mai").await;
    site.record.users().set_disabled("mai", true).unwrap();
    assert!(!open(&cookie).await, "the account was locked");
}

#[tokio::test]
async fn a_form_from_elsewhere_or_without_its_token_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let door = site.get("/dang-nhap", "").await;
    let (token, cookie) = (door.token(), door.cookie());
    let other = site.get("/dang-nhap", "").await;
    let right = |token| [("ma", token), ("ten", "lan"), ("mat-khau", WORDS)];
    for (cookie, token, origin) in [
        (cookie, "", "http://cchc.example"),
        (cookie, other.token(), "http://cchc.example"),
        (other.cookie(), token, "http://cchc.example"),
        ("", token, "http://cchc.example"),
        (cookie, token, "http://evil.example"),
        (cookie, token, "null"),
    ] {
        let answer = site.post_from("/dang-nhap", cookie, &right(token), origin).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{cookie} {token} {origin}");
    }
    assert_eq!(site.journal(), []);
    let answer = site.post("/dang-nhap", cookie, &right(token)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_ne!(answer.cookie(), cookie, "the cookie from before signing in must not become the session's");
}

#[tokio::test]
async fn guessing_is_slowed_and_waiting_helps() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    for _ in 0..10 {
        assert_eq!(site.try_sign_in("lan", "đoán mò thôi mà").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(site.try_sign_in("lan", WORDS).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(site.try_sign_in("mai", WORDS).await.status, StatusCode::SEE_OTHER, "another account");
    site.wait(2);
    assert_eq!(site.try_sign_in("lan", WORDS).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_flood_of_forms_is_held_back() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    for _ in 0..60 {
        assert_eq!(site.post("/dang-nhap", "", &[]).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(site.post("/dang-nhap", "", &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
    site.wait(1);
    assert_eq!(site.post("/dang-nhap", "", &[]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nothing_is_shown_or_done_without_signing_in() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let door = site.get("/dang-nhap", "").await;
    let before = site.journal();
    for path in [
        "/kiem-tra",
        ITEM,
        "/kiem-tra/thu-hoi/1",
        "/kiem-tra/minh-chung",
        "/kiem-tra/tep/1",
        "/kiem-tra/so-gui-bai",
        "/kiem-tra/xuat",
        "/kiem-tra/nhat-ky",
    ] {
        let answer = site.get(path, door.cookie()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.header("location").starts_with("/dang-nhap?toi="), "{path}");
    }
    for path in [ITEM, "/kiem-tra/thu-hoi/1", "/kiem-tra/minh-chung", "/kiem-tra/so-gui-bai/nap", "/kiem-tra/xuat"] {
        let fields = [("ma", door.token()), ("dieu", "cchc"), ("cchc", "no"), ("ly-do", "thử")];
        let answer = site.post(path, door.cookie(), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
    }
    assert_eq!(site.journal(), before);
}

#[tokio::test]
async fn a_role_that_may_only_look_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let site = site_with_posts(dir.path());
    let cookie = site.sign_in("mai").await;
    let before = site.journal();
    for path in [ITEM, "/kiem-tra/so-gui-bai", "/kiem-tra/xuat", "/kiem-tra/nhat-ky"] {
        assert_eq!(site.get(path, &cookie).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let home = site.get("/kiem-tra", &cookie).await;
    for path in [ITEM, "/kiem-tra/thu-hoi/1", "/kiem-tra/minh-chung", "/kiem-tra/so-gui-bai/nap", "/kiem-tra/xuat"] {
        let fields = [("ma", home.token()), ("dieu", "cchc"), ("cchc", "no"), ("ly-do", "thử")];
        let answer = site.post(path, &cookie, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.body.contains("«mai» (chỉ xem)"));
    }
    assert_eq!(site.journal(), before);
}
