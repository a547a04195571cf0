package kartka.presentation

/**
 * What a screen writes down so that it goes on after the process died: names and short texts in one line.
 *
 * Reading is total: a line that another version wrote, or nobody, gives no field and never an exception.
 */
public class Kept private constructor(private val fields: Map<String, String>) {
    public constructor(vararg fields: Pair<String, Any?>) : this(
        fields.mapNotNull { (name, value) -> value?.let { name to it.toString() } }.toMap(),
    )

    public operator fun get(name: String): String? = fields[name]

    public fun long(name: String): Long? = fields[name]?.toLongOrNull()

    public fun flag(name: String): Boolean = fields[name] == "true"

    /** Every field by its name. */
    internal fun all(): Map<String, String> = fields

    /** These fields and [other]'s. */
    public operator fun plus(other: Kept): Kept = Kept(fields + other.fields)

    /** One line of text. */
    public fun line(): String =
        fields.entries.joinToString("&") { (name, value) -> "$name=${value.encodeToByteArray().toHexString()}" }

    public companion object {
        /** The fields of a [line]; null for none. */
        public fun of(line: String?): Kept? {
            if (line == null) return null
            val fields =
                line.split('&').mapNotNull { field ->
                    val value = field.substringAfter('=', "")
                    decoded(value)?.takeIf { '=' in field }?.let { field.substringBefore('=') to it }
                }
            return Kept(fields.toMap())
        }

        private fun decoded(value: String): String? =
            try {
                value.hexToByteArray().decodeToString(throwOnInvalidSequence = true)
            } catch (_: IllegalArgumentException) {
                null
            } catch (_: CharacterCodingException) {
                null
            }
    }
}

/** The draft's fields. */
internal fun SaleDraft.kept(): Kept =
    Kept(
        "request" to request.hex,
        "customer" to customerId,
        "read" to read,
        "amount" to amount,
        "pieces" to pieces,
        "spend" to spend,
        "rewards" to rewards.joinToString(",") { "${it.instrument}.${it.reward}" },
        "codes" to codes.joinToString("\n"),
        "vouchers" to vouchers.joinToString(","),
        "tender" to tender,
        "receipt" to receipt,
        "reserved" to reserved,
    )

/** The draft that these fields tell of, or null where they have no request. */
internal fun Kept.draft(): SaleDraft? {
    val request = request() ?: return null
    return SaleDraft(
        request = request,
        customerId = long("customer"),
        read = CardRead.entries.find { it.name == get("read") },
        amount = long("amount") ?: 0,
        pieces = long("pieces")?.toInt() ?: 1,
        spend = long("spend") ?: 0,
        rewards = list("rewards", ",").mapNotNull(::reward),
        codes = list("codes", "\n"),
        vouchers = list("vouchers", ",").mapNotNull { it.toLongOrNull() },
        tender = Tender.entries.find { it.name == get("tender") } ?: Tender.Cash,
        receipt = get("receipt").orEmpty(),
        reserved = flag("reserved"),
    )
}

/** The request id, if it is one. */
internal fun Kept.request(): RequestId? = get("request")?.takeIf { REQUEST.matches(it) }?.let(::RequestId)

private fun Kept.list(name: String, separator: String): List<String> =
    get(name).orEmpty().split(separator).filter { it.isNotEmpty() }

private fun reward(text: String): RewardPick? {
    val instrument = text.substringBefore('.').toLongOrNull() ?: return null
    return RewardPick(instrument, text.substringAfter('.', "").toIntOrNull() ?: 0)
}

private val REQUEST = Regex("[0-9a-f]{32}")
