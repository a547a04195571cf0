package kartka.presentation

import kartka.presentation.devices.Asked
import kartka.presentation.devices.DevicesAction
import kartka.presentation.devices.DevicesFace
import kartka.presentation.devices.DevicesPresenter
import kartka.presentation.instruments.InstrumentsAction
import kartka.presentation.instruments.InstrumentsFace
import kartka.presentation.instruments.InstrumentsPresenter
import kartka.presentation.limits.LimitsAction
import kartka.presentation.limits.LimitsFace
import kartka.presentation.limits.LimitsPresenter
import kartka.presentation.today.TodayAction
import kartka.presentation.today.TodayPresenter
import kartka.presentation.wizard.WizardAction
import kartka.presentation.wizard.WizardPresenter
import kartka.presentation.wizard.WizardState
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class OwnerPresentersTest {
    private val shop = stocked()
    private val ids = CountingIds()

    @Test
    fun `today follows the shop and leads to what waits`() {
        shop.office.waiting(*HouseStates.WAITING)
        play(shop, { TodayPresenter(shop, it) }) {
            act(TodayAction.Shown)
            assertEquals(2L to 2, state.today?.day?.receipts to state.waiting)
            shop.till.sold(1_000)
            settle()
            assertEquals(3L, state.today?.day?.receipts)
            val ways =
                mapOf(
                    TodayAction.OpenInbox to Route.Inbox,
                    TodayAction.OpenStanding to Route.Standing,
                    TodayAction.OpenSheet to Route.Sheet,
                    TodayAction.OpenDevices to Route.Devices,
                    TodayAction.OpenLimits to Route.Limits,
                    TodayAction.OpenInstruments to Route.Instruments,
                    TodayAction.Leave to Route.Back,
                )
            ways.forEach { (action, route) ->
                act(action)
                assertEquals(route, state.open)
                act(TodayAction.Opened)
            }
        }
    }

    @Test
    fun `a device is taken out after it was asked, once, and this one never`() {
        play(shop, { DevicesPresenter(shop, ids, it) }) {
            act(DevicesAction.Shown, DevicesAction.Revoke(Revoking.WipeNow))
            assertEquals(0, state.devices?.count { it.standing != DeviceStanding.Active }, "nobody asked")
            act(DevicesAction.AskRevoke(2))
            tap(10, DevicesAction.Revoke(Revoking.WipeNow))
            assertEquals(DeviceStanding.WipeNow, state.devices?.last()?.standing)
            act(DevicesAction.AskRevoke(1), DevicesAction.Revoke(Revoking.KeepData))
            assertEquals("code.not_yourself", state.trouble?.words?.key)
            act(DevicesAction.Leave)
            assertNull(state.trouble)
            act(DevicesAction.Leave)
            assertEquals(Route.Back, state.open)
            act(DevicesAction.Opened)
        }
    }

    @Test
    fun `somebody is employed with a role, and dismissed`() {
        play(shop, { DevicesPresenter(shop, ids, it) }) {
            act(DevicesAction.Shown, DevicesAction.AskEmploy, DevicesAction.TypeName("Оксана"), DevicesAction.Employ)
            assertEquals(2, state.staff.size, "without a role nobody is employed")
            act(DevicesAction.ChooseRole(2))
            tap(10, DevicesAction.Employ)
            assertEquals(listOf("Марта", "Ігор", "Оксана"), state.staff.map { it.name })
            act(DevicesAction.AskDismiss(3), DevicesAction.Dismiss)
            assertEquals(false, state.staff.last().employed)
        }
    }

    @Test
    fun `the next phone reads a code for whoever will hold it, and another code is another tap`() {
        play(shop, { DevicesPresenter(shop, ids, it) }) {
            act(DevicesAction.Shown, DevicesAction.AskPair)
            tap(10, DevicesAction.Invite(2))
            assertEquals("KARTKA1:CODE1", (state.asked as Asked.Code).invitation.text, "ten taps ask once")
            act(DevicesAction.AnotherCode)
            assertEquals("KARTKA1:CODE2", (state.asked as Asked.Code).invitation.text)
            act(DevicesAction.Leave)
            assertEquals(DevicesFace.Everybody, state.face)
            shop.office.served = false
            act(DevicesAction.AskPair, DevicesAction.Invite(2))
            assertEquals("code.needs_server", state.trouble?.words?.key)
        }
        assertEquals(0, shop.desk.writes)
    }

    @Test
    fun `where there are several outlets the code is for the chosen one, and so is the next one`() {
        shop.places.second()
        play(shop, { DevicesPresenter(shop, ids, it) }) {
            act(DevicesAction.Shown, DevicesAction.InviteTo(513), DevicesAction.AskPair, DevicesAction.Invite(2))
            assertEquals(DevicesFace.AskOutlet, state.face)
            tap(10, DevicesAction.InviteTo(513))
            assertEquals("KARTKA1:CODE1@513", (state.asked as Asked.Code).invitation.text, "ten taps ask once")
            act(DevicesAction.AnotherCode)
            assertEquals("KARTKA1:CODE2@513", (state.asked as Asked.Code).invitation.text)
            act(DevicesAction.Leave, DevicesAction.AskPair, DevicesAction.Invite(2), DevicesAction.Leave)
            assertEquals(DevicesFace.Everybody, state.face)
        }
    }

    @Test
    fun `limits are set as they stand on the screen, and out of range is named`() {
        val limits = EarnLimits(perDay = LimitNumber(3, LimitThen.Refuse), typed = LimitThen.Flag)
        play(shop, { LimitsPresenter(shop, ids, it) }) {
            act(
                LimitsAction.Shown,
                LimitsAction.Change(limits),
                LimitsAction.TypeHours("24"),
                LimitsAction.TypeDays("60"),
            )
            assertEquals(LimitsFace.Changed, state.face)
            tap(10, LimitsAction.Save)
            assertEquals(LimitsFace.Saved to limits, state.face to state.limits)
            assertEquals(24 to 60, state.trust?.hours to state.trust?.graceDays)
            act(LimitsAction.TypeHours("many"), LimitsAction.Save)
            assertEquals(LimitsFace.Invalid, state.face)
            act(LimitsAction.OpenInstruments)
            assertEquals(Route.Instruments, state.open)
            act(LimitsAction.Opened, LimitsAction.Leave)
            assertEquals(Route.Back, state.open)
            act(LimitsAction.Opened)
        }
        assertEquals(2, shop.desk.writes)
    }

    @Test
    fun `an instrument is made with a name and one answer, and published once`() {
        play(shop, { WizardPresenter(shop, ids, it, Route.Wizard(WizardKind.Bonus)) }) {
            act(WizardAction.Shown, WizardAction.Publish)
            assertEquals(false, state.published, "without a name nothing is published")
            assertEquals(setOf("name"), state.problems.keys)
            act(WizardAction.TypeName("Ранкова"), WizardAction.AnswerText("rate", "90"), WizardAction.Preview)
            assertEquals(listOf("rate"), state.check?.problems?.map { it.field })
            act(WizardAction.Publish)
            assertEquals(false, state.published)
            act(WizardAction.AnswerText("rate", "7,5"), WizardAction.Preview)
            assertEquals(750L, state.draft.answers["rate"])
            assertEquals(2L, state.preview?.gives?.visit)
            act(WizardAction.Leave)
            assertEquals(false, state.previews)
            tap(10, WizardAction.Publish)
            assertEquals(true, state.published)
            act(WizardAction.Leave)
            assertEquals(Route.Back, state.open)
            act(WizardAction.Opened)
        }
        assertEquals(1, shop.desk.writes)
    }

    @Test
    fun `a draft is left and gone on with, step by step, and only what is asked is shown`() {
        OwnerStates.drafted(shop)
        play(shop, { InstrumentsPresenter(shop, it) }) {
            act(InstrumentsAction.Shown, InstrumentsAction.Resume(1))
            assertEquals(Route.Wizard(draft = 1), state.open)
            act(InstrumentsAction.Opened, InstrumentsAction.AskNew, InstrumentsAction.Leave)
            assertEquals(InstrumentsFace.Drafts, state.face)
            act(InstrumentsAction.AskNew, InstrumentsAction.New(WizardKind.Stamps))
            assertEquals(Route.Wizard(kind = WizardKind.Stamps), state.open)
            act(InstrumentsAction.Opened, InstrumentsAction.Edit(BONUS))
            assertEquals(Route.Wizard(instrument = BONUS), state.open)
            act(InstrumentsAction.Opened)
        }
        var kept: Kept? = null
        play(shop, { WizardPresenter(shop, ids, it, Route.Wizard(draft = 1)).also { now -> keep = now::keep } }) {
            act(WizardAction.Shown, WizardAction.ChooseTrade(Trade.Beauty), WizardAction.Everything, WizardAction.Next)
            assertEquals(listOf("days"), state.fields.map { it.key })
            act(WizardAction.AnswerText("days", "30"), WizardAction.AnswerText("word", "Ура"))
            assertEquals(listOf("days", "word"), state.fields.map { it.key })
            act(WizardAction.Previous)
            kept = Kept.of(keep().line())
        }
        play<WizardState, WizardAction>(shop, { WizardPresenter(shop, ids, it, Route.Wizard(draft = 1), kept) }) {
            act(WizardAction.Shown)
            assertEquals("Ура" to 30L, state.draft.texts["word"] to state.draft.answers["days"])
        }
        play(shop, { InstrumentsPresenter(shop, it) }) {
            act(InstrumentsAction.Shown, InstrumentsAction.Drop(1))
            assertEquals(emptyList(), state.drafts)
            act(InstrumentsAction.Leave)
            assertEquals(Route.Back, state.open)
        }
    }

    private lateinit var keep: () -> Kept
}
