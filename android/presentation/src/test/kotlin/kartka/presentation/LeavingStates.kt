package kartka.presentation

import kartka.presentation.carry.CarryAction
import kartka.presentation.carry.CarryPresenter
import kartka.presentation.carry.CarryState
import kartka.presentation.scan.Camera
import kartka.presentation.signout.SignoutAction
import kartka.presentation.signout.SignoutPresenter
import kartka.presentation.signout.SignoutState
import kotlin.coroutines.EmptyCoroutineContext

/** Every state of leaving a shop, and of the file that another phone has left. */
object LeavingStates {
    val all: List<ShownState> = signout() + carry()

    private fun onSignout(name: String, waits: Long = 3, script: Screen<SignoutState, SignoutAction>.() -> Unit) =
        ShownState("signout.$name") {
            val shop = stocked().apply { if (waits > 0) desk.waits(waits) }
            play(shop, { SignoutPresenter(shop, it) }, script)
        }

    private fun signout() =
        listOf(
            onSignout("loading") { },
            onSignout("only_copy", waits = 0) {
                shop.desk.alone()
                act(SignoutAction.Shown)
            },
            onSignout("unsent") { act(SignoutAction.Shown) },
            onSignout("sending") {
                act(SignoutAction.Shown)
                hold()
                act(SignoutAction.Send)
            },
            onSignout("writing") {
                act(SignoutAction.Shown)
                hold()
                act(SignoutAction.Write)
            },
            onSignout("written") { act(SignoutAction.Shown, SignoutAction.Write) },
            onSignout("ready") { act(SignoutAction.Shown, SignoutAction.Write, SignoutAction.Kept) },
            onSignout("signing_out", waits = 0) {
                act(SignoutAction.Shown)
                hold()
                act(SignoutAction.SignOut)
            },
            onSignout("trouble") {
                shop.leaving.sheetOnPaper = false
                act(SignoutAction.Shown, SignoutAction.Write)
            },
        )

    private fun onCarry(name: String, script: Screen<CarryState, CarryAction>.() -> Unit) =
        ShownState("carry.$name") {
            val shop = stocked()
            play(shop, { CarryPresenter(shop, it, EmptyCoroutineContext) }) {
                act(CarryAction.Shown, CarryAction.CameraIs(Camera.Searching))
                script()
            }
        }

    private fun Screen<CarryState, CarryAction>.bring(file: String, sheet: String = "SHEET") =
        act(CarryAction.Pick(Picked.There(file)), CarryAction.TypeSheet(sheet), CarryAction.Carry)

    private fun carry() =
        listOf(
            onCarry("empty") { },
            onCarry("taking") { act(CarryAction.Pick(Picked.Coming)) },
            onCarry("not_taken") { act(CarryAction.Pick(Picked.Coming), CarryAction.Pick(Picked.Not)) },
            onCarry("asking") { act(CarryAction.Pick(Picked.There("outbox")), CarryAction.TypeSheet("SHE")) },
            onCarry("carrying") {
                hold()
                bring("outbox")
            },
            onCarry("arrived") {
                act(CarryAction.Pick(Picked.There("outbox")), CarryAction.Frame(frame("SHEET")))
            },
            onCarry("partly") { bring("half") },
            onCarry("wrong_sheet") { bring("outbox", "SHEET-9") },
            onCarry("no_outbox") { bring("picture") },
            onCarry("offline") {
                shop.desk.refuse(refusal(TroubleKind.Offline, "error.offline"))
                bring("outbox")
            },
            onCarry("trouble") {
                shop.desk.refuse(FULL_DISK)
                bring("outbox")
            },
        )
}
