use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

use leptos::prelude::{is_server, use_context};

use crate::domain::AppError;

/// The status that a page is answered with, which whoever renders it may set; nothing in the
/// browser.
#[derive(Debug, Clone)]
pub struct PageStatus(Arc<AtomicU16>);

impl Default for PageStatus {
    fn default() -> Self {
        Self(Arc::new(AtomicU16::new(200)))
    }
}

impl PageStatus {
    /// The page says this error.
    pub fn set(error: &AppError) {
        if is_server()
            && let Some(status) = use_context::<Self>()
        {
            status.0.store(error.status(), Ordering::Relaxed);
        }
    }

    #[must_use]
    pub fn get(&self) -> u16 {
        self.0.load(Ordering::Relaxed)
    }
}
