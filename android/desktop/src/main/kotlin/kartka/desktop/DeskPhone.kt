package kartka.desktop

import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import kartka.corebridge.CardsPlace
import kartka.corebridge.KartkaGateway
import kartka.corebridge.LogLines
import kartka.corebridge.RandomRequestIds
import kartka.corebridge.Secrets
import kartka.corebridge.ShopPlace
import kartka.presentation.CoreFault
import kartka.presentation.LumaFrame
import kartka.presentation.NextStep
import kartka.presentation.Picked
import kartka.presentation.ShopFacts
import kartka.presentation.Trouble
import kartka.presentation.scan.Camera
import kartka.ui.component.Squares
import kartka.ui.nav.Counter
import kartka.ui.nav.Here
import kartka.ui.nav.OpenScreens
import kartka.ui.screen.Felt
import kartka.ui.screen.FileKind
import kartka.ui.screen.Host
import kartka.ui.screen.Telling
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.MutableStateFlow
import java.awt.GraphicsEnvironment
import java.awt.Toolkit
import java.awt.datatransfer.StringSelection
import java.io.File
import java.util.Locale

/** The bundled letters. */
val letters =
    FontFamily(
        Font("font/manrope_medium.ttf", FontWeight.Normal),
        Font("font/manrope_bold.ttf", FontWeight.Bold),
    )

/** A phone of the shop on this computer: its folder, the core over it, and the screens. */
class DeskPhone private constructor(
    val core: KartkaGateway,
    val facts: ShopFacts?,
    here: Here,
    scope: CoroutineScope,
    kept: List<String>,
    files: DeskFiles,
) : AutoCloseable {
    /** What is open; the camera is a picture that is offered by [show]. */
    val screens = OpenScreens(Counter(core, RandomRequestIds(), Dispatchers.Default, here), scope, kept)

    /** What a computer can do for a screen. */
    val host: Host =
        object : Host {
            override fun askForCamera() = screens.cameraIs(Camera.Searching)

            override fun openSettings() = Unit

            override fun openLanguages() = Unit

            override fun turnTorch() = Unit

            override fun help(step: NextStep) = Unit

            override fun feel(outcome: Felt) = Unit

            override fun bright(on: Boolean) = Unit

            // A window that is closed tells nothing.
            override val telling = MutableStateFlow(Telling.Allowed)

            override fun askToTell() = Unit

            override fun dontAskToTell() = Unit

            override fun share(text: String) {
                if (!GraphicsEnvironment.isHeadless()) {
                    Toolkit.getDefaultToolkit().systemClipboard.setContents(StringSelection(text), null)
                }
            }

            override fun keepFile(file: String, kept: () -> Unit) {
                val from = File(file)
                val place = files.place(from.name) ?: return
                from.copyTo(place, overwrite = true)
                kept()
            }

            override fun keepCopy(file: String, kept: () -> Unit): Unit = keepFile(file, kept)

            // A computer reads a person's file where it lies: only what this phone has written itself is dropped.
            private val theirs = mutableSetOf<String>()

            override fun pickFile(kind: FileKind, picked: (Picked) -> Unit) {
                files.pick()?.let { picked(Picked.There(it.path.also(theirs::add))) }
            }

            override fun dropFile(file: String) {
                if (file !in theirs) File(file).delete()
            }

            override fun squares(text: String): Squares? = core.squares(text)?.let { Squares(it.side, it.dark) }
        }

    /** Holds a picture before the camera. */
    fun show(frame: LumaFrame): Unit = screens.frame(frame)

    override fun close() {
        screens.end()
        core.close()
    }

    companion object {
        /**
         * Opens the phone whose data is in [folder], pairing it with [code] first if one is given; its keys are kept by
         * [secrets], or in files beside it.
         */
        suspend fun open(
            folder: File,
            scope: CoroutineScope,
            code: String? = null,
            name: String = folder.name,
            kept: List<String> = emptyList(),
            files: DeskFiles = FileWindows,
            secrets: Secrets? = null,
        ): DeskPhone {
            val data = folder.resolve("data").also { it.mkdirs() }
            val log = LogLines { _, _, _ -> }
            val cards = CardsPlace(data.path, FileSecrets(folder.resolve("cards-keys")), log)
            val keys = secrets ?: FileSecrets(folder.resolve("keys"))
            val core = KartkaGateway(ShopPlace(data.path, keys, log), cards)
            val closed = closed(core)
            if (code != null) core.pair(RandomRequestIds().next(), code, name)
            val holder = core.heldCards().isNotEmpty()
            val here = Here(Locale.getDefault().country, name, core.isEnrolled(), holder, closed)
            val facts = if (here.enrolled) core.facts() else null
            return DeskPhone(core, facts, here, scope, kept, files)
        }

        /** Why the shop that is here does not open. */
        private suspend fun closed(core: KartkaGateway): Trouble? =
            try {
                core.open()
                null
            } catch (fault: CoreFault) {
                fault.trouble
            }
    }
}
