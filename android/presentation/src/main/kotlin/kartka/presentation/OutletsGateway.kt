package kartka.presentation

/** The outlets of a business: one programme, and staff whose role counts in some of them. */
public interface OutletsGateway {
    /** All outlets, by number. */
    public suspend fun outlets(): List<Outlet>

    /** Opens an outlet beside the one where this phone stands; answers with its number. */
    public suspend fun openOutlet(request: RequestId, name: String): Long

    /** Gives an outlet another name. */
    public suspend fun renameOutlet(request: RequestId, outlet: Long, name: String)

    /** This phone stands in another outlet from now on. */
    public suspend fun standIn(outlet: Long)
}

/** An outlet; [here] is the one where this phone stands. */
public data class Outlet(val number: Long, val name: String, val here: Boolean)
