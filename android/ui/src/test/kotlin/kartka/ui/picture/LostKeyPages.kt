package kartka.ui.picture

import kartka.presentation.BroughtAside
import kartka.presentation.Picked
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Words
import kartka.presentation.aside.AsideState
import kartka.presentation.open.OpenState
import kartka.presentation.scan.Camera
import kartka.ui.screen.AsideScreen
import kartka.ui.screen.OpenScreen

private fun trouble(kind: TroubleKind, key: String) = Trouble(kind, Words(key))

/** Data that do not open, a copy that is brought, and what waits in data whose key was lost. */
val lostKeys: List<Page> = with(Samples) { opens() + asides() }

private fun Samples.opens(): List<Page> {
    val lost = OpenState(why = trouble(TroubleKind.KeysLost, "error.keys_lost"), camera = Camera.Searching)
    val sheet = lost.copy(asksSheet = true, sheet = "7K2M-")
    val copy = OpenState(restores = true, camera = Camera.Searching)
    return listOf(
        OpenState(opening = true),
        OpenState(opened = true),
        lost,
        OpenState(why = trouble(TroubleKind.KeysLocked, "error.keys_locked")),
        OpenState(why = full),
        OpenState(why = trouble(TroubleKind.TooNew, "error.too_new")),
        OpenState(why = trouble(TroubleKind.Corrupt, "error.corrupt")),
        OpenState(why = trouble(TroubleKind.Busy, "error.busy")),
        sheet,
        sheet.copy(camera = Camera.NotAsked),
        sheet.copy(trouble = trouble(TroubleKind.WrongKey, "error.wrong_key")),
        sheet.copy(trouble = trouble(TroubleKind.NotFound, "error.not_found")),
        lost.copy(asksAnew = true),
        copy,
        copy.copy(picked = Picked.Coming),
        copy.copy(picked = Picked.Not),
        copy.copy(picked = Picked.There("p"), trouble = trouble(TroubleKind.Invalid, "error.validation.copy")),
        copy.copy(picked = Picked.There("kartka.copy")),
        OpenState(why = trouble(TroubleKind.KeysUnavailable, "error.keys_unavailable")),
    ).map { Page("open", it) { OpenScreen(it, StillHost, {}) { glass -> CameraView(glass) } } }
}

private fun Samples.asides(): List<Page> {
    val asking = AsideState(moved = listOf(NOON), camera = Camera.Searching)
    val typed = asking.copy(sheet = "7K2M 0QXD")
    return listOf(
        AsideState(),
        AsideState(moved = emptyList()),
        asking,
        asking.copy(camera = Camera.NotAsked),
        typed.copy(bringing = true),
        asking.copy(brought = listOf(BroughtAside(2, 12, 2, 2))),
        asking.copy(brought = listOf(BroughtAside(2, 0, 0, 0))),
        typed.copy(brought = listOf(BroughtAside(2, 12, 3, 1))),
        typed.copy(trouble = trouble(TroubleKind.WrongKey, "error.wrong_key")),
        typed.copy(trouble = trouble(TroubleKind.NotFound, "error.not_found")),
        typed.copy(trouble = trouble(TroubleKind.Invalid, "error.validation.outbox")),
        typed.copy(trouble = trouble(TroubleKind.Offline, "error.offline")),
        typed.copy(trouble = full),
    ).map { Page("aside", it) { AsideScreen(it, StillHost, {}) { glass -> CameraView(glass) } } }
}
