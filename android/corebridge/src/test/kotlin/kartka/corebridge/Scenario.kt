package kartka.corebridge

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.io.File

/** The values that the border tests of all languages share. */
object Scenario {
    private val file = File(System.getProperty("kartka.scenario"))
    private val root = Json.parseToJsonElement(file.readText())

    /** Where it lies, beside the other fixtures. */
    val folder: File = file.parentFile

    /** A text by its path: `shop.name`, `devices.0`. */
    fun text(path: String): String = at(path).jsonPrimitive.content

    /** A number by its path. */
    fun number(path: String): Long = at(path).jsonPrimitive.long

    /** The keys of an object. */
    fun names(path: String): Set<String> = at(path).jsonObject.keys

    /** How many elements a list has. */
    fun count(path: String): Int = at(path).jsonArray.size

    private fun at(path: String): JsonElement =
        path.split('.').fold(root) { element, step ->
            step.toIntOrNull()?.let { element.jsonArray[it] } ?: element.jsonObject.getValue(step)
        }
}
