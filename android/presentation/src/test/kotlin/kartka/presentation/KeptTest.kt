package kartka.presentation

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class KeptTest {
    @Test
    fun `a draft comes back as it was`() {
        val draft =
            SaleDraft(
                request = RequestId("0123456789abcdef".repeat(2)),
                customerId = 7,
                read = CardRead.Typed,
                amount = 12_050,
                pieces = 3,
                spend = 600,
                rewards = listOf(RewardPick(2, 0), RewardPick(5, 1)),
                codes = listOf("ВЕСНА", "a&b=c%"),
                vouchers = listOf(9, 10),
                tender = Tender.Other,
                receipt = "Ч-1",
                reserved = true,
            )
        assertEquals(draft, Kept.of(draft.kept().line())?.draft())
        val bare = SaleDraft(RequestId("f".repeat(32)))
        assertEquals(bare, Kept.of(bare.kept().line())?.draft())
    }

    @Test
    fun `a line that nobody wrote gives nothing and never an exception`() {
        assertNull(Kept.of(null))
        listOf("", "&&&", "request", "request=%", "request=zz&amount=x", "=&=", "request=%ff%zz").forEach { line ->
            assertNull(Kept.of(line)?.draft(), line)
        }
        val fields =
            Kept("request" to "a".repeat(32), "amount" to "x", "read" to "Never", "rewards" to "x.y,3,4.z")
        val half = Kept.of("${fields.line()}&pieces=%")?.draft()
        assertEquals(SaleDraft(RequestId("a".repeat(32)), rewards = listOf(RewardPick(3), RewardPick(4))), half)
    }

    @Test
    fun `an amount is read as typed, and what is none is none`() {
        val cases =
            mapOf(
                "120" to 12_000L,
                "120,5" to 12_050L,
                "120.50" to 12_050L,
                "0,05" to 5L,
                ",5" to 50L,
                " 7 " to 700L,
                "" to null,
                "," to null,
                "1,2,3" to null,
                "1,234" to null,
                "-5" to null,
                "1e3" to null,
                "٣" to null,
                "1234567890" to null,
            )
        cases.forEach { (text, expected) -> assertEquals(expected, readAmount(text, 2), "'$text'") }
        assertEquals(120L, readAmount("120", 0))
        assertNull(readAmount("120,5", 0))
    }
}
