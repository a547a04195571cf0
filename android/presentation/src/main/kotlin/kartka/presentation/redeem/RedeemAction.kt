package kartka.presentation.redeem

import kartka.presentation.RewardPick

/** Everything that can happen on the Redeem screen. */
public sealed interface RedeemAction {
    public data object Shown : RedeemAction

    /** The whole text of the points after a key. */
    public data class Type(val text: String) : RedeemAction

    /** One of the core's suggestions. */
    public data class Suggested(val points: Long) : RedeemAction

    /** Takes a reward, or leaves it again. */
    public data class Toggle(val reward: RewardPick) : RedeemAction

    /** The server is asked to keep what this sale spends. */
    public data object AskServer : RedeemAction

    public data class TypePin(val text: String) : RedeemAction

    public data object ConfirmPin : RedeemAction

    public data object Commit : RedeemAction

    /** Back to the customer with what was chosen. */
    public data object Keep : RedeemAction

    /** Back to the customer without points and rewards. */
    public data object Leave : RedeemAction

    public data object Opened : RedeemAction
}
