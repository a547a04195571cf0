//! The words of the pages in Ukrainian, Russian and English. A page asks the browser which one it reads.

use axum::http::{HeaderMap, header};

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// uk
    Ukrainian,
    /// ru
    Russian,
    /// en: also for everybody else.
    English,
}

impl Language {
    /// The language the browser prefers among ours.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let mut best = (0, Self::English);
        for one in accepted.split(',').take(16) {
            let mut parts = one.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = parts.next().and_then(|q| q.trim().strip_prefix("q="));
            let weight = weight.map_or(1_000, thousandths);
            let language = match tag.split('-').next() {
                Some("uk") => Self::Ukrainian,
                Some("ru") => Self::Russian,
                Some("en") => Self::English,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    /// The language's tag.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Ukrainian => "uk",
            Self::Russian => "ru",
            Self::English => "en",
        }
    }

    /// Its words.
    pub(crate) const fn words(self) -> &'static Words {
        match self {
            Self::Ukrainian => &UKRAINIAN,
            Self::Russian => &RUSSIAN,
            Self::English => &ENGLISH,
        }
    }
}

/// `0.8` as 800; nonsense counts nothing.
fn thousandths(q: &str) -> u32 {
    let (whole, part) = q.split_once('.').unwrap_or((q, ""));
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    match (whole, digits.parse::<u32>()) {
        ("1", Ok(_)) => 1_000,
        ("0", Ok(part)) => part,
        _ => 0,
    }
}

/// Every text of the pages.
pub(crate) struct Words {
    pub(crate) today: &'static str,
    pub(crate) sales: &'static str,
    pub(crate) visits: &'static str,
    pub(crate) average: &'static str,
    pub(crate) new_customers: &'static str,
    pub(crate) repeat_share: &'static str,
    pub(crate) returned: &'static str,
    pub(crate) points_earned: &'static str,
    pub(crate) points_spent: &'static str,
    pub(crate) points_outstanding: &'static str,
    pub(crate) liability: &'static str,
    pub(crate) week_before: &'static str,
    pub(crate) points_head: &'static str,
    pub(crate) everything: &'static str,
    pub(crate) customers: &'static str,
    pub(crate) devices: &'static str,
    pub(crate) add_phone: &'static str,
    pub(crate) pair_hint: &'static str,
    pub(crate) pair_open: &'static str,
    pub(crate) code_for_pairing: &'static str,
    pub(crate) show_code: &'static str,
    pub(crate) code_of_card: &'static str,
    pub(crate) balance: &'static str,
    pub(crate) points: &'static str,
    pub(crate) stamps: &'static str,
    pub(crate) last_purchases: &'static str,
    pub(crate) no_purchases: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) not_found_hint: &'static str,
    pub(crate) owner_only: &'static str,
    pub(crate) owner_hint: &'static str,
    pub(crate) slow_down: &'static str,
    pub(crate) trouble: &'static str,
}

const UKRAINIAN: Words = Words {
    today: "Сьогодні",
    sales: "Продажі",
    visits: "Покупки",
    average: "Середній чек",
    new_customers: "Нові клієнти",
    repeat_share: "Повернулися знову",
    returned: "Повернення",
    points_earned: "Бонусів нараховано",
    points_spent: "Бонусів витрачено",
    points_outstanding: "Бонусів на руках",
    liability: "Це у грошах",
    week_before: "Той самий день минулого тижня",
    points_head: "Бонуси",
    everything: "Усього",
    customers: "Клієнти",
    devices: "Пристрої",
    add_phone: "Додати телефон",
    pair_hint: "Відскануйте цей код у застосунку Kartka. Він діє 10 хвилин і лише один раз.",
    pair_open: "Показати код для нового телефону",
    code_for_pairing: "Код для нового телефону",
    show_code: "Покажіть цей код касиру",
    code_of_card: "Код картки",
    balance: "На рахунку",
    points: "бонусів",
    stamps: "штампів",
    last_purchases: "Останні покупки",
    no_purchases: "Покупок ще немає",
    not_found: "Такої картки немає",
    not_found_hint: "Перевірте адресу або відскануйте код ще раз.",
    owner_only: "Сторінка власника",
    owner_hint: "Відкрийте її за адресою, яку показав сервер під час запуску.",
    slow_down: "Забагато запитів. Спробуйте за хвилину.",
    trouble: "Щось пішло не так. Спробуйте ще раз.",
};

const RUSSIAN: Words = Words {
    today: "Сегодня",
    sales: "Продажи",
    visits: "Покупки",
    average: "Средний чек",
    new_customers: "Новые клиенты",
    repeat_share: "Вернулись снова",
    returned: "Возвраты",
    points_earned: "Бонусов начислено",
    points_spent: "Бонусов потрачено",
    points_outstanding: "Бонусов на руках",
    liability: "Это в деньгах",
    week_before: "Тот же день прошлой недели",
    points_head: "Бонусы",
    everything: "Всего",
    customers: "Клиенты",
    devices: "Устройства",
    add_phone: "Добавить телефон",
    pair_hint: "Отсканируйте этот код в приложении Kartka. Он действует 10 минут и только один раз.",
    pair_open: "Показать код для нового телефона",
    code_for_pairing: "Код для нового телефона",
    show_code: "Покажите этот код кассиру",
    code_of_card: "Код карты",
    balance: "На счёте",
    points: "бонусов",
    stamps: "штампов",
    last_purchases: "Последние покупки",
    no_purchases: "Покупок ещё нет",
    not_found: "Такой карты нет",
    not_found_hint: "Проверьте адрес или отсканируйте код ещё раз.",
    owner_only: "Страница владельца",
    owner_hint: "Откройте её по адресу, который сервер показал при запуске.",
    slow_down: "Слишком много запросов. Попробуйте через минуту.",
    trouble: "Что-то пошло не так. Попробуйте ещё раз.",
};

const ENGLISH: Words = Words {
    today: "Today",
    sales: "Sales",
    visits: "Purchases",
    average: "Average receipt",
    new_customers: "New customers",
    repeat_share: "Came back",
    returned: "Returned",
    points_earned: "Points earned",
    points_spent: "Points spent",
    points_outstanding: "Points outstanding",
    liability: "Worth in money",
    week_before: "Same day last week",
    points_head: "Points",
    everything: "In all",
    customers: "Customers",
    devices: "Devices",
    add_phone: "Add a phone",
    pair_hint: "Scan this code in the Kartka app. It works once, for 10 minutes.",
    pair_open: "Show the code for a new phone",
    code_for_pairing: "Code for a new phone",
    show_code: "Show this code to the cashier",
    code_of_card: "Code of the card",
    balance: "Balance",
    points: "points",
    stamps: "stamps",
    last_purchases: "Last purchases",
    no_purchases: "No purchases yet",
    not_found: "There is no such card",
    not_found_hint: "Check the address, or scan the code again.",
    owner_only: "The owner's page",
    owner_hint: "Open it by the address the server printed when it started.",
    slow_down: "Too many requests. Try again in a minute.",
    trouble: "Something went wrong. Please try again.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_choice_among_ours_wins() {
        for (accepted, want) in [
            ("uk", Language::Ukrainian),
            ("uk-UA,uk;q=0.9,en;q=0.8", Language::Ukrainian),
            ("de-DE,ru;q=0.7,en;q=0.3", Language::Russian),
            ("en;q=0.5,uk;q=0.50001", Language::English),
            ("fr", Language::English),
            ("", Language::English),
            ("uk;q=x,ru;q=0.1", Language::Russian),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().expect("a header"));
            assert_eq!(Language::of(&headers), want, "{accepted}");
        }
    }
}
