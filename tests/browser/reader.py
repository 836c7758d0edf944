"""Someone who takes a course in a browser: reads each section, answers each question, finds the right answer by its
words, as they stand in the published edition."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from elearn.core.questions.base import Key, Prompt

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from elearn.core.course import Unit
    from elearn.store.editions import Published


def plain(body: bytes) -> str:
    """The words of a piece of HTML, with plain spaces."""
    return tidy(html.unescape(re.sub(r"<[^>]+>", " ", body.decode())))


def tidy(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


def best_path(key: Key) -> list[int]:
    """The shortest way through a scenario to an ending that is worth most."""
    ways: list[tuple[int, list[int]]] = [(0, [])]
    seen = {0}
    for step, path in ways:
        if not key.leads[step] and key.worth[step] == max(key.worth):
            return path
        for choice, leads in enumerate(key.leads[step]):
            if leads not in seen:
                seen.add(leads)
                ways.append((leads, [*path, choice]))
    raise AssertionError("no way to the end")


@dataclass
class Reader:
    page: Page
    edition: Published
    course: str
    lang: str

    def take(self, unit: Unit, fail_first: bool = False) -> None:
        """Go through a whole unit from its first section, answering everything right, one question wrong first. An exam
        is sat."""
        if unit.exam:
            self.sit(unit)
            return
        for section in unit.sections:
            assert f"/{unit.id}/{section.id}" in self.page.url, self.page.url
            for prompt in section.prompts:
                key = unit.keys[prompt.id]
                if prompt.kind == "reflection":
                    self.write(prompt)
                    continue
                if fail_first and prompt.kind == "single_choice":
                    self.answer(prompt, key, wrong=True)
                    assert "C'est juste" not in tidy(self.form(prompt).inner_text()).replace("’", "'")
                    fail_first = False
                self.answer(prompt, key)
                self.form(prompt).locator(".verdict, .step.end").first.wait_for()
            self.go_on()

    def sit(self, unit: Unit) -> None:
        """Begin the exam, answer what is asked as it comes, hand it in."""
        asked = {prompt.id: prompt for prompt in unit.prompts}
        self.press(self.page.locator('main form[action$="/sittings"] button[type="submit"]').first)
        handing = self.page.locator('form[action*="/submissions"]')
        question = self.page.locator("[data-sitting] .question")
        while not handing.count():
            prompt = asked[question.get_attribute("id") or ""]
            self.fill(question.locator("form"), prompt, unit.keys[prompt.id])
            with self.page.expect_navigation():
                question.locator('form button[type="submit"]').last.click()
        with self.page.expect_navigation():
            handing.locator('button[type="submit"]').click()
        assert self.page.locator(".question fieldset[disabled]").count(), "the exam is handed in and read again"

    def form(self, prompt: Prompt) -> Locator:
        return self.page.locator(f'form[action*="/{prompt.id}/attempts"]')

    def write(self, prompt: Prompt) -> None:
        form = self.form(prompt)
        form.locator("textarea").fill("Quelques mots pour moi.")
        box = form.locator('input[name="consent"]')
        if box.count():
            box.check()
        self.press(form.locator('button[type="submit"]').first)

    def answer(self, prompt: Prompt, key: Key, wrong: bool = False) -> None:
        form = self.form(prompt)
        if prompt.kind == "scenario":
            for choice in best_path(key):
                self.press(form.locator(f'button[name="answer"][value="{choice}"]'))
            return
        self.fill(form, prompt, key, wrong)
        self.press(form.locator('button[type="submit"]:not([formaction])').last)

    def fill(self, form: Locator, prompt: Prompt, key: Key, wrong: bool = False) -> None:
        if prompt.kind == "true_false":
            form.locator(f'input[value="{key.solution[0]}"]').check()
        elif prompt.kind in ("single_choice", "multiple_choice"):
            for box in form.locator('input[name="answer"]').all():
                box.evaluate("one => one.checked") and box.get_attribute("type") == "checkbox" and box.uncheck()
            chosen = set(key.solution)
            if wrong:
                chosen = {next(n for n in range(len(prompt.items)) if n not in chosen)}
            for position in chosen:
                self._box(form, plain(prompt.items[position])).check()
        elif prompt.kind == "ordering":
            wanted = [plain(prompt.items[position]) for position in key.solution]
            if form.locator("[data-move]").count():
                self._move(form, wanted)
            else:
                for select, label in self._selects(form, "place-"):
                    select.select_option(label=str(1 + wanted.index(self._among(wanted, label))))
        elif prompt.kind in ("number", "short_answer"):
            form.locator('input[name="answer"]').fill(key.bounds[0] if key.bounds else key.accepted[0][0])
        elif prompt.kind == "cloze":
            for n, menu in enumerate(prompt.menus):
                gap = form.locator(f'[name="gap-{n}"]')
                if menu:
                    gap.select_option(label=plain(menu[key.solution[n]]))
                else:
                    gap.fill(key.accepted[n][0])
        elif prompt.kind in ("survey", "scale"):
            form.locator('input[name="answer"]').first.check()
        else:
            left = [plain(item) for item in prompt.items]
            for select, label in self._selects(form, "pair-"):
                target = plain(prompt.targets[key.solution[left.index(self._among(left, label))]])
                options = select.locator("option").all()
                value = next(one.get_attribute("value") for one in options if tidy(one.text_content() or "") == target)
                select.select_option(value)

    def go_on(self) -> None:
        with self.page.expect_navigation():
            self.page.locator('form[action$="/readings"] button[type="submit"]').click()

    def press(self, button: Locator) -> None:
        """Send a form and wait until its answer is on the page, with scripts (in place) or without (a new page)."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            button.click()
        self.page.wait_for_load_state()
        self.page.wait_for_selector('[aria-busy="true"]', state="detached")

    def _move(self, form: Locator, wanted: list[str]) -> None:
        """With scripts: buttons that move a thing up, one place at a time."""
        places = form.locator("li.place")
        for place, words in enumerate(wanted):
            shown = {n: places.nth(n).inner_text() for n in range(place, len(wanted))}
            whole = (n for n, text in shown.items() if words in map(tidy, text.splitlines()))
            found = next(whole, None)
            if found is None:
                found = next(n for n, text in shown.items() if words in tidy(text))
            for n in range(found, place, -1):
                places.nth(n).locator('[data-move="up"]').click()

    def _box(self, form: Locator, words: str) -> Locator:
        for label in form.locator("label").all():
            if tidy(label.inner_text()).startswith(words):
                name = label.get_attribute("for")
                return form.locator(f"#{name}") if name else label.locator("input")
        raise AssertionError(f"no option « {words} »")

    def _selects(self, form: Locator, name: str) -> list[tuple[Locator, str]]:
        found = []
        for select in form.locator(f'select[name^="{name}"]').all():
            label = form.locator(f'label[for="{select.get_attribute("id")}"]').first
            found.append((select, tidy(label.text_content() or "")))
        return found

    @staticmethod
    def _among(wanted: list[str], label: str) -> str:
        return max((one for one in wanted if one in label), key=len)
