package kartka.presentation

import kartka.presentation.aside.AsideAction
import kartka.presentation.aside.AsidePresenter
import kartka.presentation.aside.AsideState
import kartka.presentation.open.OpenAction
import kartka.presentation.open.OpenPresenter
import kartka.presentation.open.OpenState
import kartka.presentation.scan.Camera
import kotlin.coroutines.EmptyCoroutineContext

/** Every state of data that do not open, and of what waits in them. */
object LostKeyStates {
    val all: List<ShownState> = open() + aside()

    private fun onOpen(
        name: String,
        fails: TroubleKind? = null,
        restores: Boolean = false,
        script: Screen<OpenState, OpenAction>.() -> Unit = {},
    ) = ShownState("open.$name") {
        val why = fails?.let { refusal(it, "error.${snake(it.name)}") }
        val shop = FakeShop().apply { opener.fails = why }
        play(shop, { OpenPresenter(shop, it, EmptyCoroutineContext, Route.Open(why, restores)) }) {
            act(OpenAction.CameraIs(Camera.Searching))
            script()
            act(OpenAction.Shown)
        }
    }

    private fun Screen<OpenState, OpenAction>.use(sheet: String) = act(OpenAction.TypeSheet(sheet), OpenAction.UseSheet)

    private fun open() =
        listOf(
            onOpen("opening") { shop.opener.stuck = true },
            onOpen("opened"),
            onOpen("key_missing", TroubleKind.KeysLost),
            onOpen("keys_locked", TroubleKind.KeysLocked),
            onOpen("storage_full", TroubleKind.StorageFull),
            onOpen("too_new", TroubleKind.TooNew),
            onOpen("corrupt", TroubleKind.Corrupt),
            onOpen("busy", TroubleKind.Busy) { act(OpenAction.TryAgain) },
            onOpen("ask_sheet", TroubleKind.KeysLost) { act(OpenAction.AskSheet) },
            onOpen("wrong_sheet", TroubleKind.KeysLost) {
                act(OpenAction.AskSheet)
                use("SHET")
            },
            onOpen("no_sheet", TroubleKind.KeysLost) {
                shop.opener.unsealed = true
                act(OpenAction.AskSheet)
                use("SHEET")
            },
            onOpen("ask_anew", TroubleKind.KeysLost) { act(OpenAction.AskAnew) },
            onOpen("ask_copy", restores = true),
            onOpen("taking_copy", restores = true) { act(OpenAction.PickCopy(Picked.Coming)) },
            onOpen("not_taken", restores = true) { act(OpenAction.PickCopy(Picked.Not)) },
            onOpen("no_copy", restores = true) {
                act(OpenAction.PickCopy(Picked.There("picture")))
                use("SHEET")
            },
            onOpen("restoring", TroubleKind.Corrupt) { act(OpenAction.PickCopy(Picked.There("kartka.copy"))) },
            onOpen("trouble", TroubleKind.KeysUnavailable),
        )

    private fun onAside(name: String, moved: Boolean = true, script: Screen<AsideState, AsideAction>.() -> Unit = {}) =
        ShownState("aside.$name") {
            val shop = stocked().apply { if (moved) leaving.moved(NOON) }
            play(shop, { AsidePresenter(shop, it, EmptyCoroutineContext) }) {
                act(AsideAction.CameraIs(Camera.Searching))
                script()
                act(AsideAction.Shown)
            }
        }

    private fun Screen<AsideState, AsideAction>.bring(sheet: String = "SHEET") =
        act(AsideAction.Shown, AsideAction.TypeSheet(sheet), AsideAction.Bring)

    private fun aside() =
        listOf(
            onAside("loading") { hold() },
            onAside("none", moved = false),
            onAside("asking"),
            onAside("bringing") {
                act(AsideAction.Shown)
                hold()
                act(AsideAction.Frame(frame("SHEET")))
            },
            onAside("arrived") { bring() },
            onAside("partly") {
                shop.leaving.arrives = 1
                bring()
            },
            onAside("wrong_sheet") { bring("SHEET-9") },
            onAside("no_sheet") {
                shop.leaving.notBrought = refusal(TroubleKind.NotFound, "error.not_found")
                bring()
            },
            onAside("other_shop") {
                shop.leaving.notBrought = refusal(TroubleKind.Invalid, "error.validation.outbox")
                bring()
            },
            onAside("offline") {
                shop.leaving.notBrought = refusal(TroubleKind.Offline, "error.offline")
                bring()
            },
            onAside("trouble") {
                shop.leaving.notBrought = FULL_DISK
                bring()
            },
        )
}
