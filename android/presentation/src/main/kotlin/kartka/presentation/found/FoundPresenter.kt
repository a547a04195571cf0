package kartka.presentation.found

import kartka.presentation.CoreGateway
import kartka.presentation.Founding
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.ShopKind
import kartka.presentation.Trouble
import kartka.presentation.request
import kotlinx.coroutines.CoroutineScope

/** Founds a business here, once; then comes its recovery sheet. */
public class FoundPresenter(
    private val core: CoreGateway,
    ids: RequestIds,
    scope: CoroutineScope,
    country: String,
    kept: Kept? = null,
) : Presenter<FoundState, FoundAction>(begun(ids, country, kept), scope) {
    private var resume = kept?.flag("founding") == true

    /** What the screen needs to go on after the process died. */
    public fun keep(): Kept =
        Kept(
            "request" to now.request.hex,
            "name" to now.name,
            "country" to now.country,
            "kind" to now.kind,
            "owner" to now.owner,
            "founding" to (now.founding || now.open == Route.Sheet),
        )

    override fun act(action: FoundAction) {
        when (action) {
            FoundAction.Shown -> begin { shown() }
            is FoundAction.TypeName -> type { it.copy(name = action.text) }
            is FoundAction.Choose -> type { it.copy(country = action.country) }
            is FoundAction.ChooseKind -> type { it.copy(kind = action.kind) }
            is FoundAction.TypeOwner -> type { it.copy(owner = action.text) }
            FoundAction.Found -> if (now.canFound && now.open == null) found()
            FoundAction.Leave -> if (!now.founding) show { it.copy(open = Route.Back) }
            FoundAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun shown() {
        asking(::failed) { core.countries() }?.let { all ->
            show { it.copy(countries = all, country = it.country.takeIf(all::contains) ?: all.first()) }
        }
        if (resume) found()
    }

    private fun type(change: (FoundState) -> FoundState) {
        if (!now.founding) show { change(it).copy(trouble = null) }
    }

    private fun found() {
        resume = false
        show { it.copy(founding = true, trouble = null) }
        begin {
            val form = Founding(now.name, now.country, now.kind, now.owner)
            val done = asking(::failed) { core.found(now.request, form) }
            show { it.copy(founding = false, open = if (done != null) Route.Sheet else it.open) }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }

    private companion object {
        fun begun(ids: RequestIds, country: String, kept: Kept?): FoundState =
            FoundState(
                request = kept?.request() ?: ids.next(),
                name = kept?.get("name").orEmpty(),
                country = kept?.get("country") ?: country,
                kind = ShopKind.entries.find { it.name == kept?.get("kind") } ?: ShopKind.Coffee,
                owner = kept?.get("owner").orEmpty(),
            )
    }
}
