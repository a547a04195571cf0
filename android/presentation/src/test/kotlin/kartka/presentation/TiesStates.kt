package kartka.presentation

import kartka.presentation.about.AboutAction
import kartka.presentation.about.AboutPresenter
import kartka.presentation.about.AboutState
import kartka.presentation.choose.ChooseAction
import kartka.presentation.choose.ChoosePresenter
import kartka.presentation.choose.ChooseState
import kartka.presentation.scan.Camera
import kotlinx.coroutines.runBlocking
import kotlin.coroutines.EmptyCoroutineContext

/** Every state of a customer's sheet and of choosing another customer. */
object TiesStates {
    val all: List<ShownState> = about() + choose()

    private fun joined() =
        stocked().apply {
            ties.voucher(7, CERTIFICATE)
            ties.promised = FOR_A_FRIEND
            runBlocking { ties.join(RequestId("j"), 7, 8) }
        }

    private fun onAbout(name: String, script: Screen<AboutState, AboutAction>.() -> Unit) =
        ShownState("about.$name") {
            val shop = joined()
            play(shop, { AboutPresenter(shop, CountingIds(), it, Route.About(7)) }, script)
        }

    private fun about() =
        listOf(
            onAbout("loading") { hold().also { act(AboutAction.Shown) } },
            onAbout("known") { act(AboutAction.Shown) },
            onAbout("ask_part") { act(AboutAction.Shown, AboutAction.AskPart(500)) },
            onAbout("parting") {
                act(AboutAction.Shown, AboutAction.AskPart(500))
                hold()
                act(AboutAction.Part)
            },
            onAbout("trouble") {
                shop.ties.mayNot = true
                act(AboutAction.Shown, AboutAction.AskPart(500), AboutAction.Part)
            },
        )

    private fun onChoose(
        name: String,
        why: Choosing = Choosing.Same,
        shop: FakeShop = stocked(),
        script: Screen<ChooseState, ChooseAction>.() -> Unit,
    ) = ShownState("choose.$name") {
        val route = Route.Choose(8, why)
        play(shop, { ChoosePresenter(shop, CountingIds(), it, EmptyCoroutineContext, route) }) {
            act(ChooseAction.Shown, ChooseAction.CameraIs(Camera.Searching))
            script()
        }
    }

    private fun choose() =
        listOf(
            onChoose("empty") { },
            onChoose("searching") { hold().also { act(ChooseAction.Type("О")) } },
            onChoose("results") { act(ChooseAction.Type("О")) },
            onChoose("nobody") { act(ChooseAction.Type("Я")) },
            onChoose("not_ours") { act(ChooseAction.Frame(frame("4820000000000"))) },
            onChoose("ask_same") { act(ChooseAction.Type("О"), ChooseAction.Tap(7)) },
            onChoose("ask_referrer", Choosing.Referrer) { act(ChooseAction.Frame(frame("K1-1234567890"))) },
            onChoose("writing") {
                act(ChooseAction.Tap(7))
                hold()
                act(ChooseAction.Confirm)
            },
            onChoose("done") { act(ChooseAction.Tap(7), ChooseAction.Confirm) },
            onChoose("trouble") {
                shop.ties.mayNot = true
                act(ChooseAction.Tap(7), ChooseAction.Confirm)
            },
        )
}
