//! The forms of the import pages.

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, Path},
    response::Response,
    routing::MethodRouter,
};

use super::{
    no_such_form,
    post::{Post, Reply},
    upload::Upload,
};
use crate::{
    domain::{
        AppError, ApplyImport, ChosenColumns, FieldErrors, FileField, Import, ImportId, ImportMode, ImportState,
        NewImport,
    },
    server::{
        http::state::AppState,
        services::{identity::Actor, imports::Imports},
    },
    ui::text,
};

/// Lifts axum's limit for forms, so that an upload is limited only by `RequestBodyLimitLayer`.
pub fn unlimited(methods: MethodRouter<AppState>) -> MethodRouter<AppState> {
    methods.layer(DefaultBodyLimit::disable())
}

/// `/imports`: starts an import of a `file`, sent by a browser without scripts.
pub async fn begin(Upload { post, file }: Upload) -> Response {
    let started = match file {
        Some((name, bytes)) => upload(&post, &name, bytes).await,
        None => Err(FieldErrors::one("file", "required", "must be chosen").into()),
    };
    post.respond(started).await
}

/// Stores the file in parts, like an upload through the API.
async fn upload(post: &Post, name: &str, bytes: Bytes) -> Result<Reply, AppError> {
    if bytes.is_empty() {
        return Err(FieldErrors::one("file", "empty", "must not be empty").into());
    }
    // Of a name that is too long, the end is kept.
    let skipped = name.chars().count().saturating_sub(NewImport::MAX_NAME_CHARS);
    let new = NewImport {
        file: name.chars().skip(skipped).collect(),
        size: bytes.len() as u64,
        part_size: Import::MAX_PART,
        columns: ChosenColumns::default(),
    };
    let (imports, actor) = (&post.state.imports, &post.actor);
    let import = imports.begin(actor, &new).await?;
    let mut rest = bytes;
    for part in 1.. {
        let bytes = rest.split_to(rest.len().min(Import::MAX_PART as usize));
        imports.put_part(actor, import.id, part, bytes).await?;
        if rest.is_empty() {
            break;
        }
    }
    Ok(page(import.id))
}

/// `/imports/{id}`: applies, changes, undoes or cancels an import, by `action`.
pub async fn change(Path(id): Path<String>, post: Post) -> Response {
    let result = act(&post, &id).await;
    post.respond(result).await
}

async fn act(post: &Post, id: &str) -> Result<Reply, AppError> {
    let id = id.parse::<ImportId>()?;
    let (imports, actor) = (&post.state.imports, &post.actor);
    match post.text("action") {
        "apply" => apply(post, id).await?,
        "columns" => choose_columns(post, id).await?,
        "undo" => {
            // A form that is sent twice is done once.
            if !is_in(imports, actor, id, &[ImportState::Undoing, ImportState::Undone]).await? {
                imports.undo(actor, id).await?;
            }
        }
        "cancel" => {
            imports.cancel(actor, id).await?;
        }
        _ => return Err(no_such_form()),
    }
    Ok(page(id))
}

async fn apply(post: &Post, id: ImportId) -> Result<(), AppError> {
    let (imports, actor) = (&post.state.imports, &post.actor);
    // A form that is sent twice is done once.
    if is_in(imports, actor, id, &[ImportState::Applying, ImportState::Applied]).await? {
        return Ok(());
    }
    let mode = post.text("mode").parse::<ImportMode>()?;
    let skip_invalid = post.all("skip").any(|allowed| allowed == mode.as_str());
    let applied = imports.apply(actor, id, ApplyImport { mode, skip_invalid }).await;
    applied.map(|_| ()).map_err(|error| {
        if error.fields().iter().any(|field| field.field == "skip_invalid") {
            return FieldErrors::one("skip_invalid", "required", "must be ticked, or nothing is imported").into();
        }
        error
    })
}

async fn choose_columns(post: &Post, id: ImportId) -> Result<(), AppError> {
    let mut chosen: Vec<(FileField, String)> = Vec::new();
    for (heading, field) in post.all("heading").zip(post.all("field")).filter(|(_, field)| !field.is_empty()) {
        let field = field.parse::<FileField>()?;
        if chosen.iter().any(|(known, _)| *known == field) {
            return Err(FieldErrors::one(
                "columns",
                "twice",
                text::import_file::chosen_twice(text::import_file::field(field)),
            )
            .into());
        }
        chosen.push((field, heading.to_owned()));
    }
    // Fields without a chosen column are not matched by name again.
    let rest = FileField::ALL.iter().filter(|field| !chosen.iter().any(|(known, _)| known == *field));
    let rest: Vec<_> = rest.map(|field| (*field, String::new())).collect();
    chosen.extend(rest);
    post.state.imports.choose_columns(&post.actor, id, ChosenColumns(chosen)).await?;
    Ok(())
}

async fn is_in(imports: &Imports, actor: &Actor, id: ImportId, states: &[ImportState]) -> Result<bool, AppError> {
    Ok(states.contains(&imports.get(actor, id).await?.state))
}

fn page(id: ImportId) -> Reply {
    Reply::Redirect(format!("/imports/{id}"))
}
