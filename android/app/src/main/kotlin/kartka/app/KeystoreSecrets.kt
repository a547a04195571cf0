package kartka.app

import android.content.Context
import android.os.UserManager
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import kartka.corebridge.Secrets
import kartka.corebridge.SecretsFault
import java.io.File
import java.io.FileOutputStream
import java.security.GeneralSecurityException
import java.security.KeyStore
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * Secrets as files, each sealed by a key that never leaves the phone's key store.
 *
 * A secret whose key the platform dropped is [SecretsFault.Lost]: the recovery sheet helps, not a new key. Only a secret
 * that stands alone may be stored anew under another key.
 *
 * @param alias the key's name in the store
 */
class KeystoreSecrets(private val context: Context, private val alias: String) : Secrets {
    private val folder: File =
        context.noBackupFilesDir.resolve(if (alias == SHOP) "secrets" else "secrets-$alias").also { it.mkdirs() }

    override fun load(name: String): ByteArray? {
        val file = fileOf(name)
        if (!file.exists()) return null
        unlocked()
        val sealed = file.readBytes()
        val key = keyStore().getKey(alias, null) as? SecretKey ?: throw SecretsFault.Lost()
        return opening {
            val cipher = Cipher.getInstance(CIPHER)
            cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, sealed, 0, NONCE))
            cipher.doFinal(sealed, NONCE, sealed.size - NONCE)
        }
    }

    override fun store(name: String, secret: ByteArray) {
        unlocked()
        if (secret.isEmpty() && isLost()) {
            fileOf(name).delete()
            return
        }
        val sealed =
            opening {
                val cipher = Cipher.getInstance(CIPHER)
                cipher.init(Cipher.ENCRYPT_MODE, key(name))
                cipher.iv + cipher.doFinal(secret)
            }
        val next = fileOf("$name.next")
        FileOutputStream(next).use {
            it.write(sealed)
            it.fd.sync()
        }
        check(next.renameTo(fileOf(name))) { "the secret could not be put in its place" }
    }

    /** The key, made when the first secret is stored; never again, or secrets beside [name] would be lost silently. */
    private fun key(name: String): SecretKey {
        (keyStore().getKey(alias, null) as? SecretKey)?.let { return it }
        val others = folder.list().orEmpty().filter { it != fileOf(name).name && it != fileOf("$name.next").name }
        if (others.isNotEmpty()) throw SecretsFault.Lost()
        val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, STORE)
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec =
            KeyGenParameterSpec
                .Builder(alias, purposes)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
        generator.init(spec.build())
        return generator.generateKey()
    }

    /** Whether the phone's key store has dropped the key: an empty secret then gives an older one up. */
    private fun isLost(): Boolean = keyStore().getKey(alias, null) == null

    private fun keyStore(): KeyStore = KeyStore.getInstance(STORE).apply { load(null) }

    private fun unlocked() {
        val user = context.getSystemService(Context.USER_SERVICE) as UserManager
        if (!user.isUserUnlocked) throw SecretsFault.Locked()
    }

    private fun <T> opening(work: () -> T): T =
        try {
            work()
        } catch (broken: GeneralSecurityException) {
            throw SecretsFault.Lost().initCause(broken)
        }

    private fun fileOf(name: String): File = folder.resolve(name.replace(Regex("[^A-Za-z0-9._-]"), "_"))

    private companion object {
        const val STORE = "AndroidKeyStore"
        const val SHOP = "kartka"
        const val CIPHER = "AES/GCM/NoPadding"
        const val TAG_BITS = 128
        const val NONCE = 12
    }
}
