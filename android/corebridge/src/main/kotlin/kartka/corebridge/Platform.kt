package kartka.corebridge

import kartka.generated.ChangeListener
import kartka.generated.KeyStore
import kartka.generated.KeyStoreFault
import kartka.generated.LogEntry
import kartka.generated.LogLevel
import kartka.generated.LogSink
import kartka.presentation.ChangeTopic
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.asSharedFlow
import kartka.generated.ChangeTopic as CoreTopic

/**
 * Small secrets, wrapped by the platform's key store, outside the data folder.
 *
 * Anything thrown but [SecretsFault] counts as a key store that does not answer.
 */
public interface Secrets {
    /** The secret under [name], or null if none was ever kept there. */
    public fun load(name: String): ByteArray?

    /** Keeps [secret] under [name] in place of an older one; returns only when it is durable. */
    public fun store(name: String, secret: ByteArray)
}

/** Why a secret could not be read or kept. */
public sealed class SecretsFault(reason: String) : Exception(reason) {
    /** The phone was not unlocked since it started; the same call will work later. */
    public class Locked : SecretsFault("locked")

    /** The platform dropped what it needs to unwrap the secret. */
    public class Lost : SecretsFault("lost")
}

/** Where log lines go: ids and places, never names, numbers or notes. */
public fun interface LogLines {
    /** Takes one line, with the id that the person was shown, if one was; from any thread. */
    public fun write(severity: Severity, what: String, reportId: String?)
}

/** How much a log line matters. */
public enum class Severity { Info, Warning, Error }

internal class ForeignKeys(private val secrets: Secrets) : KeyStore {
    override fun load(name: String): ByteArray? = naming { secrets.load(name) }

    override fun store(name: String, secret: ByteArray): Unit = naming { secrets.store(name, secret) }

    private fun <T> naming(work: () -> T): T =
        try {
            work()
        } catch (fault: SecretsFault) {
            throw when (fault) {
                is SecretsFault.Locked -> KeyStoreFault.Locked()
                is SecretsFault.Lost -> KeyStoreFault.Lost()
            }
        }
}

internal class ForeignLog(private val lines: LogLines) : LogSink {
    override fun write(entry: LogEntry) {
        val severity =
            when (entry.level) {
                LogLevel.INFO -> Severity.Info
                LogLevel.WARNING -> Severity.Warning
                LogLevel.ERROR -> Severity.Error
            }
        lines.write(severity, entry.what, entry.reportId)
    }
}

/** The core's changes as a flow. Nobody waits: of very many untold changes the oldest are dropped. */
internal class ChangeFeed : ChangeListener {
    private val topics =
        MutableSharedFlow<ChangeTopic>(extraBufferCapacity = 64, onBufferOverflow = BufferOverflow.DROP_OLDEST)

    val flow: Flow<ChangeTopic> = topics.asSharedFlow()

    override fun changed(topic: CoreTopic) {
        val told =
            when (topic) {
                CoreTopic.CUSTOMERS -> ChangeTopic.Customers
                CoreTopic.SALES -> ChangeTopic.Sales
                CoreTopic.SYNC -> ChangeTopic.Sync
            }
        topics.tryEmit(told)
    }
}
