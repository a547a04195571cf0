package kartka.corebridge

import kartka.generated.CustomerSheet
import kartka.generated.Recognised
import kartka.generated.searchCodes
import kartka.presentation.CardEntry
import kartka.presentation.CardRead
import kartka.presentation.RecentSale
import kartka.presentation.Recognition
import kartka.presentation.ScanGateway
import kartka.presentation.ScanSession
import kartka.generated.Carrier as CoreCarrier

/** Two are enough to know that digits fit more than one customer. */
private const val MORE_THAN_ONE = 2u

/** The start of the counter over the core. */
internal class ScanPart(private val core: CoreParts, private val place: ShopPlace) : ScanGateway {
    override suspend fun openScan(): ScanSession =
        asked { CameraSession(if (core.isOpen) core.cards.openScan() else searchCodes(place.lines())) }

    override suspend fun recognise(entry: CardEntry): Recognition =
        asked {
            when (entry) {
                is CardEntry.Scanned -> {
                    val found = core.cards.recognise(entry.carrier.asCore(), entry.text)
                    found.asRecognition(CardRead.Scanned) ?: Recognition.NotOurs
                }
                is CardEntry.Typed -> {
                    val found = core.cards.recognise(CoreCarrier.TEXT, entry.text)
                    found.asRecognition(CardRead.Typed) ?: byDigits(entry.text)
                }
            }
        }

    override suspend fun recentSales(): List<RecentSale> =
        asked {
            core.reports.recentSales().map {
                RecentSale(
                    saleId = it.purchase,
                    at = it.atMs,
                    paid = it.paid.money(it.currency),
                    customer = it.customer,
                )
            }
        }

    private suspend fun byDigits(typed: String): Recognition {
        val found = core.customers.find(typed, MORE_THAN_ONE)
        return when (found.size) {
            0 -> Recognition.Nobody(typed)
            1 -> Recognition.Customer(found.first().id, found.first().readBy(typed))
            else -> Recognition.Several(typed)
        }
    }
}

/** A card's own number is typed; a phone's digits find the person. */
private fun CustomerSheet.readBy(typed: String): CardRead {
    val digits = typed.filter { it.isDigit() }
    return if (cards.any { it.digits == digits }) CardRead.Typed else CardRead.Found
}

/** Null for what is no card. */
private fun Recognised.asRecognition(read: CardRead): Recognition? =
    when (this) {
        is Recognised.Holder -> Recognition.Customer(customer, read)
        is Recognised.NewCard -> Recognition.NewCard(card.number)
        is Recognised.Blocked -> Recognition.Blocked
        Recognised.OtherShop -> Recognition.OtherShop
        Recognised.UnknownKey -> Recognition.UnknownKey
        Recognised.BadCode -> Recognition.Unreadable
        Recognised.NotOurs -> null
    }
