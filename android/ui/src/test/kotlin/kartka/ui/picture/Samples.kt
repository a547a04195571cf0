package kartka.ui.picture

import kartka.corebridge.squaresOf
import kartka.presentation.Birthday
import kartka.presentation.CustomerSheet
import kartka.presentation.Effect
import kartka.presentation.EffectKind
import kartka.presentation.LevelLine
import kartka.presentation.Money
import kartka.presentation.NextStep
import kartka.presentation.NoRedeem
import kartka.presentation.PaidParts
import kartka.presentation.Picked
import kartka.presentation.PointsLine
import kartka.presentation.Quote
import kartka.presentation.Receipt
import kartka.presentation.RecentSale
import kartka.presentation.Redeemable
import kartka.presentation.RequestId
import kartka.presentation.SaleDraft
import kartka.presentation.ShopFacts
import kartka.presentation.SoldLine
import kartka.presentation.StampsLine
import kartka.presentation.SyncDot
import kartka.presentation.SyncMark
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Words
import kartka.ui.component.Squares
import kartka.ui.screen.Felt
import kartka.ui.screen.FileKind
import kartka.ui.screen.Host
import kartka.ui.screen.Telling
import kotlinx.coroutines.flow.MutableStateFlow

/** A shop, its people and its sales, as the pictures show them. */
object Samples {
    const val BONUS = 1L
    const val STAMPS = 2L

    /** 22 November 2026, 11:40 in Kyiv. */
    const val NOON = 1_795_340_400_000L

    val facts =
        ShopFacts(
            name = "Кав'ярня Ранок",
            country = "UA",
            currency = "UAH",
            currencyDigits = 2,
            pointDigits = 0,
            instruments = mapOf(BONUS to "Бонусна картка", STAMPS to "Шоста кава"),
        )
    val inSync = SyncMark(SyncDot.InSync, 0)
    val waiting = SyncMark(SyncDot.Waiting, 3)
    val request = RequestId("0".repeat(32))

    fun uah(minor: Long) = Money(minor, "UAH")

    val olena =
        CustomerSheet(
            id = 7,
            name = "Олена Ковальчук",
            phones = listOf("+380 67 123 45 67"),
            cards = listOf("1234 567 890"),
            points = listOf(PointsLine(BONUS, 1_240, 1_200, 40, uah(1_240), "2026-12-31", 150)),
            stamps = listOf(StampsLine(STAMPS, 4, 6, emptyList())),
            levels = listOf(LevelLine(BONUS, 2)),
            visits = 31,
            spent = uah(412_000),
            lastVisit = "2026-11-19",
            marketing = true,
            notes = emptyList(),
            birthday = Birthday(11, 22),
        )
    val long =
        olena.copy(
            id = 8,
            name = "Олександра-Вікторія Константинопольська-Переяславська ".repeat(4).trim(),
            visits = 0,
            lastVisit = null,
        )
    val held = olena.copy(notes = listOf(Words("code.customer_held")))
    val plain =
        olena.copy(
            id = 9,
            name = "Іван Бойко",
            points = emptyList(),
            stamps = emptyList(),
            levels = emptyList(),
        )

    val draft = SaleDraft(request, customerId = olena.id, amount = 12_550)
    val earned =
        listOf(
            Effect(BONUS, EffectKind.Earn, 12, 0, uah(12)),
            Effect(STAMPS, EffectKind.Earn, 0, 1),
        )
    val between =
        Redeemable.Between(
            least = 1,
            most = 627,
            step = 1,
            suggestions = listOf(627, 550),
            limit = Words("code.max_share", mapOf("most" to 627L)),
        )
    val quote = Quote(1, uah(12_550), uah(12_550), earned, between, emptyList())

    fun refusing(reason: NoRedeem, words: Words) = quote.copy(redeem = Redeemable.Nothing(reason, words))

    val sale =
        Receipt(
            id = 70,
            customerId = olena.id,
            at = NOON,
            date = "2026-11-22",
            number = "1482",
            lines = listOf(SoldLine(1_000, 0, uah(8_550)), SoldLine(2_000, 0, uah(4_000))),
            total = uah(12_550),
            paid = PaidParts(uah(12_000), uah(0), uah(0), uah(0), uah(550)),
            points = 12,
            effects = earned,
            returns = emptyList(),
            queued = false,
            refused = null,
            notes = emptyList(),
        )
    val nobodys = sale.copy(id = 71, customerId = null, number = null, points = 0, effects = emptyList())
    val sales =
        listOf(
            RecentSale(70, NOON, uah(12_550), olena.name),
            RecentSale(71, NOON - 240_000, uah(6_500), null),
            RecentSale(72, NOON - 900_000, uah(31_200), plain.name),
        )
    val full = Trouble(TroubleKind.StorageFull, Words("error.storage_full"))
    val gone = Trouble(TroubleKind.NotFound, Words("error.not_found"))
    val stale = Trouble(TroubleKind.Stale, Words("error.stale"))
}

/** A phone that was never asked whether it may tell something. */
object NewHost : Host by StillHost {
    override val telling = MutableStateFlow(Telling.NotAsked)
}

/** A host that does nothing but draw a code. */
object StillHost : Host {
    override val telling = MutableStateFlow(Telling.Allowed)

    override fun askToTell() = Unit

    override fun dontAskToTell() = Unit

    override fun askForCamera() = Unit

    override fun openSettings() = Unit

    override fun openLanguages() = Unit

    override fun turnTorch() = Unit

    override fun help(step: NextStep) = Unit

    override fun feel(outcome: Felt) = Unit

    override fun bright(on: Boolean) = Unit

    override fun share(text: String) = Unit

    override fun keepFile(file: String, kept: () -> Unit) = Unit

    override fun keepCopy(file: String, kept: () -> Unit) = Unit

    override fun pickFile(kind: FileKind, picked: (Picked) -> Unit) = Unit

    override fun dropFile(file: String) = Unit

    /** The true code: a camera reads it off the picture. */
    override fun squares(text: String): Squares? = squaresOf(text)?.let { Squares(it.side, it.dark) }
}
