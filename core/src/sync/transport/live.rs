//! The line on which a server says "ask": server-sent events, never what changed (sync §4).
//!
//! A poke that is lost costs time and nothing else, so nothing here is kept, counted or believed.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use kartka_domain::ids::BusinessId;
use reqwest::{Client, StatusCode};
use tokio::task::JoinHandle;

use super::Http;
use crate::platform::Rng;

/// A line is opened anew after a day at the latest.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The first wait before a broken line is opened again; doubles until [`WAIT_MAX_MS`].
const WAIT_MS: u64 = 1_000;
const WAIT_MAX_MS: u64 = 5 * 60 * 1_000;

/// An open line; dropping it closes it.
pub struct Live(JoinHandle<()>);

impl Drop for Live {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Http {
    /// Keeps a line to the server at `address` and calls `poke` when it says that there is something new, and
    /// whenever the line was opened again.
    #[must_use]
    pub fn live(
        &self,
        address: &str,
        business: BusinessId,
        rng: Arc<dyn Rng>,
        poke: impl Fn() + Send + Sync + 'static,
    ) -> Live {
        let mut url = format!("{}/v1/live?business=", address.trim_end_matches('/'));
        for byte in business.0 {
            // Writing to a text can't fail.
            let _ = write!(url, "{byte:02x}");
        }
        let client = self.client.clone();
        Live(self.runtime.spawn(async move {
            let mut failures = 0;
            loop {
                if listen(&client, &url, &poke).await {
                    failures = 0;
                }
                tokio::time::sleep(wait(failures, rng.as_ref())).await;
                failures += 1;
            }
        }))
    }
}

/// Hears one line to its end; says whether there was one.
async fn listen(client: &Client, url: &str, poke: &(impl Fn() + Sync)) -> bool {
    let Ok(mut response) = client.get(url).timeout(DAY).send().await else {
        return false;
    };
    if response.status() != StatusCode::OK {
        return false;
    }
    poke();
    while let Ok(Some(chunk)) = response.chunk().await {
        // Comments keep the line open; only an event has data.
        if chunk.windows(5).any(|part| part == b"data:") {
            poke();
        }
    }
    true
}

/// Between ½ and 1 of the wait, so that the phones of a shop do not come back all at once.
fn wait(failures: u32, rng: &dyn Rng) -> Duration {
    let mut byte = [0];
    rng.fill(&mut byte);
    let wait = (WAIT_MS << failures.min(16)).min(WAIT_MAX_MS);
    Duration::from_millis(wait / 2 + wait / 2 * u64::from(byte[0]) / 255)
}
