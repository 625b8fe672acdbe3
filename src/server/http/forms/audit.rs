//! The form of the audit page, which filters events by the people and tokens that it names in words.

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use form_urlencoded::Serializer;
use uuid::Uuid;

use crate::{
    domain::{AppError, FieldError, FieldErrors, ListUsers, Page, User, fold},
    server::{
        http::{cookies::chosen_theme, pages, state::AppState},
        services::identity::Actor,
    },
    ui::{
        form::Submitted,
        pages::audit::{
            choices::Choices,
            search::{AuditSearch, Named},
        },
    },
};

/// How many people are offered to choose from.
const MAX_SHOWN: u32 = 20;

/// How the page is shown.
enum Shown {
    /// With the events of its query.
    Events,
    /// At the address of a canonical query.
    Elsewhere(String),
    /// With the matches of ambiguous words.
    Choices(Choices),
}

/// `/audit`: shows the audit trail. A submitted form redirects to a canonical query, which has ids in place of words.
pub async fn show(State(state): State<AppState>, actor: Actor, mut request: Request) -> Response {
    // The page itself refuses everyone else.
    if actor.may_administer().is_ok() {
        let query = request.uri().query().unwrap_or_default().to_owned();
        match resolve(&state, &actor, &query).await {
            Ok(Shown::Events) => {}
            Ok(Shown::Elsewhere(address)) => return pages::see_other(&address),
            Ok(Shown::Choices(choices)) => {
                request.extensions_mut().insert(choices);
            }
            Err(error @ AppError::Invalid(_)) => {
                let values = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
                let submitted = Submitted { action: String::new(), values, error: Some(error), secret: None };
                let (address, theme) = (request.uri().clone(), chosen_theme(request.headers()));
                return pages::render_again(&state, actor, address, theme, submitted).await;
            }
            Err(error) => return error.into_response(),
        }
    }
    pages::render(State(state), actor, request).await
}

/// # Errors
/// `Invalid` for words that match nothing; those of the lists of users and tokens.
async fn resolve(state: &AppState, actor: &Actor, query: &str) -> Result<Shown, AppError> {
    if AuditSearch::is_canonical(query) {
        return Ok(Shown::Events);
    }
    // The page shows the errors of the other filters.
    let Ok(mut search) = AuditSearch::parse(query) else {
        return Ok(Shown::Elsewhere(AuditSearch::address_without_words(query)));
    };
    for named in Named::ALL {
        let words = search.words(named);
        if words.is_empty() {
            continue;
        }
        let id = if let Ok(id) = Uuid::try_parse(words) {
            id
        } else {
            let choices = find(state, actor, named, &search).await?;
            match choices.ids()[..] {
                [] => return Err(FieldErrors::one(named.field(), "unknown", named.no_match(words)).into()),
                [id] => id,
                _ => return Ok(Shown::Choices(choices)),
            }
        };
        search = search.with(named, Some(id));
    }
    Ok(Shown::Elsewhere(search.address()))
}

/// The people, and for an actor the tokens, that the words of a filter match.
async fn find(state: &AppState, actor: &Actor, named: Named, search: &AuditSearch) -> Result<Choices, AppError> {
    let words = search.words(named);
    let Page { items: people, next, .. } = people(state, actor, named, words).await?;
    let mut tokens = Vec::new();
    if named == Named::Actor {
        let words = fold(words);
        tokens = state.tokens.list(actor).await?;
        tokens.retain(|token| fold(&token.name).contains(&words));
    }
    Ok(Choices { search: search.clone(), named, people, tokens, has_more: next.is_some() })
}

/// The people with this e-mail address, or else those that the search of the list finds. Deleted ones are included.
async fn people(state: &AppState, actor: &Actor, named: Named, words: &str) -> Result<Page<User>, AppError> {
    // An error means that the words are no address.
    if let Ok(with_address) = list("email", words) {
        let people = state.users.list(actor, &with_address).await?;
        if !people.items.is_empty() {
            return Ok(people);
        }
    }
    let at_field = |error: FieldError| FieldError { field: named.field().into(), ..error };
    let list = list("q", words).map_err(|errors| FieldErrors(errors.0.into_iter().map(at_field).collect()))?;
    state.users.list(actor, &list).await
}

fn list(filter: &str, words: &str) -> Result<ListUsers, FieldErrors> {
    let query = format!("status=all&sort=name&per_page={MAX_SHOWN}");
    Serializer::new(query).append_pair(filter, words).finish().parse()
}
