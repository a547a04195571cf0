package kartka.corebridge

import kartka.generated.KartkaCore
import kartka.presentation.Founding
import kartka.presentation.ShopKind
import kotlinx.coroutines.runBlocking
import kotlin.io.path.createTempDirectory

/** A platform's key store that forgets nothing. */
class KeptSecrets : Secrets {
    private val kept = mutableMapOf<String, ByteArray>()

    override fun load(name: String) = kept[name]

    override fun store(name: String, secret: ByteArray) {
        kept[name] = secret
    }
}

/** A person's cards in [folder], of which nothing is told. */
fun placeIn(folder: String, secrets: Secrets = KeptSecrets()): ShopPlace = ShopPlace(folder, secrets) { _, _, _ -> }

fun cardsIn(folder: String, secrets: Secrets = KeptSecrets()): CardsPlace = CardsPlace(folder, secrets) { _, _, _ -> }

/** A coffee shop that was founded on this phone, behind the presenters' gateway. */
fun inShop(block: suspend (KartkaGateway) -> Unit) {
    val folder = createTempDirectory("kartka-shop-").toFile()
    val (secrets, feed) = KeptSecrets() to ChangeFeed()
    runBlocking {
        val core = KartkaCore.open(folder.path, ForeignKeys(secrets), Log(), feed)
        KartkaGateway(core, placeIn(folder.path, secrets), cardsIn(folder.path, secrets), feed).use { gateway ->
            gateway.found(RandomRequestIds().next(), Founding("Кав'ярня", "UA", ShopKind.Coffee, "Марта"))
            block(gateway)
        }
    }
    folder.deleteRecursively()
}
