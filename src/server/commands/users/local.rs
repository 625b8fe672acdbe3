//! The local database as a directory.

use std::sync::Arc;

use async_trait::async_trait;

use super::directory::Directory;
use crate::{
    domain::{AppError, ListEvents, ListUsers, Page, ProfileField, Trail, User, UserForm, UserId, UserPatch},
    server::{
        config::Config,
        foundation::clock::{SystemClock, UuidV7},
        services::{
            audit::Audit,
            identity::Actor,
            users::{ExpectedVersion, Operation, Users},
        },
        store::{self, Store},
    },
};

/// The database itself, used as the operator.
pub struct Local {
    store: Arc<dyn Store>,
    users: Users,
    actor: Actor,
}

impl Local {
    pub async fn open(config: &Config, create_if_missing: bool) -> anyhow::Result<Self> {
        let store = store::open(&config.database_url, config.store(create_if_missing)).await?;
        let users = Users::new(store.clone(), Arc::new(SystemClock), Arc::new(UuidV7));
        Ok(Self { store, users, actor: Actor::operator() })
    }
}

#[async_trait]
impl Directory for Local {
    async fn list(&self, query: &ListUsers) -> Result<Page<User>, AppError> {
        self.users.list(&self.actor, query).await
    }

    async fn get(&self, id: UserId) -> Result<User, AppError> {
        self.users.get(&self.actor, id).await
    }

    async fn create(&self, form: &UserForm) -> Result<User, AppError> {
        self.users.create(&self.actor, form).await
    }

    async fn update(
        &self,
        id: UserId,
        expected: ExpectedVersion,
        changes: &[(ProfileField, String)],
    ) -> Result<User, AppError> {
        let patch = UserPatch::parse(changes)?;
        self.users.apply(&self.actor, &Operation::Update { id, expected, patch }).await
    }

    async fn delete(&self, id: UserId) -> Result<(), AppError> {
        self.users.delete(&self.actor, id).await
    }

    async fn restore(&self, id: UserId) -> Result<User, AppError> {
        self.users.restore(&self.actor, id).await
    }

    async fn history(&self, id: UserId, query: &ListEvents) -> Result<Trail, AppError> {
        Audit::new(self.store.clone()).history(&self.actor, id, query).await
    }

    async fn erase(&self, id: UserId) -> anyhow::Result<()> {
        Ok(self.users.erase(&self.actor, id).await?)
    }

    async fn close(&self) {
        store::close(&*self.store).await;
    }
}
