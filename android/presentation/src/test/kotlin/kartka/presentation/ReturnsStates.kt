package kartka.presentation

import kartka.presentation.outlets.OutletsAction
import kartka.presentation.outlets.OutletsPresenter
import kartka.presentation.outlets.OutletsState
import kartka.presentation.unlinked.UnlinkedAction
import kartka.presentation.unlinked.UnlinkedPresenter
import kartka.presentation.unlinked.UnlinkedState
import kotlinx.coroutines.runBlocking

/** Every state of returns without their purchase, and of the outlets. */
object ReturnsStates {
    val all: List<ShownState> = unlinked() + outlets()

    private fun onUnlinked(name: String, script: Screen<UnlinkedState, UnlinkedAction>.() -> Unit) =
        ShownState("unlinked.$name") {
            val shop = stocked()
            play(shop, { UnlinkedPresenter(shop, CountingIds(), it, Route.Unlinked(7)) }) {
                act(UnlinkedAction.Shown)
                script()
            }
        }

    private fun Screen<UnlinkedState, UnlinkedAction>.typed(number: String = "B-17") =
        act(
            UnlinkedAction.TypeNumber(number),
            UnlinkedAction.TypeDate("20.11.2026"),
            UnlinkedAction.TypeAmount("85,50"),
        )

    private fun unlinked() =
        listOf(
            onUnlinked("empty") { act(UnlinkedAction.TypeNumber("B-17"), UnlinkedAction.TypeDate("20.11")) },
            onUnlinked("receipt_is_here") {
                shop.till.change(1) { it.copy(number = "1482", date = "2026-11-20") }
                typed("1482")
            },
            onUnlinked("quoted") { typed() },
            onUnlinked("invalid") { typed("1".repeat(40)) },
            onUnlinked("writing") {
                typed()
                hold()
                act(UnlinkedAction.GiveBack)
            },
            onUnlinked("returned") {
                typed()
                act(UnlinkedAction.GiveBack)
            },
            onUnlinked("not_allowed") {
                shop.returns.mayNot = true
                typed()
            },
            onUnlinked("trouble") {
                typed()
                shop.desk.refuse(FULL_DISK)
                act(UnlinkedAction.GiveBack)
            },
        )

    private fun onOutlets(name: String, script: Screen<OutletsState, OutletsAction>.() -> Unit) =
        ShownState("outlets.$name") {
            val shop = stocked()
            runBlocking { shop.openOutlet(RequestId("o"), "Ринок") }
            play(shop, { OutletsPresenter(shop, CountingIds(), it) }, script)
        }

    private fun outlets() =
        listOf(
            onOutlets("loading") { hold().also { act(OutletsAction.Shown) } },
            onOutlets("everywhere") { act(OutletsAction.Shown) },
            onOutlets("adding") { act(OutletsAction.Shown, OutletsAction.AskNew, OutletsAction.TypeName("Вокзал")) },
            onOutlets("chosen") { act(OutletsAction.Shown, OutletsAction.Choose(513)) },
            onOutlets("writing") {
                act(OutletsAction.Shown, OutletsAction.Choose(513), OutletsAction.TypeName("Базар"))
                hold()
                act(OutletsAction.Save)
            },
            onOutlets("invalid") {
                act(OutletsAction.Shown, OutletsAction.AskNew, OutletsAction.TypeName("Ї".repeat(65)))
                act(OutletsAction.Save)
            },
            onOutlets("not_allowed") {
                shop.office.mayNot = true
                act(OutletsAction.Shown, OutletsAction.Choose(513), OutletsAction.StandHere)
            },
            onOutlets("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(OutletsAction.Shown)
            },
        )
}
