package kartka.desktop

import java.awt.FileDialog
import java.awt.Frame
import java.awt.GraphicsEnvironment
import java.io.File

/** Where a person at a computer puts a file, and which one they pick. */
interface DeskFiles {
    /** Where a file called [name] shall lie; null for nowhere. */
    fun place(name: String): File?

    /** A file that is there; null for none. */
    fun pick(): File?
}

/** Asks by the system's own windows; without a screen nobody answers. */
internal object FileWindows : DeskFiles {
    override fun place(name: String): File? = asked(FileDialog.SAVE, name)

    override fun pick(): File? = asked(FileDialog.LOAD, null)

    private fun asked(mode: Int, name: String?): File? {
        if (GraphicsEnvironment.isHeadless()) return null
        val window = FileDialog(null as Frame?, null, mode)
        window.file = name
        window.isVisible = true
        return window.file?.let { File(window.directory, it) }
    }
}
