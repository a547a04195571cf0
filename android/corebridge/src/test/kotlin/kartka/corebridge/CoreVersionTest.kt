package kartka.corebridge

import kartka.generated.coreVersion
import kotlin.test.Test
import kotlin.test.assertTrue

class CoreVersionTest {
    @Test
    fun `the library says which core it holds`() {
        val version = coreVersion()
        assertTrue(Regex("""\d+\.\d+\.\d+""").matches(version), "got \"$version\"")
    }
}
