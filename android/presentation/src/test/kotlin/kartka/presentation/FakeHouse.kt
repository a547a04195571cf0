package kartka.presentation

/** The beginning, the sheet and the exchange of the [FakeShop]. */
class FakeHouse(private val desk: FakeDesk) : ShopGateway {
    var enrolled = true
    var copy: CopyAge = CopyAge.NotNeeded
    var printed = true

    /** What the owner's phone shows; a code is good once. */
    var pairingCode = "KP1-good"

    /** The exchange stopped with this code of the protocol. */
    var stopped: Int? = null
    var renumbered: Long? = null
    var clockOff: Long? = null

    /** The clock jumped, and nobody has said that it is right. */
    var clockJump: ClockJump? = null

    /** What the founder said. */
    var founding: Founding? = null
        private set

    private var sheets = 0

    override suspend fun isEnrolled(): Boolean = desk.answering { enrolled }

    override suspend fun countries(): List<String> = desk.answering { listOf("UA", "PL", "DE") }

    override suspend fun found(request: RequestId, form: Founding): Unit =
        desk.once(request) {
            if (form.name.length > 64) throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.name"))
            if (enrolled) throw CoreFault(refusal(TroubleKind.AlreadyPaired, "error.already_paired"))
            founding = form
            enrolled = true
        }

    override suspend fun pair(request: RequestId, code: String, deviceName: String): Unit =
        desk.once(request) {
            if (!code.startsWith("KP1-")) throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.pairing_code"))
            if (code != pairingCode) throw CoreFault(refusal(TroubleKind.PairingRefused, "error.pairing_refused"))
            pairingCode = ""
            enrolled = true
        }

    override suspend fun newSheet(): RecoverySheet =
        desk.answering {
            sheets += 1
            RecoverySheet("SHEET-$sheets", "qr:SHEET-$sheets")
        }

    override suspend fun confirmSheet(text: String): Unit =
        desk.answering {
            if (!text.startsWith(
                    "SHEET-",
                )
            ) {
                throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.recovery_sheet"))
            }
            if (text != "SHEET-$sheets") throw CoreFault(refusal(TroubleKind.WrongKey, "error.wrong_key"))
            printed = true
        }

    override suspend fun hasSheet(): Boolean = desk.answering { printed }

    override suspend fun copyAge(): CopyAge = desk.answering { copy }

    /** What lies where the owner picked, oldest first. */
    val copies = mutableListOf<CopyFile>()
    private var written = 0L

    override suspend fun copyDue(): Boolean = desk.answering { copy == CopyAge.Never }

    override suspend fun writeCopy(): CopyFile =
        desk.answering {
            if (!printed) throw CoreFault(refusal(TroubleKind.NotFound, "error.not_found"))
            CopyFile("kartka.copy", ++written)
        }

    override suspend fun copyLies(copy: CopyFile): Unit =
        desk.answering {
            copies += copy
            this.copy = CopyAge.Aged(0, overdue = false)
        }

    override suspend fun standing(): Standing {
        val mark = desk.mark()
        val dot = if (stopped != null) SyncDot.Stuck else mark.dot
        val server = if (desk.isAlone) null else "https://shop.example"
        return Standing(mark.copy(dot = dot), server, stopped, renumbered, clockOff, clockJump)
    }

    override suspend fun exchange(): Unit =
        desk.answering {
            if (stopped != null) throw CoreFault(refusal(TroubleKind.ServerWentBack, "error.server_went_back"))
            desk.synced()
        }

    override suspend fun resume(): Unit =
        desk.answering {
            stopped = null
            renumbered = null
        }

    override suspend fun trustClock() {
        desk.answering { clockJump = null }
        desk.announceSync()
    }

    override suspend fun rest(): Unit = desk.answering { }
}

/**
 * Data before it is open: [fails] says why it does not open by itself; the sheet `SHEET` opens it, and the copy
 * `kartka.copy`.
 */
class FakeOpener(private val house: FakeHouse, private val leaving: FakeLeaving) : OpenGateway {
    var fails: Trouble? = null

    /** What was opened, in order. */
    val done = mutableListOf<String>()

    /** When it stands, opening never ends. */
    var stuck = false

    /** Their key was never sealed to a sheet. */
    var unsealed = false

    override suspend fun open() {
        waiting()
        fails?.let { throw CoreFault(it) }
        done += "open"
    }

    override suspend fun unlock(sheet: String) {
        waiting()
        if (unsealed) throw CoreFault(refusal(TroubleKind.NotFound, "error.not_found"))
        leaving.checked(sheet)
        done += "unlock"
    }

    override suspend fun restore(sheet: String, copy: String) {
        waiting()
        if (copy != "kartka.copy") throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.copy"))
        leaving.checked(sheet)
        house.enrolled = true
        done += "restore $copy"
    }

    override suspend fun setAside() {
        waiting()
        house.enrolled = false
        leaving.moved(NOON)
        done += "aside"
    }

    private suspend fun waiting() {
        if (stuck) kotlinx.coroutines.awaitCancellation()
    }
}
