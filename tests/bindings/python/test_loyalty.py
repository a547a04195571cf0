"""The programme from the owner's side: the wizard, a coupon at the till, what a draft would cost, a told account."""

import asyncio
import threading
import unittest

from generated import kartka
from stage import Stage, amount, customer_form, new_request

GROSS = 20_000
COFFEE = kartka.Trade.COFFEE
EXACT = {"low": 3_000, "likely": 3_000, "high": 3_000}
NOTHING = kartka.Outlook(low=0, likely=0, high=0)


def draft(kind: kartka.WizardKind, name: str, **more) -> kartka.WizardDraft:
    return kartka.WizardDraft(kind=kind, trade=COFFEE, name=name, **more)


def assumed(**more) -> kartka.WhatIfForm:
    return kartka.WhatIfForm(
        margin=kartka.Outlook(**EXACT),
        response=kartka.Outlook(low=5_000, likely=6_000, high=8_000),
        extra=NOTHING,
        card=NOTHING,
        message=NOTHING,
        **more,
    )


class Percent(kartka.TaskListener):
    def __init__(self):
        self.heard = []

    def progressed(self, percent):
        self.heard.append(percent)
        raise RuntimeError("a listener that throws")


class Loyalty(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.phone = await Stage(self).founded()
        core = self.phone.core
        self.till, self.programme = core.till(), core.programme()
        self.customers, self.reports = core.customers(), core.reports()
        self.customer = await self.customers.register(
            new_request(), customer_form(kartka.CardChoice.ISSUE())
        )

    async def sell(self, gross: int = GROSS, **more) -> kartka.PurchaseView:
        ask = amount(gross, self.customer)
        for name, value in more.items():
            setattr(ask, name, value)
        return await self.till.purchase(await self.till.sell(new_request(), ask))

    async def publish(self, one: kartka.WizardDraft) -> int:
        number = await self.programme.save_draft(one)
        return await self.programme.publish_draft(new_request(), number)

    async def test_a_coupon_is_made_step_by_step_resumed_published_and_used(self):
        model = await self.programme.wizard(kartka.WizardKind.COUPON, COFFEE, None)
        self.assertEqual([step.key for step in model.steps], ["code", "gives", "bounds"])
        self.assertEqual([field.key for field in model.quick.fields], ["code", "rate"])
        made = draft(
            kartka.WizardKind.COUPON, "Весна", texts=[kartka.WizardText(field="code", value="весна")], step=1
        )
        check = await self.programme.check_draft(made)
        self.assertEqual([(p.field, p.why) for p in check.problems], [("code", "code")])
        self.assertIn("rate", check.asked)
        self.assertNotIn("amount", check.asked)
        self.assertIsNone(await self.programme.preview_draft(made))

        number = await self.programme.save_draft(made)
        (resumed,) = await self.programme.drafts()
        self.assertEqual((resumed.id, resumed.step, resumed.texts), (number, 1, made.texts))
        resumed.texts = [kartka.WizardText(field="code", value="spring")]
        resumed.answers = [kartka.WizardAnswer(field="gives", value=1)]
        self.assertIn("amount", (await self.programme.check_draft(resumed)).asked)
        preview = await self.programme.preview_draft(resumed)
        self.assertEqual((preview.gives.visit, preview.gives.total - preview.gives.due), (1, 2_000))
        self.assertEqual(await self.programme.save_draft(resumed), number)
        self.assertEqual(await self.programme.publish_draft(new_request(), number), 2)
        self.assertEqual(await self.programme.drafts(), [])

        sale = await self.sell(codes=["SPRING"])
        self.assertEqual(sale.parts.cash, GROSS - 2_000)
        quote = await self.till.quote(
            kartka.TillRequest(
                customer=self.customer,
                lines=[kartka.Line(gross=GROSS)],
                tender=kartka.Tender.CASH,
                codes=["SPRING"],
            )
        )
        self.assertIn("CouponUsedUp", [code.name for code in quote.said])

    async def test_a_published_instrument_is_edited_as_a_new_version(self):
        edited = await self.programme.edit_instrument(1, COFFEE)
        rate = kartka.WizardAnswer(field="rate", value=1_000)
        edited.answers = [one for one in edited.answers if one.field != "rate"] + [rate]
        self.assertEqual(await self.publish(edited), 2)
        bonus = (await self.programme.published()).instruments[0]
        self.assertEqual(bonus.terms.earning.rate, 1_000)
        with self.assertRaises(kartka.CoreError.NotFound):
            await self.programme.edit_instrument(99, COFFEE)

    async def test_a_greeting_waits_for_its_day_and_an_invitation_joins_a_club(self):
        await self.publish(draft(kartka.WizardKind.GREETING, "Свято"))
        joining = kartka.WizardAnswer(field="joining", value=2)
        await self.publish(draft(kartka.WizardKind.CLUB, "Клуб", answers=[joining]))
        club = (await self.programme.published()).instruments[-1].id
        first = await self.sell(invited=[club])
        self.assertEqual(first.parts.cash, GROSS)
        self.assertIn(kartka.EntryKind.JOIN, [entry.kind for entry in first.entries])
        self.assertEqual((await self.sell()).parts.cash, GROSS - GROSS // 20)

    async def test_a_receipt_that_earns_a_card_says_so(self):
        await self.publish(draft(kartka.WizardKind.ISSUE, "Картка за чек"))
        quote = await self.till.quote(amount(GROSS))
        self.assertIn("CardEarned", [code.name for code in quote.said])

    async def test_a_sale_says_what_is_left_of_the_certificate_that_paid(self):
        await self.publish(draft(kartka.WizardKind.CERTIFICATE, "Подарунок"))
        gift = (await self.programme.published()).instruments[-1].id
        given = kartka.VoucherGift(instrument=gift, nominal=50_000, numbers=["gift-77"])
        voucher = await self.till.give_vouchers(new_request(), given)
        sale = await self.sell(12_000, vouchers=[kartka.LaidDown(voucher=voucher)])
        self.assertEqual((sale.parts.certificate, sale.parts.cash), (12_000, 0))
        (left,) = await self.till.vouchers_of_sale(sale.id)
        self.assertEqual((left.id, left.balance, left.number), (voucher, 38_000, "GIFT-77"))
        self.assertEqual(await self.till.vouchers_of_sale((await self.sell()).id), [])

    async def test_the_second_reward_of_a_card_may_be_chosen(self):
        card = (await self.programme.published()).instruments[1]
        for _ in range(card.terms.rewards[0].stamps):
            await self.sell(1_000)
        choice = kartka.RewardChoice(instrument=card.id)
        taken = await self.sell(1_000, rewards=[choice])
        self.assertIn(kartka.EntryKind.REWARD, [entry.kind for entry in taken.entries])
        with self.assertRaises(kartka.CoreError.RuleRejected):
            await self.sell(1_000, rewards=[kartka.RewardChoice(instrument=card.id, reward=1)])

    async def test_a_draft_is_tried_on_what_was_sold(self):
        for _ in range(3):
            await self.sell()
        number = await self.programme.save_draft(draft(kartka.WizardKind.DISCOUNT, "Знижка"))
        percent = Percent()
        run = self.reports.what_if(assumed(draft=number), percent)
        found = await run.outcome()
        self.assertEqual((found.purchases, found.discounts), (3, 3 * GROSS // 20))
        # The points of the bonus card stand beside it.
        self.assertEqual(found.cost, found.discounts + found.spent + found.liability)
        self.assertEqual((percent.heard[0], percent.heard[-1]), (0, 100))
        self.assertEqual(percent.heard, sorted(set(percent.heard)))
        self.assertEqual(await run.outcome(), found, "asked again")
        as_it_is = await self.reports.what_if(assumed(), None).outcome()
        self.assertEqual(as_it_is.discounts, 0)
        broken = assumed()
        broken.margin = kartka.Outlook(low=2, likely=1, high=3)
        with self.assertRaises(kartka.CoreError.Validation):
            await self.reports.what_if(broken, None).outcome()

    async def test_a_campaign_is_tried_published_and_its_budget_is_told(self):
        await self.sell()
        twice = draft(
            kartka.WizardKind.CAMPAIGN, "Подвійні бали", answers=[kartka.WizardAnswer(field="budget", value=1_500)]
        )
        number = await self.programme.save_draft(twice)
        found = await self.reports.what_if(assumed(draft=number), None).outcome()
        (tried,) = found.campaigns
        self.assertEqual((tried.points, tried.budget, tried.ended), (1_000, 1_500, None))
        self.assertEqual(await self.programme.campaigns(), [])
        await self.programme.publish_draft(new_request(), number)
        await self.sell()
        (standing,) = await self.programme.campaigns()
        self.assertEqual(standing.instrument, tried.instrument)
        self.assertEqual((standing.budget, standing.spent, standing.left), (1_500, 1_000, 500))

    async def test_the_sum_of_a_fiscal_receipt_comes_from_its_code(self):
        code = "https://cabinet.tax.gov.ua/cashregs/check?id=1234567&sm=120.50&fn=4000512345&date=20261122"
        slip = await self.till.fiscal_slip(code)
        self.assertEqual((slip.amount, slip.date), (12_050, "2026-11-22"))
        await self.sell(slip.amount, fiscal=slip.fiscal)
        with self.assertRaises(kartka.CoreError.RuleRejected):
            await self.till.fiscal_slip(code)
        with self.assertRaises(kartka.CoreError.Validation):
            await self.till.fiscal_slip("https://kartka.example/c/17")

    async def test_a_replay_is_stopped_by_hand(self):
        await self.sell()

        class Stop(kartka.TaskListener):
            def __init__(self):
                self.begun, self.go_on = threading.Event(), threading.Event()

            def progressed(self, percent):
                self.begun.set()
                self.go_on.wait()

        stop = Stop()
        run = self.reports.what_if(assumed(), stop)
        await asyncio.to_thread(stop.begun.wait)
        run.cancel()
        stop.go_on.set()
        with self.assertRaises(kartka.CoreError.Cancelled):
            await run.outcome()

    async def test_an_account_is_told_and_what_is_owed_agrees_with_it(self):
        sale = await self.sell()
        await self.sell(10_000, spend=600)
        account = await self.customers.account(self.customer)
        (told,) = account.accounts
        self.assertTrue(account.whole)
        self.assertEqual(told.lots[0].origin.purchase, sale.id)
        self.assertEqual([(m.why, m.points) for m in told.lots[0].moves], [(kartka.MoveKind.TAKEN, -600)])
        self.assertEqual(sum(lot.left for lot in told.lots), told.balance)
        owed = await self.reports.points_owed(None).outcome()
        month = owed.months[-1]
        self.assertEqual((month.outstanding, month.spent, month.liability), (told.balance, 600, told.balance))

    async def test_the_calculator_shows_income_and_profit(self):
        # P2: 100 visitors at 20.00, half return at 20 % off, margin 30 %, 600.00 once.
        day = kartka.calculate(
            kartka.CalculatorForm(
                visitors=100,
                receipt=2_000,
                returning=5_000,
                discount=2_000,
                margin=3_000,
                once=60_000,
                monthly=0,
            )
        )
        self.assertEqual((day.as_it_is.income, day.as_it_is.profit), (200_000, 60_000))
        self.assertEqual((day.discounted.income, day.discounted.profit), (280_000, 70_000))
        self.assertEqual(day.paid_back, 6)

    async def test_goods_come_back_with_a_receipt_that_is_not_here_and_the_owner_decides(self):
        sale = await self.sell(receipt="A-17")
        before = (await self.customers.sheet(self.customer)).points[0].balance
        ask = kartka.UnlinkedReturnRequest(
            receipt="B-1", date="2020-01-02", amount=GROSS // 4, customer=self.customer
        )
        (claim,) = await self.till.unlinked_quote(ask)
        self.assertLess(claim.points, 0)
        number = await self.till.return_unlinked(new_request(), ask)
        (row,) = await self.till.unlinked_returns()
        self.assertEqual((row.id, row.state), (number, kartka.UnlinkedState.TO_BE_SETTLED))
        (account,) = (await self.customers.account(self.customer)).accounts
        self.assertEqual(account.balance, before + claim.points)
        (taken,) = [move for lot in account.lots for move in lot.moves]
        self.assertTrue(taken.by.to_be_settled)

        await self.till.settle_return(new_request(), number, kartka.Settlement.LINK(purchase=sale.id))
        (row,) = await self.till.unlinked_returns()
        self.assertEqual((row.state, row.purchase), (kartka.UnlinkedState.LINKED, sale.id))
        (back,) = (await self.till.purchase(sale.id)).returns
        self.assertEqual([line.quantity for line in back.lines], [250])

        self.assertEqual(await self.till.receipts("A-17", sale.date), [sale.id])
        ask.receipt, ask.date = "A-17", sale.date
        with self.assertRaises(kartka.CoreError.RuleRejected) as refused:
            await self.till.return_unlinked(new_request(), ask)
        self.assertEqual(refused.exception.reason.name, "ReceiptIsHere")


if __name__ == "__main__":
    unittest.main()
