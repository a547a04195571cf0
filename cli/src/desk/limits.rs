//! `limits` and `settings`: what the owner allows when points are earned (T7), and how the business counts them (D5, X7).

use clap::{Args, Subcommand, ValueEnum};
use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::OperatorId;
use kartka_core::domain::limits::{EarnLimits, Then};
use kartka_core::domain::moment::Date;
use kartka_core::domain::money::Currency;
use kartka_core::domain::purchase::PointsAs;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::usecase::limits::FlaggedSale;
use serde_json::json;

use super::people::Whose;
use super::show::{self, Answer};
use crate::failure::Failure;

/// Without a word more: shows them.
#[derive(Debug, Args)]
pub(crate) struct LimitsArgs {
    #[command(subcommand)]
    command: Option<LimitsCommand>,
}

#[derive(Debug, Subcommand)]
enum LimitsCommand {
    /// Changes the limits that are named; the others stay.
    Set(SetArgs),
    /// The sales of a day that bear a flag.
    Flagged {
        /// YYYY-MM-DD; without it, today.
        #[arg(long)]
        date: Option<Date>,
        /// Only this member of staff's: their number.
        #[arg(long)]
        operator: Option<u32>,
    },
    /// Says which customer a member of staff is, so that their own card is seen; without a customer, that nobody knows.
    Own {
        /// The member of staff's number.
        operator: u32,
        #[command(flatten)]
        customer: Whose,
    },
}

/// `off`, or what happens to a receipt that breaks the limit: `flag` shows it to the owner, `refuse` lets it earn nothing.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct SetArgs {
    /// Most receipts of one person that earn on a day: off, or 3:flag, 3:refuse.
    #[arg(long, value_name = "LIMIT", value_parser = counted)]
    per_day: Option<Counted>,
    /// Least minutes between two receipts of one person that earn: off, or 30:flag, 30:refuse.
    #[arg(long, value_name = "LIMIT", value_parser = counted)]
    gap: Option<Counted>,
    /// Staff selling to themselves.
    #[arg(long, value_enum)]
    own_card: Option<Does>,
    /// A card whose number was typed.
    #[arg(long, value_enum)]
    typed: Option<Does>,
}

/// What a limit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Does {
    /// Nothing.
    Off,
    /// The owner sees it.
    Flag,
    /// It earns nothing.
    Refuse,
}

impl Does {
    const fn then(self) -> Option<Then> {
        match self {
            Self::Off => None,
            Self::Flag => Some(Then::Flag),
            Self::Refuse => Some(Then::Refuse),
        }
    }
}

/// A limit with a number; none for one that is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counted(Option<(u16, Then)>);

fn counted(text: &str) -> Result<Counted, String> {
    let wanted = || "a limit looks like 3:flag, 3:refuse or off".to_owned();
    if text == "off" {
        return Ok(Counted(None));
    }
    let (number, does) = text.split_once(':').ok_or_else(wanted)?;
    let number = number.parse().map_err(|_| wanted())?;
    let then = Does::from_str(does, false).ok().and_then(Does::then);
    Ok(Counted(Some((number, then.ok_or_else(wanted)?))))
}

/// How the business counts points and attaches customers. Without an option: shows it.
#[derive(Debug, Args)]
pub(crate) struct SettingsArgs {
    /// What points are: a means of payment, or a discount that lowers price and tax. Earlier receipts stay as they are.
    #[arg(long, value_enum)]
    points_as: Option<Points>,
    /// For how many days after that of the sale a customer may be attached to it: 0-30.
    #[arg(long, value_name = "DAYS")]
    attach_days: Option<u16>,
}

/// What points are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Points {
    /// The price stays, part of it is paid with them.
    Payment,
    /// The price is lower.
    Discount,
}

/// Does what was asked and shows the limits in force.
pub(crate) fn limits(
    shop: &Shop,
    request: RequestId,
    args: &LimitsArgs,
) -> Result<Answer, Failure> {
    match &args.command {
        None => {}
        Some(LimitsCommand::Set(set)) => {
            let now = shop.earn_limits()?;
            let changed = EarnLimits {
                per_day: set.per_day.map_or(now.per_day, |limit| limit.0),
                gap: set.gap.map_or(now.gap, |limit| limit.0),
                own_card: set.own_card.map_or(now.own_card, Does::then),
                typed: set.typed.map_or(now.typed, Does::then),
            };
            if !changed.is_sound() {
                return Err(Failure::input(
                    "a limit counts from 1 to 1440: give such a number, or off",
                ));
            }
            shop.set_earn_limits(request, changed)?;
        }
        Some(LimitsCommand::Flagged { date, operator }) => {
            let currency = shop.business()?.currency;
            let all = shop.flagged_sales(*date, operator.map(OperatorId))?;
            let all = all.iter().map(|sale| flagged(sale, currency)).collect();
            return Ok(Answer::list(all, "no sale bears a flag"));
        }
        Some(LimitsCommand::Own { operator, customer }) => {
            let customer = customer.find(shop)?;
            shop.link_operator(request, OperatorId(*operator), customer)?;
        }
    }
    Ok(in_force(shop.earn_limits()?))
}

fn in_force(limits: EarnLimits) -> Answer {
    let does = |then: Option<Then>| match then {
        None => "off",
        Some(Then::Flag) => "flag",
        Some(Then::Refuse) => "refuse",
    };
    let counted = |limit: Option<(u16, Then)>| match limit {
        None => "off".to_owned(),
        Some((number, then)) => format!("{number}:{}", does(Some(then))),
    };
    let (per_day, gap) = (counted(limits.per_day), counted(limits.gap));
    let (own_card, typed) = (does(limits.own_card), does(limits.typed));
    Answer {
        json: json!({ "per_day": per_day, "gap": gap, "own_card": own_card, "typed": typed }),
        text: format!(
            "receipts a day {per_day}  minutes between two {gap}  staff's own card {own_card}  typed number {typed}"
        ),
    }
}

fn flagged(sale: &FlaggedSale, currency: Currency) -> Answer {
    let json = json!({
        "purchase": show::id(sale.purchase.0),
        "operator": sale.operator.0,
        "date": sale.at.date.to_string(),
        "total": show::amount(sale.price, currency),
        "customer": sale.customer.map(|customer| show::id(customer.0)),
        "flags": sale.flags.iter().map(Code::name).collect::<Vec<_>>(),
        "more": sale.more,
    });
    let said: Vec<String> = sale
        .flags
        .iter()
        .map(|code| crate::words::english(*code))
        .collect();
    let more = match sale.more {
        0 => String::new(),
        more => format!("  and {more} more of that phone"),
    };
    let text = format!(
        "purchase {}  {}  by {}  total {}  {}{more}",
        sale.purchase.get(),
        sale.at.date,
        sale.operator.0,
        show::priced(sale.price, currency),
        said.join("; ")
    );
    Answer { json, text }
}

/// Changes what was named and shows the settings in force.
pub(crate) fn settings(
    shop: &Shop,
    request: RequestId,
    args: &SettingsArgs,
) -> Result<Answer, Failure> {
    if args.points_as.is_some() && args.attach_days.is_some() {
        return Err(Failure::input(
            "one setting is changed at a time: give the second one in a command of its own",
        ));
    }
    if let Some(points) = args.points_as {
        let points = match points {
            Points::Payment => PointsAs::Payment,
            Points::Discount => PointsAs::Discount,
        };
        shop.set_points_as(request, points)?;
    }
    if let Some(days) = args.attach_days {
        if days > 30 {
            return Err(Failure::input(
                "a customer is attached within 0 to 30 days after the sale",
            ));
        }
        shop.set_attach_days(request, days)?;
    }
    let business = shop.business()?;
    let points = match business.points_as {
        PointsAs::Payment => "payment",
        PointsAs::Discount => "discount",
    };
    let days = business.attach_days;
    Ok(Answer {
        json: json!({ "points_as": points, "attach_days": days }),
        text: format!(
            "points are a {points}  a customer is attached within {days} days after the sale"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_limit_is_a_number_and_what_it_does() {
        for (text, expected) in [
            ("off", Some(None)),
            ("3:flag", Some(Some((3, Then::Flag)))),
            ("1440:refuse", Some(Some((1_440, Then::Refuse)))),
            ("3", None),
            ("3:off", None),
            ("-1:flag", None),
            ("70000:flag", None),
            (":flag", None),
        ] {
            assert_eq!(counted(text).ok(), expected.map(Counted), "{text:?}");
        }
    }
}
