"""A customer's cards through the generated module alone: handed over, shown without network, wishes that reach the shop."""

import json
import unittest
from pathlib import Path

from generated import kartka
from stage import SCENARIO, Keys, Log, Stage, amount, customer_form, new_request


class Wallet(unittest.IsolatedAsyncioTestCase):
    async def opened(self, folder: Path, keys: Keys) -> kartka.Wallet:
        folder.mkdir(exist_ok=True)
        return await kartka.Wallet.open(str(folder), keys, Log())

    async def test_a_card_is_handed_over_shown_and_its_wishes_reach_the_shop(self):
        stage = Stage(self)
        server = stage.server()
        phone = await stage.paired(server)
        form = customer_form(kartka.CardChoice.ISSUE())
        customer = await phone.core.customers().register(new_request(), form)
        (card,) = (await phone.core.customers().sheet(customer)).cards
        link = await phone.core.cards().link(card.number)
        self.assertTrue(link.startswith("http://127.0.0.1:"))
        quote = await phone.core.till().quote(amount(10_000, customer))
        await phone.core.till().commit(new_request(), quote.id)
        await phone.sync()

        keys, folder = Keys(), stage.folder / "customer"
        wallet = await self.opened(folder, keys)
        mine = await wallet.add(link)
        self.assertEqual((await wallet.card(mine)).freshness, kartka.CardFreshness.UNHEARD())
        done = await wallet.refresh(None, None)
        self.assertEqual((done.answered, done.unreached, done.refused), (1, 0, 0))
        shown = await wallet.card(mine)
        self.assertEqual(shown.freshness, kartka.CardFreshness.FRESH())
        self.assertEqual(shown.said.given, SCENARIO["customer"]["given"])
        self.assertEqual(shown.said.points[0].balance, await phone.balance(customer))
        self.assertEqual(len(shown.said.purchases), 1)
        self.assertEqual(wallet.squares(shown.code).side ** 2, len(wallet.squares(shown.code).dark))

        # No network: the card is there, a wish waits, and reaches the shop once there is one again.
        server.stop()
        self.assertEqual((await wallet.refresh(mine, None)).unreached, 1)
        await wallet.consent(new_request(), mine, 1, kartka.Will.WITHDRAWN)
        shown = await wallet.card(mine)
        self.assertEqual(shown.waiting, [kartka.CardWish.MARKETING(kartka.Will.WITHDRAWN)])
        self.assertIsNotNone(shown.said)
        server.start()
        self.assertEqual((await wallet.refresh(None, None)).answered, 1)
        self.assertEqual((await wallet.card(mine)).waiting, [])
        await phone.sync()
        sheet = await phone.core.customers().sheet(customer)
        self.assertEqual(sheet.marketing, kartka.Will.WITHDRAWN)

        with self.assertRaises(kartka.CoreError.Validation):
            await wallet.correct(new_request(), mine, kartka.HolderProfile())
        await wallet.correct(new_request(), mine, kartka.HolderProfile(given="Ксеня"))
        await wallet.refresh(None, None)
        self.assertEqual((await wallet.card(mine)).said.given, "Ксеня")
        held = json.loads(await wallet.export())
        self.assertEqual(held["cards"][0]["said_by_the_shop"]["given_name"], "Ксеня")
        self.assertNotIn(link.split("s=")[1].split("#")[0], await wallet.export())

        await wallet.erase_me(new_request(), mine)
        await wallet.refresh(None, None)
        self.assertEqual((await wallet.card(mine)).freshness, kartka.CardFreshness.ERASED())
        await wallet.remove(mine)
        self.assertEqual(await wallet.cards(), [])
        await phone.sync()
        with self.assertRaises(kartka.CoreError.NotFound):
            await phone.core.customers().sheet(customer)

    async def test_a_refresh_is_stopped_by_hand_and_asked_again(self):
        stage = Stage(self)
        server = stage.server()
        phone = await stage.paired(server)
        customer = await phone.core.customers().register(new_request(), customer_form(kartka.CardChoice.ISSUE()))
        (card,) = (await phone.core.customers().sheet(customer)).cards
        await phone.sync()
        wallet = await self.opened(stage.folder / "customer", Keys())
        await wallet.add(await phone.core.cards().link(card.number))
        wallet.stop_refresh()

        class Stop(kartka.TaskListener):
            def progressed(self, percent):
                wallet.stop_refresh()

        with self.assertRaises(kartka.CoreError.Cancelled):
            await wallet.refresh(None, Stop())
        self.assertEqual((await wallet.refresh(None, None)).answered, 1)

    async def test_what_is_no_link_and_a_key_that_is_lost(self):
        stage = Stage(self)
        phone = await stage.founded()
        form = customer_form(kartka.CardChoice.ISSUE())
        customer = await phone.core.customers().register(new_request(), form)
        (card,) = (await phone.core.customers().sheet(customer)).cards
        folder = stage.folder / "customer"
        wallet = await self.opened(folder, Keys())
        with self.assertRaises(kartka.CoreError.Validation):
            await wallet.add("https://example.org")
        with self.assertRaises(kartka.CoreError.RuleRejected):
            await wallet.add(await phone.core.cards().code(card.number))
        # A shop without a server hands over the code alone.
        mine = await wallet.add(await phone.core.cards().link(card.number))
        self.assertEqual((await wallet.card(mine)).freshness, kartka.CardFreshness.COUNTER())
        with self.assertRaises(kartka.CoreError.RuleRejected):
            await wallet.erase_me(new_request(), mine)
        del wallet
        with self.assertRaises(kartka.CoreError.WrongKey):
            await self.opened(folder, Keys())
        anew = await kartka.Wallet.anew(str(folder), Keys(), Log())
        self.assertEqual(await anew.cards(), [])


if __name__ == "__main__":
    unittest.main()
