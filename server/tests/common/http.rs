//! A plain HTTP/1.1 client over a socket: nothing between the test and the bytes.
#![allow(clippy::unwrap_used, dead_code)]

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// An answer.
pub struct Got {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Got {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(of, _)| of.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .next()
    }

    /// The `code` of problem JSON.
    pub fn code(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        let json: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(json["status"], self.status);
        json["code"].as_str().unwrap().to_owned()
    }
}

pub async fn get(server: SocketAddr, path: &str, language: &str) -> Got {
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: shop\r\nAccept-Language: {language}\r\nConnection: close\r\n\r\n"
    );
    exchange(server, head.as_bytes(), &[]).await
}

pub async fn post(server: SocketAddr, path: &str, body: &[u8]) -> Got {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: shop\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    exchange(server, head.as_bytes(), body).await
}

/// Sends raw bytes and reads until the server closes.
pub async fn exchange(server: SocketAddr, head: &[u8], body: &[u8]) -> Got {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(head).await.unwrap();
    // A server that has answered already may have closed its ear.
    let _ = stream.write_all(body).await;
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = bytes.split_off(end + 4);
    assert!(
        !head
            .to_ascii_lowercase()
            .contains("transfer-encoding: chunked"),
        "{head}"
    );
    Got { status, head, body }
}

/// Longer than any answer of a machine that is busy with other tests.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// An open line of server-sent events.
pub struct Line(TcpStream);

impl Line {
    pub async fn open(server: SocketAddr, path: &str) -> Self {
        let mut stream = TcpStream::connect(server).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut line = Self(stream);
        line.until("\r\n\r\n").await;
        line
    }

    /// Waits for a piece of text.
    pub async fn until(&mut self, text: &str) -> String {
        let mut seen = Vec::new();
        let mut byte = [0];
        while !String::from_utf8_lossy(&seen).ends_with(text) {
            let read = tokio::time::timeout(PATIENCE, self.0.read(&mut byte)).await;
            let Ok(Ok(read)) = read else {
                panic!("nothing more after {}", String::from_utf8_lossy(&seen));
            };
            assert_eq!(
                read,
                1,
                "the line ended after {}",
                String::from_utf8_lossy(&seen)
            );
            seen.push(byte[0]);
        }
        String::from_utf8(seen).unwrap()
    }

    /// Waits for the end of the line.
    pub async fn end(mut self) {
        let mut rest = Vec::new();
        let _ = self.0.read_to_end(&mut rest).await;
    }
}
