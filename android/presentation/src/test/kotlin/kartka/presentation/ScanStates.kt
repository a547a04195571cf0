package kartka.presentation

import kartka.presentation.scan.Camera
import kartka.presentation.scan.ScanAction
import kartka.presentation.scan.ScanPresenter
import kartka.presentation.scan.ScanState
import kotlin.coroutines.EmptyCoroutineContext

/** Every state of the Scan screen. */
object ScanStates {
    val all: List<ShownState> =
        listOf(Camera.NotAsked, Camera.Denied, Camera.Blocked, Camera.Busy).map { camera ->
            on(snake(camera.name)) { act(ScanAction.Shown, ScanAction.CameraIs(camera)) }
        } +
            listOf(
                on("searching") { camera() },
                on("torch_hint") {
                    camera()
                    act(ScanAction.Frame(frame()), ScanAction.Frame(frame(atMillis = 3_100)))
                },
                on("type_hint") {
                    camera()
                    act(ScanAction.Frame(frame()), ScanAction.Frame(frame(atMillis = 5_100)))
                },
                on("typing") {
                    camera()
                    act(ScanAction.OpenKeypad, ScanAction.Type("11122"))
                },
                on("looking") {
                    camera()
                    hold()
                    act(ScanAction.OpenKeypad, ScanAction.Type("1112233"), ScanAction.Submit)
                },
                on("attaching", attachTo = 2) { camera() },
                on("pending") {
                    shop.desk.waits(3)
                    camera()
                },
                on("refused") {
                    camera()
                    shop.desk.refuse(FULL_DISK)
                    show("K1-1234567890")
                },
                on("revoked") {
                    camera()
                    shop.desk.revoke()
                    act(ScanAction.Shown)
                },
            ) +
            listOf(
                "not_ours" to "4820000000000",
                "other_shop" to "X1-1234567890",
                "card_blocked" to "B1-1234567890",
                "sync_first" to "N1-1234567890",
                "unreadable" to "K1-0000000000",
            ).map { (name, code) ->
                on(name) {
                    camera()
                    show(code)
                }
            }

    private fun Screen<ScanState, ScanAction>.camera() = act(ScanAction.Shown, ScanAction.CameraIs(Camera.Searching))

    private fun Screen<ScanState, ScanAction>.show(code: String) = act(ScanAction.Frame(frame(code)))

    private fun on(
        name: String,
        attachTo: Long? = null,
        shop: FakeShop = stocked(),
        script: Screen<ScanState, ScanAction>.() -> Unit,
    ) = ShownState("scan.$name") {
        play(shop, { ScanPresenter(shop, it, EmptyCoroutineContext, attachTo) }, script)
    }
}

/** `NotAsked` becomes `not_asked`. */
fun snake(name: String): String = name.replace(Regex("(?<=[a-z0-9])(?=[A-Z])"), "_").lowercase()
