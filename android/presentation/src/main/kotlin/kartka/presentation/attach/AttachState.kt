package kartka.presentation.attach

import kartka.presentation.CardRead
import kartka.presentation.CustomerSheet
import kartka.presentation.Pictured
import kartka.presentation.Quote
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.Trouble

/** What a customer would earn by being attached to a sale without a card. */
public data class AttachState(
    val request: RequestId,
    val saleId: Long,
    val customerId: Long,
    val read: CardRead? = null,
    val customer: CustomerSheet? = null,
    val quote: Quote? = null,
    val writing: Boolean = false,
    val attached: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: AttachFace
        get() =
            when {
                trouble != null -> AttachFace.Trouble
                attached -> AttachFace.Attached
                writing -> AttachFace.Writing
                quote == null -> AttachFace.Loading
                else -> AttachFace.Quoted
            }
}

/** The lines of the table. */
public enum class AttachFace { Loading, Quoted, Writing, Attached, Trouble }
