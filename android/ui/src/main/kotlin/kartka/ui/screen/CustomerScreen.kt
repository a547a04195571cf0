package kartka.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import kartka.presentation.CustomerSheet
import kartka.presentation.NextStep
import kartka.presentation.PointsLine
import kartka.presentation.Quote
import kartka.presentation.Tender
import kartka.presentation.Words
import kartka.presentation.customer.CustomerAction
import kartka.presentation.customer.CustomerFace
import kartka.presentation.customer.CustomerState
import kartka.ui.component.Banner
import kartka.ui.component.CardTile
import kartka.ui.component.Choices
import kartka.ui.component.Corner
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.LocalCrowded
import kartka.ui.component.LocalPanes
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.Readiness
import kartka.ui.component.SecondAction
import kartka.ui.component.WordAction
import kartka.ui.design.Kartka
import kartka.ui.design.Space
import kartka.ui.text.speech

/** Pieces that one tap counts at most. */
private const val MOST_PIECES = 5
private val pieces = (1..MOST_PIECES).toList()

/** Where the server has the first word. */
private val askings = setOf(CustomerFace.AskServer, CustomerFace.AskingServer)

/** Who stands at the counter, and the sale that is being put together. */
@Composable
fun CustomerScreen(state: CustomerState, host: Host, act: (CustomerAction) -> Unit) {
    Frame(
        title = speech(if (state.draft.customerId == null) "customer.no_card" else "customer.title"),
        back = speech("common.back"),
        onBack = { act(CustomerAction.Leave) },
        corner = { SyncWord(state.sync) { act(CustomerAction.Leave) } },
        low = { if (state.code == null) SaleLow(state, act) else CodeLow(state, act) },
    ) {
        if (state.code == null) CustomerTroubles(state, host, act)
        when {
            state.face == CustomerFace.Loading -> Loading()
            state.sheet != null -> SheetTile(state.sheet!!)
        }
        if (LocalPanes.current > 1 || LocalCrowded.current) PieceCount(state, act)
        state.sheet?.notes?.forEach { Banner(Mood.Attention, speech(it)) }
        if (state.code == null) Ways(state, act)
        if (state.code != null) OwnVouchers(state, act)
        OnCounter(state, act)
        state.quote?.let { Quoted(it, state.face) }
        if (state.draft.customerId == null || state.sheet != null) PaidWith(state, act)
    }
}

@Composable
private fun CustomerTroubles(state: CustomerState, host: Host, act: (CustomerAction) -> Unit) {
    state.trouble?.let { trouble ->
        val again = { act(CustomerAction.TryAgain) }
        val own =
            mapOf(
                NextStep.GoBack to { act(CustomerAction.Leave) },
                NextStep.TryAgain to again,
                NextStep.LookAgain to again,
                NextStep.FreeSpace to again,
            )
        TroubleBanner(trouble, host, own)
    }
    // Why the sale has to wait stands where it is seen, above whoever it is.
    state.quote?.firstOfServer?.forEach { Banner(Mood.Attention, speech(it)) }
    if (state.again) {
        Banner(
            Mood.Attention,
            speech("customer.twice"),
            action = speech("customer.twice_yes"),
            onAction = { act(CustomerAction.ConfirmTwice) },
        )
    }
}

/** Name, level, balance and what is said about the balance. */
@Composable
internal fun SheetTile(sheet: CustomerSheet) {
    val points = sheet.points
    val levels = sheet.levels.map { speech("customer.level", "level" to it.level.toLong()) }
    val visit =
        if (sheet.visits == 0L) {
            speech("customer.first_visit")
        } else {
            sheet.lastVisit?.let { speech.named("customer.last_visit", "day", it) }
        }
    val birthday = sheet.birthday?.let { speech.named("customer.birthday", "day", speech.dayOfYear(it)) }
    val words =
        listOfNotNull(birthday) + points.flatMapIndexed { place, line -> aboutPoints(line, first = place == 0) } +
            sheet.stamps.map {
                val of = speech("customer.stamps_of", "stamps" to it.stamps, "size" to it.size)
                "${speech.instrument(it.instrument)}: $of"
            }
    CardTile(
        name = nameOf(sheet),
        over = (levels + listOfNotNull(visit)).joinToString(" · ").ifEmpty { null },
        figure = points.firstOrNull()?.let { speech.points(it.balance) },
        under = words.joinToString(" · ").ifEmpty { null },
    )
}

@Composable
private fun aboutPoints(line: PointsLine, first: Boolean): List<String> =
    listOfNotNull(
        if (first) null else "${speech.instrument(line.instrument)}: ${speech.points(line.balance)}",
        "${speech("customer.spendable")}: ${speech.points(line.spendable)}".takeIf { line.spendable != line.balance },
        if (line.pending == 0L) null else speech("customer.pending", "points" to line.pending),
        line.expiresOn?.let { expiring(line.expiring, it) },
    )

@Composable
private fun expiring(points: Long, day: String): String =
    speech(Words("customer.expiring", mapOf("points" to points), mapOf("day" to day)))

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Ways(state: CustomerState, act: (CustomerAction) -> Unit) {
    val sheet = state.sheet
    FlowRow(
        Modifier.fillMaxWidth(),
        horizontalArrangement = Arrangement.spacedBy(Space.small),
        verticalArrangement = Arrangement.spacedBy(Space.small),
    ) {
        if (sheet != null && (sheet.points.isNotEmpty() || sheet.stamps.isNotEmpty())) {
            val readiness = if (state.quote == null) Readiness.NotYet else Readiness.Ready
            SecondAction(
                speech("customer.redeem"),
                { act(CustomerAction.OpenRedeem) },
                readiness = readiness,
                glyph = Glyph.Gift,
            )
        }
        val own =
            state.offered.size
                .takeIf { it > 0 }
                ?.let { " · ${speech.count(it.toLong())}" }
                .orEmpty()
        val gift = if (own.isEmpty()) null else Glyph.Gift
        SecondAction(speech("customer.code") + own, { act(CustomerAction.AskCode) }, glyph = gift)
        if (sheet != null) {
            SecondAction(speech("customer.history"), { act(CustomerAction.OpenHistory) })
            SecondAction(speech("customer.about"), { act(CustomerAction.OpenAbout) })
        }
        if (sheet != null && sheet.cards.isNotEmpty()) {
            SecondAction(speech("customer.link"), { act(CustomerAction.OpenLink) })
        }
    }
}

/** The customer's own certificates and coupons: a tap lays one on the counter. */
@Composable
private fun OwnVouchers(state: CustomerState, act: (CustomerAction) -> Unit) {
    if (state.offered.isEmpty()) return
    Part(speech("customer.own_vouchers"))
    state.offered.forEach { voucher ->
        Line(
            title = voucher.name,
            detail = voucherDetail(voucher),
            end = voucher.left.takeIf { it.minor > 0 }?.let { speech.money(it) },
            glyph = Glyph.Gift,
            onTap = { act(CustomerAction.LayDown(voucher.id)) },
        )
    }
}

/** How many pieces the amount is for: above the keypad, or with what is shown where the keypad needs all the height. */
@Composable
private fun PieceCount(state: CustomerState, act: (CustomerAction) -> Unit) {
    if (state.sheet?.stamps.isNullOrEmpty()) return
    val words = pieces.associateWith { speech("customer.pieces", "pieces" to it.toLong()) }
    Choices(pieces, state.draft.pieces, { "+$it" }, { act(CustomerAction.Pieces(it)) }, spoken = words::getValue)
}

/** Certificates and coupons of this receipt. */
@Composable
private fun OnCounter(state: CustomerState, act: (CustomerAction) -> Unit) {
    val draft = state.draft
    if (draft.codes.isEmpty() && draft.vouchers.isEmpty()) return
    draft.vouchers.forEach { id ->
        val voucher = state.laid.find { it.id == id }
        Line(
            title = voucher?.name ?: speech("customer.code"),
            detail = voucher?.number,
            end = voucher?.takeIf { it.left.minor > 0 }?.let { speech("customer.left", "left" to it.left.minor) },
            glyph = Glyph.Gift,
        )
    }
    draft.codes.forEach { Line(title = it, glyph = Glyph.Gift) }
    if (state.face !in askings) WordAction(speech("customer.drop_codes"), { act(CustomerAction.DropCodes) })
}

/** The coupon's or certificate's number, where the thumb and the keyboard are. */
@Composable
private fun CodeLow(state: CustomerState, act: (CustomerAction) -> Unit) {
    val typed = state.code.orEmpty()
    Entry(
        speech("customer.code"),
        typed,
        { act(CustomerAction.TypeCode(it)) },
        wrong = state.trouble?.let { speech(it.words) },
    )
    SecondAction(speech("common.cancel"), { act(CustomerAction.Leave) }, wide)
    PrimaryAction(
        speech("customer.use_code"),
        { act(CustomerAction.AddCode) },
        readiness = readiness(working = false, possible = typed.isNotBlank()),
    )
}

@Composable
private fun Quoted(quote: Quote, face: CustomerFace) {
    if (face == CustomerFace.CardEarned) Banner(Mood.Good, speech("customer.card_earned"))
    val rest = quote.said - quote.firstOfServer.toSet()
    rest.forEach { Text(speech(it), style = Kartka.type.small, color = Kartka.colours.muted) }
}

@Composable
private fun PaidWith(state: CustomerState, act: (CustomerAction) -> Unit) {
    val words = Tender.entries.associateWith { speech("common." + it.name.inKeys()) }
    Choices(Tender.entries, state.draft.tender, words::getValue, { act(CustomerAction.PayWith(it)) })
}

@Composable
private fun ColumnScope.SaleLow(state: CustomerState, act: (CustomerAction) -> Unit) {
    val quote = state.quote
    val aside = quote?.takeIf { it.total != it.due }?.let { speech.money(it.total) }
    val earns = quote?.effects?.let { inWords(it) }.orEmpty()
    if (earns.isNotEmpty()) Text("${speech("customer.will_earn")}: $earns", style = Kartka.type.strong)
    if (LocalPanes.current == 1 && !LocalCrowded.current) PieceCount(state, act)
    Typed(state.typed.ifEmpty { "0" }, speech("customer.amount"), aside)
    KeypadOf(state.typed, { act(CustomerAction.Type(it)) }, Corner.Point)
    if (state.face in askings) {
        // Beside it what helps where the server is not to be had.
        if (state.isAsking) {
            SecondAction(speech("common.cancel"), { act(CustomerAction.Leave) }, wide)
        } else {
            SecondAction(speech("customer.drop_codes"), { act(CustomerAction.DropCodes) }, wide)
        }
        AskServer(state.isAsking) { act(CustomerAction.AskServer) }
        return
    }
    val verb = speech(if (state.stamps && quote == null) "customer.stamp" else "customer.commit")
    PrimaryAction(
        if (quote == null) verb else "$verb · ${speech.money(quote.due)}",
        { act(CustomerAction.Commit) },
        readiness =
            when {
                state.committing || state.quoting -> Readiness.Working
                state.canCommit && !state.again -> Readiness.Ready
                else -> Readiness.NotYet
            },
        glyph = if (state.committing || state.quoting) null else Glyph.Check,
    )
}
