package kartka.presentation

/** Leaving the [FakeShop]: files are texts `outbox`, `half` arrives in part; the sheet `SHEET` opens them. */
class FakeLeaving(private val desk: FakeDesk) : LeavingGateway {
    /** Whether the owner has a sheet on paper. */
    var sheetOnPaper = true

    /** The phone has left. */
    var left = false
        private set

    /** Why data put aside bring nothing, also by their sheet. */
    var notBrought: Trouble? = null

    /** Of two parts that lie in data put aside, how many the server takes. */
    var arrives = 2L
    private var moved = emptyList<Long>()
    private var covered = 0L

    override suspend fun writeOutbox(): OutboxFile =
        desk.answering {
            if (!sheetOnPaper) throw CoreFault(refusal(TroubleKind.NotFound, "error.not_found"))
            covered = desk.mark().pending
            OutboxFile("outbox", covered)
        }

    override suspend fun carry(file: String, sheet: String): Carried =
        desk.answering {
            checked(sheet)
            if (file !in
                setOf("outbox", "half")
            ) {
                throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.outbox"))
            }
            Carried(device = 2, batches = 2, arrived = if (file == "half") 1 else 2)
        }

    /** Data were put aside at [at]. */
    fun moved(at: Long) {
        moved = moved + at
    }

    override suspend fun aside(): List<Long> = desk.answering { moved }

    override suspend fun bringAside(sheet: String): List<BroughtAside> =
        desk.answering {
            checked(sheet)
            notBrought?.let { throw CoreFault(it) }
            val brought = moved.map { BroughtAside(device = 2, entries = 3, batches = 2, arrived = arrives) }
            if (arrives == 2L) moved = emptyList()
            brought
        }

    /** The sheet `SHEET` opens everything here. */
    fun checked(sheet: String) {
        if (!sheet.startsWith("SHEET")) {
            throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.recovery_sheet"))
        }
        if (sheet != "SHEET") throw CoreFault(refusal(TroubleKind.WrongKey, "error.wrong_key"))
    }

    override suspend fun signOut(): Unit =
        desk.answering {
            if (desk.isAlone) throw CoreFault(refusal(TroubleKind.Rule, "code.only_copy_here"))
            val unsent = desk.mark().pending
            if (unsent > covered) throw CoreFault(refusal(TroubleKind.Rule, "code.sales_not_sent", "ops" to unsent))
            left = true
        }
}
