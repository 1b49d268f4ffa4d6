"""Drives a real Chromium through the web page: axe-core on every page, and the journeys of visitors.

    python3 tests/browser.py http://127.0.0.1:PORT AXE.min.js [FOLDER for screenshots]

With an account in CCHC_NAME and CCHC_WORDS, what inspectors see too.

Talks to the browser over its DevTools pipe (NUL-ended JSON on descriptors 3 and 4), so that nothing
but the standard library is needed. Prints what is wrong, one line each, and ends with 1 if anything is.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile

BASE, AXE = sys.argv[1].rstrip("/"), open(sys.argv[2], encoding="utf-8").read()
SHOTS = sys.argv[3] if len(sys.argv) > 3 else None
WIDTHS = {"phone": 360, "desk": 1280}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
faults = []


class Browser:
    """One tab of a headless Chromium with a profile of its own."""

    def __init__(self, profile):
        (read_theirs, self.write), (self.read, write_theirs) = os.pipe(), os.pipe()

        def adopt():
            # The pipes may already stand on 3 and 4, so they are moved out of the way first.
            given, taken = os.dup2(read_theirs, 20), os.dup2(write_theirs, 21)
            os.dup2(given, 3)
            os.dup2(taken, 4)

        quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *quiet]
            + ["--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"],
            close_fds=False, preexec_fn=adopt, stderr=subprocess.DEVNULL)
        self.buffer, self.number, self.session, self.events = b"", 0, None, []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def message(self):
        while b"\0" not in self.buffer:
            more = os.read(self.read, 1 << 16)
            if not more:
                sys.exit("the browser went away")
            self.buffer += more
        line, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(line)
        entry = message.get("params", {}).get("entry", {})
        # A captured page asks for images that its sandbox refuses: that is as it should be.
        if entry.get("source") == "security" and not entry.get("url", "").endswith("/trang"):
            fault(f"the browser: {entry['text']}")
        return message

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, event):
        while True:
            for index, seen in enumerate(self.events):
                if seen.get("method") == event:
                    del self.events[: index + 1]
                    return
            self.events.append(self.message())

    def run(self, script):
        """The value of an expression in the page; promises are awaited."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{script[:80]}: {answer['exceptionDetails']['exception']['description']}")
        return answer["result"].get("value")

    def open(self, path):
        self.events.clear()
        self.call("Page.navigate", url=path if path.startswith("http") else BASE + path)
        self.wait("Page.loadEventFired")

    def follow(self, script):
        """Does what leads to another page, and waits for it."""
        self.events.clear()
        self.run(script)
        self.wait("Page.loadEventFired")

    def click(self, selector):
        self.expect(f"document.querySelector({json.dumps(selector)})", f"no {selector} to click")
        self.follow(f"document.querySelector({json.dumps(selector)}).click()")

    def send(self, selector, **fields):
        """Fills in a form as a person would, and sends it."""
        for name, value in fields.items():
            field = json.dumps(f"{selector} [name='{name}']")
            self.run(f"document.querySelector({field}).value = {json.dumps(value)}")
        self.follow(f"document.querySelector({json.dumps(selector)} + ' button').click()")

    def expect(self, script, otherwise):
        if not self.run(f"!!({script})"):
            fault(f"{self.run('location.href')}: {otherwise}")
            raise Lost

    def says(self, text):
        self.expect(f"document.body.innerText.includes({json.dumps(text)})", f"does not say «{text}»")

    def view(self, width, dark):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def shoot(self, name):
        if SHOTS:
            height = min(self.run("document.documentElement.scrollHeight"), 4000)
            clip = {"x": 0, "y": 0, "width": self.run("innerWidth"), "height": height, "scale": 1}
            data = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
            with open(os.path.join(SHOTS, name + ".png"), "wb") as file:
                file.write(base64.b64decode(data))

    def print(self, name):
        if SHOTS:
            with open(os.path.join(SHOTS, name + ".pdf"), "wb") as file:
                file.write(base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"]))


class Lost(Exception):
    """A journey that cannot go on; why has been told."""


def fault(words):
    faults.append(words)
    print(words)


def examine(browser, name):
    """Everything that is wrong with the page at hand, as seen now."""
    browser.run(AXE + "; 0")
    options = json.dumps({"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    found = browser.run(f"axe.run(document, {options}).then(r => r.violations.map(v => "
                        "v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')))")
    for violation in found:
        fault(f"{name}: axe: {violation}")
    wide = browser.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        fault(f"{name}: {wide} px wider than the window")
    # What is offered to be touched is at least 24 px high and wide, unless it stands in a sentence
    # (WCAG 2.5.8); axe's own rule covers links and buttons, this the fields. A label is touched for its field.
    small = browser.run("[...document.querySelectorAll('input, select, button, textarea')].filter(e => e.type != 'hidden' "
                        "&& !e.closest('.away') && e.checkVisibility() "
                        "&& (e.closest('label.pick') ?? e).getBoundingClientRect().height < 24).length")
    if small:
        fault(f"{name}: {small} fields too low to be touched")


def pages(browser):
    """Every kind of page, by name; the addresses of one unit and one item are read from the page."""
    browser.open("/")
    unit = browser.run("document.querySelector('a[href^=\"/don-vi/\"]').pathname")
    for place in browser.run("[...document.querySelectorAll('tbody a[href^=\"/don-vi/\"]')].map(a => a.pathname)"):
        browser.open(place)
        item = browser.run("document.querySelector('.items a[href^=\"/bai/\"]')?.pathname")
        if item:
            unit = place
            break
    return {
        "tong-quan": "/", "tong-quan-loc": "/?ten=khong-ai-ca", "don-vi": unit, "don-vi-trong": "/don-vi/hai-phong/phuong-thien-huong",
        "bai": item, "de-nghi": item + "/de-nghi", "ban-luu": item.replace("/bai/", "/ban-luu/"),
        "ke-hoach": "/ke-hoach/ha-noi-2026", "danh-sach": "/danh-sach", "nguon": "/nguon", "tra-cuu": "/tra-cuu?q=cai+cach",
        "tra-cuu-chua-thay": "/tra-cuu?q=https://khong-co.vn/bai.html", "dang-nhap": "/dang-nhap", "khong-co": "/khong-co",
        "sai": "/?ngay=hom-qua",
    }


def journeys(browser):
    """What visitors come for, from the front page on."""
    yield "a number opens its list", lambda: (
        browser.open("/"), browser.click(".counts a"), browser.says("kết luận"), browser.click("tbody a"), browser.says("Nguồn của đơn vị"))
    yield "a unit found without diacritics", lambda: (
        browser.open("/"), browser.send("form.choose", ten="cua nam"), browser.says("1 đơn vị"), browser.says("Phường Cửa Nam"))
    yield "from the unit to the captured page", lambda: (
        browser.open(places["don-vi"]), browser.click(".items a[href^='/bai/']"), browser.says("Vì sao"),
        browser.click("a[href^='/ban-luu/']"), browser.expect("document.querySelector('iframe.captured')", "no captured page"))
    yield "a title looked up", lambda: (
        browser.open("/"), browser.send("form.find", q="cai cach"), browser.expect("document.querySelector('.items')", "finds nothing"))
    yield "an address that nobody knows", lambda: (
        browser.open("/"), browser.send("form.find", q="https://khong-co.vn/bai.html"), browser.says("Chưa thấy"))
    yield "a contest", lambda: (
        browser.open(places["bai"]), browser.click("a[href$='/de-nghi']"),
        browser.send("form.sheet", **{"noi-dung": "Bài có số liệu mới, đề nghị xem lại.", "lien-he": "0900 000 000"}),
        browser.says("tiếp nhận"), browser.expect("!document.body.innerText.includes('0900')", "shows the contact"))


def sign_in(browser):
    browser.open("/dang-nhap")
    browser.send("form.sheet", ten=os.environ["CCHC_NAME"], **{"mat-khau": os.environ["CCHC_WORDS"]})
    browser.says("Đang đăng nhập")


def desk(browser):
    """What inspectors see; the contest is the one that a journey sent."""
    browser.open("/kiem-tra/de-nghi")
    contest = browser.run("document.querySelector('tbody a').pathname")
    return {
        "kiem-tra": "/kiem-tra", "ds-de-nghi": "/kiem-tra/de-nghi", "tra-loi": contest,
        "quyet-dinh": places["bai"].replace("/bai/", "/kiem-tra/bai/"), "minh-chung": "/kiem-tra/minh-chung",
        "so-gui-bai": "/kiem-tra/so-gui-bai", "xuat": "/kiem-tra/xuat", "nhat-ky": "/kiem-tra/nhat-ky",
    }


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
    browser = Browser(profile)
    try:
        browser.view(1280, False)
        places = pages(browser)
        for size, width in WIDTHS.items():
            for dark in (False, True):
                browser.view(width, dark)
                for name, path in places.items():
                    browser.open(path)
                    name = f"{name} {size}{' dark' if dark else ''}"
                    examine(browser, name)
                    browser.shoot(name.replace(" ", "-"))
            browser.view(width, False)
            for name, journey in journeys(browser):
                try:
                    journey()
                except Lost:
                    fault(f"{size}: {name}: lost its way")
        if os.environ.get("CCHC_WORDS"):
            browser.view(1280, False)
            sign_in(browser)
            for size, width in WIDTHS.items():
                for dark in (False, True):
                    browser.view(width, dark)
                    for name, path in desk(browser).items():
                        browser.open(path)
                        name = f"{name} {size}{' dark' if dark else ''}"
                        examine(browser, name)
                        browser.shoot(name.replace(" ", "-"))
        for name in ("tong-quan", "don-vi", "bai", "danh-sach", "ke-hoach", "nguon"):
            browser.open(places[name])
            browser.print(name)
    finally:
        browser.process.kill()
        browser.process.wait()
print(f"{len(faults)} faults")
sys.exit(1 if faults else 0)
