"""Take the pictures of the README from a running demo: python tools/screenshots.py [http://127.0.0.1:8000]."""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

OUT = Path(__file__).resolve().parent.parent / "docs" / "img"
PAGES = (("manager", "zh", "/projects/P04/", "case-zh"), ("manager", "en", "/duplicates/", "board-en"))
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")


def main(base: str) -> None:
    """Sign in, switch the language, take each picture at 1366 × 900."""
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for username, language, address, name in PAGES:
            page = browser.new_page(viewport={"width": 1366, "height": 900})
            page.goto(f"{base}/accounts/login/")
            page.fill("#id_login", username)
            page.fill("#id_password", os.environ.get("DEMO_PASSWORD", "tongchou-demo"))
            page.press("#id_password", "Enter")
            page.wait_for_load_state()
            if language == "en":
                page.click("button[name=language]")
            page.goto(base + address)
            page.screenshot(path=str(OUT / f"{name}.png"))
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
