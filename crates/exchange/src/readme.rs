/// The first entry of every package.
pub const README: &str = include_str!("../README.export.md");
