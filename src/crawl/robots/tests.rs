//! Cases for robots.txt, one line each: the file (`|` ends a line), the agent, the path, the answer.

use super::*;

fn allowed(file: &str, agent: &str, address: &str) -> bool {
    Robots::parse(file.replace('|', "\n").as_bytes()).allows(agent, &path_of(address))
}

fn check(cases: &[(&str, &str, &str, bool)]) {
    for (file, agent, path, answer) in cases {
        assert_eq!(allowed(file, agent, path), *answer, "{agent} at {path} by\n{}", file.replace('|', "\n"));
    }
}

#[test]
fn groups_and_agents() {
    check(&[
        // Nothing said is allowed.
        ("", "cchc-audit", "/x", true),
        ("# only a comment", "cchc-audit", "/x", true),
        ("User-agent: *", "cchc-audit", "/x", true),
        // The group that names the agent wins over `*`, wherever it stands.
        ("User-agent: *|Disallow: /||User-agent: cchc-audit|Disallow: /a", "cchc-audit", "/b", true),
        ("User-agent: *|Disallow: /||User-agent: cchc-audit|Disallow: /a", "cchc-audit", "/a", false),
        ("User-agent: cchc-audit|Disallow: /a||User-agent: *|Disallow: /", "cchc-audit", "/b", true),
        ("User-agent: *|Disallow: /||User-agent: cchc-audit|Disallow: /a", "other", "/b", false),
        ("User-agent: *|Disallow: /||User-agent: cchc-audit|Disallow:", "cchc-audit", "/b", true),
        ("User-agent: *|Disallow: /||User-agent: cchc-audit", "cchc-audit", "/b", true),
        ("User-agent: other|Disallow: /", "cchc-audit", "/b", true),
        // Groups of one agent are one, those of `*` too.
        ("User-agent: a|Disallow: /x||User-agent: b|Disallow: /y||User-agent: a|Disallow: /z", "a", "/z", false),
        ("User-agent: a|Disallow: /x||User-agent: b|Disallow: /y||User-agent: a|Disallow: /z", "a", "/x", false),
        ("User-agent: a|Disallow: /x||User-agent: b|Disallow: /y||User-agent: a|Disallow: /z", "a", "/y", true),
        ("User-agent: *|Disallow: /x||User-agent: *|Disallow: /z", "a", "/z", false),
        ("User-agent: *|Disallow: /x||User-agent: *|Disallow: /z", "a", "/x", false),
        // Several agents share a group; empty lines, comments and other records do not part them.
        ("User-agent: a|User-agent: b|Disallow: /x", "a", "/x", false),
        ("User-agent: a|User-agent: b|Disallow: /x", "b", "/x", false),
        ("User-agent: a||# b too||User-agent: b|Disallow: /x", "a", "/x", false),
        ("User-agent: a|Sitemap: https://a.vn/s.xml|User-agent: b|Disallow: /x", "a", "/x", false),
        ("User-agent: a|Host: a.vn|User-agent: b|Disallow: /x", "a", "/x", false),
        ("User-agent: a|Crawl-delay: 5|User-agent: b|Disallow: /x", "a", "/x", false),
        ("User-agent: a|Crawl-delay: 5|User-agent: b|Disallow: /x", "b", "/x", false),
        ("User-agent: a|Clean-param: s|User-agent: *|Disallow: /", "b", "/x", false),
        // Rules do.
        ("User-agent: a|Disallow: /x|User-agent: b|Disallow: /y", "a", "/y", true),
        ("User-agent: a|Disallow:|User-agent: b|Disallow: /y", "a", "/y", true),
        ("User-agent: a|Disallow: /x||Disallow: /y", "a", "/y", false),
        // Rules before the first agent count only where there is no agent at all.
        ("Disallow: /x|User-agent: a|Disallow: /y", "a", "/x", true),
        ("Disallow: /x|User-agent: a|Disallow: /y", "b", "/x", true),
        ("Disallow: /x", "a", "/x", false),
        ("Allow: /x|Disallow: /", "a", "/x", true),
        // Keys have no case, agents neither; paths do.
        ("USER-AGENT: A|DISALLOW: /x", "a", "/x", false),
        ("user-agent: a|disallow: /x", "A", "/x", false),
        ("User-agent: a|Disallow: /X", "a", "/x", true),
        // A product token ends at the first character outside letters, `_` and `-`.
        ("User-agent: cchc-audit/1.0|Disallow: /", "cchc-audit", "/x", false),
        ("User-agent: cchc_audit 2|Disallow: /", "cchc_audit", "/x", false),
        ("User-agent: cchc audit|Disallow: /", "cchc", "/x", false),
        ("User-agent: cchc audit|Disallow: /", "cchc audit", "/x", true),
        ("User-agent: *|Disallow: /||User-agent: cchc audit|Disallow: /y", "cchc audit", "/x", false),
        ("User-agent: cchc*|Disallow: /", "cchc", "/x", false),
        ("User-agent: cchc|Disallow: /", "cchc-audit", "/x", true),
        ("User-agent: cchc-audit|Disallow: /", "cchc", "/x", true),
        ("User-agent: cchc-audit|Disallow: /", "cchc-audit/1.0", "/x", false),
        ("User-agent: cchc-audit|Disallow: /", "cchc-audit/1.0 (+mailto:a@b.vn)", "/x", false),
        ("User-agent: bot2|Disallow: /", "bot2", "/x", false),
        ("User-agent: 360spider|Disallow: /", "360spider", "/x", false),
        ("User-agent: ツ|Disallow: /", "", "/x", true),
        ("User-agent:|Disallow: /", "", "/x", true),
        ("User-agent:|Disallow: /", "a", "/x", true),
        ("User-agent: * all of you|Disallow: /", "a", "/x", false),
        ("User-agent: *a|Disallow: /", "a", "/x", true),
    ]);
}

#[test]
fn lines() {
    check(&[
        ("User-agent:a|Disallow:/x", "a", "/x", false),
        ("  User-agent : a  |\tDisallow\t:\t/x\t", "a", "/x", false),
        ("User-agent: a # me|Disallow: /x # not here", "a", "/x", false),
        ("User-agent: a|Disallow: /x#y", "a", "/xz", false),
        ("User-agent: a|#Disallow: /x", "a", "/x", true),
        ("User-agent: a\r|Disallow: /x\r|", "a", "/x", false),
        ("User-agent: a\rDisallow: /x\r", "a", "/x", false),
        ("User-agent: a|Disallow: /x", "a", "/x", false),
        // A colon may be left out of a line of two words.
        ("User-agent a|Disallow /x", "a", "/x", false),
        ("User-agent: a|Disallow /x", "a", "/x", false),
        ("User-agent a|Disallow /x please", "a", "/x", true),
        // The usual misspellings of keys, and others, which are other records.
        ("User-agent: a|Dissallow: /x", "a", "/x", false),
        ("User-agent: a|Disalow: /x", "a", "/x", false),
        ("User-agent: a|Forbid: /x", "a", "/x", true),
        ("Useragent: a|Disallow: /x", "b", "/x", true),
        ("User agent: a|Disallow: /x", "a", "/x", false),
        // Which is the longer is told by what is written.
        ("User-agent: a|Allow: /o'n|Disallow: /o*nx", "a", "/o'nx", false),
        ("User-agent: a|Allow: /a$b|Disallow: /a*bx", "a", "/a$bx", false),
        // A byte-order mark, whole or cut short, at the beginning only.
        ("\u{feff}User-agent: a|Disallow: /x", "a", "/x", false),
        ("User-agent: a|\u{feff}Disallow: /x", "a", "/x", true),
        ("<html><body>404</body></html>", "a", "/x", true),
    ]);
    let cut_mark = Robots::parse(b"\xEF\xBBUser-agent: a\nDisallow: /x");
    assert!(!cut_mark.allows("a", "/x"));
    let not_text = Robots::parse(b"User-agent: a\nDisallow: /\xff\xfe\nDisallow: /x");
    assert!(!not_text.allows("a", "/x") && !not_text.allows("a", "/%FF%fe"));
}

#[test]
fn patterns() {
    check(&[
        ("User-agent: a|Disallow: /", "a", "/", false),
        ("User-agent: a|Disallow: /", "a", "", false),
        ("User-agent: a|Disallow: /tin", "a", "/tin", false),
        ("User-agent: a|Disallow: /tin", "a", "/tinh", false),
        ("User-agent: a|Disallow: /tin/", "a", "/tin", true),
        ("User-agent: a|Disallow: /tin", "a", "/a/tin", true),
        ("User-agent: a|Disallow: tin", "a", "/tin", true),
        ("User-agent: a|Disallow: /tin?p=", "a", "/tin?p=2", false),
        ("User-agent: a|Disallow: /tin?p=", "a", "/tin?q=2", true),
        ("User-agent: a|Disallow: /tin;a", "a", "http://u@a.vn:8080/tin;a?b#c", false),
        // `*` stands for any number of characters, also none, also at the beginning.
        ("User-agent: a|Disallow: *", "a", "/x", false),
        ("User-agent: a|Disallow: */in", "a", "/x/in", false),
        ("User-agent: a|Disallow: */in", "a", "/in", false),
        ("User-agent: a|Disallow: *.pdf", "a", "/x/y.pdf", false),
        ("User-agent: a|Disallow: ***/in", "a", "/x/in", false),
        ("User-agent: a|Disallow: /*.pdf", "a", "/x/y.pdf?z", false),
        ("User-agent: a|Disallow: /x*", "a", "/x", false),
        ("User-agent: a|Disallow: /x*y", "a", "/xy", false),
        ("User-agent: a|Disallow: /x*y*z", "a", "/x1y2z3", false),
        ("User-agent: a|Disallow: /x*y*z", "a", "/x1z2y3", true),
        ("User-agent: a|Disallow: /a*ab", "a", "/aab", false),
        ("User-agent: a|Disallow: /a*ab", "a", "/ab", true),
        // `$` ties the pattern to the end, and is itself elsewhere.
        ("User-agent: a|Disallow: /x$", "a", "/x", false),
        ("User-agent: a|Disallow: /x$", "a", "/xy", true),
        ("User-agent: a|Disallow: /x$", "a", "/x?y", true),
        ("User-agent: a|Disallow: /$", "a", "/", false),
        ("User-agent: a|Disallow: /$", "a", "/x", true),
        ("User-agent: a|Disallow: /*.pdf$", "a", "/x.pdf", false),
        ("User-agent: a|Disallow: /*.pdf$", "a", "/x.pdf.pdf", false),
        ("User-agent: a|Disallow: /*.pdf$", "a", "/x.pdf?y", true),
        ("User-agent: a|Disallow: /x*$", "a", "/xyz", false),
        ("User-agent: a|Disallow: /a*ba$", "a", "/aba", false),
        ("User-agent: a|Disallow: /ab*ab$", "a", "/ab", true),
        ("User-agent: a|Disallow: $", "a", "/", true),
        ("User-agent: a|Disallow: /a$b", "a", "/a$b", false),
        ("User-agent: a|Disallow: /a$b", "a", "/a", true),
    ]);
}

#[test]
fn the_longest_pattern_wins() {
    check(&[
        ("User-agent: a|Allow: /x|Disallow: /x", "a", "/x", true),
        ("User-agent: a|Disallow: /x|Allow: /x", "a", "/x", true),
        ("User-agent: a|Disallow: /|Allow: /x", "a", "/x/y", true),
        ("User-agent: a|Allow: /x|Disallow: /", "a", "/y", false),
        ("User-agent: a|Allow: /x|Disallow: /x/y", "a", "/x/y", false),
        ("User-agent: a|Allow: /x/|Disallow: /x", "a", "/x", false),
        ("User-agent: a|Allow: /page|Disallow: /*.html", "a", "/page.html", false),
        ("User-agent: a|Allow: /page.|Disallow: /*.htm", "a", "/page.htm", true),
        ("User-agent: a|Allow: /$|Disallow: /", "a", "/", true),
        ("User-agent: a|Allow: /$|Disallow: /", "a", "/x", false),
        ("User-agent: a|Disallow:|Allow:", "a", "/x", true),
        ("User-agent: a|Allow:|Disallow: /", "a", "/x", false),
        ("User-agent: a|Allow: /x|Disallow: /x$", "a", "/x", false),
        ("User-agent: a|Allow: /vi/*/tin|Disallow: /vi/", "a", "/vi/a/tin", true),
        // robots.txt itself is always allowed.
        ("User-agent: *|Disallow: /", "a", "/robots.txt", true),
        ("User-agent: *|Disallow: /", "a", "/robots.txt?x", false),
    ]);
}

#[test]
fn percent_encoding() {
    check(&[
        ("User-agent: a|Disallow: /tin-tức", "a", "/tin-t%E1%BB%A9c", false),
        ("User-agent: a|Disallow: /tin-tức", "a", "/tin-t%e1%bb%a9c", false),
        ("User-agent: a|Disallow: /tin-tức", "a", "/tin-tức", false),
        ("User-agent: a|Disallow: /tin-t%e1%bb%a9c", "a", "/tin-t%E1%BB%A9c", false),
        ("User-agent: a|Disallow: /%7Ejim", "a", "/~jim", false),
        ("User-agent: a|Disallow: /~jim", "a", "/%7ejim", false),
        ("User-agent: a|Disallow: /%62%61%7A", "a", "/baz", false),
        ("User-agent: a|Disallow: /baz", "a", "/%62%61%7A", false),
        ("User-agent: a|Disallow: /a%2Fb", "a", "/a/b", true),
        ("User-agent: a|Disallow: /a/b", "a", "/a%2fb", true),
        ("User-agent: a|Disallow: /a%2fb", "a", "/a%2Fb", false),
        ("User-agent: a|Disallow: /a b", "a", "/a%20b", false),
        ("User-agent: a|Disallow: /a%2Ab", "a", "/a*b", false),
        ("User-agent: a|Disallow: /a%2Ab", "a", "/axb", true),
        ("User-agent: a|Disallow: /a%24", "a", "/a$b", false),
        ("User-agent: a|Disallow: /100%", "a", "/100%", false),
        ("User-agent: a|Disallow: /100%zz", "a", "/100%zz", false),
        ("User-agent: a|Disallow: /x?u=http://b.vn?c&d", "a", "/x?u=http://b.vn?c&d", false),
        ("User-agent: a|Disallow: /'x'", "a", "/%27x%27", false),
    ]);
}

#[test]
fn delays_hold_for_the_agents_right_above() {
    let file = "User-agent: a|Crawl-delay: 2|User-agent: b|User-agent: c|Crawl-delay: 0.5|Disallow: /x|Crawl-delay: 3|\
                User-agent: d|Disallow: /|User-agent: e|Crawl-delay: 1e99|User-agent: *|Crawl-delay: soon";
    let robots = Robots::parse(file.replace('|', "\n").as_bytes());
    for (agent, seconds) in
        [("a", Some(2)), ("b", Some(3)), ("c", Some(3)), ("d", None), ("e", Some(86_400)), ("f", None)]
    {
        assert_eq!(robots.rules(agent).crawl_delay, seconds.map(Duration::from_secs), "{agent}");
    }
    assert_eq!(Robots::parse(b"Crawl-delay: 7").rules("a").crawl_delay, Some(Duration::from_secs(7)));
    assert_eq!(Robots::parse(b"User-agent: *\nCrawl-delay: -1").rules("a").crawl_delay, None);
}

#[test]
fn sitemaps_stand_anywhere() {
    let robots = Robots::parse(b"Sitemap: https://a.vn/1.xml\nUser-agent: *\nsitemap:/2.xml\nDisallow: /");
    assert_eq!(robots.sitemaps, ["https://a.vn/1.xml", "/2.xml"]);
}

#[test]
fn addresses_have_paths() {
    for (address, path) in [
        ("", "/"),
        ("http://a.vn", "/"),
        ("http://a.vn/x?y=http://b.vn/#z", "/x?y=http://b.vn/"),
        ("a.vn/x", "/x"),
        ("a.vn", "/"),
        ("a.vn?x", "/?x"),
        ("//a.vn/x", "/x"),
        ("/x//y", "/x//y"),
        ("/x?u=http://b.vn", "/x?u=http://b.vn"),
        ("a.vn;x", "/;x"),
    ] {
        assert_eq!(path_of(address), path, "{address}");
    }
}

/// Beyond 500 KiB nothing is read, and a line cut there is no line.
#[test]
fn reads_half_a_megabyte() {
    let filler = format!("# {}\n", "x".repeat(1021)).repeat(MAX_BYTES / 1024 - 1);
    let file = format!("User-agent: *\n{filler}Disallow: /inside\n{}Disallow: /outside\n", "#\n".repeat(1024));
    let robots = Robots::parse(file.as_bytes());
    assert!(!robots.allows("a", "/inside"));
    assert!(robots.allows("a", "/outside"));
    // A line that ends just at the limit is whole.
    let last = "Disallow: /last";
    let head = "User-agent: *\n";
    let filler = "#".repeat(MAX_BYTES - head.len() - last.len() - 1);
    let file = format!("{head}{filler}\n{last}\nDisallow: /outside\n");
    assert!(!Robots::parse(file.as_bytes()).allows("a", "/last"));
    assert!(Robots::parse(file.as_bytes()).allows("a", "/outside"));
}

/// What takes exponential or quadratic time elsewhere.
#[test]
fn hostile_files_are_answered() {
    let path = format!("/{}", "a".repeat(8000));
    let wild = format!("User-agent: *\nDisallow: /{}b\n", "*a".repeat(4000));
    assert!(Robots::parse(wild.as_bytes()).allows("a", &path));
    let agents = "User-agent: a\n".repeat(18_000) + &"Crawl-delay: 1\n".repeat(18_000);
    assert_eq!(Robots::parse(agents.as_bytes()).rules("a").crawl_delay, Some(Duration::from_secs(1)));
    let rules = "User-agent: a\n".to_owned() + &"Disallow: /*x$\n".repeat(30_000);
    assert!(Robots::parse(rules.as_bytes()).rules("a").allow(&path));
    assert!(
        !Robots::parse(format!("Disallow: /{}", "x".repeat(100_000)).as_bytes())
            .allows("a", &format!("/{}", "x".repeat(20_000)))
    );
}
