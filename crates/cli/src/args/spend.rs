use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub struct Spend {
    /// One line for each
    #[arg(long, value_enum, default_value = "day")]
    pub by: By,
    /// How many days, today included
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=400))]
    pub days: u32,
    /// Forget what was spent on all days; messages keep what they cost
    #[arg(long)]
    pub forget: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    Day,
    Source,
    Model,
}

#[derive(Debug, Subcommand)]
pub enum BudgetCommand {
    /// All budgets and how much of them is used
    List,
    /// Set a budget; there is one for a source and a time
    Set {
        /// The limit, in US dollars, such as 2.50
        #[arg(value_name = "DOLLARS", value_parser = nanos)]
        amount: u64,
        /// The time it is for
        #[arg(long, value_enum)]
        per: PeriodArg,
        /// The source it is for [default: all together]
        #[arg(long, value_name = "NAME")]
        source: Option<String>,
        /// From what share on it warns, in percent
        #[arg(long, value_name = "PERCENT", default_value_t = 80, value_parser = clap::value_parser!(u8).range(1..=100))]
        warn: u8,
    },
    /// Remove a budget
    Remove {
        /// The time it is for
        #[arg(long, value_enum)]
        per: PeriodArg,
        /// The source it is for [default: all together]
        #[arg(long, value_name = "NAME")]
        source: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PeriodArg {
    Day,
    Month,
}

/// Dollars as typed, in billionths; never by way of a fraction.
pub(super) fn nanos(text: &str) -> Result<u64, String> {
    let wrong = || "give an amount such as 2.50".to_owned();
    let (whole, rest) = text
        .trim_start_matches('$')
        .split_once('.')
        .unwrap_or((text, ""));
    let whole = whole.trim_start_matches('$');
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    if whole.is_empty() || rest.len() > 9 || !digits(whole) || !digits(rest) {
        return Err(wrong());
    }
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    let rest: u64 = format!("{rest:0<9}").parse().map_err(|_| wrong())?;
    whole
        .checked_mul(1_000_000_000)
        .and_then(|it| it.checked_add(rest))
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::nanos;

    #[test]
    fn dollars_are_read_digit_by_digit() {
        assert_eq!(nanos("2.50"), Ok(2_500_000_000));
        assert_eq!(nanos("$0.000000001"), Ok(1));
        assert_eq!(nanos("7"), Ok(7_000_000_000));
        for wrong in [
            "",
            ".5",
            "-1",
            "1e3",
            "0.0000000001",
            "1,5",
            "99999999999999",
        ] {
            assert!(nanos(wrong).is_err(), "{wrong}");
        }
    }
}
