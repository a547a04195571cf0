package kartka.ui.nav

import kartka.presentation.NextStep
import kartka.presentation.Route
import kartka.ui.screen.Host

/**
 * What the app itself can do about a trouble that the screen in front does nothing about: no next step is a dead button.
 *
 * What is left is the platform's.
 */
internal class Guide(private val screens: OpenScreens, private val host: Host) : Host by host {
    override fun help(step: NextStep) {
        when (step) {
            NextStep.Correct, NextStep.GoBack, NextStep.OpenExisting, NextStep.NewPairingCode -> screens.back()
            NextStep.TypePin, NextStep.SwitchOperator -> screens.go(Route.Operator)
            NextStep.LookAgain, NextStep.TryAgain -> screens.again()
            NextStep.GoOn -> screens.go(Route.Scan())
            NextStep.Begin -> screens.go(Route.Start)
            NextStep.RecoverySheet -> screens.go(Route.Open())
            NextStep.PairAgain, NextStep.AskOwner, NextStep.Resume -> screens.go(Route.Standing)
            NextStep.FreeSpace,
            NextStep.Update,
            NextStep.Restore,
            NextStep.CloseOther,
            NextStep.UnlockPhone,
            NextStep.Report,
            -> host.help(step)
        }
    }
}
