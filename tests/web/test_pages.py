"""The owner's page and a customer's card page in a real browser: every language, both themes, phone and desktop."""

import itertools
import unittest
from pathlib import Path
from urllib.parse import urlsplit

from browser import Browser, Visitor
from stage import Demo, Folder, Shop, kartka

LANGUAGES = ("uk", "ru", "en")
PHONE, DESKTOP = 360, 1280
EVERYBODY = [
    Visitor(language, theme, width)
    for language, theme, width in itertools.product(LANGUAGES, ("light", "dark"), (PHONE, DESKTOP))
]

# The least contrast between a text and what lies behind it, over all texts of the page.
LEAST_CONTRAST = """
(() => {
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = rgb(colour).map(c => c / 255)
      .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    const colour = getComputedStyle(element).backgroundColor;
    const clear = rgb(colour)[3] === 0;
    return clear && element.parentElement ? behind(element.parentElement) : colour;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least = 21;
  while (texts.nextNode()) {
    if (!texts.currentNode.data.trim()) continue;
    const element = texts.currentNode.parentElement;
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
    least = Math.min(least, (a + 0.05) / (b + 0.05));
  }
  return least;
})()
"""


class Pages(unittest.TestCase):
    """What every page must be, whoever looks at it."""

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.folder = Folder()
        cls.addClassCleanup(cls.folder.close)

    def see(self, address: str, visitor: Visitor, status: int = 200) -> str:
        """Opens the page as the visitor, holds it to what holds for every page, and returns its text."""
        seen = self.browser.open(address, visitor)
        return self.sound(seen, address, visitor, status)

    def sound(self, seen, address: str, visitor: Visitor, status: int = 200) -> str:
        ask = self.browser.ask
        self.assertEqual(seen.status, status)
        home = urlsplit(address).netloc
        self.assertEqual({urlsplit(url).netloc for url in seen.asked}, {home}, "loaded from elsewhere")
        if status == 200:
            self.assertEqual(seen.complaints, [])
        self.assertEqual(ask("document.documentElement.lang"), visitor.language)
        self.assertEqual(ask("document.querySelectorAll('h1').length"), 1)
        self.assertTrue(ask("document.title"))
        self.assertEqual(ask("document.scripts.length"), 0)
        wide = ask("document.documentElement.scrollWidth")
        self.assertLessEqual(wide, visitor.width, "it scrolls sideways")
        dark = ask("getComputedStyle(document.body).backgroundColor") == "rgb(16, 22, 19)"
        self.assertEqual(dark, visitor.theme == "dark")
        self.assertGreaterEqual(ask(LEAST_CONTRAST), 4.5)
        unnamed = "[...document.querySelectorAll('svg, button, a')].filter(e => !e.ariaLabel && !e.innerText)"
        self.assertEqual(ask(f"{unnamed}.length"), 0, "something has no name")
        low = "[...document.querySelectorAll('button, a.button')].filter(b => b.offsetHeight < 48)"
        self.assertEqual(ask(f"{low}.length"), 0, "a button is too low for a thumb")
        return ask("document.body.innerText").replace("\xa0", " ").replace("\u202f", " ")

    def tells(self, text: str, *wanted: str):
        for words in wanted:
            self.assertIn(words, text)

    def scanned(self, name: str) -> str:
        """What the scanner reads from a picture of the page."""
        picture = self.browser.picture(Path(self.folder.path) / f"{name}.png")
        found = kartka("scan", picture).splitlines()
        self.assertEqual(len(found), 1, found)
        _, kind, text = found[0].split("\t")
        self.assertEqual(kind, "qr")
        return text

    def into_app(self) -> list[str]:
        """Where the page leads on to in the app."""
        return self.browser.ask("[...document.querySelectorAll('a.button')].map(a => a.href)")

    def shown_code(self) -> str:
        return self.browser.ask("document.querySelector('.code').innerText").replace(" ", "")


class Replayed(Pages):
    """The pages of a demo with a past."""

    OWNER = {
        "uk": ("середа, 8 січня 1997", "50,00 $ +36,9 %", "на цю годину: 36,50 $", "без змін"),
        "ru": ("среда, 8 января 1997", "50,00 $ +36,9 %", "к этому часу: 36,50 $", "без изменений"),
        "en": ("Wednesday, 8 January 1997", "$50.00 +36.9%", "by this time: $36.50", "no change"),
    }
    CARD = {
        "uk": ("Покажіть цей код касиру", "7 722 бонуси", "3 січня 1997", "1 500,00 $"),
        "ru": ("Покажите этот код кассиру", "7 722 бонуса", "3 января 1997", "1 500,00 $"),
        "en": ("Show this code to the cashier", "7,722 points", "3 January 1997", "$1,500.00"),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = Demo()
        cls.addClassCleanup(cls.demo.close)

    def test_the_owner_sees_the_day_beside_the_same_weekday(self):
        for visitor in EVERYBODY:
            with self.subTest(visitor):
                self.tells(self.see(self.demo.owner, visitor), "CDNOW", *self.OWNER[visitor.language])

    def test_the_holder_sees_balance_and_purchases_beside_a_code_that_scans(self):
        for visitor in EVERYBODY:
            with self.subTest(visitor):
                self.tells(self.see(self.demo.card, visitor), "CDNOW", *self.CARD[visitor.language])
                # The browser gives what stands behind a scheme of the app's own to the app, with all of it.
                self.assertEqual(self.into_app(), [f"kartka:{self.demo.card}#CDNOW"])
                code = self.scanned("card")
                self.assertRegex(code, "^K1[0-9A-HJKMNP-TV-Z]{16}$")
                self.assertEqual(code, self.shown_code())

    def test_without_the_secret_a_card_shows_its_code_and_nothing_else(self):
        bare = self.demo.card.split("?")[0]
        for address in (bare, f"{bare}?s={'0' * 32}"):
            text = self.see(address, Visitor("en"))
            self.tells(text, "CDNOW", "Show this code to the cashier")
            self.assertNotIn("7,722", text)
            self.assertNotIn("$", text)
            self.assertEqual(self.scanned("bare"), self.shown_code())
            self.assertEqual(self.into_app(), [])

    def test_a_wrong_link_leads_to_a_page_that_says_what_to_do(self):
        owner, card = self.demo.owner, self.demo.card.split("?")[0]
        changed = card[:-1] + ("0" if card[-1] != "0" else "1")
        elsewhere = f"{card.rsplit('/', 2)[0]}/no/such/page"
        closed = {"uk": "Сторінка власника", "ru": "Страница владельца", "en": "The owner's page"}
        nobody = {"uk": "Такої картки немає", "ru": "Такой карты нет", "en": "There is no such card"}
        for address, status, words in [
            (owner.split("?")[0], 403, closed),
            (f"{owner.split('?')[0]}?o={'0' * 32}", 403, closed),
            (changed, 404, nobody),
            (elsewhere, 404, nobody),
        ]:
            for visitor in (Visitor(language, theme) for language, theme in zip(LANGUAGES, ("light", "dark", "light"))):
                with self.subTest(address=address, visitor=visitor):
                    self.tells(self.see(address, visitor, status), words[visitor.language])
                    self.assertTrue(self.browser.ask("!!document.querySelector('.message p')"))


class FirstDay(Pages):
    """A coffee bar from its founding to its first sales."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = Shop()
        cls.addClassCleanup(cls.shop.close)

    def test_the_first_day_from_an_empty_page_to_figures(self):
        visitor = Visitor("uk")
        empty = self.see(self.shop.owner, visitor)
        self.tells(empty, Shop.NAME, "Додайте перший телефон")
        self.assertNotIn("₴", empty)

        pair = self.shop.owner.replace("?", "/pair?")
        seen = self.browser.press("button", pair)
        self.tells(self.sound(seen, pair, visitor), "Код для нового телефону")
        code = self.scanned("pair")
        self.assertEqual(code, self.shown_code())

        # The browser's code lets a device in: what is on the screen is the real thing.
        self.shop.desk("pair", code)
        self.tells(self.see(self.shop.owner, visitor), "0,00 ₴", "Сьогодні продажів ще не було.")
        self.shop.sell_to("Олена", "1250.50x2")
        self.shop.desk("sell", "99.50")
        self.shop.desk("sync")
        self.tells(self.see(self.shop.owner, visitor), "1 350,00 ₴", "675,00 ₴", "Нові клієнти\n1")


if __name__ == "__main__":
    unittest.main()
