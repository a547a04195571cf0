package kartka.corebridge

import kartka.generated.CoreException
import kartka.generated.HolderProfile
import kartka.generated.Wallet
import kartka.generated.Will
import kartka.generated.readCardLink
import kartka.presentation.Answers
import kartka.presentation.HeldCard
import kartka.presentation.HolderForm
import kartka.presentation.LinkedCard
import kartka.presentation.RequestId
import kartka.presentation.WalletGateway
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import kartka.generated.Birthday as CoreBirthday

/**
 * Where a person's own cards lie: a file of their own, also in the folder of a shop.
 *
 * @property secrets keeps their key; a platform that loses it loses nothing of a shop by it
 */
public class CardsPlace(internal val folder: String, internal val secrets: Secrets, internal val log: LogLines)

/** A person's cards over the core, opened when they are first asked for. */
internal class WalletPart(private val place: CardsPlace) :
    WalletGateway,
    AutoCloseable {
    private val opening = Mutex()

    @Volatile
    private var wallet: Wallet? = null

    override suspend fun heldCards(): List<HeldCard> = within { it.cards().map { card -> card.asHeld() } }

    override suspend fun heldCard(card: Long): HeldCard = within { it.card(card).asHeld() }

    override fun linked(link: String): LinkedCard =
        try {
            readCardLink(link).let { LinkedCard(it.shop, it.address) }
        } catch (error: CoreException) {
            throw error.asFault()
        }

    override suspend fun takeCard(link: String): Long = within { it.add(link) }

    override suspend fun askShops(only: Long?): Answers =
        within { it.refresh(only, null) }
            .let { Answers(it.answered.toInt(), it.unreached.toInt(), it.refused.toInt()) }

    override fun stopAsking() {
        wallet?.stopRefresh()
    }

    override suspend fun wishNews(request: RequestId, card: Long, wording: Int, wanted: Boolean): Unit =
        within {
            it.consent(request.bytes(), card, wording.toUInt(), if (wanted) Will.GIVEN else Will.WITHDRAWN)
        }

    override suspend fun wishCorrection(request: RequestId, card: Long, holder: HolderForm): Unit =
        within { it.correct(request.bytes(), card, holder.asCore()) }

    override suspend fun wishErasure(request: RequestId, card: Long): Unit =
        within { it.eraseMe(request.bytes(), card) }

    override suspend fun removeCard(card: Long): Unit = within { it.remove(card) }

    override suspend fun exportCards(): String = within { it.export() }

    override suspend fun beginAnew(): Unit =
        once {
            wallet?.destroy()
            wallet = null
            wallet = asked { Wallet.anew(place.folder, ForeignKeys(place.secrets), ForeignLog(place.log)) }
        }

    override fun close() {
        wallet?.destroy()
    }

    private suspend fun <T> within(work: suspend (Wallet) -> T): T = asked { work(opened()) }

    private suspend fun opened(): Wallet =
        wallet ?: once {
            wallet ?: Wallet
                .open(place.folder, ForeignKeys(place.secrets), ForeignLog(place.log))
                .also { wallet = it }
        }

    /** A screen that goes away does not stop an opening that it began: the next one would find the file taken. */
    private suspend fun <T> once(work: suspend () -> T): T = withContext(NonCancellable) { opening.withLock { work() } }
}

private fun HolderForm.asCore(): HolderProfile =
    HolderProfile(
        given = given.trim(),
        family = family.trim(),
        email = email.trim(),
        birthday = birthday?.run { CoreBirthday(month.toUByte(), day.toUByte(), year) },
    )
