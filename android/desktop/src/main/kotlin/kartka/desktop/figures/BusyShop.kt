package kartka.desktop.figures

import kartka.corebridge.RandomRequestIds
import kartka.desktop.DeskPhone
import kartka.presentation.CardChoice
import kartka.presentation.Consent
import kartka.presentation.CoreGateway
import kartka.presentation.Founding
import kartka.presentation.Registration
import kartka.presentation.SaleDraft
import kartka.presentation.ShopKind
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import java.io.File

/** How many customers the shop has. */
internal const val CUSTOMERS = 20_000

/** How many purchases its best customer has, who is the first. */
internal const val PURCHASES = 10_000

/** A made-up shop that was founded on this phone and has served for long; the same one every time. */
internal class BusyShop(private val folder: File) {
    private val ids = RandomRequestIds()

    /** Fills the shop; its customers by their ids. */
    suspend fun open(): List<Long> =
        DeskPhone.open(folder, CoroutineScope(Dispatchers.Unconfined)).use { phone ->
            val founding = Founding("Кав'ярня Ранок", "UA", ShopKind.Coffee, "Марта")
            phone.core.found(ids.next(), founding)
            val customers = List(CUSTOMERS) { phone.core.register(ids.next(), form(it)) }
            repeat(PURCHASES) { phone.core.sell(customers.first(), it) }
            customers
        }

    private suspend fun CoreGateway.sell(customer: Long, place: Int) {
        val draft = SaleDraft(ids.next(), customer, amount = LEAST + place % SPREAD)
        commit(draft.request, quote(draft).id)
    }

    private fun form(place: Int): Registration =
        Registration(
            phone = "067" + (FIRST_PHONE + place * PHONE_STEP).toString(),
            given = GIVEN[place % GIVEN.size],
            family =
                FAMILIES[place / GIVEN.size % FAMILIES.size] +
                    ENDINGS[place / GIVEN.size / FAMILIES.size % ENDINGS.size],
            consent = Consent.NotGiven,
            card = CardChoice.Issue,
        )

    internal companion object {
        private const val LEAST = 3_500L
        private const val SPREAD = 9_000L
        private const val FIRST_PHONE = 1_000_003
        private const val PHONE_STEP = 397
        private val GIVEN =
            listOf(
                "Олена",
                "Іван",
                "Марія",
                "Андрій",
                "Оксана",
                "Богдан",
                "Ганна",
                "Юрій",
                "Софія",
                "Тарас",
                "Ірина",
                "Петро",
                "Наталя",
                "Остап",
                "Христина",
                "Назар",
                "Дарина",
                "Роман",
                "Леся",
                "Микола",
            )
        private val FAMILIES =
            listOf(
                "Коваль",
                "Шевч",
                "Бонд",
                "Ткач",
                "Крав",
                "Олій",
                "Лис",
                "Полі",
                "Марч",
                "Савч",
                "Руд",
                "Петр",
                "Мороз",
                "Гонч",
                "Карп",
                "Василь",
                "Павл",
                "Кузьм",
                "Захар",
                "Яр",
            )
        private val ENDINGS = listOf("енко", "чук", "ський", "ів", "ець", "ина", "ко", "ак", "юк", "ишин")
    }
}
