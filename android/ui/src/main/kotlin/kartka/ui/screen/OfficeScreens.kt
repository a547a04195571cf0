package kartka.ui.screen

import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.text.input.KeyboardType
import kartka.presentation.EarnLimits
import kartka.presentation.InboxItem
import kartka.presentation.LimitNumber
import kartka.presentation.LimitThen
import kartka.presentation.Today
import kartka.presentation.Trust
import kartka.presentation.inbox.InboxAction
import kartka.presentation.inbox.InboxFace
import kartka.presentation.inbox.InboxState
import kartka.presentation.limits.LimitsAction
import kartka.presentation.limits.LimitsFace
import kartka.presentation.limits.LimitsState
import kartka.presentation.today.TodayAction
import kartka.presentation.today.TodayFace
import kartka.presentation.today.TodayState
import kartka.ui.component.Banner
import kartka.ui.component.CardTile
import kartka.ui.component.Choices
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.Nothing
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** The owner's day against the same weekday a week before. */
@Composable
fun TodayScreen(state: TodayState, host: Host, act: (TodayAction) -> Unit) {
    Frame(
        title = speech("today.title"),
        back = speech("common.back"),
        onBack = { act(TodayAction.Leave) },
        corner = { SyncWord(state.sync) { act(TodayAction.OpenStanding) } },
        low = {
            SecondAction(speech("devices.title"), { act(TodayAction.OpenDevices) }, wide, glyph = Glyph.Person)
            SecondAction(speech("limits.title"), { act(TodayAction.OpenLimits) }, wide, glyph = Glyph.Lock)
        },
    ) {
        state.trouble?.let { TroubleBanner(it, host) }
        Warnings(state, act)
        when (state.face) {
            TodayFace.Loading -> Loading()
            TodayFace.NoneYet -> Nothing(speech("today.none_yet"), glyph = Glyph.Card)
            else -> state.today?.let { Figures(it) }
        }
    }
}

@Composable
private fun Warnings(state: TodayState, act: (TodayAction) -> Unit) {
    if (state.sheetPrinted == false) {
        Banner(
            Mood.Problem,
            speech("sheet.not_printed"),
            action = speech("today.print_sheet"),
            onAction = { act(TodayAction.OpenSheet) },
        )
    }
    if (state.face == TodayFace.CopyOverdue) Banner(Mood.Problem, speech("standing.copy_overdue"))
    if (state.face == TodayFace.Partial) Banner(Mood.Waiting, speech("today.partial"))
    if (state.waiting > 0) {
        Line(
            speech("inbox.title"),
            end = "${state.waiting}",
            glyph = Glyph.Warn,
            onTap = { act(TodayAction.OpenInbox) },
        )
    }
}

@Composable
private fun Figures(today: Today) {
    CardTile(
        name = speech("today.sales"),
        over = speech.day(today.day.date),
        figure = speech.money(today.day.sales),
        under = today.revenueChange?.let { speech("today.change", "change" to it) },
    )
    Figure(speech("today.week_before"), speech.money(today.weekBefore.sales))
    Figure(speech("today.visits"), speech.count(today.day.visits))
    Figure(speech("today.new"), speech.count(today.day.registered))
    Figure(speech("today.repeat"), speech.count(today.day.returning))
    today.outstanding.forEach { Figure(speech.instrument(it.instrument), speech.points(it.points)) }
    Figure(speech("today.liability"), speech.money(today.liability))
}

/** What waits for a decision. */
@Composable
fun InboxScreen(state: InboxState, host: Host, act: (InboxAction) -> Unit) {
    Frame(title = speech("inbox.title"), back = speech("common.back"), onBack = { act(InboxAction.Leave) }) {
        if (state.face == InboxFace.NotAllowed) {
            Banner(Mood.Attention, speech("inbox.not_allowed"))
        } else {
            state.trouble?.let { TroubleBanner(it, host) }
        }
        when (state.face) {
            InboxFace.Loading -> Loading()
            InboxFace.Empty -> Nothing(speech("inbox.empty"), glyph = Glyph.Check)
            else -> state.items.orEmpty().forEach { Item(it, state.deciding, act) }
        }
    }
}

@Composable
private fun ColumnScope.Item(item: InboxItem, deciding: Long?, act: (InboxAction) -> Unit) {
    val readiness = readiness(working = deciding == item.item, possible = deciding == null)
    val customer = item.customerId
    Line(
        title = speech(item.words),
        detail = speech.day(item.date),
        glyph = Glyph.Warn,
        onTap = if (customer == null) null else ({ act(InboxAction.OpenCustomer(customer)) }),
    )
    if (item.upTo != null) {
        SecondAction(speech("inbox.take_in"), { act(InboxAction.TakeIn(item.item)) }, wide, readiness)
        SecondAction(speech("inbox.refuse"), { act(InboxAction.Refuse(item.item)) }, wide, readiness)
    } else {
        if (item.agreeable) SecondAction(speech("inbox.agree"), { act(InboxAction.Agree(item.item)) }, wide, readiness)
        SecondAction(speech("inbox.close"), { act(InboxAction.Close(item.item)) }, wide, readiness)
    }
}

/** Limits on earning, how long a phone is trusted, and what a lost one can cost. */
@Composable
fun LimitsScreen(state: LimitsState, host: Host, act: (LimitsAction) -> Unit) {
    Frame(
        title = speech("limits.title"),
        back = speech("common.back"),
        onBack = { act(LimitsAction.Leave) },
        low = {
            PrimaryAction(
                speech("limits.save"),
                { act(LimitsAction.Save) },
                readiness =
                    readiness(
                        state.saving,
                        state.face == LimitsFace.Changed || state.face == LimitsFace.Invalid,
                    ),
            )
        },
    ) {
        when (state.face) {
            LimitsFace.NotAllowed -> Banner(Mood.Attention, speech("devices.not_allowed"))
            LimitsFace.Saved -> Banner(Mood.Good, speech("limits.saved"))
            else -> state.trouble?.let { TroubleBanner(it, host) }
        }
        val (trust, limits) = (state.trust ?: return@Frame Loading()) to (state.limits ?: return@Frame Loading())
        LostPhone(trust)
        Entry(speech("limits.hours"), state.hours, { act(LimitsAction.TypeHours(it)) }, keyboard = KeyboardType.Number)
        Entry(speech("limits.days"), state.days, { act(LimitsAction.TypeDays(it)) }, keyboard = KeyboardType.Number)
        Earning(state.changed ?: limits) { act(LimitsAction.Change(it)) }
    }
}

@Composable
private fun LostPhone(trust: Trust) {
    Part(speech("limits.lost_phone"))
    val (points, worth) = trust.points to trust.worth
    if (points == null || worth == null) {
        Banner(Mood.Problem, speech("limits.unbounded"))
    } else {
        Text(speech("limits.bound", "points" to points, "worth" to worth.minor), style = Kartka.type.body)
    }
}

@Composable
private fun Earning(limits: EarnLimits, onChange: (EarnLimits) -> Unit) {
    Then(speech("limits.own_card"), limits.ownCard) { onChange(limits.copy(ownCard = it)) }
    Then(speech("limits.typed"), limits.typed) { onChange(limits.copy(typed = it)) }
    Counted(speech("limits.per_day"), limits.perDay) { onChange(limits.copy(perDay = it)) }
    Counted(speech("limits.gap"), limits.gapMinutes) { onChange(limits.copy(gapMinutes = it)) }
}

@Composable
private fun Counted(label: String, limit: LimitNumber?, onChange: (LimitNumber?) -> Unit) {
    Entry(
        label,
        limit?.number?.toString().orEmpty(),
        { text -> onChange(text.toIntOrNull()?.let { LimitNumber(it, limit?.then ?: LimitThen.Flag) }) },
        keyboard = KeyboardType.Number,
    )
    if (limit != null) Then(null, limit.then) { onChange(it?.let { then -> limit.copy(then = then) }) }
}

@Composable
private fun Then(label: String?, then: LimitThen?, onChange: (LimitThen?) -> Unit) {
    if (label != null) Part(label)
    val words =
        mapOf(null to speech("limits.none")) + LimitThen.entries.associateWith { speech("limits." + it.name.inKeys()) }
    Choices(words.keys.toList(), then, words::getValue, onChange)
}
