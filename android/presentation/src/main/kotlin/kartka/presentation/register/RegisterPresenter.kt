package kartka.presentation.register

import kartka.presentation.CardChoice
import kartka.presentation.Consent
import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.Registration
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.readBirthday
import kartka.presentation.request
import kotlinx.coroutines.CoroutineScope

/** The version of the wording under `register.wording`; a new wording is a new number. */
public const val WORDING: Int = 1

/** The short form of a new customer. What makes a form good, and who is there already, the core says. */
public class RegisterPresenter(
    private val core: CoreGateway,
    ids: RequestIds,
    scope: CoroutineScope,
    private val route: Route.Register,
    kept: Kept? = null,
) : Presenter<RegisterState, RegisterAction>(begun(ids, route, kept), scope) {
    private val gift = ids.next()
    private var resume = kept?.flag("saving") == true

    /** What the screen needs to go on after the process died. */
    public fun keep(): Kept =
        Kept(
            "request" to now.request.hex,
            "phone" to now.phone,
            "given" to now.given,
            "family" to now.family,
            "birthday" to now.birthday,
            "referrer" to now.referrer,
            "consent" to now.consent,
            "issue" to (now.card == CardChoice.Issue),
            "saving" to (now.saving || now.registered != null),
        )

    override fun act(action: RegisterAction) {
        when (action) {
            RegisterAction.Shown -> begin { look() }
            is RegisterAction.TypePhone -> type { it.copy(phone = action.text) }
            is RegisterAction.TypeGiven -> type { it.copy(given = action.text) }
            is RegisterAction.TypeFamily -> type { it.copy(family = action.text) }
            is RegisterAction.TypeBirthday -> type { it.copy(birthday = action.text) }
            is RegisterAction.TypeReferrer -> begin { refer(action.text) }
            is RegisterAction.Agree -> type { it.copy(consent = action.given) }
            is RegisterAction.IssueCard -> if (route.cardId == null) type { it.copy(card = issued(action.wanted)) }
            RegisterAction.Save -> if (now.canSave) save()
            RegisterAction.OpenExisting -> now.existing?.let { goOn(it.id) }
            RegisterAction.GiveCardToExisting -> begin { giveCard() }
            RegisterAction.GoOn -> now.registered?.let(::goOn)
            RegisterAction.Leave -> show { it.copy(open = Route.Back) }
            RegisterAction.Opened -> show { it.copy(open = null) }
        }
    }

    private fun issued(wanted: Boolean): CardChoice = if (wanted) CardChoice.Issue else CardChoice.None

    private fun type(change: (RegisterState) -> RegisterState) {
        if (now.saving || now.registered != null) return
        show { change(it).copy(existing = null, trouble = null) }
    }

    private suspend fun look() {
        asking(::failed) { core.promise() }?.let { promise -> show { it.copy(promise = promise) } }
        if (now.isReferrerOpen) refer(now.referrer)
        if (!resume) return
        resume = false
        save()
    }

    /** Whoever brought them counts only when nobody else can be meant. */
    private suspend fun refer(text: String) {
        type { it.copy(referrer = text, broughtBy = null) }
        if (text.isBlank()) return
        val found = asking(::failed) { core.find(text, MORE_THAN_ONE) }?.singleOrNull()
        show { if (it.referrer == text) it.copy(broughtBy = found) else it }
    }

    private fun save() {
        show { it.copy(saving = true, trouble = null, existing = null) }
        begin { write() }
    }

    private suspend fun write() {
        val form =
            Registration(
                phone = now.phone,
                given = now.given,
                family = now.family,
                consent = if (now.consent) Consent.Given(WORDING) else Consent.NotGiven,
                card = now.card,
                birthday = readBirthday(now.birthday),
                referrer = now.broughtBy?.id,
            )
        val id = asking(::failed) { core.register(now.request, form) }
        if (id != null) registered(id) else duplicate()
        show { it.copy(saving = false) }
    }

    private suspend fun registered(id: Long) {
        val code = if (now.card == CardChoice.Issue) codeOf(id) else null
        show { it.copy(registered = id, linkCode = code) }
        // With nothing to show, the sale is the next thing.
        if (code == null) goOn(id)
    }

    private suspend fun codeOf(id: Long): String? = asking(::failed) { core.cardCode(id).orEmpty() }?.ifEmpty { null }

    private suspend fun duplicate() {
        val existing = now.trouble?.takeIf { it.kind == TroubleKind.Duplicate }?.existing ?: return
        asking(::failed) { core.customer(existing) }?.let { sheet ->
            show { it.copy(existing = sheet, trouble = null) }
        }
    }

    private suspend fun giveCard() {
        val card = now.card as? CardChoice.Bind ?: return
        val existing = now.existing ?: return
        asking(::failed) { core.giveCard(gift, card.cardId, existing.id) }?.let { goOn(existing.id) }
    }

    private fun goOn(id: Long) {
        val next = route.attachTo?.let { Route.Attach(it, id) } ?: Route.Customer(id)
        show { it.copy(open = next) }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }

    private companion object {
        /** Two are enough to know that a text means more than one customer. */
        const val MORE_THAN_ONE = 2

        fun begun(ids: RequestIds, route: Route.Register, kept: Kept?): RegisterState {
            val card = route.cardId?.let { CardChoice.Bind(it) }
            val typed = route.typed.trim()
            val digits = typed.isNotEmpty() && typed.all { it.isDigit() || it in " -()+." }
            return RegisterState(
                request = kept?.request() ?: ids.next(),
                phone = kept?.get("phone") ?: typed.takeIf { digits }.orEmpty(),
                given = kept?.get("given") ?: typed.takeIf { !digits }.orEmpty(),
                family = kept?.get("family").orEmpty(),
                birthday = kept?.get("birthday").orEmpty(),
                referrer = kept?.get("referrer").orEmpty(),
                consent = kept?.flag("consent") == true,
                card = card ?: if (kept?.flag("issue") == true) CardChoice.Issue else CardChoice.None,
            )
        }
    }
}
