package kartka.ui.nav

import kartka.presentation.CardRead
import kartka.presentation.Choosing
import kartka.presentation.Kept
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.SaleDraft
import kartka.presentation.WizardKind

/** Routes that say everything by their name. */
private val plain: Map<String, Route> =
    mapOf(
        "shift" to Route.Shift,
        "start" to Route.Start,
        "found" to Route.Found,
        "pair" to Route.Pair,
        "sheet" to Route.Sheet,
        "operator" to Route.Operator,
        "today" to Route.Today,
        "devices" to Route.Devices,
        "limits" to Route.Limits,
        "instruments" to Route.Instruments,
        "inbox" to Route.Inbox,
        "standing" to Route.Standing,
        "outlets" to Route.Outlets,
        "signout" to Route.SignOut,
        "carry" to Route.Carry,
        "aside" to Route.Aside,
        "cards" to Route.Cards,
    )

/** A route as fields, under names that no presenter uses. */
internal fun Route.kept(): Kept =
    when (this) {
        is Route.Scan -> Kept("at" to "scan", "at.sale" to attachTo)
        is Route.Customer -> Kept("at" to "customer", "at.customer" to customerId, "at.read" to read)
        is Route.Redeem -> Kept("at" to "redeem")
        is Route.Done -> Kept("at" to "done", "at.sale" to saleId)
        is Route.Register -> Kept("at" to "register", "at.card" to cardId, "at.typed" to typed, "at.sale" to attachTo)
        is Route.Search -> Kept("at" to "search", "at.typed" to typed, "at.sale" to attachTo)
        is Route.History -> Kept("at" to "history", "at.customer" to customerId)
        is Route.About -> Kept("at" to "about", "at.customer" to customerId)
        is Route.Choose -> Kept("at" to "choose", "at.customer" to customerId, "at.why" to why)
        is Route.Unlinked -> Kept("at" to "unlinked", "at.customer" to customerId)
        is Route.Receipt -> Kept("at" to "receipt", "at.sale" to saleId)
        is Route.Attach ->
            Kept("at" to "attach", "at.sale" to saleId, "at.customer" to customerId, "at.read" to read)
        is Route.Wizard ->
            Kept("at" to "wizard", "at.kind" to kind, "at.instrument" to instrument, "at.draft" to draft)
        is Route.Card -> Kept("at" to "card", "at.card" to card)
        is Route.Profile -> Kept("at" to "profile", "at.card" to card)
        // Whoever has the link has the card: what it is found by again, the screen writes down.
        is Route.Join -> Kept("at" to "join")
        is Route.Open -> Kept("at" to "open", "at.restores" to restores)
        is Route.Link -> Kept("at" to "link", "at.customer" to customerId)
        Route.Back, is Route.Redeemed -> Kept()
        else -> Kept("at" to plain.entries.firstOrNull { it.value == this }?.key)
    }

/** The route that these fields tell of; null for a line of another version. */
internal fun Kept.route(): Route? {
    val (customer, sale) = long("at.customer") to long("at.sale")
    val read = CardRead.entries.find { it.name == get("at.read") }
    val typed = get("at.typed").orEmpty()
    return when (get("at")) {
        "scan" -> Route.Scan(sale)
        "customer" -> Route.Customer(customer, read)
        "redeem" -> Route.Redeem(SaleDraft(RequestId(get("request").orEmpty()), long("customer")))
        "done" -> sale?.let { Route.Done(it) }
        "register" -> Route.Register(long("at.card"), typed, sale)
        "search" -> Route.Search(typed, sale)
        "history" -> customer?.let { Route.History(it) }
        "about" -> customer?.let { Route.About(it) }
        "choose" -> customer?.let { of -> why()?.let { Route.Choose(of, it) } }
        "unlinked" -> Route.Unlinked(customer)
        "receipt" -> sale?.let { Route.Receipt(it) }
        "attach" -> if (sale != null && customer != null) Route.Attach(sale, customer, read) else null
        "wizard" -> Route.Wizard(kind(), long("at.instrument"), long("at.draft"))
        "card" -> long("at.card")?.let { Route.Card(it) }
        "profile" -> long("at.card")?.let { Route.Profile(it) }
        "join" -> Route.Join()
        "open" -> Route.Open(restores = flag("at.restores"))
        "link" -> customer?.let { Route.Link(it) }
        else -> plain[get("at")]
    }
}

private fun Kept.why(): Choosing? = Choosing.entries.find { it.name == get("at.why") }

private fun Kept.kind(): WizardKind? = WizardKind.entries.find { it.name == get("at.kind") }
