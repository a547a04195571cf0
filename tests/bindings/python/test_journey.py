"""One sale, all the way: two phones and a server process, through the generated module alone."""

import unittest

from generated import kartka
from stage import SCENARIO, Stage, amount, customer_form, new_request


class Journey(unittest.IsolatedAsyncioTestCase):
    async def test_two_phones_and_a_server_sell_redeem_return_and_agree(self):
        stage = Stage(self)
        server = stage.server()
        one, two = await stage.paired(server, 0), await stage.paired(server, 1)
        business = await one.core.settings().business()
        self.assertEqual((business.name, business.currency), (SCENARIO["shop"]["name"], SCENARIO["currency"]))

        await self.programme_is_the_founders(one)

        # The first phone makes cards, registers a customer with one and sells.
        cards = await one.core.cards().emit(new_request(), SCENARIO["cards"])
        self.assertEqual(len({card.digits for card in cards}), SCENARIO["cards"])
        customer = await one.core.customers().register(
            new_request(), customer_form(kartka.CardChoice.BIND(card=cards[0].number))
        )
        sale = SCENARIO["sale"]
        quote = await one.core.till().quote(amount(sale["gross"], customer))
        self.assertEqual(quote.due, sale["gross"])
        self.assertIn("Earned", [word.name for word in quote.said])
        first = await one.core.till().commit(new_request(), quote.id)
        self.assertEqual(await one.balance(customer), sale["earned"])
        self.assertEqual((await one.core.sync().standing()).dot, kartka.SyncDot.WAITING)
        self.assertGreater((await one.sync()).ops_pushed, 0)
        self.assertEqual((await one.core.sync().standing()).dot, kartka.SyncDot.IN_SYNC)

        # The second phone reads the card from a camera frame.
        self.assertGreater((await two.sync()).rows_pulled, 0)
        code = await one.core.cards().code(cards[0].number)
        frame = kartka.Rehearsal(two.log).frame(code)
        scan = await two.core.cards().open_scan()
        event = scan.frame(frame.luma, frame.width, frame.height, frame.width, 0)
        self.assertEqual(event.scanned.text, code)
        self.assertEqual(event.scanned.reading, kartka.Reading.OURS(card=cards[0]))
        self.assertIsNone(scan.frame(frame.luma, frame.width, frame.height, frame.width, 66))
        whose = await two.core.cards().recognise(event.scanned.carrier, event.scanned.text)
        self.assertEqual(whose, kartka.Recognised.HOLDER(customer=customer, card=cards[0]))
        typed = scan.text(code, 5_000)
        self.assertEqual(typed.carrier, kartka.Carrier.TEXT)
        blank = await two.core.cards().recognise(
            kartka.Carrier.QR, await one.core.cards().code(cards[1].number)
        )
        self.assertEqual(blank, kartka.Recognised.NEW_CARD(card=cards[1]))
        foreign = await two.core.cards().recognise(kartka.Carrier.QR, "https://example.org/menu")
        self.assertEqual(foreign, kartka.Recognised.NOT_OURS())

        # It finds the customer by the end of the phone number, spends points and takes the goods back.
        found = await two.core.customers().find(SCENARIO["customer"]["typed"], 10)
        self.assertEqual([(one.id, one.name) for one in found], [(customer, SCENARIO["customer"]["name"])])
        self.assertEqual(found[0].phones, [SCENARIO["customer"]["digits"]])
        self.assertEqual(found[0].marketing, kartka.Will.GIVEN)
        redemption = SCENARIO["redemption"]
        ask = amount(redemption["gross"], customer, redemption["spend"])
        quote = await two.core.till().quote(ask)
        self.assertEqual(quote.due, redemption["due"])
        second = await two.core.till().commit(new_request(), quote.id)
        self.assertEqual(await two.balance(customer), redemption["balance"])
        refund = await two.core.till().refund(second, [])
        self.assertEqual((refund.money, refund.everything), (redemption["due"], True))
        await two.core.till().give_back(new_request(), second, [])
        self.assertEqual(await two.balance(customer), SCENARIO["after_return"])

        # Both agree once both have synced; the first one's own receipt is confirmed.
        await two.sync()
        await one.sync()
        self.assertEqual(await one.balance(customer), SCENARIO["after_return"])
        self.assertEqual((await one.core.till().purchase(first)).order, kartka.Order.CONFIRMED)
        page = await one.core.customers().history(customer, None, 1)
        rest = await one.core.customers().history(customer, page.next, 10)
        self.assertEqual([sale.id for sale in page.purchases + rest.purchases], [second, first])
        self.assertEqual(page.purchases[0].lines[0].returned, page.purchases[0].lines[0].quantity)

        # The figures of the day, and the last sale of this phone.
        today = await one.core.reports().today(None)
        self.assertEqual((today.day.receipts, today.liability), (2, SCENARIO["after_return"]))
        recent = await one.core.reports().recent_sales()
        self.assertEqual(
            [(sale.purchase, sale.paid, sale.customer) for sale in recent],
            [(first, sale["gross"], SCENARIO["customer"]["name"])],
        )
        await one.core.data().idle()

    async def programme_is_the_founders(self, phone):
        expected = SCENARIO["programme"]
        programme = await phone.core.programme().published()
        self.assertEqual(programme.version, expected["version"])
        self.assertEqual(len(programme.instruments), expected["instruments"])
        bonus, stamps = (one.terms for one in programme.instruments)
        life = kartka.PointLife.FROM_FIRST_DAY(expected["months"])
        self.assertEqual((bonus.earning.rate, bonus.earning.life), (expected["rate"], life))
        self.assertEqual(bonus.spending.max_share, expected["max_share"])
        self.assertEqual(bonus.spending.offline.per_customer, expected["per_customer"])
        self.assertEqual(stamps.per, kartka.StampBasis.VISIT())
        self.assertEqual([reward.stamps for reward in stamps.rewards], [expected["stamps"]])

    async def test_a_founding_phone_sells_and_voids_without_a_server(self):
        phone = await Stage(self).founded()
        customer = await phone.core.customers().register(
            new_request(), customer_form(kartka.CardChoice.ISSUE())
        )
        sale = await phone.core.till().sell(new_request(), amount(SCENARIO["sale"]["gross"], customer))
        self.assertEqual(await phone.balance(customer), SCENARIO["sale"]["earned"])
        await phone.core.till().void_purchase(new_request(), sale, kartka.VoidReason.UNDO)
        self.assertEqual(await phone.balance(customer), 0)
        await phone.core.customers().consent(new_request(), customer, 1, kartka.Will.WITHDRAWN)
        await phone.core.customers().edit(new_request(), customer, kartka.Profile(note="—"))
        sheet = await phone.core.customers().sheet(customer)
        self.assertEqual(sheet.marketing, kartka.Will.WITHDRAWN)
        self.assertEqual(sheet.name, SCENARIO["customer"]["name"])
        self.assertEqual((await phone.core.sync().standing()).dot, kartka.SyncDot.ALONE)
        self.assertEqual((await phone.sync()).exchanges, 0)


if __name__ == "__main__":
    unittest.main()
