"""The border's own promises: what throws, panics, gives up, crowds in or asks twice does no harm."""

import asyncio
import re
import threading
import unittest

from generated import kartka
from stage import SCENARIO, Changes, Keys, Log, Stage, amount, customer_form, new_request


class Border(unittest.IsolatedAsyncioTestCase):
    def test_the_library_says_which_core_it_holds(self):
        self.assertRegex(kartka.core_version(), re.compile(r"^\d+\.\d+\.\d+$"))

    async def test_a_listener_that_throws_harms_nobody_and_is_told_again(self):
        phone = await Stage(self).founded(changes=Changes(throws=True), log=Log(throws=True))
        for times in (1, 2):
            await phone.core.till().sell(new_request(), amount(SCENARIO["sale"]["gross"]))
            await asyncio.to_thread(phone.changes.wait_for, kartka.ChangeTopic.SALES, times + 1)
        with self.assertRaises(kartka.CoreError.Unexpected):
            kartka.Rehearsal(phone.log).panic_now()
        self.assertEqual((await phone.core.reports().today(None)).day.receipts, 2)

    async def test_a_listener_of_progress_that_throws_ends_no_run(self):
        stage = Stage(self)
        phone = await stage.paired(stage.server())
        await phone.core.till().sell(new_request(), amount(100))

        class Progress(kartka.SyncProgressListener):
            heard = []

            def progressed(self, progress):
                self.heard.append(progress)
                raise RuntimeError("a listener that throws")

        report = await phone.core.sync().start(Progress()).outcome()
        self.assertEqual(report.ops_pushed, 1)
        self.assertEqual(Progress.heard[-1].bytes_up, report.bytes_up)

    async def test_a_caller_that_gives_up_loses_the_answer_and_not_the_work(self):
        stage = Stage(self)
        server = stage.server()
        keys = Keys()
        phone = await stage.phone(keys=keys)
        keys.wait_at("device-secret")
        request = new_request()
        code, device = server.pairing_codes[0], SCENARIO["devices"][0]
        waiting = asyncio.create_task(phone.core.sync().pair(request, code, device))
        await asyncio.to_thread(keys.reached.wait)
        waiting.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await waiting
        keys.release()
        await asyncio.to_thread(phone.changes.wait_for, kartka.ChangeTopic.SYNC)
        self.assertTrue(await phone.core.is_enrolled())
        # The repeat with the same request id finds the device taken in.
        await phone.core.sync().pair(request, code, device)

    async def test_a_panic_is_an_exception_and_a_line_in_the_log(self):
        phone = await Stage(self).founded()
        stage = kartka.Rehearsal(phone.log)
        with self.assertRaises(kartka.CoreError.Unexpected) as now:
            stage.panic_now()
        with self.assertRaises(kartka.CoreError.Unexpected) as later:
            await stage.panic_later()
        reports = [raised.exception.report_id for raised in (now, later)]
        self.assertEqual([line.report_id for line in phone.log.lines], reports)
        for line in phone.log.lines:
            self.assertRegex(line.what, r"^panic at rehearsal\.rs:\d+$")
        with self.assertRaises(kartka.InternalError):
            stage.panic_unguarded()
        self.assertEqual((await phone.core.reports().today(None)).day.receipts, 0)

    async def test_eight_threads_sell_at_once_and_every_sale_counts(self):
        phone = await Stage(self).founded()
        crowd = SCENARIO["crowd"]
        customer = await phone.core.customers().register(
            new_request(), customer_form(kartka.CardChoice.ISSUE())
        )
        scan = await phone.core.cards().open_scan()
        failures = []

        async def sell():
            for at in range(crowd["sales"]):
                scan.text("https://example.org", at)
                await phone.core.till().sell(new_request(), amount(crowd["gross"], customer))
                await phone.core.customers().sheet(customer)

        def till():
            try:
                asyncio.run(sell())
            except Exception as failure:  # shown below, whatever it is
                failures.append(failure)

        threads = [threading.Thread(target=till) for _ in range(crowd["threads"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            await asyncio.to_thread(thread.join)
        self.assertEqual(failures, [])
        sales = crowd["threads"] * crowd["sales"]
        self.assertEqual((await phone.core.reports().today(None)).day.receipts, sales)
        self.assertEqual(await phone.balance(customer), sales * crowd["earned"])

    async def test_a_repeated_request_is_answered_and_not_done_again(self):
        phone = await Stage(self).founded()
        register, sell, back = new_request(), new_request(), new_request()
        form = customer_form(kartka.CardChoice.ISSUE())
        customer = await phone.core.customers().register(register, form)
        self.assertEqual(await phone.core.customers().register(register, form), customer)
        quote = await phone.core.till().quote(amount(SCENARIO["sale"]["gross"], customer))
        purchase = await phone.core.till().commit(sell, quote.id)
        self.assertEqual(await phone.core.till().commit(sell, quote.id), purchase)
        self.assertEqual(await phone.core.till().commit(sell, 4_711), purchase)
        with self.assertRaises(kartka.CoreError.Stale):
            await phone.core.till().commit(new_request(), quote.id)
        returned = await phone.core.till().give_back(back, purchase, [])
        self.assertEqual(await phone.core.till().give_back(back, purchase, []), returned)
        today = (await phone.core.reports().today(None)).day
        self.assertEqual((today.receipts, today.returns), (1, SCENARIO["sale"]["gross"]))


if __name__ == "__main__":
    unittest.main()
