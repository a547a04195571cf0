package kartka.corebridge

import kartka.generated.CoreException
import kartka.generated.FriendCounts
import kartka.generated.FriendState
import kartka.generated.FriendView
import kartka.generated.MemberView
import kartka.generated.VoucherState
import kartka.generated.VoucherView
import kartka.presentation.Friend
import kartka.presentation.FriendPromise
import kartka.presentation.FriendStanding
import kartka.presentation.Friends
import kartka.presentation.Joint
import kartka.presentation.Member
import kartka.presentation.OwnVoucher
import kartka.presentation.RequestId
import kartka.presentation.TiesGateway
import kartka.presentation.VoucherStanding

/** What belongs to a customer, over the core. */
internal class TiesPart(private val core: CoreParts) : TiesGateway {
    override suspend fun vouchers(customerId: Long): List<OwnVoucher> =
        asked {
            val currency = core.currency()
            core.till.vouchersOf(customerId).map { it.asOwn(currency) }
        }

    override suspend fun joints(customerId: Long): List<Joint> =
        asked {
            val members = core.customers.members(customerId).associate { it.customer to it.asMember() }
            core.customers.merges(customerId).map {
                Joint(it.merge, members.getValue(it.one), members.getValue(it.other), it.byHand)
            }
        }

    override suspend fun join(request: RequestId, one: Long, other: Long): Unit =
        asked { core.customers.merge(request.bytes(), one, other) }

    override suspend fun part(request: RequestId, customerId: Long, joint: Long): Unit =
        asked { core.customers.unmerge(request.bytes(), customerId, joint) }

    override suspend fun promise(): FriendPromise =
        asked {
            core.customers.referralPromise()?.run {
                FriendPromise.Points(
                    reward,
                    every.toInt(),
                    welcome,
                    whenBuying = counts == FriendCounts.BUYING,
                    windowDays.toInt(),
                )
            } ?: FriendPromise.Nothing
        }

    override suspend fun friends(customerId: Long): Friends =
        asked {
            val known = core.customers.friends(customerId)
            Friends(
                known.broughtBy?.let { it.asFriend(member(it.referrer)) },
                known.brought.map { it.asFriend(member(it.friend)) },
            )
        }

    override suspend fun refer(request: RequestId, friend: Long, referrer: Long): Unit =
        asked { core.customers.refer(request.bytes(), friend, referrer) }

    /** Whoever was erased is nobody any more. */
    private suspend fun member(id: Long): Member =
        try {
            core.customers
                .members(id)
                .first { it.customer == id }
                .asMember()
        } catch (_: CoreException.NotFound) {
            Member(id, null, null)
        }
}

private fun MemberView.asMember(): Member = Member(customer, name, cards.lastOrNull()?.digits)

internal fun VoucherView.asOwn(currency: String): OwnVoucher =
    OwnVoucher(
        id = id,
        name = name,
        number = number,
        left = balance.money(currency),
        lastDay = lastDay,
        standing =
            when (state) {
                VoucherState.ISSUED -> VoucherStanding.Issued
                VoucherState.USED -> VoucherStanding.Used
                VoucherState.EXPIRED -> VoucherStanding.Expired
                VoucherState.CANCELLED -> VoucherStanding.Cancelled
            },
        refusal = refusal?.asWords(),
    )

private fun FriendView.asFriend(who: Member): Friend =
    Friend(
        who = who,
        date = date,
        standing =
            when (state) {
                FriendState.WAITS -> FriendStanding.Waits
                FriendState.COUNTS -> FriendStanding.Counts
                FriendState.REFUSED -> FriendStanding.Refused
            },
        reward = reward,
        welcome = welcome,
        availableOn = availableOn,
        why = why?.asWords(),
    )
