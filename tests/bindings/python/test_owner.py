"""What the owner looks after, through the generated module alone: sheet and copy, staff, inbox, erasing, moving in."""

import unittest

from generated import kartka
from stage import Changes, Keys, Log, Stage, amount, customer_form, new_request


class Owner(unittest.IsolatedAsyncioTestCase):
    async def test_a_sheet_and_a_copy_bring_the_shop_to_a_new_phone(self):
        stage = Stage(self)
        phone = await stage.founded()
        care = phone.core.recovery()
        self.assertEqual(await care.copy_age(), kartka.CopyAge.NEVER())
        with self.assertRaises(kartka.CoreError.NotFound):
            await care.make_copy(str(stage.folder))
        sheet = await care.new_sheet()
        self.assertFalse(await care.has_printed_sheet())
        with self.assertRaises(kartka.CoreError.Validation):
            await care.confirm_sheet("no sheet")
        await care.confirm_sheet(sheet.letters)
        self.assertTrue(await care.has_printed_sheet())
        customer = await phone.core.customers().register(new_request(), customer_form(kartka.CardChoice.ISSUE()))
        self.assertTrue(await care.copy_due())
        written = await care.write_copy(str(stage.folder))
        self.assertEqual(await care.copy_age(), kartka.CopyAge.NEVER(), "it lies nowhere yet")
        await care.copy_lies(written.upto)
        self.assertFalse(await care.copy_due())
        made = await care.make_copy(str(stage.folder))
        self.assertGreater(made.bytes, 0)
        self.assertFalse((await care.copy_age()).overdue)
        new = stage.folder / "new"
        new.mkdir()
        ears = (Keys(), Log(), Changes())
        with self.assertRaises(kartka.CoreError.Validation):
            await kartka.KartkaCore.restore(str(new), "no sheet", made.file, *ears)
        core = await kartka.KartkaCore.restore(str(new), sheet.qr, made.file, *ears)
        self.assertEqual((await core.customers().sheet(customer)).id, customer)

    async def test_a_lost_key_is_found_by_the_sheet(self):
        stage = Stage(self)
        phone = await stage.founded()
        sheet = await phone.core.recovery().new_sheet()
        await phone.core.recovery().confirm_sheet(sheet.letters)
        left = phone.copied_to(stage.folder / "left")
        ears = (Keys(), Log(), Changes())
        with self.assertRaises(kartka.CoreError.WrongKey):
            await kartka.KartkaCore.open(str(left), *ears)
        core = await kartka.KartkaCore.unlock(str(left), sheet.letters, *ears)
        self.assertTrue(await core.is_enrolled())

    async def test_a_phone_that_lost_its_keys_begins_anew_and_the_sheet_brings_its_sales(self):
        stage = Stage(self)
        server = stage.server()
        owner, till = await stage.paired(server, 0), await stage.paired(server, 1)
        sheet = await owner.core.recovery().new_sheet()
        await owner.core.recovery().confirm_sheet(sheet.letters)
        await owner.sync()
        await till.sync()
        await till.core.data().idle()
        server.stop()
        await till.core.till().sell(new_request(), amount(10_000))
        left = till.copied_to(stage.folder / "left")
        with self.assertRaises(kartka.CoreError.AlreadyPaired):
            await kartka.KartkaCore.begin_anew(str(left), till.keys, Log(), Changes())
        ears = (Keys(), Log(), Changes())
        with self.assertRaises(kartka.CoreError.WrongKey):
            await kartka.KartkaCore.open(str(left), *ears)
        core = await kartka.KartkaCore.begin_anew(str(left), *ears)
        self.assertFalse(await core.is_enrolled())
        server.start()
        await core.sync().pair(new_request(), server.pairing_codes[-1], "Каса")
        await core.sync().start(None).outcome()
        self.assertEqual(len(await core.recovery().aside()), 1)
        with self.assertRaises(kartka.CoreError.Validation):
            await core.recovery().bring_aside("no sheet")
        (brought,) = await core.recovery().bring_aside(sheet.qr)
        self.assertGreater(brought.batches, 0)
        self.assertEqual(brought.arrived, brought.batches)
        self.assertEqual(await core.recovery().aside(), [])
        await owner.sync()
        self.assertEqual((await owner.core.reports().today(None)).day.receipts, 1)

    async def test_staff_devices_and_a_person_are_looked_after(self):
        stage = Stage(self)
        phone = await stage.founded()
        team, office = phone.core.team(), phone.core.office()
        ira = await team.employ(new_request(), "Іра", 2)
        staff = {one.operator: one for one in await team.staff()}
        self.assertEqual((staff[ira].name, staff[ira].employed, staff[1].here), ("Іра", True, True))
        self.assertNotIn(16, staff[ira].rights.permissions)
        await team.set_pin(1, None, "4821")
        await team.switch_to(ira, None)
        with self.assertRaises(kartka.CoreError.RuleRejected):
            await office.devices()
        await team.switch_to(1, "4821")
        self.assertEqual([(one.device, one.here) for one in await office.devices()], [(1, True)])
        self.assertEqual(await office.inbox(), [])
        await team.dismiss(new_request(), ira)
        customer = await phone.core.customers().register(new_request(), customer_form(kartka.CardChoice.NO_CARD()))
        await office.erase(new_request(), customer)
        with self.assertRaises(kartka.CoreError.NotFound):
            await office.erase(new_request(), customer)
        await phone.core.data().idle()
        (proof,) = await office.erasures()
        self.assertEqual((proof.customer, proof.complete), (customer, True))
        self.assertGreater((await office.lost_phone()).days, 0)

    async def test_outlets_are_named_and_joined_records_are_known_by_themselves(self):
        phone = await Stage(self).founded()
        team, customers = phone.core.team(), phone.core.customers()
        market = await team.open_outlet(new_request(), "Ринок")
        await team.rename_outlet(new_request(), market, "Базар")
        await team.stand_in(market)
        self.assertEqual([(o.name, o.here) for o in await team.outlets()][1], ("Базар", True))
        with self.assertRaises(kartka.CoreError.NotFound):
            await team.rename_outlet(new_request(), 99, "Базар")
        one = await customers.register(new_request(), customer_form(kartka.CardChoice.ISSUE()))
        nobody = kartka.Registration(profile=kartka.Profile(), card=kartka.CardChoice.ISSUE())
        other = await customers.register(new_request(), nobody)
        await customers.merge(new_request(), one, other)
        members = {m.customer: (m.name is None, len(m.cards)) for m in await customers.members(other)}
        self.assertEqual(members, {one: (False, 1), other: (True, 1)})

    async def test_a_founded_shop_moves_in_with_a_server(self):
        stage = Stage(self)
        server = stage.server()
        phone = await stage.founded()
        customer = await phone.core.customers().register(new_request(), customer_form(kartka.CardChoice.ISSUE()))
        quote = await phone.core.till().quote(amount(10_000, customer))
        await phone.core.till().commit(new_request(), quote.id)
        moving = phone.core.handover()
        self.assertIsNone(await moving.state())
        with self.assertRaises(kartka.CoreError.NotFound):
            await moving.give_up(kartka.HandoverEnd.ASK_SERVER)
        code = server.invite()
        server.stop()
        run = await moving.begin(code, None)
        with self.assertRaises(kartka.CoreError.Offline):
            await run.outcome()
        self.assertEqual((await moving.state()).stage, kartka.HandoverStage.SENDING)
        server.start()
        await phone.sync()
        self.assertIsNone(await moving.state())
        standing = await phone.core.sync().standing()
        self.assertEqual((standing.dot, standing.outbox), (kartka.SyncDot.IN_SYNC, 0))
        self.assertIn(str(server.port), standing.server)


if __name__ == "__main__":
    unittest.main()
