package kartka.presentation

/** The programme: its instruments, and the wizard's model of the core that makes and changes them. */
public interface ProgrammeGateway {
    /** The instruments in force. */
    public suspend fun instruments(): List<Instrument>

    /** The steps of a kind, in the shop's currency and beside its programme. */
    public suspend fun wizard(kind: WizardKind, trade: Trade, instrument: Long?): WizardModel

    /** A draft that says what a published instrument says. */
    public suspend fun edit(instrument: Long, trade: Trade): WizardDraft

    /** Drafts of this phone, the last one worked on first. */
    public suspend fun drafts(): List<WizardDraft>

    /** Saves a draft, finished or not; answers with its number. */
    public suspend fun save(draft: WizardDraft): Long

    /** Lets go of a draft. */
    public suspend fun drop(draft: Long)

    /** Which fields are asked with these answers, and what cannot stand. */
    public suspend fun check(draft: WizardDraft): WizardCheck

    /** The draft on a sample receipt; null while it has problems. */
    public suspend fun preview(draft: WizardDraft): WizardPreview?

    /** Publishes a saved draft. What was issued keeps its terms. */
    public suspend fun publish(request: RequestId, draft: Long)
}

/** One instrument in force; [terms] is the key of its kind's words under `wizard.kind.*`. */
public data class Instrument(val id: Long, val name: String, val terms: String)

/** What the wizard can make; the words of each stand under `wizard.kind.` and its [key]. */
public enum class WizardKind(public val key: String) {
    Bonus("bonus"),
    Stamps("stamps"),
    Discount("discount"),
    Offer("offer"),
    Coupon("coupon"),
    Greeting("greeting"),
    Club("club"),
    Issue("issue"),
    Tiers("tiers"),
    Certificate("certificate"),
    NumberedCoupon("numbered"),
    Campaign("campaign"),
    Referral("referral"),
}

/** What the shop sells: decides defaults and the sample receipt. */
public enum class Trade { Coffee, Clothes, Beauty, Grocery, Services }

/** The steps of one kind; [key] finds its words, [quick] is the one step of quick creation. */
public data class WizardModel(val key: String, val steps: List<WizardStep>, val quick: WizardStep)

/** Fields that are asked together. */
public data class WizardStep(val key: String, val fields: List<WizardField>)

/** One thing that is asked, with its bounds and its default in the unit of [input]. */
public data class WizardField(
    val key: String,
    val input: WizardInput,
    val least: Long,
    val most: Long,
    val default: Long,
)

/** What a field holds. */
public sealed interface WizardInput {
    /** Hundredths of a percent. */
    public data object Share : WizardInput

    /** Minor units. */
    public data object Money : WizardInput

    public data object Points : WizardInput

    public data object Count : WizardInput

    public data object Days : WizardInput

    public data object Months : WizardInput

    /** The number of goods of the owner's list; 0 = any. */
    public data object Goods : WizardInput

    /** Days since 1 January 1970; 0 = none. */
    public data object Date : WizardInput

    /** One of these, by its place from 0; the keys find its words. */
    public data class Choice(val keys: List<String>) : WizardInput

    /** One of these instruments, by its id. */
    public data class Instrument(val ids: List<Long>) : WizardInput

    public data class Text(val default: String) : WizardInput
}

/** Answers so far; a field without one has its default. [id] is 0 until it is saved. */
public data class WizardDraft(
    val id: Long = 0,
    val kind: WizardKind,
    val trade: Trade,
    val name: String = "",
    val answers: Map<String, Long> = emptyMap(),
    val texts: Map<String, String> = emptyMap(),
    val instrument: Long? = null,
    val step: Int = 0,
)

/** What a draft's answers mean so far: keys of the fields that are asked, and what cannot stand. */
public data class WizardCheck(val asked: Set<String>, val problems: List<WizardProblem>)

/** One field's problem; [why] is the key of its words under `wizard.wrong.*`, [bound] the bound that was left. */
public data class WizardProblem(val field: String, val why: String, val bound: Long?)

/**
 * A draft on a sample receipt: the first visit, and the first that gives something.
 *
 * @property warnings what the owner should know before publishing: goods that were never sold here
 */
public data class WizardPreview(
    val first: SampleReceipt,
    val gives: SampleReceipt?,
    val warnings: List<Words> = emptyList(),
)

/** A sample receipt of weekly visit [visit], from 1. */
public data class SampleReceipt(
    val visit: Long,
    val total: Money,
    val due: Money,
    val effects: List<Effect>,
    val said: List<Words>,
)
