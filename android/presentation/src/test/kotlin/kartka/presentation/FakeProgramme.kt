package kartka.presentation

/** The programme of the [FakeShop]: a wizard of two steps whose rate must be at most half. */
class FakeProgramme(private val desk: FakeDesk) : ProgrammeGateway {
    private var published = listOf(Instrument(BONUS, "Бонусна", "bonus"), Instrument(STAMPS, "Кава", "stamps"))
    private val saved = linkedMapOf<Long, WizardDraft>()

    /** Whoever is here may not change the programme. */
    var mayNot = false

    /** Names of the saved drafts. */
    fun names(): List<String> = saved.values.map { it.name }

    fun clear() {
        published = emptyList()
    }

    private val rate = WizardField("rate", WizardInput.Share, 1, 5_000, 500)
    private val days = WizardField("days", WizardInput.Days, 0, 365, 0)
    private val word = WizardField("word", WizardInput.Text(""), 0, 20, 0)

    override suspend fun instruments(): List<Instrument> = desk.answering { published }

    override suspend fun wizard(kind: WizardKind, trade: Trade, instrument: Long?): WizardModel =
        desk.answering {
            val steps = listOf(WizardStep("earn", listOf(rate)), WizardStep("life", listOf(days, word)))
            WizardModel(snake(kind.name), steps, WizardStep("quick", listOf(rate)))
        }

    override suspend fun edit(instrument: Long, trade: Trade): WizardDraft =
        desk.answering {
            val known =
                published.find { it.id == instrument }
                    ?: throw CoreFault(refusal(TroubleKind.NotFound, "error.not_found"))
            WizardDraft(0, WizardKind.Bonus, trade, known.name, instrument = instrument)
        }

    override suspend fun drafts(): List<WizardDraft> = desk.answering { saved.values.toList().asReversed() }

    override suspend fun save(draft: WizardDraft): Long =
        desk.answering {
            val id = draft.id.takeIf { it > 0 } ?: (saved.size + 1L)
            saved[id] = draft.copy(id = id)
            id
        }

    override suspend fun drop(draft: Long): Unit =
        desk.answering {
            saved.remove(draft)
            Unit
        }

    override suspend fun check(draft: WizardDraft): WizardCheck = desk.answering { checked(draft) }

    private fun checked(draft: WizardDraft): WizardCheck {
        val above = draft.answers["rate"]?.takeIf { it > rate.most }
        val problems =
            listOfNotNull(
                WizardProblem("name", "name", null).takeIf { draft.name.isBlank() },
                WizardProblem("rate", "above", rate.most).takeIf { above != null },
            )
        // The word is asked only where points end.
        val asked = setOf("rate", "days") + if ((draft.answers["days"] ?: 0) > 0) setOf("word") else emptySet()
        return WizardCheck(asked, problems)
    }

    override suspend fun preview(draft: WizardDraft): WizardPreview? =
        desk.answering {
            val sample = SampleReceipt(1, uah(10_000), uah(10_000), emptyList(), emptyList())
            if (checked(draft).problems.isEmpty()) WizardPreview(sample, sample.copy(visit = 2)) else null
        }

    override suspend fun publish(request: RequestId, draft: Long): Unit =
        desk.once(request, ChangeTopic.Sales) {
            if (mayNot) throw CoreFault(refusal(TroubleKind.NotAllowed, "code.not_entitled", "permission" to 15))
            val made = saved.remove(draft) ?: throw CoreFault(refusal(TroubleKind.NotFound, "error.not_found"))
            val id = made.instrument ?: (published.size + 1L)
            published = published.filter { it.id != id } + Instrument(id, made.name, snake(made.kind.name))
        }
}
