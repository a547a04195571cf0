//! The way to the server: HTTP over rustls. The only module of the core that names reqwest and tokio.
//!
//! Bytes go out and come back within bounds of time and size; whether they are the authority's is decided by what
//! they say (`history`), not by the certificate. Tests, the demo and the seeded world bring a [`Transport`] of
//! their own.

pub mod live;

use std::sync::Arc;
use std::time::Duration;

use kartka_protocol::limits;
use kartka_protocol::message::Refusal;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use tokio::runtime::{Builder, Runtime};

use super::failure::Failure;

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// An exchange.
    Sync,
    /// Pairing.
    Pair,
    /// A founding phone hands its business over.
    Handover,
    /// Something to be kept for a receipt.
    Reserve,
    /// A pairing code for the next device.
    Invite,
    /// Another phone's batches.
    Carry,
    /// The holder of a card.
    Card,
}

impl Route {
    /// Its path on the server.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Sync => "/v1/sync",
            Self::Pair => "/v1/pair",
            Self::Handover => "/v1/handover",
            Self::Reserve => "/v1/reserve",
            Self::Invite => "/v1/invite",
            Self::Carry => "/v1/carry",
            Self::Card => "/v1/card",
        }
    }

    /// How long an answer may take in all: a customer waits for what is kept at the counter, 4 MiB may come over a slow
    /// line.
    const fn patience(self) -> Duration {
        match self {
            Self::Reserve | Self::Invite | Self::Card => COUNTER,
            Self::Sync | Self::Pair | Self::Handover | Self::Carry => TOTAL,
        }
    }
}

/// Carries one message and its answer.
pub trait Transport: Send + Sync {
    /// Sends `message` to the server at `address` and gives back the body of its answer.
    ///
    /// # Errors
    /// [`Failure`], when there is no answer or the server refused.
    fn post(&self, address: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure>;
}

/// How long a server may take to be reached.
const CONNECT: Duration = Duration::from_secs(10);
/// How long somebody at the counter waits.
const COUNTER: Duration = Duration::from_secs(8);
/// How long an exchange may take in all.
const TOTAL: Duration = Duration::from_secs(120);
/// How long nothing may come.
const SILENCE: Duration = Duration::from_secs(30);
/// Bytes of a problem that are read.
const PROBLEM: usize = 16 * 1_024;
const MESSAGE: &str = "application/vnd.kartka";

/// HTTP/1.1 or 2 over TLS; plain HTTP where the pairing code says so (loopback, a network of one's own).
pub struct Http {
    client: Client,
    runtime: Runtime,
}

impl Http {
    /// A client that trusts the web's authorities and, if given, a shop's own one (DER).
    ///
    /// # Errors
    /// [`Failure::Offline`] when the certificate is none or the system gives no thread.
    pub fn new(own_authority: Option<&[u8]>) -> Result<Self, Failure> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("kartka-http")
            .enable_all()
            .build()
            .map_err(|_| Failure::Offline)?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls(own_authority)?)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(TOTAL)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("kartka/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| Failure::Offline)?;
        Ok(Self { client, runtime })
    }

    /// As [`Transport::post`], for a caller that has an asynchronous runtime of its own.
    ///
    /// # Errors
    /// As there.
    pub async fn post_async(
        &self,
        address: &str,
        route: Route,
        message: Vec<u8>,
    ) -> Result<Vec<u8>, Failure> {
        let client = self.client.clone();
        let url = format!("{}{}", address.trim_end_matches('/'), route.path());
        let sending = self.runtime.spawn(exchange(client, (url, route), message));
        sending.await.unwrap_or(Err(Failure::Offline))
    }
}

impl Transport for Http {
    fn post(&self, address: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let sending = self.post_async(address, route, message.to_vec());
        self.runtime.block_on(sending)
    }
}

/// rustls with ring and no verifier of the platform's, which needs a set-up of its own on Android.
fn tls(own_authority: Option<&[u8]>) -> Result<rustls::ClientConfig, Failure> {
    let mut roots = rustls::RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(der) = own_authority {
        let der = rustls::pki_types::CertificateDer::from(der.to_vec());
        roots.add(der).map_err(|_| Failure::Offline)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Failure::Offline)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

async fn exchange(
    client: Client,
    (url, route): (String, Route),
    message: Vec<u8>,
) -> Result<Vec<u8>, Failure> {
    let request = client
        .post(url)
        .timeout(route.patience())
        .header(CONTENT_TYPE, MESSAGE)
        .body(message);
    let response = request.send().await.map_err(|error| failure(&error))?;
    let status = response.status();
    if status == StatusCode::OK {
        if header(&response, CONTENT_TYPE) != Some(MESSAGE) {
            return Err(Failure::NotTheAnswer);
        }
        return read(response, limits::ANSWER).await;
    }
    let retry_after_ms = header(&response, RETRY_AFTER)
        .and_then(|text| text.parse::<i64>().ok())
        .map_or(0, |seconds| seconds.clamp(0, 86_400) * 1_000);
    let body = read(response, PROBLEM).await.unwrap_or_default();
    Err(match problem(&body) {
        Some(refusal) => Failure::Refused(refusal),
        None if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Failure::Unavailable { retry_after_ms }
        }
        None => Failure::NotTheAnswer,
    })
}

fn header(response: &Response, name: reqwest::header::HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

/// The body, at most `limit` bytes: what a server declares is not believed.
async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + chunk.len() > limit {
            return Err(Failure::NotTheAnswer);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        Failure::Timeout
    } else {
        Failure::Offline
    }
}

/// The refusal a problem's `code` and `argument` name (RFC 9457).
fn problem(body: &[u8]) -> Option<Refusal> {
    let json: serde_json::Value = serde_json::from_slice(body).ok()?;
    let argument = json.get("argument").and_then(serde_json::Value::as_i64);
    Refusal::from_word(json.get("code")?.as_str()?, argument.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_its_refusal_and_anything_else_names_none() {
        for (body, want) in [
            (
                r#"{"code":"unauthorised","argument":0}"#,
                Some(Refusal::Unauthorised),
            ),
            (
                r#"{"code":"busy","argument":2000}"#,
                Some(Refusal::Busy { retry_ms: 2_000 }),
            ),
            (
                r#"{"code":"pairing-refused"}"#,
                Some(Refusal::PairingRefused),
            ),
            (r#"{"code":"teapot"}"#, None),
            (r#"{"code":7}"#, None),
            ("<html>Please log in to the hotel's network</html>", None),
            ("", None),
        ] {
            assert_eq!(problem(body.as_bytes()), want, "{body}");
        }
    }
}
