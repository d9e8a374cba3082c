use std::process::ExitCode;

use fluxchat_core::{App, Filed};
use fluxchat_model::{ConversationId, TagId};
use serde_json::{Value, json};

use super::Done;
use super::history::{conversation, line, parse};
use crate::args::{Folder, Tag};
use crate::output::{Out, plain};

pub async fn folder(app: &App, folder: Folder, out: &Out) -> Done {
    match folder {
        Folder::List => {
            let rows = app.folders().await?.into_iter().map(|total| {
                json!({
                    "id": total.folder.id,
                    "name": total.folder.name,
                    "conversations": total.conversations,
                    "created_at": total.folder.created_at,
                })
            });
            named(rows.collect(), out);
        }
        Folder::Add { name } => {
            let folder = app.add_folder(&name).await?;
            out.answer(&folder, |folder| {
                format!("{} was added.\n", plain(&folder.name))
            });
        }
        Folder::Rename { folder, name } => {
            let id = app.folder_named(&folder).await?.id;
            app.rename_folder(id, &name).await?;
            out.answer(&app.folder_named(&id.to_string()).await?, |folder| {
                format!("It is called {} now.\n", plain(&folder.name))
            });
        }
        Folder::Remove { folder } => {
            let folder = app.folder_named(&folder).await?;
            app.remove_folder(folder.id).await?;
            out.answer(&json!({ "removed": folder.id }), |_| {
                "The folder was removed. Its conversations are kept.\n".to_owned()
            });
        }
        Folder::Show { folder, limit } => {
            let id = app.folder_named(&folder).await?.id;
            show(app, Filed::Folder(id), limit, out).await?;
        }
        Folder::Move { id, folder, .. } => {
            let id: ConversationId = parse(&id)?;
            let folder = match folder {
                Some(folder) => Some(app.folder_named(&folder).await?.id),
                None => None,
            };
            let moved = app.move_conversation(id, folder).await?;
            out.answer(&conversation(&moved), |_| "It was moved.\n".to_owned());
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn tag(app: &App, tag: Tag, out: &Out) -> Done {
    match tag {
        Tag::List { id } => {
            let of = match id {
                Some(id) => Some(app.tags_of(parse(&id)?).await?),
                None => None,
            };
            let wanted = |id: &TagId| of.as_ref().is_none_or(|ids| ids.contains(id));
            let tags = app.tags().await?.into_iter();
            let rows = tags.filter(|total| wanted(&total.tag.id)).map(|total| {
                json!({
                    "id": total.tag.id,
                    "name": total.tag.name,
                    "conversations": total.conversations,
                    "created_at": total.tag.created_at,
                })
            });
            named(rows.collect(), out);
        }
        Tag::Add { name } => {
            let tag = app.add_tag(&name).await?;
            out.answer(&tag, |tag| format!("{} was added.\n", plain(&tag.name)));
        }
        Tag::Rename { tag, name } => {
            let id = app.tag_named(&tag).await?.id;
            app.rename_tag(id, &name).await?;
            out.answer(&app.tag_named(&id.to_string()).await?, |tag| {
                format!("It is called {} now.\n", plain(&tag.name))
            });
        }
        Tag::Remove { tag } => {
            let tag = app.tag_named(&tag).await?;
            app.remove_tag(tag.id).await?;
            out.answer(&json!({ "removed": tag.id }), |_| {
                "The tag was removed. Its conversations are kept.\n".to_owned()
            });
        }
        Tag::Show { tag, limit } => {
            let id = app.tag_named(&tag).await?.id;
            show(app, Filed::Tag(id), limit, out).await?;
        }
        Tag::Set { id, tag } => set(app, &id, &tag, true, out).await?,
        Tag::Unset { id, tag } => set(app, &id, &tag, false, out).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn set(
    app: &App,
    id: &str,
    tag: &str,
    on: bool,
    out: &Out,
) -> Result<(), crate::output::Failure> {
    let id: ConversationId = parse(id)?;
    let tag = app.tag_named(tag).await?;
    let tags = app.tag_conversation(id, tag.id, on).await?;
    out.answer(
        &json!({ "conversation_id": id, "tag_ids": tags }),
        |_| match on {
            true => format!("It is tagged {}.\n", plain(&tag.name)),
            false => format!("It is not tagged {} any more.\n", plain(&tag.name)),
        },
    );
    Ok(())
}

async fn show(
    app: &App,
    filed: Filed,
    limit: u32,
    out: &Out,
) -> Result<(), crate::output::Failure> {
    let found = app.conversations_filed(filed, None, limit).await?;
    let rows: Vec<Value> = found.iter().map(conversation).collect();
    out.answer(&rows, |rows| rows.iter().map(line).collect());
    Ok(())
}

fn named(rows: Vec<Value>, out: &Out) {
    out.answer(&rows, |rows| {
        let line = |row: &Value| {
            let name = plain(row["name"].as_str().unwrap_or_default());
            format!("{name:<24} {:>5}\n", row["conversations"])
        };
        rows.iter().map(line).collect()
    });
}
