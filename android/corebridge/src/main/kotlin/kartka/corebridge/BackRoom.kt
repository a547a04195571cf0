package kartka.corebridge

import kartka.generated.qrSquares
import kartka.presentation.RequestId

/**
 * What a phone does behind the counter: blank cards and pictures of codes.
 *
 * No presenter asks for it; the app and the window do.
 */
public interface BackRoom {
    /** Makes [count] blank cards; answers with the texts of their QR codes. */
    public suspend fun blankCards(request: RequestId, count: Int): List<String>

    /** The squares of the QR of [text], its quiet zone included; null for a text that no QR holds. */
    public fun squares(text: String): Qr?
}

/** A QR: [side] squares along each side, row by row. */
public class Qr(public val side: Int, public val dark: BooleanArray)

internal class BackRoomPart(private val parts: CoreParts) : BackRoom {
    override suspend fun blankCards(request: RequestId, count: Int): List<String> =
        asked { parts.cards.emit(request.bytes(), count.toUInt()).map { parts.cards.code(it.number) } }

    override fun squares(text: String): Qr? = squaresOf(text)
}

/** As [BackRoom.squares], where no shop is. */
public fun squaresOf(text: String): Qr? =
    qrSquares(text)?.let { squares ->
        Qr(squares.side.toInt(), BooleanArray(squares.dark.size) { squares.dark[it] != 0.toByte() })
    }
