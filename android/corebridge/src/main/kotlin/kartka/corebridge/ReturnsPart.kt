package kartka.corebridge

import kartka.generated.UnlinkedReturnRequest
import kartka.presentation.Candidate
import kartka.presentation.Effect
import kartka.presentation.ReceiptBack
import kartka.presentation.RequestId
import kartka.presentation.ReturnsGateway

/** Returns without their purchase, over the core. */
internal class ReturnsPart(private val core: CoreParts) : ReturnsGateway {
    override suspend fun receipts(number: String, date: String): List<Candidate> =
        asked {
            val currency = core.currency()
            core.till.receipts(number, date).map { core.till.purchase(it) }.map {
                Candidate(it.id, it.atMs, it.total.money(currency))
            }
        }

    override suspend fun unlinkedQuote(back: ReceiptBack): List<Effect> =
        asked {
            val currency = core.currency()
            core.till.unlinkedQuote(back.asCore()).map { it.asEffect(currency) }
        }

    override suspend fun returnUnlinked(request: RequestId, back: ReceiptBack): Long =
        asked { core.till.returnUnlinked(request.bytes(), back.asCore()) }
}

private fun ReceiptBack.asCore(): UnlinkedReturnRequest =
    UnlinkedReturnRequest(
        receipt = number,
        outlet = outlet?.toUInt(),
        date = date,
        amount = amount,
        customer = customerId,
    )
