//! `kartka quote`: the evaluator as a command. A programme file and a receipts file in, every effect, share and code
//! out; no store, no shop. The formats are in `docs/formats/programme.md`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use kartka_core::domain::codes::Code;
use kartka_core::domain::money::Money;
use kartka_core::domain::op::Claim;
use kartka_core::domain::purchase::{Line, ShareKind};
use kartka_core::domain::quote::{Quote, QuoteError};
use kartka_core::domain::voucher::{Act, VoucherNumber};
use kartka_core::exchange::{Receipt, quote_files};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::money::show;

/// Evaluates receipts against a programme.
#[derive(Debug, Args)]
pub(crate) struct QuoteArgs {
    /// The programme (TOML).
    #[arg(long, value_name = "FILE")]
    programme: PathBuf,
    /// The receipts (TOML).
    #[arg(long, value_name = "FILE")]
    receipts: PathBuf,
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
}

/// Prints what each receipt comes to, and why.
///
/// # Errors
/// [`Failure::Outside`] for files that can't be opened, [`Failure::Input`] for what stands in them.
pub(crate) fn run(args: &QuoteArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path)
            .map_err(|why| Failure::outside(format!("{}: {why}", path.display())))
    };
    let (programme, receipts) = (read(&args.programme)?, read(&args.receipts)?);
    let (file, answers) = quote_files(&programme, &receipts).map_err(Failure::input)?;
    let exponent = file.currency.exponent();
    if args.json {
        let receipts: Vec<Value> = answers
            .iter()
            .map(|a| as_json(&a.receipt, a.quote.as_ref(), exponent))
            .collect();
        let all = json!({
            "format": "kartka quotes 1",
            "currency": file.currency.code(),
            "receipts": receipts,
        });
        return writeln!(out, "{all:#}").map_err(Failure::outside);
    }
    for answer in &answers {
        let text = as_text(&answer.receipt, answer.quote.as_ref(), exponent);
        writeln!(out, "{text}").map_err(Failure::outside)?;
    }
    Ok(())
}

fn as_text(receipt: &Receipt, answer: Result<&Quote, &QuoteError>, exponent: u8) -> String {
    let mut lines = vec![format!("{} ({})", receipt.name, receipt.at.date)];
    match answer {
        Err(why) => lines.push(format!("  refused: {}", refusal(why))),
        Ok(quote) => {
            let (total, due) = (show(quote.total, exponent), show(quote.due, exponent));
            lines.push(format!("  {total}, to pay {due}"));
            for (number, line) in (1..).zip(&quote.lines) {
                lines.push(format!("  line {number}: {}", line_text(line, exponent)));
            }
            lines.extend(
                quote
                    .claims
                    .iter()
                    .map(|c| format!("  {}", claim_text(c, exponent))),
            );
            lines.extend(voucher_texts(quote, exponent));
            lines.extend(quote.said.iter().map(|c| format!("  {}", code_text(*c))));
            lines.push(match &quote.redeemable {
                Ok(may) => format!(
                    "  points: {} to {} by {}, {}",
                    may.least.0,
                    may.most.0,
                    may.step.0,
                    code_text(may.limit)
                ),
                Err(why) => format!("  points: none, {}", code_text(*why)),
            });
        }
    }
    lines.join("\n")
}

fn refusal(why: &QuoteError) -> String {
    match why {
        QuoteError::Refused(code) => code_text(*code),
        other => other.to_string(),
    }
}

fn line_text(line: &Line, exponent: u8) -> String {
    let mut text = show(line.gross, exponent);
    for share in &line.shares {
        let value = show(share.value, exponent);
        text += &format!(
            " − {value} {} {}",
            share_kind(share.kind),
            share.instrument.0
        );
    }
    text
}

const fn share_kind(kind: ShareKind) -> &'static str {
    match kind {
        ShareKind::Points => "points",
        ShareKind::Discount => "discount",
        ShareKind::Certificate => "certificate",
        ShareKind::PointsOff => "points off",
    }
}

/// What is taken out of vouchers, and what is issued.
fn voucher_texts(quote: &Quote, exponent: u8) -> Vec<String> {
    let mut texts = Vec::new();
    for one in &quote.moves {
        if let Act::Use { paid, taken } = one.act {
            let number = one.voucher.0.counter();
            let (paid, taken) = (show(paid, exponent), show(taken, exponent));
            texts.push(format!("  Voucher {number} pays {paid}, takes {taken}"));
        }
    }
    for one in &quote.issues {
        let nominal = show(one.nominal, exponent);
        texts.push(format!("  Issue {} of {nominal}", one.instrument.0));
    }
    texts
}

fn claim_text(claim: &Claim, exponent: u8) -> String {
    let mut text = format!("{:?} {}", claim.kind, claim.instrument.0);
    let effect = claim.effect;
    for (amount, what) in [(effect.points.0, "points"), (effect.stamps.0, "stamps")] {
        if amount != 0 {
            text += &format!(" {amount:+} {what}");
        }
    }
    if effect.value != Money::ZERO {
        text += &format!(" worth {}", show(effect.value, exponent));
    }
    if let Some(lot) = claim.lot {
        text += &format!(" from {}", lot.available_on);
        let until = lot.expires_on.map(|last| format!(" until {last}"));
        text += &until.unwrap_or_default();
    }
    text
}

/// `MaxShare most=50 (U1)`.
fn code_text(code: Code) -> String {
    let args = code
        .args()
        .into_iter()
        .map(|(name, value)| format!(" {name}={value}"));
    format!(
        "{}{} ({})",
        code.name(),
        args.collect::<String>(),
        code.law()
    )
}

fn as_json(receipt: &Receipt, answer: Result<&Quote, &QuoteError>, exponent: u8) -> Value {
    let quote = match answer {
        Ok(quote) => quote,
        Err(QuoteError::Refused(code)) => {
            return json!({ "name": receipt.name, "refused": code_json(*code) });
        }
        Err(other) => {
            return json!({ "name": receipt.name, "refused": { "error": other.to_string() } });
        }
    };
    let lines: Vec<Value> = quote.lines.iter().map(|l| line_json(l, exponent)).collect();
    let claims: Vec<Value> = quote
        .claims
        .iter()
        .map(|c| claim_json(c, exponent))
        .collect();
    let said: Vec<Value> = quote.said.iter().copied().map(code_json).collect();
    json!({
        "name": receipt.name,
        "date": receipt.at.date.to_string(),
        "total": show(quote.total, exponent),
        "due": show(quote.due, exponent),
        "lines": lines,
        "claims": claims,
        "vouchers": vouchers_json(quote, exponent),
        "said": said,
        "redeemable": match &quote.redeemable {
            Ok(may) => json!({
                "least": may.least.0,
                "most": may.most.0,
                "step": may.step.0,
                "round_cash": may.round_cash.map(|points| points.0),
                "limit": code_json(may.limit),
            }),
            Err(why) => json!({ "none": code_json(*why) }),
        },
    })
}

fn line_json(line: &Line, exponent: u8) -> Value {
    let shares = line.shares.iter().map(|share| {
        json!({
            "instrument": share.instrument.0,
            "kind": share_kind(share.kind),
            "value": show(share.value, exponent),
            "points": share.points.0,
        })
    });
    json!({
        "goods": line.goods.map(|goods| goods.0),
        "quantity": show(Money(line.quantity.0), 3),
        "gross": show(line.gross, exponent),
        "shares": shares.collect::<Vec<_>>(),
    })
}

fn vouchers_json(quote: &Quote, exponent: u8) -> Value {
    let used = quote.moves.iter().filter_map(|one| match one.act {
        Act::Use { paid, taken } => Some(json!({
            "voucher": one.voucher.0.counter(),
            "paid": show(paid, exponent),
            "taken": show(taken, exponent),
        })),
        _ => None,
    });
    let issued = quote.issues.iter().map(|one| {
        json!({
            "instrument": one.instrument.0,
            "nominal": show(one.nominal, exponent),
            "number": one.number.as_ref().map(VoucherNumber::shown),
        })
    });
    json!({ "used": used.collect::<Vec<_>>(), "issued": issued.collect::<Vec<_>>() })
}

fn claim_json(claim: &Claim, exponent: u8) -> Value {
    let effect = claim.effect;
    json!({
        "kind": format!("{:?}", claim.kind),
        "instrument": claim.instrument.0,
        "points": effect.points.0,
        "stamps": effect.stamps.0,
        "value": show(effect.value, exponent),
        "status": effect.status.0,
        "carry": effect.carry,
        "available_on": claim.lot.map(|lot| lot.available_on.to_string()),
        "expires_on": claim.lot.and_then(|lot| lot.expires_on).map(|last| last.to_string()),
    })
}

fn code_json(code: Code) -> Value {
    let args = code
        .args()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()));
    json!({
        "code": code.name(),
        "law": code.law(),
        "args": Value::Object(args.collect()),
    })
}
