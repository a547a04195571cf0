//! A server on a disk and phones on the same machine, for the figures that need both.

use std::path::Path;
use std::sync::Arc;

use kartka_core::domain::founding::ShopKind;
use kartka_core::platform::{FileKeyStore, SystemClock, SystemRng};
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::{RequestId, Vfs};
use kartka_core::sync::transport::Http;
use kartka_server::platform::{SystemClock as ServerClock, SystemRandom};
use kartka_server::{Authority, FoundingInput, Rights, RunningServer, Server, ServerConfig};
use tokio::runtime::Runtime;

/// A running server with one business.
pub(crate) struct House {
    runtime: Runtime,
    server: Option<RunningServer>,
    pub(crate) home: tempfile::TempDir,
}

impl House {
    pub(crate) fn open() -> Self {
        let home = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let config = ServerConfig {
            data: home.path().join("data"),
            bind: ([127, 0, 0, 1], 0).into(),
            address: None,
            clock: Arc::new(ServerClock),
            random: Arc::new(SystemRandom),
        };
        let server = runtime.block_on(Server::start(config)).unwrap();
        let input = FoundingInput {
            name: "Bench".into(),
            country: "UA".into(),
            kind: ShopKind::Shop,
            owner: "Owner".into(),
        };
        server.create_business(&input).unwrap();
        Self {
            runtime,
            server: Some(server),
            home,
        }
    }

    fn server(&self) -> &RunningServer {
        self.server.as_ref().unwrap()
    }

    pub(crate) fn address(&self) -> String {
        self.server().address().to_owned()
    }

    pub(crate) fn authority(&self) -> Arc<Authority> {
        let business = self.server().businesses()[0];
        self.server().authority(business).unwrap()
    }

    /// A fresh phone of the owner, paired and brought up to date over HTTP.
    pub(crate) fn phone(&self, name: &str, http: &Http) -> Shop {
        let shop = shop(&self.home.path().join(name));
        let code = self.code(Rights::History);
        shop.pair(request(9, 0), &code, name, http).unwrap();
        shop
    }

    /// The text of a pairing QR.
    pub(crate) fn code(&self, rights: Rights) -> String {
        let business = self.server().businesses()[0];
        let code = self.server().pairing_qr(business, rights).unwrap();
        code.to_text()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop());
        }
    }
}

/// An empty shop on the disk.
pub(crate) fn shop(data: &Path) -> Shop {
    std::fs::create_dir(data).unwrap();
    let platform = Platform {
        clock: Arc::new(SystemClock::new()),
        rng: Arc::new(SystemRng),
        keys: Arc::new(FileKeyStore::beside(data)),
        vfs: Vfs::system(),
    };
    Shop::open(data, platform).unwrap()
}

/// A request id by kind and number.
pub(crate) fn request(kind: u8, n: u32) -> RequestId {
    let mut id = [kind; 16];
    id[..4].copy_from_slice(&n.to_be_bytes());
    RequestId(id)
}
