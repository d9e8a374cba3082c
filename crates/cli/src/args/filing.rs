use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum Folder {
    /// All folders
    List,
    /// Make a folder
    Add {
        /// Its name
        name: String,
    },
    /// Rename a folder
    Rename {
        /// The folder
        folder: String,
        /// Its new name
        name: String,
    },
    /// Remove a folder; its conversations stay
    Remove {
        /// The folder
        folder: String,
    },
    /// What lies in a folder, newest first
    Show {
        /// The folder
        folder: String,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Put a conversation into a folder
    Move {
        /// The conversation
        id: String,
        /// The folder
        #[arg(required_unless_present = "out", conflicts_with = "out")]
        folder: Option<String>,
        /// Take it out of the folder it is in
        #[arg(long)]
        out: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum Tag {
    /// All tags, or those of a conversation
    List {
        /// The conversation
        id: Option<String>,
    },
    /// Make a tag
    Add {
        /// Its name
        name: String,
    },
    /// Rename a tag
    Rename {
        /// The tag
        tag: String,
        /// Its new name
        name: String,
    },
    /// Remove a tag; its conversations stay
    Remove {
        /// The tag
        tag: String,
    },
    /// What has a tag, newest first
    Show {
        /// The tag
        tag: String,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Give a conversation a tag
    Set {
        /// The conversation
        id: String,
        /// The tag
        tag: String,
    },
    /// Take a tag from a conversation
    Unset {
        /// The conversation
        id: String,
        /// The tag
        tag: String,
    },
}
