//! Certificates over real handshakes on loopback: what does not verify is refused and named, each
//! by its own cause; an exception with its reason, or an intermediate that the server forgot to
//! send, lets exactly that certificate in.
//!
//! The files in `tests/tls/` serve this test only. `goc.pem` is the root that the program is told to
//! trust, `khac.pem` one that it is not.

use cchc_audit::archive::{Archive, Record};
use cchc_audit::digest::sha256;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

fn certificate(name: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(file(name)).unwrap()
}

/// Shows each name its chain.
#[derive(Debug)]
struct ByName(HashMap<String, Arc<CertifiedKey>>);

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.get(hello.server_name()?).cloned()
    }
}

/// Serves all names on one port: no robots.txt, and an article at `/`.
fn serve(chains: &[(&str, &[&str])]) -> SocketAddr {
    let key = || {
        let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
        rustls::crypto::ring::sign::any_supported_type(&key).unwrap()
    };
    let chain = |names: &[&str]| Arc::new(CertifiedKey::new(names.iter().map(|n| certificate(n)).collect(), key()));
    let by_name = ByName(chains.iter().map(|(host, names)| ((*host).to_owned(), chain(names))).collect());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(builder.with_no_client_auth().with_cert_resolver(Arc::new(by_name)));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let config = config.clone();
            std::thread::spawn(move || {
                let connection = ServerConnection::new(config).unwrap();
                answer(StreamOwned::new(connection, socket));
            });
        }
    });
    address
}

/// Answers one request; whoever refuses the certificate never sends one.
fn answer(stream: StreamOwned<ServerConnection, std::net::TcpStream>) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        head.push(std::mem::take(&mut line));
    }
    let Some(path) = head.first().and_then(|first| first.split(' ').nth(1)) else { return };
    let text =
        "<p>Phường tổ chức hội nghị đánh giá công tác cải cách hành chính trong quý, rà soát thủ tục.</p>".repeat(5);
    let page = format!(
        "<html><head><title>Tin</title><meta property=\"og:type\" content=\"article\"></head><body><article><h1>Tin của \
         cổng</h1><time datetime=\"2026-05-12T08:30:00+07:00\"></time><div itemprop=\"articleBody\">{text}</div></article></body></html>"
    );
    let (status, body) = if path == "/" { ("200 OK", page.as_str()) } else { ("404 Not Found", "") };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let stream = reader.get_mut();
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
    stream.conn.send_close_notify();
    let _ = stream.flush();
}

/// Host, the chain it shows, lines of its entry, and the cause it is refused for.
type Case = (&'static str, &'static [&'static str], String, Option<&'static str>);

fn cases() -> Vec<Case> {
    let exception = |name: &str, until: &str| {
        let fingerprint = sha256(&certificate(name));
        format!(
            "tls_exception = {{ fingerprint = \"sha256:{fingerprint}\", reason = \"cổng đang thay chứng thư\", until = {until} }}"
        )
    };
    let intermediates = format!("intermediates = [\"{}\"]", file("trung-gian.pem").display());
    vec![
        ("tot.vn", &["tot.pem", "trung-gian.pem"], String::new(), None),
        ("het-han.vn", &["het-han.pem", "trung-gian.pem"], String::new(), Some("tls_expired")),
        ("sai-ten.vn", &["sai-ten.pem", "trung-gian.pem"], String::new(), Some("tls_name")),
        ("tu-ky.vn", &["tu-ky.pem"], String::new(), Some("tls_self_signed")),
        ("la.vn", &["la.pem", "khac.pem"], String::new(), Some("tls_unknown_issuer")),
        ("thieu.vn", &["thieu.pem"], String::new(), Some("tls_chain")),
        // What the file says beside it.
        ("ngoai-le.vn", &["tu-ky.pem"], exception("tu-ky.pem", "2099-12-31"), None),
        ("het-ngoai-le.vn", &["tu-ky.pem"], exception("tu-ky.pem", "2020-12-31"), Some("tls_self_signed")),
        ("ngoai-le-khac.vn", &["tu-ky.pem"], exception("la.pem", "2099-12-31"), Some("tls_self_signed")),
        ("bo-sung.vn", &["bo-sung.pem"], intermediates, None),
    ]
}

#[test]
fn certificates_that_do_not_verify_are_refused_by_name() {
    let cases = cases();
    let chains: Vec<(&str, &[&str])> = cases.iter().map(|(host, chain, ..)| (*host, *chain)).collect();
    let address = serve(&chains);
    let root = tempfile::tempdir().unwrap();
    // Intermediates help every site of a run, so the site that misses one is read in another.
    for group in [&cases[..9], &cases[9..]] {
        let name = |(host, ..): &Case| format!("\"{host}\" = \"{address}\"");
        let resolve = group.iter().map(name).collect::<Vec<_>>().join(", ");
        let mut text = format!(
            "[crawler]\ncontact = \"mailto:thu@example.org\"\ndelay = \"0s\"\nallow_private = true\nresolve = {{ {resolve} }}\n"
        );
        for (host, _, lines, _) in group {
            let id = host.replace('.', "-");
            text.push_str(&format!("[[site]]\nid = \"{id}\"\nhost = \"{host}\"\nchannel = \"other\"\nseeds = [\"https://{host}/\"]\ngroup = \"{id}\"\n{lines}\n"));
        }
        let (config, state) = (root.path().join("sites.toml"), root.path().join(group[0].0));
        std::fs::write(&config, text).unwrap();
        let mut crawl = Command::new(env!("CARGO_BIN_EXE_cchc"));
        crawl.arg("--state").arg(&state).arg("--config").arg(&config).arg("crawl").current_dir(root.path());
        let output = crawl.env("SSL_CERT_FILE", file("goc.pem")).env_remove("SSL_CERT_DIR").output().unwrap();
        let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        check(&state, group, &told);
    }
}

/// Who answered, and why the others were refused, as the archive has it.
fn check(state: &Path, cases: &[Case], told: &str) {
    let (mut answered, mut refused) = (BTreeMap::new(), BTreeMap::new());
    for entry in Archive::new(state.join("archive")).entries().unwrap() {
        let host = |url: &str| url.split('/').nth(2).unwrap().to_owned();
        match entry.unwrap().record {
            Record::Capture(capture) => {
                let tls = capture.tls.clone().unwrap();
                answered.insert(host(&capture.url), tls.unverified);
            }
            Record::Attempt(attempt) => {
                drop(refused.insert(host(&attempt.url), (attempt.cause.code(), attempt.detail)))
            }
            Record::Note(_) => {}
        }
    }
    for (host, _, lines, cause) in cases {
        let found = refused.get(*host).map(|(code, _)| *code);
        assert_eq!((found, answered.contains_key(*host)), (*cause, cause.is_none()), "{host}: {refused:?}\n{told}");
        if let Some((_, detail)) = refused.get(*host) {
            assert!(detail.contains("sha256:") && told.contains(detail), "{host}: {detail}\n{told}");
        }
        let reason = answered.get(*host).cloned().flatten();
        let expected = (cause.is_none() && lines.contains("reason")).then(|| "cổng đang thay chứng thư".to_owned());
        assert_eq!(reason, expected, "{host}: the reason stands beside the capture");
    }
}
