package kartka.corebridge

import kartka.generated.AttachRequest
import kartka.generated.CoreException
import kartka.generated.Line
import kartka.generated.ReturnedLine
import kartka.generated.RewardChoice
import kartka.generated.TillRequest
import kartka.generated.VoidReason
import kartka.presentation.BackLine
import kartka.presentation.CardRead
import kartka.presentation.LaidDown
import kartka.presentation.Quote
import kartka.presentation.Receipt
import kartka.presentation.Refund
import kartka.presentation.RequestId
import kartka.presentation.SaleDraft
import kartka.presentation.ShiftTotals
import kartka.presentation.Tender
import kartka.presentation.TillGateway
import kartka.presentation.UndoReason
import kartka.generated.CardRead as CoreRead
import kartka.generated.LaidDown as CoreLaid
import kartka.generated.Tender as CoreTender

/** One piece, in the core's thousandths. */
private const val PIECE = 1_000L

/** The till over the core. */
internal class TillPart(private val core: CoreParts) : TillGateway {
    override suspend fun quote(draft: SaleDraft): Quote =
        asked { core.till.quote(draft.asRequest()).asQuote(core.currency()) }

    override suspend fun reserve(draft: SaleDraft) {
        asked { core.till.reserve(draft.request.bytes(), draft.asRequest()) }
    }

    override suspend fun release(request: RequestId): Unit = asked { core.till.release(request.bytes()) }

    override suspend fun laidDown(code: String): LaidDown =
        try {
            val voucher = core.till.voucher(code)
            val refusal = voucher.refusal
            if (refusal != null) {
                LaidDown.Refused(refusal.asWords())
            } else {
                LaidDown.Voucher(voucher.id, voucher.name, voucher.number, voucher.balance.money(core.currency()))
            }
        } catch (_: CoreException.NotFound) {
            LaidDown.Code(code)
        } catch (error: CoreException) {
            throw error.asFault()
        }

    override suspend fun commit(request: RequestId, quoteId: Long): Long =
        asked { core.till.commit(request.bytes(), quoteId) }

    override suspend fun receipt(saleId: Long): Receipt =
        asked {
            val currency = core.currency()
            val vouchers = core.till.vouchersOfSale(saleId).map { it.asOwn(currency) }
            core.till
                .purchase(saleId)
                .asReceipt(currency)
                .copy(vouchers = vouchers)
        }

    override suspend fun refund(saleId: Long, lines: List<BackLine>): Refund =
        asked { core.till.refund(saleId, lines.map { it.asCore() }).asRefund(core.currency()) }

    override suspend fun giveBack(request: RequestId, saleId: Long, lines: List<BackLine>) {
        asked { core.till.giveBack(request.bytes(), saleId, lines.map { it.asCore() }) }
    }

    override suspend fun undo(request: RequestId, saleId: Long, reason: UndoReason) {
        asked { core.till.voidPurchase(request.bytes(), saleId, reason.asCore()) }
    }

    override suspend fun attachQuote(saleId: Long, customerId: Long, read: CardRead?): Quote =
        asked { core.till.attachQuote(AttachRequest(saleId, customerId, read?.asCore())).asQuote(core.currency()) }

    override suspend fun attach(request: RequestId, saleId: Long, customerId: Long, read: CardRead?): Unit =
        asked { core.till.attach(request.bytes(), AttachRequest(saleId, customerId, read?.asCore())) }

    override suspend fun shift(): ShiftTotals =
        asked {
            val shift = core.reports.shift()
            val currency = core.currency()
            ShiftTotals(
                date = shift.date,
                receipts = shift.receipts,
                sales = shift.sales.money(currency),
                taken = shift.taken.money(currency),
                paid = shift.paid.asPaid(currency),
                returned = shift.returns.money(currency),
                givenBack = shift.givenBack.money(currency),
            )
        }
}

private fun SaleDraft.asRequest(): TillRequest =
    TillRequest(
        customer = customerId,
        lines = listOf(Line(gross = amount, quantity = pieces * PIECE)),
        spend = spend,
        rewards = rewards.map { RewardChoice(it.instrument.toUInt(), it.reward.toUByte()) },
        codes = codes,
        tender =
            when (tender) {
                Tender.Cash -> CoreTender.CASH
                Tender.Card -> CoreTender.CARD
                Tender.Other -> CoreTender.OTHER
            },
        receipt = receipt,
        vouchers = vouchers.map { CoreLaid(voucher = it) },
        read = read?.asCore(),
        reserved = request.bytes().takeIf { reserved },
    )

internal fun CardRead.asCore(): CoreRead =
    when (this) {
        CardRead.Scanned -> CoreRead.SCANNED
        CardRead.Typed -> CoreRead.TYPED
        CardRead.Found -> CoreRead.FOUND
    }

private fun BackLine.asCore(): ReturnedLine = ReturnedLine(line.toUShort(), quantity)

private fun UndoReason.asCore(): VoidReason =
    when (this) {
        UndoReason.Undo -> VoidReason.UNDO
        UndoReason.Mistake -> VoidReason.MISTAKE
        UndoReason.Customer -> VoidReason.CUSTOMER
    }
