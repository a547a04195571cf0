package kartka.ui.nav

import kartka.presentation.CardRead
import kartka.presentation.Choosing
import kartka.presentation.CountingIds
import kartka.presentation.Pocket
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.SaleDraft
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.WizardKind
import kartka.presentation.Words
import kartka.presentation.join.JoinPresenter
import kartka.presentation.open.OpenAction
import kartka.presentation.open.OpenPresenter
import kartka.presentation.pair.PairAction
import kartka.presentation.pair.PairPresenter
import kartka.presentation.stocked
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs

/** A process may die at any screen; the next one starts there, with what was typed. */
class DeathTest {
    private val draft = SaleDraft(RequestId("a".repeat(32)), customerId = 7, amount = 12_050, spend = 600)

    /** One of each; a route without a line here fails the test. */
    private val routes: List<Route> =
        listOf(
            Route.Scan(attachTo = 2),
            Route.Customer(7, CardRead.Scanned),
            Route.Redeem(draft),
            Route.Done(1),
            Route.Register(cardId = 40, typed = "067", attachTo = 2),
            Route.Search("О", attachTo = 2),
            Route.History(7),
            Route.Receipt(1),
            Route.Attach(2, 7, CardRead.Found),
            Route.Shift,
            Route.Start,
            Route.Found,
            Route.Pair,
            Route.Sheet,
            Route.Operator,
            Route.Today,
            Route.Devices,
            Route.Limits,
            Route.Instruments,
            Route.Wizard(WizardKind.entries.first(), instrument = 3, draft = 4),
            Route.Inbox,
            Route.Standing,
            Route.About(7),
            Route.Choose(7, Choosing.Referrer),
            Route.Unlinked(7),
            Route.Outlets,
            Route.SignOut,
            Route.Carry,
            Route.Open(restores = true),
            Route.Aside,
            Route.Cards,
            Route.Card(7),
            Route.Profile(7),
            Route.Join(),
            Route.Link(7),
        )

    /** Screens of a phone without a shop. */
    private val beginnings = setOf(Route.Start, Route.Found, Route.Pair, Route.Open(restores = true))

    /** Ways, not screens. */
    private val ways = setOf(Route.Back::class.java, Route.Redeemed::class.java)

    @Test
    fun `a process that dies at any screen starts again at that screen`() {
        val all = Route::class.java.permittedSubclasses.toSet()
        assertEquals(all - ways, routes.map { it::class.java }.toSet<Class<*>>())
        routes.forEach { route ->
            val new = route in beginnings
            val kept = living(new) { it.also { screens -> screens.go(route) }.keep() }
            val (again, later) = living(new, kept) { it.place.value.route to it.keep() }
            assertEquals(route::class, again::class)
            if (route !is Route.Redeem) assertEquals(route, again)
            assertEquals(kept, later, "what $route wrote down")
        }
    }

    @Test
    fun `a person without a shop goes on at their cards also before they hold one`() {
        listOf(Route.Cards, Route.Card(7), Route.Profile(7), Route.Join()).forEach { route ->
            val kept =
                living(new = true) {
                    it
                        .also { screens ->
                            screens.go(Route.Cards).also { screens.go(route) }
                        }.keep()
                }
            val again = living(new = true, kept) { it.place.value.route }
            assertEquals(route, again)
        }
    }

    @Test
    fun `a link to a card is in nothing that is written down, and a rotation keeps it all the same`() {
        val link = "L1-9-Пекарня"
        val pocket = Pocket()
        val kept = living(new = true, pocket = pocket) { it.also { screens -> screens.read(link) }.keep() }
        val hidden = link.encodeToByteArray().toHexString()
        assertEquals(emptyList(), kept.filter { hidden in it || link in it })
        assertEquals(link, living(new = true, kept, pocket) { it.link() })
        assertEquals("", living(new = true, kept) { it.link() }, "another process asks for it again")
    }

    private fun OpenScreens.link() = assertIs<JoinPresenter>(place.value.presenter).state.value.link

    @Test
    fun `what was open goes on once the shop opens, also after the person's cards were looked at`() {
        val before = living(new = false) { it.also { screens -> screens.go(Route.Receipt(1)) }.keep() }
        living(new = false, before, closed = LOST) { screens ->
            assertEquals(Route.Open(LOST), screens.place.value.route)
            assertEquals(before, screens.keep(), "nothing newer is known")
            screens.go(Route.Cards)
            screens.back()
            assertEquals(Route.Open(LOST), screens.place.value.route)
            assertIs<OpenPresenter>(screens.place.value.presenter).act(OpenAction.TryAgain)
            assertEquals(Route.Receipt(1), screens.place.value.route)
            assertEquals(before, screens.keep())
            screens.back()
            assertEquals(Route.Scan(), screens.place.value.route)
        }
    }

    @Test
    fun `a phone that joins anew has the choice how to begin behind it, and its cards on the way`() {
        living(new = false, closed = LOST) { screens ->
            screens.read("KP1-good")
            assertEquals(Route.Open(LOST), screens.place.value.route, "which shop a code belongs to is not known yet")
            screens.read("L1-9-Пекарня")
            assertEquals(Route.Join("L1-9-Пекарня"), screens.place.value.route)
            repeat(2) { screens.back() }
            val opening = assertIs<OpenPresenter>(screens.place.value.presenter)
            opening.act(OpenAction.AskAnew)
            opening.act(OpenAction.BeginAnew)
            assertEquals(Route.Pair, screens.place.value.route)
            assertIs<PairPresenter>(screens.place.value.presenter).run {
                act(PairAction.Type("KP1-good"))
                act(PairAction.Pair)
            }
            assertEquals(Route.Aside, screens.place.value.route, "what waits is asked for at once")
            screens.back()
            assertEquals(Route.Scan(), screens.place.value.route)
        }
    }

    @Test
    fun `lines that nobody wrote start at the beginning`() {
        listOf(listOf(""), listOf("at=zz", "&&"), listOf("at=${"done".encodeToByteArray().toHexString()}")).forEach {
            assertEquals(Route.Scan(), living(new = false, it) { screens -> screens.place.value.route })
        }
    }

    /** Screens of a process that lives as long as [life]. */
    private fun <T> living(
        new: Boolean,
        kept: List<String> = emptyList(),
        pocket: Pocket = Pocket(),
        closed: Trouble? = null,
        life: (OpenScreens) -> T,
    ): T {
        val scope = CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)
        val shop =
            stocked().apply {
                house.enrolled = !new
                wallet.holds()
            }
        val here = Here("UA", "Каса", enrolled = !new && closed == null, closed = closed)
        val counter = Counter(shop, CountingIds(), Dispatchers.Unconfined, here, pocket)
        return life(OpenScreens(counter, scope, kept)).also { scope.cancel() }
    }

    private companion object {
        val LOST = Trouble(TroubleKind.KeysLost, Words("error.keys_lost"))
    }
}
