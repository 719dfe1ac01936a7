"""The pictures of the pages: makes both pages and takes their portraits in the system's Chromium.

.venv/bin/python scripts/screenshots.py        # docs/explain.png, docs/compare.png
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent.parent / "docs"
PICTURES = {  # command, place on the page, height
    "explain": (["explain", "--html", "explain.html"], "#dW1[0,1]", 1150),
    "compare": (["compare", "--html", "compare.html"], "#dW3", 1150),
}
WIDTH = 1200


def main() -> int:
    """Exit code 0, or 2 without a Chromium."""
    chromium = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
    if chromium is None:
        print("screenshots.py needs Chromium (Debian: apt install chromium-headless-shell)", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (command, place, height) in PICTURES.items():
            subprocess.run([sys.executable, "-P", "-m", "numpynet", *command], cwd=folder, check=True)
            page = browser.new_page(viewport={"width": WIDTH, "height": height})
            page.goto((Path(folder) / f"{name}.html").as_uri() + place)
            page.screenshot(path=DOCS / f"{name}.png", animations="disabled")
    return 0


if __name__ == "__main__":
    sys.exit(main())
