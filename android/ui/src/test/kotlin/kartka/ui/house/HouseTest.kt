package kartka.ui.house

import kartka.presentation.words.Language
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** Which module may import what, and that Gradle and Maven build with the same versions. */
class HouseTest {
    private val house = File(System.getProperty("kartka.android"))

    @Test
    fun `only corebridge imports generated code`() {
        val others = modules.filter { it != "corebridge" }.flatMap { imports(it, Regex("""kartka\.generated\.""")) }
        assertEquals(emptyList(), others)
        assertTrue(imports("corebridge", Regex("""kartka\.generated\.""")).isNotEmpty(), "the rule sees imports at all")
    }

    @Test
    fun `presentation knows neither Android nor Compose nor the core`() {
        val foreign = Regex("""(android|androidx|org\.jetbrains\.compose|com\.sun)\.""")
        assertEquals(emptyList(), imports("presentation", foreign))
    }

    @Test
    fun `ui draws with what a phone has as well`() {
        val compose = """androidx\.compose\.ui\.(window|awt|text\.platform|ImageComposeScene)"""
        assertEquals(
            emptyList(),
            imports("ui", Regex("""(android\.|java\.awt|javax\.|org\.jetbrains\.skia|$compose)""")),
        )
    }

    @Test
    fun `the APK is built with the versions that are tested here`() {
        val gradle = catalogue()
        val maven = listOf("pom.xml", "app/pom.xml").map { properties(it) }.reduce { all, more -> all + more }
        val same =
            mapOf(
                "kotlin" to "kotlin.version",
                "compose" to "compose.version",
                "coroutines" to "coroutines.version",
                "jna" to "jna.version",
                "activity" to "activity.version",
                "core" to "androidx.core.version",
                "work" to "work.version",
            )
        same.forEach { (ours, theirs) -> assertEquals(checkNotNull(maven[theirs]), gradle[ours], ours) }
        assertEquals("24", gradle["minSdk"])
        assertEquals("arm64-v8a,armeabi-v7a,x86_64", gradle["ndkAbis"])
    }

    @Test
    fun `nothing of the shop goes into the platform's backup`() {
        val manifest = house.resolve("app/src/main/AndroidManifest.xml").readText()
        assertTrue("android:allowBackup=\"false\"" in manifest)
        val rules = house.resolve("app/src/main/res/xml/data_extraction_rules.xml").readText()
        listOf("cloud-backup", "device-transfer").forEach { way ->
            val part = rules.substringAfter("<$way>").substringBefore("</$way>")
            listOf("root", "file", "database", "sharedpref").forEach {
                assertTrue("<exclude domain=\"$it\" path=\".\" />" in part, "$way lets $it out")
            }
        }
    }

    @Test
    fun `the system offers the app in the languages it speaks, and in no other`() {
        val spoken = Language.entries.map { it.tag }.toSet()
        val manifest = house.resolve("app/src/main/AndroidManifest.xml").readText()
        assertTrue("android:localeConfig=\"@xml/locales\"" in manifest)
        val offered = house.resolve("app/src/main/res/xml/locales.xml").readText()
        assertEquals(spoken, Regex("""android:name="(\w+)\"""").findAll(offered).map { it.groupValues[1] }.toSet())
        val translated =
            house
                .resolve("app/src/generated/res")
                .list()
                .orEmpty()
                .toSet()
        assertEquals(spoken.map { if (it == "en") "values" else "values-$it" }.toSet(), translated)
        // Gradle would make a list of its own, and the manifest names one already.
        assertTrue("generateLocaleConfig" !in house.resolve("app/build.gradle.kts").readText())
    }

    private val modules = listOf("presentation", "corebridge", "ui", "desktop", "app")

    /** Lines of the module's own sources that import what [what] matches. */
    private fun imports(module: String, what: Regex): List<String> =
        house
            .resolve("$module/src/main/kotlin")
            .walk()
            .filter { it.extension == "kt" }
            .flatMap { file -> file.readLines().map { "${file.name}: $it" } }
            .filter { Regex(": import " + what.pattern).containsMatchIn(it) }
            .toList()

    private fun catalogue(): Map<String, String> =
        Regex("""(?m)^(\w+) = "([^"]+)"""")
            .findAll(house.resolve("gradle/libs.versions.toml").readText())
            .associate { it.groupValues[1] to it.groupValues[2] }

    private fun properties(pom: String): Map<String, String> =
        Regex("""<([a-z.]+\.version)>([^<$]+)</""")
            .findAll(house.resolve(pom).readText())
            .associate { it.groupValues[1] to it.groupValues[2] }
}
