package kartka.presentation.register

import kartka.presentation.CardRead
import kartka.presentation.Consent
import kartka.presentation.CountingIds
import kartka.presentation.FOR_A_FRIEND
import kartka.presentation.Kept
import kartka.presentation.Recognition
import kartka.presentation.Route
import kartka.presentation.Screen
import kartka.presentation.play
import kartka.presentation.stocked
import kotlinx.coroutines.runBlocking
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs

class RegisterPresenterTest {
    private val shop = stocked()
    private val phone = RegisterAction.TypePhone("380671234567")
    private val ids = CountingIds()
    private lateinit var current: RegisterPresenter

    private fun form(
        route: Route.Register = Route.Register(),
        kept: Kept? = null,
        script: Screen<RegisterState, RegisterAction>.() -> Unit,
    ): RegisterState =
        play(shop, { RegisterPresenter(shop, ids, it, route, kept).also { now -> current = now } }, script)

    @Test
    fun `a blank card, phone digits and one tap register and lead to the sale`() {
        form(Route.Register(cardId = 40)) {
            act(RegisterAction.Shown, phone)
            tap(30, RegisterAction.Save)
            assertEquals(Route.Customer(100), state.open)
        }
        assertEquals(Recognition.Customer(100, CardRead.Scanned), shop.people.byCode("K1-5555555555"))
        assertEquals(1, shop.desk.writes)
    }

    @Test
    fun `what was typed in search is not typed again`() {
        form(Route.Register(typed = "050 111")) { assertEquals("050 111" to "", state.phone to state.given) }
        form(Route.Register(typed = "Оле")) { assertEquals("" to "Оле", state.phone to state.given) }
    }

    @Test
    fun `consent is given only by the box under the wording`() {
        form {
            act(phone, RegisterAction.Save)
            assertEquals(false, shop.people.known(100).marketing)
        }
        form {
            act(RegisterAction.TypePhone("380671234568"), RegisterAction.Agree(true), RegisterAction.Save)
            assertEquals(true, shop.people.known(101).marketing)
        }
        assertEquals(1, (Consent.Given(WORDING)).wording)
    }

    @Test
    fun `whoever brought a new customer counts when only one can be meant`() {
        shop.ties.promised = FOR_A_FRIEND
        form {
            act(RegisterAction.Shown, phone, RegisterAction.TypeReferrer("О"))
            assertEquals(false, state.canSave, "two are meant")
            tap(1, RegisterAction.Save)
            assertEquals(0, shop.desk.writes)
            act(RegisterAction.TypeReferrer("Олена"))
            assertEquals(7, state.broughtBy?.id)
            act(RegisterAction.Save)
        }
        assertEquals(
            7,
            runBlocking { shop.friends(100) }
                .broughtBy
                ?.who
                ?.customerId,
        )
    }

    @Test
    fun `a phone that somebody has opens them, or gives them the card`() {
        form(Route.Register(cardId = 40)) {
            act(RegisterAction.TypePhone("380501112233"), RegisterAction.Save)
            assertEquals(7, state.existing?.id)
            act(RegisterAction.OpenExisting)
            assertEquals(Route.Customer(7), state.open)
            act(RegisterAction.Opened, RegisterAction.GiveCardToExisting)
            assertEquals(Route.Customer(7), state.open)
        }
        assertEquals(Recognition.Customer(7, CardRead.Scanned), shop.people.byCode("K1-5555555555"))
    }

    @Test
    fun `a card for the phone is shown as a code before the sale`() {
        form {
            act(phone, RegisterAction.IssueCard(true), RegisterAction.Save)
            assertEquals("K1-issued-100", state.linkCode)
            assertEquals(null, state.open)
            act(RegisterAction.GoOn)
            assertEquals(Route.Customer(100), state.open)
        }
    }

    @Test
    fun `a new customer for a sale without a card is attached to it`() {
        form(Route.Register(attachTo = 2)) {
            act(phone, RegisterAction.Save)
            assertEquals(Route.Attach(2, 100), state.open)
        }
    }

    @Test
    fun `a form that was being saved when the process died makes one customer`() {
        var kept: Kept? = null
        form(Route.Register(cardId = 40)) {
            act(phone, RegisterAction.TypeGiven("Іван & Ко = 100%"), RegisterAction.Save)
            kept = Kept.of(current.keep().line())
        }
        form(Route.Register(cardId = 40), kept) {
            assertEquals("Іван & Ко = 100%", state.given)
            act(RegisterAction.Shown)
            assertEquals(Route.Customer(100), state.open)
        }
        assertEquals(1, shop.desk.writes)
    }

    @Test
    fun `a name of two hundred characters is taken as typed and left to the core`() {
        val name = "Ї".repeat(200)
        form {
            act(RegisterAction.TypeGiven(name), RegisterAction.Leave)
            assertEquals(name, state.given)
            assertIs<Route.Back>(state.open)
        }
    }
}
