package kartka.ui.picture

import kartka.presentation.Carried
import kartka.presentation.OutboxFile
import kartka.presentation.Outlet
import kartka.presentation.Picked
import kartka.presentation.Standing
import kartka.presentation.SyncDot
import kartka.presentation.SyncMark
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Words
import kartka.presentation.carry.CarryState
import kartka.presentation.outlets.OutletsState
import kartka.presentation.scan.Camera
import kartka.presentation.signout.SignoutState
import kartka.presentation.signout.Work
import kartka.ui.screen.CarryScreen
import kartka.ui.screen.OutletsScreen
import kartka.ui.screen.SignoutScreen

/** Leaving a shop, the file that another phone has left, and the outlets. */
val leaving: List<Page> = with(Samples) { signouts() + carries() + outletses() }

private fun Samples.signouts(): List<Page> {
    fun stands(dot: SyncDot, pending: Long) =
        SignoutState(Standing(SyncMark(dot, pending, NOON), "https://ranok.example", null, null))
    val unsent = stands(SyncDot.Waiting, 3)
    val written = unsent.copy(file = OutboxFile("kartka.outbox", 3))
    return listOf(
        SignoutState(),
        stands(SyncDot.Alone, 0),
        unsent,
        unsent.copy(work = Work.Send),
        unsent.copy(work = Work.Write),
        written,
        stands(SyncDot.InSync, 0),
        written.copy(kept = true),
        stands(SyncDot.InSync, 0).copy(work = Work.SignOut),
        unsent.copy(trouble = Trouble(TroubleKind.Offline, Words("error.offline"))),
    ).map { Page("signout", it) { SignoutScreen(it, StillHost) {} } }
}

private fun Samples.carries(): List<Page> {
    fun failed(kind: TroubleKind, key: String) = Trouble(kind, Words(key))
    val empty = CarryState(camera = Camera.Searching)
    val asking = empty.copy(picked = Picked.There("kartka.outbox"), sheet = "7K2M 0QXD")
    return listOf(
        empty,
        empty.copy(picked = Picked.Coming),
        empty.copy(picked = Picked.Not),
        asking,
        asking.copy(camera = Camera.NotAsked),
        asking.copy(carrying = true),
        asking.copy(carried = Carried(2, 3, 3)),
        asking.copy(carried = Carried(2, 3, 1)),
        asking.copy(trouble = failed(TroubleKind.WrongKey, "error.wrong_key")),
        asking.copy(trouble = failed(TroubleKind.Invalid, "error.validation.outbox")),
        asking.copy(trouble = failed(TroubleKind.Offline, "error.offline")),
        asking.copy(trouble = full),
    ).map { Page("carry", it) { CarryScreen(it, StillHost, {}) { glass -> CameraView(glass) } } }
}

private fun Samples.outletses(): List<Page> {
    val all = listOf(Outlet(1, "Площа Ринок", here = true), Outlet(513, "Вокзал", here = false))
    val everywhere = OutletsState(request, all)
    val chosen = everywhere.copy(chosen = all[1], name = "Вокзал")
    return listOf(
        OutletsState(request),
        everywhere,
        everywhere.copy(adding = true, name = "Автостанція"),
        chosen,
        chosen.copy(writing = true),
        chosen.copy(name = "", trouble = Trouble(TroubleKind.Invalid, Words("error.validation.name"))),
        everywhere.copy(trouble = Trouble(TroubleKind.NotAllowed, Words("code.only_the_owner"))),
        OutletsState(request, trouble = full),
    ).map { Page("outlets", it) { OutletsScreen(it, StillHost) {} } }
}
