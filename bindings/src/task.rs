//! Long work that a person watches, as it crosses: it goes on by itself, tells how far it is, and can be stopped.

use std::sync::Arc;

use kartka_core::shop::Shop;
use kartka_core::sync::Cancel;
use kartka_core::task::Watch;
use tokio::sync::watch;

use crate::border::{Border, background};
use crate::error::{CoreError, Failure};
use crate::platform::ListenerFault;

/// Hears how far a task is, on a thread of the core.
#[uniffi::export(with_foreign)]
pub trait TaskListener: Send + Sync {
    /// So much is done: 0 to 100, each at most once, never falling.
    ///
    /// # Errors
    /// Whatever the platform throws; the task goes on.
    fn progressed(&self, percent: u8) -> Result<(), ListenerFault>;
}

/// A task that runs. It goes on to its end whether or not anybody holds this.
pub(crate) struct Task<T> {
    cancel: Arc<Cancel>,
    end: watch::Receiver<Option<Result<T, CoreError>>>,
    border: Arc<Border>,
}

impl<T: Clone + Send + Sync + 'static> Task<T> {
    /// Begins `work` on a thread of ours.
    pub(crate) fn start(
        border: &Arc<Border>,
        listener: Option<Arc<dyn TaskListener>>,
        work: impl FnOnce(&Shop, &mut Watch<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Self {
        let cancel = Arc::new(Cancel::default());
        let (tell, end) = watch::channel(None);
        let (within, stop) = (Arc::clone(border), Arc::clone(&cancel));
        background(move || {
            let mut told = |percent| {
                if let Some(listener) = &listener {
                    // A listener that throws hears the next percent all the same.
                    let _ = listener.progressed(percent);
                }
            };
            let mut watch = Watch::new(&stop, &mut told);
            let answer = within.log.guarded(|| work(&within.shop, &mut watch));
            let _ = tell.send(Some(answer));
        });
        Self {
            cancel,
            end,
            border: Arc::clone(border),
        }
    }

    /// Waits for the end. May be asked again, also by several callers.
    pub(crate) async fn outcome(&self) -> Result<T, CoreError> {
        let mut end = self.end.clone();
        let told = end.wait_for(Option::is_some).await;
        told.ok()
            .and_then(|answer| answer.clone())
            .unwrap_or_else(|| Err(self.border.log.lost_task()))
    }

    /// Ends the task before its next step.
    pub(crate) fn cancel(&self) {
        self.cancel.cancel();
    }
}
