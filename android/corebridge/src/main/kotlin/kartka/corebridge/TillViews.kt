package kartka.corebridge

import kartka.generated.ClaimView
import kartka.generated.EntryKind
import kartka.generated.EntryView
import kartka.generated.Order
import kartka.generated.Parts
import kartka.generated.PurchaseView
import kartka.generated.QuoteView
import kartka.generated.RefundView
import kartka.generated.ReturnView
import kartka.generated.ReturnedLine
import kartka.generated.VoidReason
import kartka.presentation.BackLine
import kartka.presentation.Effect
import kartka.presentation.EffectKind
import kartka.presentation.NoRedeem
import kartka.presentation.PaidParts
import kartka.presentation.Quote
import kartka.presentation.Receipt
import kartka.presentation.Redeemable
import kartka.presentation.Refund
import kartka.presentation.Returned
import kartka.presentation.SoldLine
import kartka.presentation.UndoReason
import kartka.generated.Redeemable as CoreRedeemable

internal fun QuoteView.asQuote(currency: String): Quote =
    Quote(
        id = id,
        total = total.money(currency),
        due = due.money(currency),
        effects = claims.map { it.asEffect(currency) },
        redeem = redeemable.asRedeemable(),
        said = said.map { it.asWords() },
    )

internal fun PurchaseView.asReceipt(currency: String): Receipt =
    Receipt(
        id = id,
        customerId = customer,
        at = atMs,
        date = date,
        number = receipt,
        lines = lines.map { SoldLine(it.quantity, it.returned, it.gross.money(currency)) },
        total = total.money(currency),
        paid = parts.asPaid(currency),
        points = points,
        effects = entries.map { it.asEffect() },
        returns = returns.map { it.asReturned() },
        queued = order == Order.QUEUED,
        refused = refused?.asWords(),
        notes = flags.map { it.asWords() } + entries.mapNotNull { it.verdict?.asWords() },
    )

internal fun RefundView.asRefund(currency: String): Refund =
    Refund(
        money = money.money(currency),
        gross = gross.money(currency),
        everything = everything,
        effects = claims.map { it.asEffect(currency) },
    )

private fun ReturnView.asReturned(): Returned =
    Returned(
        id = id,
        at = atMs,
        date = date,
        undone =
            when (voidReason) {
                null -> null
                VoidReason.UNDO -> UndoReason.Undo
                VoidReason.MISTAKE -> UndoReason.Mistake
                VoidReason.CUSTOMER -> UndoReason.Customer
            },
        lines = lines.map { it.asBack() },
    )

private fun ReturnedLine.asBack(): BackLine = BackLine(line.toInt(), quantity)

internal fun Parts.asPaid(currency: String): PaidParts =
    PaidParts(
        cash = cash.money(currency),
        card = card.money(currency),
        other = other.money(currency),
        certificate = certificate.money(currency),
        points = points.money(currency),
    )

private fun CoreRedeemable.asRedeemable(): Redeemable =
    when (this) {
        is CoreRedeemable.Between ->
            Redeemable.Between(least, most, step, listOfNotNull(most, roundCash).distinct(), limit.asWords())
        is CoreRedeemable.Nothing -> Redeemable.Nothing(noRedeem(reason.name), reason.asWords())
    }

private fun noRedeem(reason: String): NoRedeem =
    when (reason) {
        "NotEnoughPoints", "BelowMinimum" -> NoRedeem.NotEnough
        "OfflineNotAllowed", "CustomerCap", "DeviceBudget", "SnapshotTooOld" -> NoRedeem.Offline
        "AskForPoints" -> NoRedeem.AskServer
        else -> NoRedeem.Rule
    }

internal fun ClaimView.asEffect(currency: String): Effect =
    Effect(instrument.toLong(), kind.asKind(), points, stamps, value.money(currency))

private fun EntryView.asEffect(): Effect = Effect(instrument.toLong(), kind.asKind(), points, stamps)

private fun EntryKind.asKind(): EffectKind =
    when (this) {
        EntryKind.EARN -> EffectKind.Earn
        EntryKind.REDEEM -> EffectKind.Redeem
        EntryKind.REWARD -> EffectKind.Reward
        EntryKind.REVERSE -> EffectKind.Reverse
        EntryKind.RESTORE -> EffectKind.Restore
        EntryKind.EXPIRE -> EffectKind.Expire
        EntryKind.REVIVE -> EffectKind.Revive
        EntryKind.USE -> EffectKind.Use
        EntryKind.UNUSE -> EffectKind.Unuse
        EntryKind.JOIN -> EffectKind.Join
        EntryKind.LEAVE -> EffectKind.Leave
        EntryKind.LEVEL -> EffectKind.Level
        EntryKind.ADJUST -> EffectKind.Adjust
        EntryKind.THANK -> EffectKind.Thank
        EntryKind.UNTHANK -> EffectKind.Unthank
        EntryKind.NEWER -> EffectKind.Newer
    }
