"""The pages in a real browser: the system's Chromium, driven by Playwright."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import IMPLEMENTATIONS, Finished
from lessons import lesson
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

import numpynet.__main__
from numpynet.explain.model import Lesson

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
)  # the first starts in half the time
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
PAGES = {
    "small": ["explain"],
    "reference": ["explain", "--layers", "2-25-50-50-25-1", "--examples", "16"],
    "outputs": [
        "explain",
        "--data",
        "random",
        "--layers",
        "4-3-2",
        "--activation",
        "tanh",
        "--loss",
        "bce_with_logits",
    ],
    "classes": ["explain", "--data", "iris", "--layers", "4-2-3", "--loss", "nll", "--optimizer", "adam"],
    "logits": ["explain", "--data", "iris", "--layers", "4-2-3", "--momentum", "0.9"],
    "options": ["explain", "--data", "iris", "--layers", "4-3-3", "--batch-norm", "--dropout", "0.4"],
    "compare": ["compare", "--steps", "2"],
    "normalised": ["compare", "--layers", "2-4-1", "--batch-norm", "--dropout", "0.2", "--schedule", "warmup"],
    "remembered": ["compare", "--layers", "2-3-1", "--optimizer", "adamw", "--steps", "2"],
    "drift": ["compare", "--layers", "2-3-1", "--epochs", "20", "--every", "10"],
    "wrong": ["compare", "--implementation", "wrong.py"],
}
LESSONS = ["small", "reference", "outputs"]
Open = Callable[..., Page]
Command = Callable[..., Finished]


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes a page by its command, once."""
    folder = tmp_path_factory.mktemp("pages")
    source = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
    (folder / "wrong.py").write_text(
        source.replace("np.dot(dZ_curr, A_prev.T) / m", "np.dot(dZ_curr, A_prev.T)"), "utf-8"
    )
    assert "np.dot(dZ_curr, A_prev.T) / m" in source

    def made(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(folder)
                patch.setattr(sys, "argv", ["numpynet", *PAGES[name], "--html", path.name])
                with pytest.raises(SystemExit) as ended:
                    numpynet.__main__.main()
            assert ended.value.code == (1 if name == "wrong" else 0)
        return path

    return made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        missing = "no Chromium on this machine (Debian: apt install chromium-headless-shell)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture
def opened(browser: Browser, pages: Callable[[str], Path]) -> Iterator[Open]:
    """Opens a page offline; afterwards nothing may have been said on the console or asked of a network."""
    faults: list[str] = []
    contexts = []

    def go(name: str, hash: str = "", width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("request", lambda request: asked(request.url))
        page.goto(pages(name).as_uri() + hash)
        return page

    def asked(url: str) -> None:
        if not url.startswith(("file:", "data:")):
            faults.append(f"request: {url}")

    yield go
    for context in contexts:
        context.close()
    assert faults == []


def step(page: Page) -> int:
    return int(page.locator("body").get_attribute("data-step") or -1)


def steps(page: Page) -> list[dict[str, Any]]:
    return list(json.loads(page.locator("#data").text_content() or "")["steps"])


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_step_is_reached_by_keyboard_and_fits(opened: Open, name: str, width: int, scheme: str) -> None:
    page = opened(name, width=width, color_scheme=scheme)
    count = len(steps(page))
    titles = []
    for number in range(count):
        assert step(page) == number
        assert f"Step {number + 1} of {count}" in page.locator("#where").inner_text()
        assert overflow(page) <= 0
        titles.append(page.locator("#step-title").inner_text())
        page.keyboard.press("ArrowRight")
    assert step(page) == count - 1
    page.keyboard.press("Home")
    assert step(page) == 0
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert step(page) == count - 2
    for title, told in zip(titles, steps(page), strict=True):
        assert re.sub(r"\W", "", told["title"]) in re.sub(r"\W", "", title)


def test_buttons_slider_and_chips_step_too(opened: Open) -> None:
    page = opened("small")
    page.click("#next")
    page.click("#next")
    page.click("#previous")
    assert step(page) == 1
    page.fill("#slider", "7")
    assert step(page) == 7
    page.click("#lanes a:has-text('ReluBackward0')")
    expect(page.locator("#where")).to_contain_text("ReluBackward0")
    assert steps(page)[step(page)]["title"] == "ReluBackward0"
    assert page.locator("#lanes [aria-current=step]").count() == 1


@pytest.mark.parametrize("name", ["small", "reference"])
def test_the_numbers_of_every_step_are_on_the_first_screen(opened: Open, name: str) -> None:
    page = opened(name, height=800)
    for told in steps(page):
        assert page.evaluate("scrollY") == 0
        if not told["plumbing"]:
            assert page.locator("figure.matrix table").first.bounding_box()["y"] < 600, told["id"]  # type: ignore[index]
        page.keyboard.press("ArrowRight")
    page = opened("small", "#AddmmBackward0-2", height=800)
    tables = page.locator("figure.matrix table")
    assert tables.count() == 6
    for box in (table.bounding_box() for table in tables.all()):
        assert box is not None
        assert box["y"] + box["height"] < 800


def test_on_a_phone_a_number_opens_where_it_was_touched(opened: Open) -> None:
    page = opened("small", "#AddmmBackward0-2", width=390, height=844)
    for name, column in (("dZ2", 1), ("dA1", 2), ("W2", 0)):
        cell = page.locator(f"figure[data-name='{name}'] td[data-row='0'][data-column='{column}']")
        cell.evaluate("cell => scrollBy(0, cell.getBoundingClientRect().top - 300)")
        cell.click()
        here = cell.bounding_box()
        assert here is not None
        assert here["y"] == pytest.approx(300, abs=1)
        panel = page.locator(f"figure[data-name='{name}'] + #cell[data-name='{name}']").bounding_box()
        assert panel is not None
        assert panel["y"] < 700
    page.click("#close")
    assert page.locator("#side > #cell").count() == 1


EXPANSIONS = """async () => {
  const { quantities } = JSON.parse(document.getElementById("data").textContent);
  const found = [];
  for (const [name, { shape, recipe }] of Object.entries(quantities)) {
    if (!recipe) continue;
    const [rows = 1, columns = 1] = shape;
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      location.hash = `#${encodeURIComponent(name)}[${r},${c}]`;
      await new Promise((go) => addEventListener("hashchange", go, { once: true }));
      const { name: shown, row, column, total, value } = document.getElementById("cell").dataset;
      found.push([shown, Number(row), Number(column), Number(total), Number(value), name, r, c]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("name", ["small", "outputs", "classes", "logits", "options"])
def test_the_expansion_of_every_cell_is_the_tensors_value(opened: Open, name: str) -> None:
    found = opened(name).evaluate(EXPANSIONS)
    assert len(found) > 100
    for shown, row, column, total, value, wanted, r, c in found:
        assert (shown, row, column) == (wanted, r, c)
        assert total == pytest.approx(value, rel=1e-12, abs=1e-15), f"{wanted}[{r}, {c}]"


def test_the_values_are_those_of_the_step(opened: Open, numpynet_command: Command) -> None:
    told = json.loads(numpynet_command("explain", "--json").out)["quantities"]
    found = {(name, r, c): value for name, r, c, _, value, *_ in opened("small").evaluate(EXPANSIONS)}
    for (name, r, c), value in found.items():
        expected = np.array(told[name]["values"]["numpy"]).reshape(-1)
        columns = told[name]["shape"][1] if told[name]["shape"] else 1
        assert value == expected[r * columns + c], f"{name}[{r}, {c}]"


@pytest.mark.timed
def test_a_step_is_shown_faster_than_a_table_of_6000_numbers(opened: Open) -> None:
    """Which is laid out in some 50 ms, just before each step: a slow machine is slow at both.

    Of each step the least of several sweeps: the machine may be busy with something else.
    """
    page = opened("reference")
    sweep = """async () => {
      const frame = document.createElement("iframe");
      document.body.append(frame);
      const { body } = frame.contentDocument;
      const table = "<table>" + ("<tr>" + "<td>0.125</td>".repeat(50) + "</tr>").repeat(120) + "</table>";
      const seconds = (what) => {
        const start = performance.now();
        what();
        return performance.now() - start;
      };
      const ratios = [];
      for (let i = 1; i < JSON.parse(document.getElementById("data").textContent).steps.length; i++) {
        const yardstick = seconds(() => {
          body.innerHTML = table;
          body.getBoundingClientRect();
        });
        body.innerHTML = "";
        const step = seconds(() => {
          document.getElementById("next").click();
          document.body.getBoundingClientRect();
        });
        ratios.push(step / yardstick);
        await new Promise((go) => setTimeout(go));
      }
      frame.remove();
      return ratios;
    }"""
    least = np.full(37, np.inf)
    for _ in range(6):
        page.keyboard.press("Home")
        least = np.minimum(least, page.evaluate(sweep))  # an error unless there are as many
        if least.max() < 1:
            break
    assert least.max() < 1


def test_a_matrix_is_walked_and_a_number_opened_by_keyboard(opened: Open) -> None:
    page = opened("small", "#dW1")
    cell = page.locator("table[aria-label='dW1'] td[tabindex='0']")
    cell.focus()
    here = step(page)
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label.startswith("dW1[2, 0] = ")
    assert step(page) == here
    page.keyboard.press("Enter")
    panel = page.locator("#cell")
    assert (panel.get_attribute("data-row"), panel.get_attribute("data-column")) == ("2", "0")
    assert page.url.endswith("#dW1[2,0]")
    page.keyboard.press("Escape")
    assert panel.get_attribute("data-name") is None or not panel.is_visible()


@pytest.mark.parametrize("name", ["small", "reference", "outputs", "classes", "logits", "options"])
def test_a_node_stands_under_what_it_goes_back_through(opened: Open, name: str) -> None:
    page = opened(name)
    data = json.loads(page.locator("#data").text_content() or "")
    placed = []
    for stage in data["stages"]:
        nodes = [data["steps"][number] for number in stage["backward"]]
        placed += nodes
        for node in nodes:
            if node["in"] and not node["plumbing"]:
                assert node["in"][0].removeprefix("d") in data["steps"][stage["forward"]]["out"], node["id"]
    assert len(placed) == sum(told["phase"] == "backward" for told in data["steps"])


def test_no_ratio_can_be_read_as_an_error_in_percent(opened: Open) -> None:
    page = opened("small", "#AddmmBackward0-2")
    verdicts = page.locator("figure.matrix .verdict").all_inner_texts()
    agreeing = [text for text in verdicts if "agree" in text]
    assert agreeing
    for text in agreeing:
        assert re.search(r"no difference is more than \S+ of its bound \(tape\), \S+ \(torch\)", text)
    assert "✓ Equal to the tape’s and torch’s." in verdicts
    assert "Given, not computed." in verdicts


def test_what_is_said_of_a_sum(opened: Open) -> None:
    panel = opened("small", "#dA1[0,1]").locator("#cell")
    assert "sum over 1 unit of layer 2" in panel.inner_text()
    assert "Six digits are shown." in panel.inner_text()
    panel = opened("small", "#dW1[0,1]").locator("#cell")
    assert "sum over 4 examples" in panel.inner_text()
    assert "A0[1, 0]" in panel.inner_text()


def test_the_map_names_what_the_data_and_the_prediction_are_called_elsewhere(opened: Open) -> None:
    page = opened("outputs")
    lanes = page.locator("#lanes").inner_text()
    assert "A0 = X" in lanes
    assert "A2 = Y_hat" in lanes
    assert "transpose" in lanes
    assert not re.search(r"\bT\b", lanes)
    page = opened("small", "#ℓ")
    assert "Computed for this page" in page.locator("figure[data-name='ℓ'] .verdict").inner_text()


def test_code_is_nowhere_cut_and_shows_whole_lines(opened: Open) -> None:
    page = opened("reference", height=800)
    cut = """[...document.querySelectorAll("#code pre, .experiment pre")].filter((pre) => pre.scrollWidth > pre.clientWidth).length"""
    lit = """[...document.querySelectorAll("#code > .codes pre")].map((pre) => {
      const box = pre.getBoundingClientRect();
      const at = (line) => line.getBoundingClientRect();
      const lines = [...pre.querySelectorAll(".line")];
      const seen = lines.filter((line) => line.matches("mark")).filter((line) => at(line).top >= box.top && at(line).bottom <= box.bottom);
      const below = at(lines[0]).bottom;
      const half = lines.slice(1).some((line) => at(line).top < below - 2 && at(line).bottom > below + 2);
      return [at(lines[0]).top - box.top, half, seen.length > 0 || !pre.querySelector("mark")];
    })"""
    for told in steps(page):
        assert page.evaluate(cut) == 0, told["id"]
        for top, half, seen in page.evaluate(lit):
            assert 0 <= top < 12, told["id"]
            assert (half, seen) == (False, True), told["id"]
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("hash", ["#dW1[0,1]", "#Z1[0,1]", "#db1[0,0]", "#dZ2[0,1]", "#dA1[0,1]"])
def test_the_numbers_of_a_column_stand_by_their_decimal_points(opened: Open, hash: str) -> None:
    page = opened("small", hash)
    for selector in (
        ".products tr > :last-child",
        ".products tbody td:nth-child(2)",
        ".values td",
        ".sources:not(.values) td:nth-child(2)",
        ".sources:not(.values) td:nth-child(3)",
    ):
        cells = page.locator(f"#cell {selector}")
        texts = cells.evaluate_all("all => all.map((one) => (one.querySelector('.number') || one).textContent)")
        points = {len(text) - text.index(".") for text in texts if "." in text}
        assert len(points) <= 1, texts


def test_a_finger_meets_what_it_is_to_touch(opened: Open) -> None:
    page = opened("small", "#AddmmBackward0-2", width=390, height=844)
    page.locator("#network > summary").click()
    page.locator("#saved summary").click()
    for selector in (".verdict a", "[data-copy]", ".chip.small", "#saved [data-show]"):
        targets = page.locator(selector).filter(visible=True)
        assert targets.count()
        for target in targets.all():
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 28, (selector, box)
    assert overflow(page) <= 0


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.tagName"))


@pytest.mark.parametrize("moves", [[], ["ArrowRight"]])
def test_after_a_click_one_escape_gives_the_arrows_back(opened: Open, moves: list[str]) -> None:
    page = opened("small", "#AddmmBackward0-2")
    here = step(page)
    page.click("figure[data-name='dW2'] td[data-column='0']")
    for key in moves:
        page.keyboard.press(key)
        assert focused(page).startswith("dW2[0, 1]")
        assert step(page) == here
    page.keyboard.press("Escape")
    assert page.locator("#cell").get_attribute("data-name") is None
    page.keyboard.press("ArrowRight")
    assert step(page) == here + 1


@pytest.mark.parametrize("close", ["Escape", "cross"])
def test_after_a_click_on_a_factor_or_the_cross_the_arrows_step(opened: Open, close: str) -> None:
    page = opened("small", "#AddmmBackward0-2")
    here = step(page)
    page.click("figure[data-name='dW2'] td[data-column='0']")
    page.locator("#cell .products a").first.click()
    if close == "cross":
        page.click("#close")
    else:
        page.keyboard.press(close)
    page.keyboard.press("ArrowRight")
    assert step(page) == here + 1


def test_by_keyboard_escape_leads_back_to_the_number_and_then_out(opened: Open) -> None:
    page = opened("small", "#AddmmBackward0-2")
    here = step(page)
    page.locator("table[aria-label='dW2'] td[tabindex='0']").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "Close dW2[0, 0]"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith("dW2[0, 1]")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert step(page) == here + 1


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("place", ["#everything", "#experiments", "#vjp"])
def test_next_brings_the_new_step_into_view(opened: Open, place: str, width: int) -> None:
    page = opened("small", place, width=width, height=844)
    before = page.evaluate("scrollY")
    assert before > 200
    page.locator("#next").evaluate("button => button.click()")  # click() of Playwright scrolls
    assert step(page) == 1
    bar, title = page.locator(".stepper").bounding_box(), page.locator("#step-title").bounding_box()
    assert bar is not None
    assert title is not None
    assert bar["y"] + bar["height"] <= title["y"] < 300
    where = page.evaluate("scrollY")
    page.keyboard.press("ArrowRight")
    assert step(page) == 2
    assert page.evaluate("scrollY") == pytest.approx(where, abs=30)  # a longer name makes the bar higher


def test_a_saved_tensor_is_shown_marked_and_an_old_panel_closed(opened: Open) -> None:
    page = opened("small", "#ReluBackward0-1")
    page.click("figure[data-name='dZ1'] td[data-column='0'][data-row='0']")
    assert page.locator("#cell").get_attribute("data-name") == "dZ1"
    page.locator("#saved [data-show='A1']").click()
    assert page.locator("#cell").get_attribute("data-name") is None
    found = page.locator("figure.matrix.found")
    assert found.get_attribute("data-name") == "A1"
    assert "was saved" in found.inner_text()
    box = found.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 850
    assert page.locator("figure.matrix.found").evaluate("one => one === document.activeElement")


@pytest.mark.parametrize("name", ["dA1", "W2"])
def test_the_ring_of_the_last_cell_is_not_cut(opened: Open, name: str) -> None:
    page = opened("small", "#AddmmBackward0-2")
    cell = page.locator(f"table[aria-label='{name}'] td[data-row]").last
    cell.focus()
    page.keyboard.press("End")
    style = (
        "one => { const s = getComputedStyle(one); return parseFloat(s.outlineWidth) + parseFloat(s.outlineOffset); }"
    )
    reach, width = cell.evaluate(style), cell.evaluate("one => parseFloat(getComputedStyle(one).outlineWidth)")
    box, frame = cell.bounding_box(), page.locator(f"figure[data-name='{name}'] .scroll").bounding_box()
    assert width >= 2
    assert box is not None
    assert frame is not None
    assert box["x"] + box["width"] + reach <= frame["x"] + frame["width"]
    assert box["y"] + box["height"] + reach <= frame["y"] + frame["height"]


def test_a_large_matrix_is_walked_across_the_edge_of_its_window(opened: Open) -> None:
    page = opened("reference", "#dW3[4,7]")
    assert page.locator("#cell").get_attribute("data-name") == "dW3"
    page.locator("table[aria-label='dW3'] td[tabindex='0']").focus()
    for _ in range(20):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("dW3[24, 7] = ")
    assert page.locator("table[aria-label='dW3']").get_attribute("aria-rowcount") == "51"


def test_factors_lead_on_and_back_leads_back(opened: Open) -> None:
    page = opened("small", "#dW1[0,1]")
    page.locator("#cell a", has_text="dZ1[0, 2]").first.click()
    assert page.locator("#cell").get_attribute("data-name") == "dZ1"
    page.go_back()
    assert page.locator("#cell").get_attribute("data-name") == "dW1"


@pytest.mark.parametrize("hash", ["#dW2[0,1]", "#dW2[0, 1]", "#dW2%5B0,1%5D", "#dW2%5B0%2C%201%5D"])
def test_deep_links(opened: Open, hash: str) -> None:
    panel = opened("small", hash).locator("#cell")
    assert [panel.get_attribute(f"data-{part}") for part in ("name", "row", "column")] == ["dW2", "0", "1"]


@pytest.mark.parametrize(
    ("hash", "words"),
    [
        ("#dW9", ["dW9", "dW1", "dW2"]),
        ("#dW2[0,7]", ["dW2", "1 row", "3 columns"]),
        ("#dW2[5,0]", ["dW2", "1 row"]),
        ("#dW2[a,b]", ["dW2[a,b]"]),
        ("#%E0%A4%A", ["%E0%A4%A"]),
    ],
)
def test_a_wrong_link_says_what_there_is(opened: Open, hash: str, words: list[str]) -> None:
    page = opened("small", hash)
    message = page.locator("#message[role=status]").inner_text()
    assert all(word in message for word in words), message
    assert step(page) == 0


def test_a_newcomer_finds_what_was_saved_why_it_is_zero_and_the_products(opened: Open) -> None:
    page = opened("small", "#AddmmBackward0-2")
    saved = page.locator("table", has=page.locator("caption", has_text="Saved for the backward pass"))
    text = saved.first.inner_text()
    for words in (
        "mat1",
        "A1",
        "memory['A1'], in torch turned round: a row is an example",
        "mat2",
        "W2",
        "params_values['W2'], in torch a view of W2, turned round",
    ):
        assert words in text
    zero = np.argwhere(lesson_values("dZ1") == 0)[0]
    page = opened("small", f"#dZ1[{zero[0]},{zero[1]}]")
    why = page.locator("#cell .why").inner_text()
    assert "ReLU's slope is taken as 0 where Z ≤ 0" in why
    assert f"Z1[{zero[0]}, {zero[1]}] = −" in why
    page = opened("small", "#dW1[0,1]")
    rows = page.locator("#cell .products tbody tr")
    assert rows.count() == 4
    assert "dZ1[0, 3]" in rows.nth(3).inner_text()
    assert "A0[1, 3]" in rows.nth(3).inner_text()


def test_everything_autograd_saved_stands_in_one_table_by_layer(opened: Open) -> None:
    page = opened("small", "#AddmmBackward0-2")
    page.locator("#saved caption a").click()
    layers = page.locator("#everything tbody")
    assert layers.locator("th[scope=rowgroup]").all_inner_texts() == ["Layer 1", "Layer 2", "Loss"]
    second = layers.nth(1).locator("tr:has(td)")
    for row, (node, field, tensor, place) in zip(
        second.all(),
        [
            ("AddmmBackward0", "mat1", "A1", "memory['A1']"),
            ("AddmmBackward0", "mat2", "W2", "params_values['W2']"),
            ("SigmoidBackward0", "result", "A2", "Y_hat"),
        ],
        strict=True,
    ):
        assert row.locator("th a").inner_text().replace("\N{SOFT HYPHEN}", "") == node
        assert row.locator("code").all_inner_texts() == [field, place]
        assert row.locator("td").first.inner_text() == tensor
    box = page.locator("#everything-title").bounding_box()
    assert box is not None
    assert 0 < box["y"] < 200
    second.nth(2).locator("th a").click()
    expect(page.locator("#where")).to_contain_text("SigmoidBackward0")
    assert steps(page)[step(page)]["id"] == "SigmoidBackward0-2"


@pytest.mark.parametrize("name", ["outputs", "classes", "logits", "options", "reference"])
def test_the_one_table_has_what_the_boxes_have(opened: Open, name: str) -> None:
    page = opened(name, width=390)
    backward = [told for told in steps(page) if told["phase"] == "backward"]
    of_boxes = [(kept["field"], kept["kept"], kept["bytes"]) for told in backward for kept in told["saved"]]
    rows = page.locator("#everything tr:has(td)")
    assert rows.count() == len(of_boxes) > 0
    shown = [(row.locator("code").all_inner_texts(), row.locator(".bytes").inner_text()) for row in rows.all()]
    expected = [(list(filter(None, (field, kept))), f"{size:,} bytes") for field, kept, size in of_boxes]
    assert sorted(shown) == sorted(expected)
    width = page.evaluate("innerWidth")
    for cell in rows.locator(".bytes").all():
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width, "cut at the right"


def test_what_is_read_is_said_to_be_by_whom(opened: Open) -> None:
    """torch saved ReLU's result, NumPy works from Z; the slope is made on the way."""
    page = opened("small", "#ReluBackward0-1")
    roles = {name: page.locator(f"figure[data-name='{name}'] .role").inner_text() for name in ("Z1", "f′(Z1)")}
    assert roles == {"Z1": "is read by NumPy", "f′(Z1)": "is made on the way"}
    page = opened("small", "#AddmmBackward0-2")
    assert page.locator("figure[data-name='A1'] .role").inner_text() == "is read"


def lesson_values(name: str) -> np.ndarray:
    """Of the small page's step."""
    return small_lesson().quantities[name].values["numpy"]


@cache
def small_lesson() -> Lesson:
    from numpynet.explain.lesson import make_lesson
    from numpynet.parity import Step
    from numpynet.problem import load_problem
    from torch_reference import torch_graph, torch_trace

    problem = load_problem("moons", layers="2-3-1", examples=4)
    given = Step(problem.data.X_train, problem.data.Y_train, problem.params_values, problem.nn_architecture)
    return make_lesson(given, torch_trace(given), torch_graph(given))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_one_small_file_that_names_its_parts(opened: Open, pages: Callable[[str], Path], name: str) -> None:
    text = pages(name).read_text(encoding="utf-8")
    assert len(text.encode()) < 1_500_000
    assert not re.search(r"""(src|href)=["']?(https?:)?//|@import|url\(["']?http""", text)
    page = opened(name)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("main").count() == page.locator("h1").count() == 1
    nameless = """[...document.querySelectorAll("button, a, input, [role=grid], [role=region]")].filter((element) =>
      !(element.getAttribute("aria-label") || element.textContent.trim() || element.labels?.length)).length"""
    assert page.evaluate(nameless) == 0
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map((h) => Number(h.tagName[1]))")
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for command in ("numpynet explain", "numpynet compare"):
        assert (command in page.locator("footer").inner_text()) == (command.split()[1] == PAGES[name][0])


@pytest.mark.parametrize("name", ["compare", "drift", "remembered", "normalised", "wrong"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_every_row_of_the_comparison_opens_and_fits(opened: Open, name: str, width: int, scheme: str) -> None:
    page = opened(name, width=width, color_scheme=scheme)
    page.click("#expand")
    buttons = page.locator("tr.row button")
    assert buttons.count() == {"drift": 18, "remembered": 26, "normalised": 31}.get(name, 42)
    assert page.locator("tr.row button[aria-expanded='false']").count() == 0
    assert overflow(page) <= 0
    page.click("#collapse")
    assert page.locator("tr.row button[aria-expanded='true']").count() == 0
    buttons.nth(3).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert buttons.nth(4).get_attribute("aria-expanded") == "true"


def test_an_opened_row_has_both_codes_and_all_its_elements(opened: Open) -> None:
    page = opened("compare", "#dW3")
    row = page.locator("[id='more-dW3']")
    assert "dW_curr = dZ_curr @ A_prev.T / m" in row.inner_text()
    assert "grad_mat2 = (grad.T @ mat1).T" in row.inner_text()
    counts = row.locator(".spread tbody tr td:nth-child(2)").all_inner_texts()
    assert sum(int(count.replace(",", "")) for count in counts) == 50 * 50
    assert counts[-1] == "0"


def test_a_wrong_row_is_open_and_says_why(opened: Open) -> None:
    page = opened("wrong")
    assert "Fail" in page.locator("#result").inner_text()
    assert "First divergence: dW5" in page.locator("section.result").inner_text()
    row = page.locator("[id='more-dW5']")
    assert row.is_visible()
    assert "dW_curr = np.dot(dZ_curr, A_prev.T)" in row.inner_text()
    assert "wrong.py, line" in row.inner_text()
    counts = [int(count) for count in row.locator(".spread tbody td:nth-child(2)").all_inner_texts()]
    assert sum(counts) == 25
    assert counts[-1] >= 10  # the others are 0: their unit is off for every example


def test_a_second_backward_is_seen_to_double_the_gradient(opened: Open) -> None:
    page = opened("small", "#accumulate", height=800)
    article = page.locator("#accumulate")
    assert "adds to .grad" in article.inner_text()
    once, twice = (float(line.split(":")[1]) for line in article.locator(".printed").inner_text().split("\n")[:2])
    assert once == pytest.approx(lesson_values("dW2").max(), rel=1e-5)
    assert twice == pytest.approx(2 * once, rel=1e-5)
    box = article.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 100
    page.evaluate("scrollTo(0, 0)")
    page.click("header a[href='#experiments']")
    box = page.locator("#experiments-title").bounding_box()
    assert box is not None
    assert 0 < box["y"] < 200
    assert page.locator("article.experiment .printed").count() == 6


def test_what_is_copied_runs_and_prints_the_pages_numbers(opened: Open) -> None:
    """Exactly the clipboard's text, each time in an empty session."""
    page = opened("small", "#AddmmBackward0-2", permissions=["clipboard-read", "clipboard-write"])
    page.locator("summary", has_text="from your own model").click()
    shown: dict[str, Any] = {}
    exec(
        copied(page.locator("#saved [data-copy]")), {"print": lambda label, *values, **_: shown.update({label: values})}
    )
    assert np.allclose(shown["made: dA1"][0].numpy(), lesson_values("dA1"), rtol=1e-12, atol=0)
    assert np.array_equal(shown["saved mat1, A1"][0].detach().numpy(), lesson_values("A1"))
    articles = page.locator("article.experiment")
    for article in articles.all():
        text = copied(article.locator("[data-copy]"))
        assert ("nn.Sequential" in text) == (article.get_attribute("id") != "vjp")
        out = io.StringIO()
        with redirect_stdout(out):
            exec(text, {})
        assert out.getvalue().strip() == article.locator(".printed").inner_text().strip()
    page.locator("#before summary").click()
    own: dict[str, Any] = {}
    exec(copied(page.locator("#before [data-copy]")), own)
    assert own["forward"]().item() == pytest.approx(float(lesson_values("cost")), rel=1e-12)


def copied(button: Locator) -> str:
    button.click()
    expect(button).to_have_text("Copied")
    return str(button.evaluate("() => navigator.clipboard.readText()"))


def test_the_link_to_the_network_opens_it(opened: Open) -> None:
    page = opened("small", "#AddmmBackward0-2")
    assert not page.locator("#model").is_visible()
    page.locator("summary", has_text="from your own model").click()
    page.click("#saved .experiment a")
    expect(page.locator("#model")).to_be_visible()
    assert "nn.Linear(2, 3)" in page.locator("#model").inner_text()
    box = page.locator("#before").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900


HOSTILE = "a<img src=x onerror=broken=1>'\"&.py"


def test_names_and_source_cannot_break_out_of_the_page(
    browser: Browser, tmp_path: Path, numpynet_command: Command
) -> None:
    source = (IMPLEMENTATIONS / "tutorial.py").read_text(encoding="utf-8")
    (tmp_path / HOSTILE).write_text(source + "# </code></pre></script><script>broken=2</script>\n", encoding="utf-8")
    (tmp_path / "<b>&amp;.csv").write_text("0.5,1,0\n-1,2,1\n0.1,0,1\n3,1,0\n", encoding="utf-8")
    for command in (["explain", "--layers", "2-3-1", "--examples", "2"],
                    ["compare", "--layers", "2-3-1", "--implementation", HOSTILE]):  # fmt: skip
        assert numpynet_command(*command, "--data", "<b>&amp;.csv", "--html", "page.html").code == 0
        page = browser.new_page()
        page.goto((tmp_path / "page.html").as_uri())
        assert page.locator("img, b:has-text('&')").count() == 0
        assert "<b>&amp;.csv" in page.locator("body").inner_text()
        assert page.evaluate("window.broken") is None
        page.close()


def test_a_clamped_step_is_not_said_to_agree(browser: Browser, tmp_path: Path, numpynet_command: Command) -> None:
    np.savez(tmp_path / "d.npz", X=3e3 * np.random.default_rng(0).standard_normal((9, 2)), y=np.array([0, 1] * 4 + [0]))
    assert numpynet_command("explain", "--data", "d.npz", "--html", "page.html").code == 1
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri() + "#dA2")
    verdict = page.locator("figure:has(table[aria-label='dA2']) .verdict").inner_text()
    assert "agree" not in verdict
    assert "Not fully judged" in verdict or "differ by more" in verdict
    page.close()


def test_the_drift_is_drawn(opened: Open) -> None:
    page = opened("drift", color_scheme="dark")
    image = page.locator("figure.plate svg")
    box = image.bounding_box()
    assert box is not None
    assert box["width"] > 300
    letters = image.locator("text")
    colours = letters.evaluate_all("all => all.map((one) => getComputedStyle(one).fill)")
    assert set(colours) == {"rgb(233, 231, 226)"}  # the page's ink where it is dark
    assert "×" not in (image.text_content() or "")
    assert "No ReLU was seen to take different sides" in page.locator("main").inner_text()
    assert page.locator("table.drift tbody tr").count() > 3


def test_the_reference_page_is_made_in_15_s(numpynet_command: Command) -> None:
    """Of a processor's time: what else runs on the machine does not count."""
    before = time.process_time()
    assert numpynet_command("explain", "--layers", "2-25-50-50-25-1", "--html", "page.html").code == 0
    assert time.process_time() - before < 12  # torch, which is imported already, takes 3 s


def test_the_page_has_all_of_the_lesson(opened: Open) -> None:
    told = lesson("circles 2-8-1")
    page = opened("small")
    assert [step["phase"] for step in steps(page)] == [step.phase for step in told.steps]
