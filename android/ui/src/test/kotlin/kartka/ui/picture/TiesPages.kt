package kartka.ui.picture

import kartka.presentation.Candidate
import kartka.presentation.Choosing
import kartka.presentation.Effect
import kartka.presentation.EffectKind
import kartka.presentation.FOR_A_FRIEND
import kartka.presentation.Friend
import kartka.presentation.FriendStanding
import kartka.presentation.Friends
import kartka.presentation.Joint
import kartka.presentation.Member
import kartka.presentation.Outlet
import kartka.presentation.OwnVoucher
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.VoucherStanding
import kartka.presentation.Words
import kartka.presentation.about.AboutState
import kartka.presentation.choose.ChooseState
import kartka.presentation.customer.CustomerState
import kartka.presentation.scan.Camera
import kartka.presentation.unlinked.UnlinkedState
import kartka.ui.screen.AboutScreen
import kartka.ui.screen.ChooseScreen
import kartka.ui.screen.CustomerScreen
import kartka.ui.screen.UnlinkedScreen

private val promise = FOR_A_FRIEND
private val denied = Trouble(TroubleKind.NotAllowed, Words("code.only_the_owner"))

/** A customer's sheet, and another customer that is chosen for it. */
val ties: List<Page> = with(Samples) { laidDown() + abouts() + chooses() + unlinkeds() }

private fun Samples.papers(): List<OwnVoucher> =
    listOf(
        OwnVoucher(1, "Подарунковий сертифікат", "CERT 4821", uah(50_000), "2027-01-31", VoucherStanding.Issued, null),
        OwnVoucher(2, "Кава в подарунок", "", uah(0), "2026-12-06", VoucherStanding.Issued, null),
        OwnVoucher(3, "Знижка 10 %", "SALE 0017", uah(0), null, VoucherStanding.Used, Words("code.already_voided")),
    )

private fun Samples.laidDown(): List<Page> {
    val offered = CustomerState(draft.copy(amount = 0), sheet = olena, sync = inSync, vouchers = papers())
    return listOf(offered, offered.copy(code = "")).map { Page("customer", it) { CustomerScreen(it, StillHost) {} } }
}

private fun Samples.abouts(): List<Page> {
    val loading = AboutState(request, olena.id)
    val ivan = Member(9, "Іван Бойко", "9876 543 210")
    val guest = Member(12, null, "5555 000 111")
    val friends =
        Friends(
            Friend(ivan, "2026-09-02", FriendStanding.Counts, 100, 50, "2026-09-16", null),
            listOf(
                Friend(guest, "2026-11-20", FriendStanding.Waits, 0, 0, null, null),
                Friend(
                    ivan.copy(name = "Марія Савчук"),
                    "2026-10-11",
                    FriendStanding.Counts,
                    100,
                    50,
                    "2026-10-25",
                    null,
                ),
            ),
        )
    val joint = Joint(5, Member(7, olena.name, "1234 567 890"), guest, byHand = true)
    val known = loading.copy(sheet = olena, vouchers = papers(), friends = friends, joints = listOf(joint))
    return listOf(
        loading,
        known.copy(promise = promise),
        loading.copy(sheet = plain, friends = Friends(null, emptyList()), promise = promise),
        known.copy(asked = joint),
        known.copy(asked = joint, parting = true),
        known.copy(trouble = denied),
    ).map { Page("about", it) { AboutScreen(it, StillHost) {} } }
}

private fun Samples.chooses(): List<Page> {
    val empty = ChooseState(request, plain.id, Choosing.Same, sheet = plain, camera = Camera.Searching)
    val brought = empty.copy(why = Choosing.Referrer, promise = promise)
    val typed = empty.copy(typed = "кова")
    return listOf(
        empty,
        brought.copy(camera = Camera.Denied),
        typed.copy(searching = true),
        typed.copy(found = listOf(olena, olena.copy(id = 10, name = null))),
        typed.copy(found = emptyList()),
        empty.copy(foreign = true),
        empty.copy(other = olena),
        brought.copy(other = olena),
        empty.copy(other = olena, writing = true),
        empty.copy(other = olena, done = true),
        empty.copy(other = olena, trouble = denied),
    ).map { Page("choose", it) { ChooseScreen(it, StillHost, {}) { glass -> CameraView(glass) } } }
}

private fun Samples.unlinkeds(): List<Page> {
    val empty = UnlinkedState(request)
    val typed = empty.copy(customer = olena, number = "B-17", date = "20.11.2026", amount = "85,50")
    val outlets = listOf(Outlet(1, "Площа Ринок", here = true), Outlet(513, "Вокзал", here = false))
    val quoted = typed.copy(claims = listOf(Effect(BONUS, EffectKind.Reverse, -8, 0)), outlets = outlets, outlet = 1)
    return listOf(
        empty,
        typed.copy(here = listOf(Candidate(70, NOON, uah(12_550)))),
        quoted,
        typed.copy(trouble = Trouble(TroubleKind.Invalid, Words("error.validation.receipt_number"))),
        quoted.copy(writing = true),
        quoted.copy(given = true),
        typed.copy(trouble = denied),
        typed.copy(trouble = full),
    ).map { Page("unlinked", it) { UnlinkedScreen(it, StillHost) {} } }
}
