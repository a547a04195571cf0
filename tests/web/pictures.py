"""Takes the pictures of docs/screens anew: `KARTKA_COMMAND=… python3 pictures.py ../../docs/screens`. Needs pngquant."""

import subprocess
import sys
from pathlib import Path

from browser import Browser, Visitor
from stage import Demo, Shop

SALES = {"Олена": "85.00x2", "Ігор": "64.50", "Софія": "320.00", "Анна": "45.00"}


def main(folder: Path):
    browser, shop, demo = Browser(), Shop(), Demo()
    try:
        browser.open(shop.owner, Visitor("uk"))
        browser.press("button", shop.owner.replace("?", "/pair?"))
        shop.desk("pair", browser.ask("document.querySelector('.code').innerText"))
        for name, amount in SALES.items():
            shop.sell_to(name, amount)
        shop.desk("sync")
        for address, visitor, name in [
            (shop.owner, Visitor("uk", "light"), "owner-uk"),
            (demo.owner, Visitor("en", "dark"), "owner-en-dark"),
            (demo.card, Visitor("uk", "light"), "card-uk"),
            (demo.card, Visitor("en", "dark"), "card-en-dark"),
        ]:
            browser.open(address, visitor)
            picture = browser.picture(folder / f"{name}.png")
            subprocess.run(["pngquant", "--force", "--ext", ".png", "--strip", "32", picture], check=True)
    finally:
        for one in (browser, shop, demo):
            one.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
