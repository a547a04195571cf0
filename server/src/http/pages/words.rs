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

/// A counted noun. English has two forms, Ukrainian and Russian three; a number with digits after the comma takes
/// `part` everywhere.
pub(crate) struct Noun {
    one: &'static str,
    few: &'static str,
    many: &'static str,
    part: &'static str,
}

impl Noun {
    /// The form beside a whole number.
    pub(crate) const fn beside(&self, value: i64, language: Language) -> &'static str {
        let value = value.unsigned_abs();
        let (tens, ones) = (value / 10 % 10, value % 10);
        match (language, tens, ones) {
            (Language::English, _, _) if value == 1 => self.one,
            (Language::English, _, _) | (_, 1, _) => self.many,
            (_, _, 1) => self.one,
            (_, _, 2..=4) => self.few,
            _ => self.many,
        }
    }

    /// The form beside a number that shows `digits` after the comma.
    pub(crate) const fn beside_digits(
        &self,
        value: i64,
        digits: u8,
        language: Language,
    ) -> &'static str {
        if digits == 0 {
            self.beside(value, language)
        } else {
            self.part
        }
    }
}

const fn noun(
    one: &'static str,
    few: &'static str,
    many: &'static str,
    part: &'static str,
) -> Noun {
    Noun {
        one,
        few,
        many,
        part,
    }
}

/// Every text of the pages.
pub(crate) struct Words {
    /// As they stand in a date.
    pub(crate) months: [&'static str; 12],
    /// From Monday on.
    pub(crate) weekdays: [&'static str; 7],
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
    pub(crate) certificates: &'static str,
    pub(crate) week_before: &'static str,
    pub(crate) unchanged: &'static str,
    pub(crate) no_sales: &'static str,
    pub(crate) no_sales_before: &'static str,
    pub(crate) no_phones: &'static str,
    pub(crate) points_head: &'static str,
    pub(crate) everything: &'static str,
    pub(crate) customers: &'static str,
    pub(crate) devices: &'static str,
    pub(crate) add_phone: &'static str,
    pub(crate) pair_hint: &'static str,
    pub(crate) pair_open: &'static str,
    pub(crate) code_for_pairing: &'static str,
    pub(crate) restored: &'static str,
    pub(crate) restored_hint: &'static str,
    pub(crate) restored_phones: &'static str,
    pub(crate) restored_end: &'static str,
    pub(crate) show_code: &'static str,
    pub(crate) code_of_card: &'static str,
    pub(crate) open_in_app: &'static str,
    pub(crate) open_in_app_hint: &'static str,
    pub(crate) balance: &'static str,
    pub(crate) points: Noun,
    pub(crate) stamps: Noun,
    pub(crate) of: &'static str,
    pub(crate) last_purchases: &'static str,
    pub(crate) no_purchases: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) not_found_hint: &'static str,
    pub(crate) owner_only: &'static str,
    pub(crate) owner_hint: &'static str,
    pub(crate) slow_down: &'static str,
    pub(crate) trouble: &'static str,
    pub(crate) trouble_hint: &'static str,
}

const UKRAINIAN: Words = Words {
    months: [
        "січня",
        "лютого",
        "березня",
        "квітня",
        "травня",
        "червня",
        "липня",
        "серпня",
        "вересня",
        "жовтня",
        "листопада",
        "грудня",
    ],
    weekdays: [
        "понеділок",
        "вівторок",
        "середа",
        "четвер",
        "п’ятниця",
        "субота",
        "неділя",
    ],
    today: "Сьогодні",
    sales: "Виторг",
    visits: "Покупки",
    average: "Середній чек",
    new_customers: "Нові клієнти",
    repeat_share: "Прийшли знову",
    returned: "Повернення",
    points_earned: "Нараховано сьогодні",
    points_spent: "Витрачено сьогодні",
    points_outstanding: "На руках у клієнтів",
    liability: "Це у грошах",
    certificates: "Ще діє сертифікатів на",
    week_before: "Тиждень тому на цю годину",
    unchanged: "без змін",
    no_sales: "Сьогодні продажів ще не було.",
    no_sales_before: "Тиждень тому на цю годину продажів не було.",
    no_phones: "Додайте перший телефон: він стане касою.",
    points_head: "Бонуси",
    everything: "Усього",
    customers: "Клієнти",
    devices: "Пристрої",
    add_phone: "Додати телефон",
    pair_hint: "Відскануйте цей код у застосунку Kartka. Він діє 10 хвилин і лише один раз.",
    pair_open: "Показати код для нового телефону",
    code_for_pairing: "Код для нового телефону",
    restored: "Дані відновлено з копії",
    restored_hint: "Телефони досилають те, чого в копії не було. Доки не відгукнуться всі, щонайдовше три дні, бонуси не згорають.",
    restored_phones: "Ще не відгукнулися",
    restored_end: "Більше не чекати",
    show_code: "Покажіть цей код касиру",
    code_of_card: "Код картки",
    open_in_app: "Відкрити в застосунку Kartka",
    open_in_app_hint: "Якщо застосунку на цьому телефоні немає, нічого не станеться: картка працює й тут.",
    balance: "На рахунку",
    points: noun("бонус", "бонуси", "бонусів", "бонуса"),
    stamps: noun("штамп", "штампи", "штампів", "штампа"),
    of: "з",
    last_purchases: "Останні покупки",
    no_purchases: "Покупок ще немає",
    not_found: "Такої картки немає",
    not_found_hint: "Перевірте адресу або відскануйте код ще раз.",
    owner_only: "Сторінка власника",
    owner_hint: "Відкрийте її за адресою, яку показав сервер під час запуску.",
    slow_down: "Забагато запитів",
    trouble: "Щось пішло не так",
    trouble_hint: "Спробуйте ще раз за хвилину.",
};

const RUSSIAN: Words = Words {
    months: [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    weekdays: [
        "понедельник",
        "вторник",
        "среда",
        "четверг",
        "пятница",
        "суббота",
        "воскресенье",
    ],
    today: "Сегодня",
    sales: "Выручка",
    visits: "Покупки",
    average: "Средний чек",
    new_customers: "Новые клиенты",
    repeat_share: "Пришли снова",
    returned: "Возвраты",
    points_earned: "Начислено сегодня",
    points_spent: "Потрачено сегодня",
    points_outstanding: "На руках у клиентов",
    liability: "Это в деньгах",
    certificates: "Ещё действует сертификатов на",
    week_before: "Неделю назад к этому часу",
    unchanged: "без изменений",
    no_sales: "Сегодня продаж ещё не было.",
    no_sales_before: "Неделю назад к этому часу продаж не было.",
    no_phones: "Добавьте первый телефон: он станет кассой.",
    points_head: "Бонусы",
    everything: "Всего",
    customers: "Клиенты",
    devices: "Устройства",
    add_phone: "Добавить телефон",
    pair_hint: "Отсканируйте этот код в приложении Kartka. Он действует 10 минут и только один раз.",
    pair_open: "Показать код для нового телефона",
    code_for_pairing: "Код для нового телефона",
    restored: "Данные восстановлены из копии",
    restored_hint: "Телефоны досылают то, чего в копии не было. Пока не отзовутся все, самое большее три дня, бонусы не сгорают.",
    restored_phones: "Ещё не отозвались",
    restored_end: "Больше не ждать",
    show_code: "Покажите этот код кассиру",
    code_of_card: "Код карты",
    open_in_app: "Открыть в приложении Kartka",
    open_in_app_hint: "Если приложения на этом телефоне нет, ничего не произойдёт: карта работает и здесь.",
    balance: "На счёте",
    points: noun("бонус", "бонуса", "бонусов", "бонуса"),
    stamps: noun("штамп", "штампа", "штампов", "штампа"),
    of: "из",
    last_purchases: "Последние покупки",
    no_purchases: "Покупок ещё нет",
    not_found: "Такой карты нет",
    not_found_hint: "Проверьте адрес или отсканируйте код ещё раз.",
    owner_only: "Страница владельца",
    owner_hint: "Откройте её по адресу, который сервер показал при запуске.",
    slow_down: "Слишком много запросов",
    trouble: "Что-то пошло не так",
    trouble_hint: "Попробуйте ещё раз через минуту.",
};

const ENGLISH: Words = Words {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    weekdays: [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
    today: "Today",
    sales: "Net sales",
    visits: "Purchases",
    average: "Average",
    new_customers: "New customers",
    repeat_share: "Came back",
    returned: "Returned",
    points_earned: "Earned today",
    points_spent: "Spent today",
    points_outstanding: "Held by customers",
    liability: "Worth in money",
    certificates: "Certificates still good for",
    week_before: "A week ago by this time",
    unchanged: "no change",
    no_sales: "No sales yet today.",
    no_sales_before: "No sales a week ago by this time.",
    no_phones: "Add the first phone: it becomes the till.",
    points_head: "Points",
    everything: "In all",
    customers: "Customers",
    devices: "Devices",
    add_phone: "Add a phone",
    pair_hint: "Scan this code in the Kartka app. It works once, for 10 minutes.",
    pair_open: "Show the code for a new phone",
    code_for_pairing: "Code for a new phone",
    restored: "Restored from a backup",
    restored_hint: "Phones send what the backup did not have. Until all of them have called, for three days at most, no points expire.",
    restored_phones: "Not heard from yet",
    restored_end: "Wait no longer",
    show_code: "Show this code to the cashier",
    code_of_card: "Code of the card",
    open_in_app: "Open in the Kartka app",
    open_in_app_hint: "Without the app on this phone nothing happens: the card works here too.",
    balance: "Balance",
    points: noun("point", "points", "points", "points"),
    stamps: noun("stamp", "stamps", "stamps", "stamps"),
    of: "of",
    last_purchases: "Last purchases",
    no_purchases: "No purchases yet",
    not_found: "There is no such card",
    not_found_hint: "Check the address, or scan the code again.",
    owner_only: "The owner's page",
    owner_hint: "Open it by the address the server printed when it started.",
    slow_down: "Too many requests",
    trouble: "Something went wrong",
    trouble_hint: "Please try again in a minute.",
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

    #[test]
    fn a_noun_agrees_with_its_number() {
        let points = &UKRAINIAN.points;
        for (value, want) in [
            (0, "бонусів"),
            (1, "бонус"),
            (3, "бонуси"),
            (5, "бонусів"),
            (11, "бонусів"),
            (14, "бонусів"),
            (21, "бонус"),
            (-102, "бонуси"),
            (7_722, "бонуси"),
            (1_112, "бонусів"),
        ] {
            assert_eq!(points.beside(value, Language::Ukrainian), want, "{value}");
        }
        assert_eq!(points.beside_digits(150, 2, Language::Ukrainian), "бонуса");
        assert_eq!(RUSSIAN.stamps.beside(24, Language::Russian), "штампа");
        assert_eq!(ENGLISH.points.beside(1, Language::English), "point");
        assert_eq!(ENGLISH.points.beside(21, Language::English), "points");
    }
}
