"""One browser window of one person, watched: no request goes elsewhere, nothing is refused by the security policy."""

from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

DESKTOP, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}
AXE = {"resultTypes": ["violations"]}  # what passes is counted and not listed: half the time on a long page
# Rows after the twelfth of a table repeat its template: overflow is measured over all of them, the rules look at twelve.
REPEATED = {"exclude": [["tbody tr:nth-child(n+13)"]]}
LOCALES = {"zh": "zh-CN", "en": "en-US"}
# What makes the page wider than the window; what scrolls or is clipped by itself does not.
WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const loose = element => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== 'visible') return false;
    return true;
  };
  const edge = element => element.getBoundingClientRect().left + Math.max(element.offsetWidth || 0, element.scrollWidth);
  const found = [...document.querySelectorAll('body *')].filter(element => edge(element) > width + 1).filter(loose)
    .map(element => `${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 40)}`);
  return [`${document.documentElement.scrollWidth} pixels`, ...found.slice(-5)];
}"""


class Window:
    """A browser context with one page. `address` is where the site is, `state` the cookies of a signed-in person."""

    def __init__(self, browser: Browser, address: str, language: str = "zh", state: dict | None = None, **more) -> None:
        self.site, self.language, self.complaints = address, language, []
        options = {"viewport": DESKTOP, "locale": LOCALES[language], "timezone_id": "Asia/Shanghai", **more}
        self.context = browser.new_context(storage_state=state, **options)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        if language == "en":
            self.context.add_cookies([{"name": "django_language", "value": "en", "url": address}])

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).scheme in {"http", "https", "ws", "wss"} and not request.url.startswith(self.site):
            self.complaints.append(f"request to {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # A page that answers 4xx on purpose is reported by Chromium itself.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    # --- going about ---
    def open(self, path: str, status: int = 200) -> Page:
        """Go to an address of the site."""
        response = self.page.goto(self.site + path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}, not {status}"
        return self.page

    def press(self, selector: str) -> Page:
        """Press a button or a link and wait for the page behind it."""
        with self.page.expect_navigation():
            self.page.click(selector)
        return self.page

    def reads(self, *texts: str) -> None:
        """Every text stands on the page."""
        body = " ".join(self.page.inner_text("body").split())
        for text in texts:
            assert " ".join(text.split()) in body, f"{self.page.url} does not say {text!r}: {body[:500]}"

    # --- judging ---
    def faults(self, *, contrast: bool = True) -> list[str]:
        """Breaches of accessibility rules, and what is wider than the window, of the page as it stands.

        contrast: that rule too; it looks at every text of the page and takes three quarters of the time of all rules.
        """
        options = AXE if contrast else {**AXE, "rules": {"color-contrast": {"enabled": False}}}
        found = [
            f"{item['id']} ({item['impact']}): {node['target']} {node['html'][:160]}"
            for item in Axe().run(self.page, context=REPEATED, options=options).response["violations"]
            for node in item["nodes"][:3]
        ]
        return found + self.overflow()

    def overflow(self) -> list[str]:
        """What is wider than the window."""
        return [f"wider than the window: {text}" for text in self.page.evaluate(WIDE)]

    def close(self) -> None:
        """Close it; whoever opened it looks at the complaints."""
        self.context.close()
