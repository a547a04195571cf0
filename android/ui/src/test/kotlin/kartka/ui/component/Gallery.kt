package kartka.ui.component

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue

/** All components on one screen. */
@Composable
fun Gallery() {
    var amount by remember { mutableStateOf("") }
    Frame(
        title = "Каса",
        back = "Назад",
        onBack = {},
        low = {
            Keypad(amount, { amount = it }, erase = "Стерти", corner = Corner.Point)
            PrimaryAction("Продати на $amount", {}, glyph = Glyph.Check)
        },
    ) {
        Banner(Mood.Attention, "Картка втрачена", detail = "Її заблоковано вчора.", action = "Знайти покупця")
        CardTile("Олена Ковальчук", over = "Бонусна картка", figure = "1 240", under = "балів, це 12,40 ₴")
        Choices(listOf("+1", "+2", "+3"), "+2", { it }, {})
        Line("Олена Ковальчук", detail = "12:40", end = "125,50 ₴", onTap = {})
        Line("Налаштування", glyph = Glyph.Lock, onTap = {})
        Entry("Телефон", "067 123", {}, wrong = "Замало цифр")
        WordAction("Без картки", {})
        Nothing("Ще нічого не продано")
    }
}
