package kartka.app

import kartka.corebridge.KartkaGateway
import kartka.corebridge.Secrets
import kartka.corebridge.SecretsFault
import java.nio.file.Files
import java.util.concurrent.ConcurrentHashMap

/** The Activity without its drawing. */
class QuietActivity : CounterActivity() {
    /** It had to wait for the data. */
    var waited = false

    override fun drawOpening(host: PhoneHost) {
        waited = true
    }

    override fun drawCounter(shell: CounterShell, core: KartkaGateway, host: PhoneHost) = Unit
}

/** A phone whose process can die and come again over the same data. */
class QuietApplication : KartkaApplication() {
    val folder = Files.createTempDirectory("kartka-app-").toFile()

    /** What was asked of the system's work list. */
    val asked = mutableListOf<String>()
    val secrets = RamSecrets()

    /** The keys of the person's own cards. */
    val cards = RamSecrets()
    override var house = newHouse()
    override val errands =
        object : Errands {
            override fun soon() {
                asked += "soon"
            }

            override fun nowAndThen() {
                asked += "now and then"
            }
        }

    /** The process has died and another one is there. */
    fun isReborn() {
        house.core.close()
        house = newHouse()
    }

    fun ends() {
        house.core.close()
        folder.deleteRecursively()
    }

    private fun newHouse() = House(folder, secrets, cards, { _, _, _ -> }, copies)
}

/** Secrets in memory; may be told to fail. */
class RamSecrets : Secrets {
    private val kept = ConcurrentHashMap<String, ByteArray>()

    @Volatile
    var fault: SecretsFault? = null

    override fun load(name: String): ByteArray? {
        fault?.let { throw it }
        return kept[name]
    }

    override fun store(name: String, secret: ByteArray) {
        fault?.let { throw it }
        kept[name] = secret
    }
}
