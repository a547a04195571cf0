package kartka.corebridge

import kartka.generated.DayView
import kartka.generated.DeviceView
import kartka.generated.Settlement
import kartka.generated.UnlinkedReturnView
import kartka.presentation.Candidate
import kartka.presentation.Day
import kartka.presentation.Device
import kartka.presentation.DeviceStanding
import kartka.presentation.EarnLimits
import kartka.presentation.InboxAsk
import kartka.presentation.InboxItem
import kartka.presentation.Invitation
import kartka.presentation.LimitNumber
import kartka.presentation.LimitThen
import kartka.presentation.OfficeGateway
import kartka.presentation.Outstanding
import kartka.presentation.RequestId
import kartka.presentation.Revoking
import kartka.presentation.RoleName
import kartka.presentation.Today
import kartka.presentation.Trust
import kartka.generated.DeviceStanding as CoreState
import kartka.generated.EarnLimits as CoreLimits
import kartka.generated.InboxAsk as CoreAsk
import kartka.generated.InboxItem as CoreItem
import kartka.generated.LimitNumber as CoreNumber
import kartka.generated.LimitThen as CoreThen

/** What the owner looks after, over the core. */
internal class OfficePart(private val core: CoreParts) : OfficeGateway {
    override suspend fun today(): Today =
        asked {
            val report = core.reports.today(null)
            val currency = core.currency()
            Today(
                day = report.day.asDay(currency),
                weekBefore = report.weekBefore.asDay(currency),
                revenueChange = report.revenueChange,
                receiptsChange = report.receiptsChange,
                outstanding = report.outstanding.map { Outstanding(it.instrument.toLong(), it.points) },
                liability = report.liability.money(currency),
                pending = report.outbox,
                heardAt = report.syncedMs,
            )
        }

    override suspend fun devices(): List<Device> = asked { core.office.devices().map { it.asDevice() } }

    override suspend fun revoke(request: RequestId, device: Long, how: Revoking): Unit =
        asked {
            val standing =
                when (how) {
                    Revoking.KeepData -> CoreState.REVOKED
                    Revoking.WipeWhenEmpty -> CoreState.WIPE_WHEN_EMPTY
                    Revoking.WipeNow -> CoreState.WIPE_NOW
                }
            core.office.revoke(request.bytes(), device.toUInt(), standing)
        }

    override suspend fun invite(holder: Long, outlet: Long?): Invitation =
        asked { core.office.invite(holder.toUInt(), outlet?.toUInt()).let { Invitation(it.text, it.expiresMs) } }

    override suspend fun employ(request: RequestId, name: String, role: Long): Long =
        asked { core.team.employ(request.bytes(), name.trim(), role.toUInt()).toLong() }

    override suspend fun dismiss(request: RequestId, operator: Long): Unit =
        asked { core.team.dismiss(request.bytes(), operator.toUInt()) }

    override suspend fun roles(): List<RoleName> =
        asked { core.team.roles().map { RoleName(it.role.toLong(), it.name) } }

    override suspend fun inbox(): List<InboxItem> =
        asked {
            val items = core.office.inbox()
            val returns =
                if (items.any { it.asks is CoreAsk.UnlinkedReturn }) core.till.unlinkedReturns() else emptyList()
            items.map { item ->
                val of = (item.asks as? CoreAsk.UnlinkedReturn)?.of
                item.asItem(returns.find { it.id == of }?.let { unlinked(it) })
            }
        }

    private suspend fun unlinked(back: UnlinkedReturnView): InboxAsk.UnlinkedReturn {
        val currency = core.currency()
        val candidates =
            core.till.receipts(back.receipt, back.receiptDate).map { core.till.purchase(it) }.map {
                Candidate(it.id, it.atMs, it.total.money(currency))
            }
        return InboxAsk.UnlinkedReturn(
            returned = back.id,
            receipt = back.receipt,
            date = back.receiptDate,
            amount = back.amount.money(currency),
            candidates = candidates,
        )
    }

    override suspend fun close(request: RequestId, item: Long): Unit =
        asked { core.office.closeItem(request.bytes(), item) }

    override suspend fun agree(request: RequestId, item: Long): Unit =
        asked { core.office.agreeItem(request.bytes(), item) }

    override suspend fun settle(request: RequestId, upTo: Long, takeIn: Boolean): Unit =
        asked { core.office.settle(request.bytes(), upTo, takeIn) }

    override suspend fun settleReturn(request: RequestId, returned: Long, takeIn: Boolean, link: Long?): Unit =
        asked {
            val how =
                when {
                    link != null -> Settlement.Link(link)
                    takeIn -> Settlement.Accept
                    else -> Settlement.Refuse
                }
            core.till.settleReturn(request.bytes(), returned, how)
        }

    override suspend fun trust(): Trust =
        asked {
            val lost = core.office.lostPhone()
            val currency = core.currency()
            Trust(
                hours = lost.capabilityHours.toInt(),
                graceDays = lost.graceDays.toInt(),
                days = lost.days.toLong(),
                points = lost.points,
                worth = lost.worth?.money(currency),
            )
        }

    override suspend fun setTrust(request: RequestId, hours: Int, days: Int): Unit =
        asked { core.office.trustFor(request.bytes(), hours.asShort(), days.asShort()) }

    override suspend fun limits(): EarnLimits = asked { core.settings.earnLimits().asLimits() }

    override suspend fun setLimits(request: RequestId, limits: EarnLimits): Unit =
        asked { core.settings.setEarnLimits(request.bytes(), limits.asCore()) }
}

/** What is out of the type's range is out of the core's too. */
private fun Int.asShort(): UShort = coerceIn(0, UShort.MAX_VALUE.toInt()).toUShort()

private fun DayView.asDay(currency: String): Day =
    Day(
        date = date,
        receipts = receipts,
        identified = identified,
        sales = sales.money(currency),
        taken = taken.money(currency),
        returned = returns.money(currency),
        visits = visits,
        buyers = buyers,
        returning = returning,
        registered = registered,
        repeatShare = repeatShare,
        average = average?.money(currency),
    )

private fun DeviceView.asDevice(): Device =
    Device(
        device = device.toLong(),
        name = name,
        holder = holder.toLong(),
        standing =
            when (standing) {
                CoreState.ACTIVE -> DeviceStanding.Active
                CoreState.REVOKED -> DeviceStanding.Revoked
                CoreState.WIPE_WHEN_EMPTY -> DeviceStanding.WipeWhenEmpty
                CoreState.WIPE_NOW -> DeviceStanding.WipeNow
                CoreState.WIPED -> DeviceStanding.Wiped
            },
        here = here,
    )

private fun CoreItem.asItem(back: InboxAsk.UnlinkedReturn?): InboxItem =
    InboxItem(
        item = item,
        words = code.asWords(),
        customerId = customer,
        otherId = other,
        date = date,
        asks =
            when (val asks = asks) {
                CoreAsk.Notice -> InboxAsk.Notice
                CoreAsk.Proposal -> InboxAsk.Proposal
                is CoreAsk.Quarantine -> InboxAsk.Quarantine(asks.upTo)
                is CoreAsk.UnlinkedReturn -> back ?: InboxAsk.Notice
            },
    )

private fun CoreLimits.asLimits(): EarnLimits =
    EarnLimits(
        perDay = perDay?.asNumber(),
        gapMinutes = gapMinutes?.asNumber(),
        ownCard = ownCard?.asThen(),
        typed = typed?.asThen(),
    )

private fun EarnLimits.asCore(): CoreLimits =
    CoreLimits(
        perDay = perDay?.asCore(),
        gapMinutes = gapMinutes?.asCore(),
        ownCard = ownCard?.asCore(),
        typed = typed?.asCore(),
    )

private fun CoreNumber.asNumber(): LimitNumber = LimitNumber(number.toInt(), then.asThen())

private fun LimitNumber.asCore(): CoreNumber = CoreNumber(number.asShort(), then.asCore())

private fun CoreThen.asThen(): LimitThen =
    when (this) {
        CoreThen.FLAG -> LimitThen.Flag
        CoreThen.REFUSE -> LimitThen.Refuse
    }

private fun LimitThen.asCore(): CoreThen =
    when (this) {
        LimitThen.Flag -> CoreThen.FLAG
        LimitThen.Refuse -> CoreThen.REFUSE
    }
