"""Each error a shell can meet, met for real; without a small disk two are rehearsed, with the reason in view."""

import asyncio
import contextlib
import unittest

from generated import kartka
from stage import SCENARIO, Keys, SmallDisk, Stage, amount, customer_form, new_request, newer_data

# Every variant of the border's one error.
ALL = {
    name
    for name, value in vars(kartka.CoreError).items()
    if isinstance(value, type) and issubclass(value, kartka.CoreError) and not name.startswith("_")
}


class Errors(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.stage = Stage(self)
        self.met: set[str] = set()

    @contextlib.contextmanager
    def meets(self, name: str, **fields):
        """What runs inside fails with this error and these fields."""
        with self.assertRaises(getattr(kartka.CoreError, name)) as raised:
            yield
        for field, value in fields.items():
            self.assertEqual(getattr(raised.exception, field), value, f"{name}.{field}")
        self.met.add(name)

    async def test_every_error_arrives_as_itself(self):
        await self.at_the_counter()
        await self.on_the_disk()
        await self.in_a_newer_file()
        await self.on_a_small_disk()
        await self.in_the_key_store()
        await self.on_the_line()
        await self.after_a_step_back()
        await self.by_hand_and_by_fault()
        self.assertEqual(self.met, ALL, "an error without a test, or a test without an error")

    async def at_the_counter(self):
        phone = await self.stage.phone("counter")
        core = phone.core
        with self.meets("NotPaired"):
            await core.settings().business()
        with self.meets("Validation", subject=kartka.Subject.REQUEST_ID):
            await core.customers().register(b"short", customer_form(kartka.CardChoice.NO_CARD()))
        phone = await self.stage.founded("counter-2")
        core = phone.core
        with self.meets("AlreadyPaired"):
            await core.found(new_request(), kartka.Founding(
                name="Друга", country="UA", kind=kartka.ShopKind.SHOP, owner="Марта"))
        customer = await core.customers().register(
            new_request(), customer_form(kartka.CardChoice.ISSUE()))
        with self.meets("Duplicate", existing=customer):
            await core.customers().register(new_request(), customer_form(kartka.CardChoice.NO_CARD()))
        with self.meets("Validation", subject=kartka.Subject.WAY_TO_REACH):
            empty = kartka.Registration(profile=kartka.Profile(), card=kartka.CardChoice.NO_CARD())
            await core.customers().register(new_request(), empty)
        with self.meets("Validation", subject=kartka.Subject.PAIRING_CODE):
            await (await self.stage.phone("counter-3")).core.sync().pair(new_request(), "no code", "Каса")
        with self.meets("Validation", subject=kartka.Subject.FRAME):
            (await core.cards().open_scan()).frame(b"\0" * 10, 4, 4, 4, 0)
        for nobody in (0, -1, customer + 1):
            with self.meets("NotFound"):
                await core.customers().sheet(nobody)
        much = SCENARIO["too_many_points"]
        with self.meets("InsufficientPoints", balance=0):
            await core.till().quote(amount(much["gross"], customer, much["spend"]))
        await core.till().sell(new_request(), amount(SCENARIO["sale"]["gross"], customer))
        with self.meets("RuleRejected"):
            await core.till().quote(amount(much["sale"], customer, much["spend"]))
        with self.meets("Stale"):
            await core.till().commit(new_request(), 4_711)

    async def on_the_disk(self):
        phone = await self.stage.founded("disk")
        with self.meets("Busy"):
            await self.stage.phone("disk", keys=phone.keys)
        strange = phone.copied_to(self.stage.folder / "strange")
        other = Keys()
        other.secrets = dict(phone.keys.secrets, **{"database-key": b"\x07" * 32})
        with self.meets("WrongKey"):
            await self.stage.phone("strange", keys=other)
        self.assertTrue((strange / "kartka.db").exists(), "a wrong key moved something")
        broken = phone.copied_to(self.stage.folder / "broken")
        (broken / "kartka.db-wal").unlink(missing_ok=True)
        (broken / "kartka.db").write_bytes(b"\x55" * 40_960)
        with self.meets("Corrupt"):
            await self.stage.phone("broken", keys=phone.keys)

    async def in_a_newer_file(self):
        newer = SCENARIO["newer"]
        folder = newer_data(self.stage.folder / "newer")
        before = (folder / "kartka.db").read_bytes()
        keys = Keys()
        keys.secrets = {"database-key": bytes([newer["key_byte"]]) * 32}
        with self.meets("TooNew", found=newer["version"]):
            await self.stage.phone("newer", keys=keys)
        self.assertEqual((folder / "kartka.db").read_bytes(), before, "a newer file was changed")

    async def rehearse(self, which):
        rehearsal = kartka.Rehearsal((await self.stage.phone(which)).log)
        for name, reason in SCENARIO[which].items():
            print(f"{name}: {reason}")
            with self.meets(name):
                rehearsal.fail(name)

    async def on_a_small_disk(self):
        await self.rehearse("rehearsed_always")
        disk = SmallDisk.of_this_run()
        if disk is None:
            await self.rehearse("rehearsed_without_a_small_disk")
            return
        phone = await Stage(self, disk.writable).founded("till")
        sell = new_request()
        with disk.full():
            with self.meets("StorageFull"):
                await phone.core.till().sell(sell, amount(100))
            self.assertEqual((await phone.core.reports().today(None)).day.receipts, 0)
        sold = await phone.core.till().sell(sell, amount(100))
        self.assertEqual(await phone.core.till().sell(sell, amount(100)), sold)
        self.assertEqual((await phone.core.reports().today(None)).day.receipts, 1)
        phone.copied_to(disk.writable / "copy")
        with self.meets("ReadOnly"):
            await Stage(self, disk.read_only).phone("copy", keys=phone.keys)

    async def in_the_key_store(self):
        fault = kartka.KeyStoreFault
        for name, thrown in (
            ("KeysLocked", fault.Locked()),
            ("KeysLost", fault.Lost()),
            ("KeysUnavailable", fault.Unavailable()),
            ("KeysUnavailable", RuntimeError("a key store that throws something else")),
        ):
            keys = Keys()
            keys.fault = thrown
            with self.meets(name):
                await self.stage.phone("keys", keys=keys)

    async def on_the_line(self):
        server = self.stage.server()
        phone = await self.stage.paired(server)
        with self.meets("PairingRefused"):
            second = await self.stage.phone("second")
            await second.core.sync().pair(new_request(), server.pairing_codes[0], "Каса 2")
        server.stop()
        await phone.core.customers().register(
            new_request(), customer_form(kartka.CardChoice.NO_CARD()))
        with self.meets("Offline"):
            await phone.sync()
        stage = kartka.Rehearsal(phone.log)
        fields = {"ServerUnavailable": {"retry_after_ms": 2_000}, "ProtocolTooOld": {"min": 9}}
        for impostor in SCENARIO["impostors"]:
            stage.impostor(server.port, impostor["status"], impostor["problem"])
            with self.meets(impostor["error"], **fields.get(impostor["error"], {})):
                await phone.sync()
            dot = (await phone.core.sync().standing()).dot
            revoked = impostor["error"] == "DeviceRevoked"
            if revoked:
                self.assertEqual(dot, kartka.SyncDot.REVOKED)
        server.start()
        self.assertEqual((await phone.sync()).ops_pushed, 1, "nothing was lost by all that")
        self.assertEqual((await phone.core.sync().standing()).dot, kartka.SyncDot.IN_SYNC)
        server.stop()

    async def after_a_step_back(self):
        self.stage = Stage(self)
        server = self.stage.server()
        phone = await self.stage.paired(server)
        older = phone.copied_to(self.stage.folder / "older").name
        sell = lambda of: of.core.till().sell(new_request(), amount(100))
        await sell(phone)
        await phone.sync()
        rolled_back = await self.stage.phone(older, keys=phone.keys)
        await sell(rolled_back)
        self.assertEqual((await rolled_back.sync()).ops_pushed, 1, "a copy goes on by itself")
        standing = await rolled_back.core.sync().standing()
        self.assertEqual((standing.dot, standing.renumbered.ops), (kartka.SyncDot.IN_SYNC, 1))
        await rolled_back.core.sync().resume()
        self.assertIsNone((await rolled_back.core.sync().standing()).renumbered, "somebody read it")
        server.stop()
        copy = server.keep_copy()
        server.start()
        await sell(phone)
        await phone.sync()
        server.stop()
        server.go_back_to(copy)
        server.start()
        # The server learns it from the phone, takes the next epoch, and is told again what it lost.
        await sell(phone)
        await phone.sync()
        server.stop()
        server.go_back_to(copy)
        server.start()
        await sell(phone)
        with self.meets("ServerWentBack"):
            await phone.sync()

    async def by_hand_and_by_fault(self):
        self.stage = Stage(self)
        server = self.stage.server()
        phone = await self.stage.paired(server)
        phone.keys.wait_at("device-secret")
        run = phone.core.sync().start(None)
        await asyncio.to_thread(phone.keys.reached.wait)
        run.cancel()
        phone.keys.release()
        with self.meets("Cancelled"):
            await run.outcome()
        stage = kartka.Rehearsal(phone.log)
        with self.meets("Unexpected"):
            stage.panic_now()


if __name__ == "__main__":
    unittest.main()
