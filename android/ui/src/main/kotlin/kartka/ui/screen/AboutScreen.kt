package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import kartka.presentation.Friend
import kartka.presentation.FriendPromise
import kartka.presentation.FriendStanding
import kartka.presentation.Joint
import kartka.presentation.Member
import kartka.presentation.NextStep
import kartka.presentation.OwnVoucher
import kartka.presentation.VoucherStanding
import kartka.presentation.about.AboutAction
import kartka.presentation.about.AboutFace
import kartka.presentation.about.AboutState
import kartka.ui.component.Banner
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** A customer's sheet: how to reach them, vouchers, friends, and the records that are one person with them. */
@Composable
fun AboutScreen(state: AboutState, host: Host, act: (AboutAction) -> Unit) {
    Frame(
        title = speech("about.title"),
        back = speech("common.back"),
        onBack = { act(AboutAction.Leave) },
        low = { AboutLow(state, act) },
    ) {
        state.trouble?.let {
            val again = { act(AboutAction.Shown) }
            TroubleBanner(it, host, mapOf(NextStep.TryAgain to again, NextStep.LookAgain to again))
        }
        val asked = state.asked
        when {
            asked != null -> AskPart(asked)
            state.sheet == null -> if (state.face == AboutFace.Loading) Loading()
            else -> Known(state, act)
        }
    }
}

@Composable
private fun Known(state: AboutState, act: (AboutAction) -> Unit) {
    val sheet = state.sheet ?: return
    SheetTile(sheet)
    sheet.notes.forEach { Banner(Mood.Attention, speech(it)) }
    Figure(speech("about.phone"), sheet.phones.joinToString("\n").ifEmpty { speech("about.none") })
    Figure(speech("about.cards"), sheet.cards.joinToString("\n").ifEmpty { speech("about.none") })
    Figure(speech("about.visits"), speech.count(sheet.visits))
    Figure(speech("about.spent"), speech.money(sheet.spent))
    Figure(speech("about.news"), speech(if (sheet.marketing) "about.agreed" else "about.not_agreed"))
    if (state.vouchers.isNotEmpty()) {
        Part(speech("about.vouchers"))
        state.vouchers.forEach { Own(it) }
    }
    KnownFriends(state, act)
    if (state.joints.isNotEmpty()) Part(speech("about.joints"))
    state.joints.forEach { Two(it, act) }
}

/** A voucher of the customer's own: what is left, until when, and why it can't be used. */
@Composable
private fun Own(voucher: OwnVoucher) {
    val standing = speech("about.voucher_" + voucher.standing.name.inKeys())
    val why = voucher.refusal?.takeIf { voucher.standing == VoucherStanding.Issued }?.let { speech(it) }
    Line(
        title = voucher.name,
        detail = listOfNotNull(voucherDetail(voucher), why ?: standing).joinToString(" · "),
        end = voucher.left.takeIf { it.minor > 0 }?.let { speech.money(it) },
        glyph = if (voucher.refusal == null) Glyph.Gift else Glyph.Stop,
    )
}

/** Its number and its last day; null where it has neither. */
@Composable
internal fun voucherDetail(voucher: OwnVoucher): String? {
    val until = voucher.lastDay?.let { speech.named("about.until", "day", it) }
    return listOfNotNull(voucher.number.ifEmpty { null }, until).joinToString(" · ").ifEmpty { null }
}

@Composable
private fun KnownFriends(state: AboutState, act: (AboutAction) -> Unit) {
    val friends = state.friends ?: return
    val promise = state.promise
    if (promise == FriendPromise.Nothing && friends.broughtBy == null && friends.brought.isEmpty()) return
    Part(speech("about.friends"))
    if (promise is FriendPromise.Points) Promise(promise)
    friends.broughtBy?.let {
        Line(
            speech.named("about.brought_by", "name", nameOf(it.who)),
            detail = outcome(it, it.welcome),
            glyph = Glyph.Person,
            onTap = { act(AboutAction.OpenCustomer(it.who.customerId)) },
        )
    }
    friends.brought.forEach {
        Line(
            nameOf(it.who),
            detail = outcome(it, it.reward),
            end = if (it.reward == 0L) null else speech.signed(it.reward),
            glyph = if (it.standing == FriendStanding.Refused) Glyph.Stop else Glyph.Person,
            onTap = { act(AboutAction.OpenCustomer(it.who.customerId)) },
        )
    }
}

/** What whoever brings, and the friend, are promised. */
@Composable
internal fun Promise(promise: FriendPromise.Points) {
    val counts = speech(if (promise.whenBuying) "about.when_buying" else "about.when_joining")
    val welcome = promise.welcome.takeIf { it > 0 }?.let { speech("about.promise_welcome", "points" to it) }
    val window = promise.windowDays.takeIf { it > 0 }?.let { speech("about.promise_window", "days" to it.toLong()) }
    Banner(
        Mood.Quiet,
        speech("about.promise", "points" to promise.reward, "friends" to promise.every.toLong()),
        detail = listOfNotNull(welcome, counts, window).joinToString(" "),
    )
}

/** What came of it: [points] were given, or it waits, or why not. */
@Composable
private fun outcome(friend: Friend, points: Long): String {
    val day = speech.day(friend.date)
    val from = friend.availableOn?.takeIf { points > 0 }?.let { speech.named("about.available", "day", it) }
    val word = friend.why?.let { speech(it) } ?: speech("about.friend_" + friend.standing.name.inKeys())
    return listOfNotNull(day, word, from).joinToString(" · ")
}

@Composable
private fun Two(joint: Joint, act: (AboutAction) -> Unit) {
    Line(
        "${nameOf(joint.one)} + ${nameOf(joint.other)}",
        detail = speech(if (joint.byHand) "about.by_hand" else "about.by_card"),
        glyph = Glyph.Person,
        onTap = { act(AboutAction.AskPart(joint.id)) },
    )
}

@Composable
private fun AskPart(joint: Joint) {
    Banner(Mood.Attention, speech("about.ask_part"), detail = speech("about.ask_part_about"))
    listOf(joint.one, joint.other).forEach {
        Line(nameOf(it), detail = it.card.takeIf { card -> card != nameOf(it) }, glyph = Glyph.Person)
    }
    Text(speech("about.part_spent"), style = Kartka.type.small, color = Kartka.colours.muted)
}

/** Their own name, else their card's number. */
@Composable
private fun nameOf(member: Member): String = member.name ?: member.card ?: speech("common.anonymous")

@Composable
private fun AboutLow(state: AboutState, act: (AboutAction) -> Unit) {
    when {
        state.asked != null ->
            PrimaryAction(
                speech("about.part"),
                { act(AboutAction.Part) },
                readiness = readiness(state.parting, possible = true),
            )
        state.sheet != null -> {
            val brought = state.friends?.run { broughtBy == null } == true && state.promise is FriendPromise.Points
            if (brought) {
                SecondAction(speech("about.who_brought"), { act(AboutAction.OpenBrought) }, wide, glyph = Glyph.Gift)
            }
            SecondAction(speech("about.join"), { act(AboutAction.OpenJoin) }, wide, glyph = Glyph.Person)
        }
    }
}
