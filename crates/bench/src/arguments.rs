//! What to measure, and how large.

use std::path::PathBuf;

use fluxchat_testkit::large::Size;

/// The command line.
pub struct Arguments {
    /// Where archives are kept between runs.
    pub folder: PathBuf,
    /// How large.
    pub size: Size,
    /// The groups of rows to measure; all of them if empty.
    pub groups: Vec<String>,
    /// Names the groups instead.
    pub list: bool,
    /// Makes the archives and measures nothing.
    pub prepare: bool,
}

impl Arguments {
    pub fn read(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            folder: PathBuf::from("target/bench"),
            size: Size {
                messages: 1_000_000,
                conversations: 20_000,
                ledger: 1_000_000,
            },
            groups: Vec::new(),
            list: false,
            prepare: false,
        };
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            let mut number = || {
                let value = words.next().and_then(|it| it.replace('_', "").parse().ok());
                value.ok_or_else(|| format!("{word} needs a number"))
            };
            match word.as_str() {
                "--messages" => arguments.size.messages = number()?,
                "--conversations" => arguments.size.conversations = number()?,
                "--ledger" => arguments.size.ledger = number()?,
                "--folder" => {
                    arguments.folder = words.next().ok_or("--folder needs a path")?.into();
                }
                "--list" => arguments.list = true,
                "--prepare" => arguments.prepare = true,
                option if option.starts_with('-') => {
                    return Err(format!("`{option}` is not an option of bench"));
                }
                group => arguments.groups.push(group.to_owned()),
            }
        }
        if arguments.size.conversations < 2
            || arguments.size.messages < arguments.size.conversations
        {
            return Err("there must be two conversations, and a message for each".to_owned());
        }
        Ok(arguments)
    }

    pub fn wants(&self, group: &str) -> bool {
        !self.prepare && (self.groups.is_empty() || self.groups.iter().any(|it| it == group))
    }
}
