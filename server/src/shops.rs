//! The businesses this server serves, each with its writer.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;

use kartka_domain::ids::BusinessId;

use crate::authority::Authority;
use crate::writer::Writer;

/// One business being served.
pub(crate) struct Shop {
    pub(crate) authority: Arc<Authority>,
    pub(crate) writer: Writer,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Shops {
    open: RwLock<Open>,
}

#[derive(Default)]
struct Open {
    shops: BTreeMap<BusinessId, Arc<Shop>>,
    threads: Vec<JoinHandle<()>>,
}

impl Shops {
    /// Starts serving a business.
    pub(crate) fn add(&self, authority: Authority) -> std::io::Result<Arc<Shop>> {
        let authority = Arc::new(authority);
        let (writer, thread) = Writer::start(authority.clone())?;
        let shop = Arc::new(Shop { authority, writer });
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.shops.insert(shop.authority.business(), shop.clone());
        open.threads.push(thread);
        Ok(shop)
    }

    pub(crate) fn get(&self, business: BusinessId) -> Option<Arc<Shop>> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.shops.get(&business).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Shop>> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.shops.values().cloned().collect()
    }

    /// Lets every writer finish what is queued and closes the files. Call when nobody serves any more.
    pub(crate) fn close(&self) {
        let closing = {
            let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *open)
        };
        drop(closing.shops);
        for thread in closing.threads {
            if thread.join().is_err() {
                tracing::error!("a writer ended with a panic");
            }
        }
    }
}
