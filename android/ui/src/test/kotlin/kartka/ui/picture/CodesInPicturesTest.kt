package kartka.ui.picture

import kartka.corebridge.CardsPlace
import kartka.corebridge.KartkaGateway
import kartka.corebridge.LogLines
import kartka.corebridge.Secrets
import kartka.corebridge.ShopPlace
import kartka.presentation.LumaFrame
import kartka.presentation.ScanEvent
import kartka.presentation.words.Language
import kartka.ui.design.Colours
import kartka.ui.design.DarkColours
import kartka.ui.design.LightColours
import kotlinx.coroutines.runBlocking
import java.awt.image.BufferedImage
import kotlin.test.Test
import kotlin.test.assertEquals

/** What stands on a screen to be scanned is scanned off its picture, by the session that a counter's camera has. */
class CodesInPicturesTest {
    private val shown =
        mapOf(
            "card fresh" to "K10123456789ABCDEF",
            "link shown" to LINK,
            "register registered" to "HTTPS://KARTKA.EXAMPLE/AB2C/0123456789ABCDEF",
            "sheet not_printed" to "KR1 7K2M0QXD5R9TB3FW8HNC4JPE",
            "devices code" to PAIRING,
        )

    @Test
    fun `a camera reads every code off the screen, in the light and in the dark`() {
        val gateway = KartkaGateway(ShopPlace(NOWHERE, NoSecrets, SILENT), CardsPlace(NOWHERE, NoSecrets, SILENT))
        gateway.use { core ->
            listOf(LightColours, DarkColours).forEach { colours ->
                assertEquals(
                    shown,
                    shown.mapValues { (page, _) ->
                        runBlocking { core.read(pictureOf(page, colours)) }
                    },
                )
            }
        }
    }

    private fun pictureOf(name: String, colours: Colours): BufferedImage {
        val page = album.first { "${it.screen} ${it.face}" == name }
        // As far away as the camera must be to see the whole screen: it looks into the middle of its picture first.
        return Look(Language.Ukrainian, colours, 1f).drawn(page, Glass(density = 0.8f))
    }

    private suspend fun KartkaGateway.read(picture: BufferedImage): String? {
        val session = openScan()
        try {
            return (0L..LOOKS).firstNotNullOfOrNull { look -> textOf(session.offer(frameOf(picture, look))) }
        } finally {
            session.end()
        }
    }

    private fun textOf(events: List<ScanEvent>): String? =
        events.firstNotNullOfOrNull {
            when (it) {
                is ScanEvent.Read -> it.text
                is ScanEvent.LetsIn -> it.code
                is ScanEvent.OpensShop -> it.sheet
                else -> null
            }
        }

    /** As a camera sees it: how bright each point is. */
    private fun frameOf(picture: BufferedImage, look: Long): LumaFrame {
        val bytes =
            ByteArray(picture.width * picture.height) { at ->
                val colour = picture.getRGB(at % picture.width, at / picture.width)
                val sum = (colour shr 16 and BRIGHTEST) + (colour shr 8 and BRIGHTEST) + (colour and BRIGHTEST)
                (sum / CHANNELS).toByte()
            }
        return LumaFrame(bytes, picture.width, picture.height, picture.width, atMillis = look * FRAME_MILLIS)
    }

    private object NoSecrets : Secrets {
        override fun load(name: String): ByteArray? = null

        override fun store(name: String, secret: ByteArray) = Unit
    }

    private companion object {
        const val NOWHERE = "/nowhere"
        val SILENT = LogLines { _, _, _ -> }
        const val LOOKS = 40L
        const val FRAME_MILLIS = 66L
        const val BRIGHTEST = 255
        const val CHANNELS = 3
    }
}
