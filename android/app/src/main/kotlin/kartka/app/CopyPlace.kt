package kartka.app

import android.content.Context
import android.content.Intent.FLAG_GRANT_READ_URI_PERMISSION
import android.content.Intent.FLAG_GRANT_WRITE_URI_PERMISSION
import android.net.Uri
import kartka.presentation.CopyFile
import kartka.presentation.CoreFault
import kartka.presentation.ShopGateway
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.io.File
import java.io.InputStream
import kotlin.coroutines.CoroutineContext

/**
 * The file that the owner of a shop on one phone picked for its encrypted copy, renewed by itself from then on.
 *
 * When it is due the core says; that it lies there is told only after it was read back. A place that is gone or full
 * keeps the older copy's age growing on Today.
 */
class CopyPlace(private val context: Context, private val disk: CoroutineContext = Dispatchers.IO) {
    private val notes by lazy { context.getSharedPreferences("copy", Context.MODE_PRIVATE) }
    private val turn = Mutex()

    /** The owner has picked [place] and the copy lies there. */
    fun take(place: Uri) {
        try {
            context.contentResolver.takePersistableUriPermission(
                place,
                FLAG_GRANT_READ_URI_PERMISSION or FLAG_GRANT_WRITE_URI_PERMISSION,
            )
            notes.edit().putString(PLACE, place.toString()).apply()
        } catch (_: SecurityException) {
            // Lent for this once: the owner is asked again when the copy has become old.
        }
    }

    /** Renews the copy if it is due; answers whether a newer one lies there now. */
    suspend fun renew(core: ShopGateway): Boolean =
        turn.withLock {
            val place = notes.getString(PLACE, null)?.let(Uri::parse) ?: return false
            try {
                core.copyDue() && brought(core, core.writeCopy(), place)
            } catch (_: CoreFault) {
                // The next time does it.
                false
            }
        }

    private suspend fun brought(core: ShopGateway, copy: CopyFile, place: Uri): Boolean {
        val file = File(copy.path)
        try {
            val lies = withContext(disk) { lies(file, place) }
            if (lies) core.copyLies(copy)
            return lies
        } finally {
            file.delete()
        }
    }

    /** Whatever the app behind the place throws, also of its own faults: the older copy only grows older. */
    private fun lies(file: File, place: Uri): Boolean =
        runCatching {
            val resolver = context.contentResolver
            resolver.openOutputStream(place, "wt")?.use { to -> file.inputStream().use { it.copyTo(to) } }
            val back = checkNotNull(resolver.openInputStream(place))
            back.use { file.inputStream().use { same(it.buffered(), back.buffered()) } }
        }.getOrDefault(false)

    private fun same(one: InputStream, other: InputStream): Boolean {
        while (true) {
            val byte = one.read()
            if (byte != other.read()) return false
            if (byte < 0) return true
        }
    }

    private companion object {
        const val PLACE = "place"
    }
}
