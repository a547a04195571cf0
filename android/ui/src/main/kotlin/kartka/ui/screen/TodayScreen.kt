package kartka.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import kartka.presentation.CopyAge
import kartka.presentation.Today
import kartka.presentation.today.TodayAction
import kartka.presentation.today.TodayFace
import kartka.presentation.today.TodayState
import kartka.ui.component.Banner
import kartka.ui.component.CardTile
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.Nothing
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.design.Space
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
            SecondAction(
                speech("instruments.title"),
                { act(TodayAction.OpenInstruments) },
                wide,
                glyph = Glyph.Gift,
            )
            SecondAction(speech("devices.title"), { act(TodayAction.OpenDevices) }, wide, glyph = Glyph.Person)
            Row(wide, horizontalArrangement = Arrangement.spacedBy(Space.small)) {
                val half = Modifier.weight(1f)
                SecondAction(speech("outlets.title"), { act(TodayAction.OpenOutlets) }, half)
                SecondAction(speech("limits.title"), { act(TodayAction.OpenLimits) }, half, glyph = Glyph.Lock)
            }
        },
    ) {
        state.trouble?.let { TroubleBanner(it, host) }
        Warnings(state, act)
        when (state.face) {
            TodayFace.Loading -> Loading()
            TodayFace.NoneYet -> Nothing(speech("today.none_yet"), glyph = Glyph.Card)
            else -> state.today?.let { Figures(it) }
        }
        (state.copy as? CopyAge.Aged)?.let { copy ->
            Text(
                speech("standing.copy_age", "age" to copy.millis),
                style = Kartka.type.small,
                color = Kartka.colours.muted,
            )
        }
    }
}

@Composable
private fun Warnings(state: TodayState, act: (TodayAction) -> Unit) {
    state.clockJump?.let {
        Banner(
            Mood.Attention,
            speech("today.clock_asked"),
            detail = speech.day(it.now),
            action = speech("today.look_at_clock"),
            onAction = { act(TodayAction.OpenStanding) },
        )
    }
    if (state.sheetPrinted == false) {
        Banner(
            Mood.Problem,
            speech("sheet.not_printed"),
            action = speech("today.print_sheet"),
            onAction = { act(TodayAction.OpenSheet) },
        )
    }
    if (state.face == TodayFace.CopyOverdue) {
        Banner(
            Mood.Problem,
            speech("standing.copy_overdue"),
            action = speech("standing.make_copy"),
            onAction = { act(TodayAction.OpenStanding) },
        )
    }
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
    today.day.average?.let { Figure(speech("today.average"), speech.money(it)) }
    Figure(speech("today.visits"), speech.count(today.day.visits))
    Figure(speech("today.new"), speech.count(today.day.registered))
    val share = today.day.repeatShare
    val returning = today.day.returning
    Figure(
        speech("today.repeat"),
        if (share == null) {
            speech.count(returning)
        } else {
            speech("today.repeat_share", "buyers" to returning, "share" to share)
        },
    )
    today.outstanding.forEach { Figure(speech.instrument(it.instrument), speech.points(it.points)) }
    Figure(speech("today.liability"), speech.money(today.liability))
}
