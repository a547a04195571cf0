package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.text.input.KeyboardType
import kartka.presentation.EarnLimits
import kartka.presentation.LimitNumber
import kartka.presentation.LimitThen
import kartka.presentation.Trust
import kartka.presentation.limits.LimitsAction
import kartka.presentation.limits.LimitsFace
import kartka.presentation.limits.LimitsState
import kartka.ui.component.Banner
import kartka.ui.component.CardTile
import kartka.ui.component.Choices
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

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
            LimitsFace.Invalid -> Unit
            else -> state.trouble?.let { TroubleBanner(it, host) }
        }
        val (trust, limits) = state.trust to state.limits
        if (trust == null || limits == null) {
            if (state.trouble == null) Loading()
            return@Frame
        }
        LostPhone(trust, act)
        Lifetimes(state, act)
        Part(speech("limits.earning"))
        Earning(state.changed ?: limits) { act(LimitsAction.Change(it)) }
    }
}

@Composable
private fun Lifetimes(state: LimitsState, act: (LimitsAction) -> Unit) {
    // Which of both is out of range the core does not say: each shows its own.
    val wrong = state.face == LimitsFace.Invalid
    Entry(
        speech("limits.hours"),
        state.hours,
        { act(LimitsAction.TypeHours(it)) },
        wrong = if (wrong) speech("limits.range_hours") else null,
        keyboard = KeyboardType.Number,
        about = speech("limits.range_hours"),
    )
    Entry(
        speech("limits.days"),
        state.days,
        { act(LimitsAction.TypeDays(it)) },
        wrong = if (wrong) speech("limits.range_days") else null,
        keyboard = KeyboardType.Number,
        about = speech("limits.range_days"),
    )
}

@Composable
private fun LostPhone(trust: Trust, act: (LimitsAction) -> Unit) {
    Part(speech("limits.lost_phone"))
    val (points, worth) = trust.points to trust.worth
    if (points == null || worth == null) {
        Banner(Mood.Problem, speech("limits.unbounded"))
    } else {
        CardTile(
            name = speech("limits.worth"),
            figure = speech.money(worth),
            under = speech("limits.bound", "points" to points, "worth" to worth.minor),
        )
    }
    Text(speech("limits.contacts", "days" to trust.days), style = Kartka.type.body)
    Text(speech("limits.offline"), style = Kartka.type.small, color = Kartka.colours.muted)
    SecondAction(speech("limits.to_card"), { act(LimitsAction.OpenInstruments) }, wide, glyph = Glyph.Gift)
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
