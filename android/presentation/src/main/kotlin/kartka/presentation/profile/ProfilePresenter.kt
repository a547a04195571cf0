package kartka.presentation.profile

import kartka.presentation.CoreGateway
import kartka.presentation.HolderForm
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.readBirthday
import kartka.presentation.register.WORDING
import kartka.presentation.request
import kotlinx.coroutines.CoroutineScope

/**
 * A holder's wishes: noted on this phone at once, brought to the shop as soon as it is reached. An erasure is asked
 * about twice, because nobody can take it back.
 */
public class ProfilePresenter(
    private val core: CoreGateway,
    private val ids: RequestIds,
    scope: CoroutineScope,
    route: Route.Profile,
    kept: Kept? = null,
) : Presenter<ProfileState, ProfileAction>(begun(ids, route, kept), scope) {
    private var resume = kept?.flag("saving") == true
    private var saving = false

    /** What the screen needs to go on after the process died; a second question about an erasure is asked anew. */
    public fun keep(): Kept =
        Kept(
            "request" to now.request.hex,
            "given" to now.given,
            "family" to now.family,
            "email" to now.email,
            "birthday" to now.birthday,
            "saving" to (saving || resume),
        )

    override fun act(action: ProfileAction) {
        when (action) {
            ProfileAction.Shown -> begin { shown() }
            is ProfileAction.WantNews -> news(action.wanted)
            is ProfileAction.TypeGiven -> type { it.copy(given = action.text) }
            is ProfileAction.TypeFamily -> type { it.copy(family = action.text) }
            is ProfileAction.TypeEmail -> type { it.copy(email = action.text) }
            is ProfileAction.TypeBirthday -> type { it.copy(birthday = action.text) }
            ProfileAction.Save -> if (now.isTyped && !now.writing) save()
            ProfileAction.Export -> begin { export() }
            ProfileAction.Exported -> show { it.copy(exported = null) }
            ProfileAction.AskErasure -> if (now.wishes) show { it.copy(erasure = ErasureStep.Asked, trouble = null) }
            ProfileAction.SureOfErasure -> ask(from = ErasureStep.Asked, to = ErasureStep.AskedAgain)
            ProfileAction.Erase -> if (now.erasure == ErasureStep.AskedAgain && !now.writing) erase()
            ProfileAction.Leave -> leave()
            ProfileAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun shown() {
        read()
        if (resume) {
            resume = false
            save()
        } else if (now.trouble == null) {
            tellShop()
        }
    }

    private fun news(wanted: Boolean) {
        if (now.wishes) wish { core.wishNews(ids.next(), now.id, WORDING, wanted) }
    }

    private fun save() {
        saving = true
        val form = HolderForm(now.given, now.family, now.email, readBirthday(now.birthday))
        wish {
            core.wishCorrection(now.request, now.id, form)
            saving = false
            show { it.copy(given = "", family = "", email = "", birthday = "", request = ids.next()) }
        }
    }

    private fun erase(): Unit =
        wish {
            core.wishErasure(now.request, now.id)
            show { it.copy(erasure = ErasureStep.None, request = ids.next()) }
        }

    /** Notes a wish; the shop is told when there is a way to it, and the screen waits for neither. */
    private fun wish(work: suspend () -> Unit) {
        show { it.copy(writing = true, trouble = null) }
        begin {
            val done = asking(::failed) { work() }
            saving = false
            show { it.copy(writing = false) }
            if (done != null) {
                read()
                tellShop()
            }
        }
    }

    private suspend fun tellShop() {
        // Who is not reached now hears of it later: the card's screen says how old its words are.
        asking(::notTold) { core.askShops(now.id) } ?: return
        read()
    }

    private fun notTold(trouble: Trouble) {
        if (trouble.kind != TroubleKind.Offline && trouble.kind != TroubleKind.Cancelled) failed(trouble)
    }

    private suspend fun read() {
        asking(::failed) { core.heldCard(now.id) }?.let { card -> show { it.copy(card = card) } }
    }

    private suspend fun export() {
        asking(::failed) { core.exportCards() }?.let { text -> show { it.copy(exported = text) } }
    }

    private fun ask(from: ErasureStep, to: ErasureStep) {
        if (now.erasure == from) show { it.copy(erasure = to) }
    }

    private fun leave() {
        if (now.erasure == ErasureStep.None) {
            show { it.copy(open = Route.Back) }
        } else {
            show { it.copy(erasure = ErasureStep.None, trouble = null) }
        }
    }

    private fun type(change: (ProfileState) -> ProfileState) {
        if (!now.writing) show { change(it).copy(trouble = null) }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }

    private companion object {
        fun begun(ids: RequestIds, route: Route.Profile, kept: Kept?): ProfileState =
            ProfileState(
                id = route.card,
                request = kept?.request() ?: ids.next(),
                given = kept?.get("given").orEmpty(),
                family = kept?.get("family").orEmpty(),
                email = kept?.get("email").orEmpty(),
                birthday = kept?.get("birthday").orEmpty(),
            )
    }
}
