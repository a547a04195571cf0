package kartka.desktop

import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.InternalComposeUiApi
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.input.pointer.PointerEventType
import androidx.compose.ui.unit.Density
import kartka.corebridge.RandomRequestIds
import kartka.presentation.CardChoice
import kartka.presentation.Consent
import kartka.presentation.Founding
import kartka.presentation.LumaFrame
import kartka.presentation.Registration
import kartka.presentation.Route
import kartka.presentation.SaleDraft
import kartka.presentation.ShopKind
import kartka.presentation.customer.CustomerAction
import kartka.presentation.customer.CustomerPresenter
import kartka.presentation.history.HistoryPresenter
import kartka.presentation.scan.Camera
import kartka.presentation.search.SearchAction
import kartka.presentation.search.SearchPresenter
import kartka.presentation.words.Language
import kartka.ui.design.Motion
import kartka.ui.nav.KartkaApp
import kartka.ui.nav.Stage
import kartka.ui.nav.Taste
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.runBlocking
import java.io.File
import java.lang.management.ManagementFactory
import java.nio.file.Files
import kotlin.system.exitProcess

private const val CUSTOMERS = 20_000
private const val RECEIPTS = 10_000
private const val TURNS = 30
private const val WIDTH = 824
private const val HEIGHT = 1_830
private const val DENSITY = 2f

/** A frame of a screen that draws sixty times a second. */
private const val FRAME_NS = 16_666_667L
private const val MS = 1_000_000.0

/**
 * How long a cashier waits, over the real core: prints the figures that docs/performance.md quotes.
 *
 * Started without an argument it makes a shop and measures it; with the shop's folder it is the app that starts cold.
 */
fun main(arguments: Array<String>) {
    val folder = arguments.firstOrNull()?.let(::File)
    if (folder != null) {
        firstFrame(folder)
        exitProcess(0)
    }
    val made = Files.createTempDirectory("kartka-figures-").toFile()
    try {
        val shop = madeShop(made)
        cold(made)
        Counter(made, shop).use { it.measure() }
    } finally {
        made.deleteRecursively()
    }
    exitProcess(0)
}

/** What the measured shop has: a card's code, and the customer with a long history. */
private class MadeShop(val card: String, val regular: Long)

private fun madeShop(folder: File): MadeShop =
    runBlocking {
        val ids = RandomRequestIds()
        val scope = CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)
        DeskPhone.open(folder, scope, founding = Founding("Кав'ярня", "UA", ShopKind.Coffee, "Марта")).use { desk ->
            val core = desk.core
            val names = listOf("Олена", "Ірина", "Тарас", "Богдан", "Соломія", "Юрій", "Марія", "Андрій")
            val families = listOf("Коваль", "Шевченко", "Бондар", "Мельник", "Кравець", "Лисенко", "Гнатюк")
            val began = System.nanoTime()
            val customers =
                List(CUSTOMERS) { at ->
                    val phone = "067%07d".format(1_000_000 + at)
                    val name = names[at % names.size] to families[at / names.size % families.size]
                    val form = Registration(phone, name.first, name.second, Consent.NotGiven, CardChoice.Issue)
                    core.register(ids.next(), form)
                }
            val regular = customers[CUSTOMERS / 2]
            repeat(RECEIPTS) { at ->
                val draft = SaleDraft(ids.next(), customerId = regular, amount = 5_000L + at)
                core.commit(draft.request, core.quote(draft).id)
            }
            said("the shop is made", (System.nanoTime() - began) / MS)
            MadeShop(checkNotNull(core.cardCode(regular)), regular)
        }
    }

/** Starts the app as a process of its own, a few times. */
private fun cold(folder: File) {
    val java = File(System.getProperty("java.home"), "bin/java").path
    val library = "-Djna.library.path=" + System.getProperty("jna.library.path")
    val command = listOf(java, library, "-cp", System.getProperty("java.class.path"), "kartka.desktop.FiguresKt")
    val starts =
        List(5) {
            val process = ProcessBuilder(command + folder.path).redirectErrorStream(true).start()
            val said = process.inputStream.bufferedReader().readText()
            process.waitFor()
            checkNotNull(said.trim().toDoubleOrNull()) { said }
        }
    said("cold start to the first frame of the counter", starts)
}

private fun firstFrame(folder: File) {
    Counter(folder, null).use { it.drawn() }
    println(System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().startTime)
}

/** The app over the shop in [folder], drawn frame by frame without a display. */
@OptIn(ExperimentalComposeUiApi::class, InternalComposeUiApi::class)
private class Counter(folder: File, private val shop: MadeShop?) : AutoCloseable {
    private val desk =
        runBlocking { DeskPhone.open(folder, CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)) }
    private val scene =
        ImageComposeScene(WIDTH, HEIGHT, Density(DENSITY)) {
            val taste = Taste(letters, Language.Ukrainian, dark = false, Motion.Reduced)
            KartkaApp(desk.screens, desk.facts, taste, Stage(desk.host) {})
        }
    private var clock = 0L
    private var shown = 0L

    /** Draws one frame; how long that took, in nanoseconds. */
    fun drawn(): Long {
        val began = System.nanoTime()
        clock += FRAME_NS
        scene.render(clock).close()
        return System.nanoTime() - began
    }

    fun measure() {
        val made = checkNotNull(shop)
        desk.screens.cameraIs(Camera.Searching)
        drawn()
        val picture = desk.frame(made.card)
        val (scans, sales) = List(TURNS) { sold(picture) }.unzip()
        said("scan event to Customer drawn", scans)
        said("commit to Done drawn", sales)
        said("search keystroke to results drawn", searched("Шевченко") + searched("0671012345"))
        scrolled(made.regular)
        memory()
    }

    private fun sold(picture: (Long) -> LumaFrame): Pair<Double, Double> {
        desk.screens.go(Route.Scan())
        drawn()
        val scan =
            until({ desk.show(picture(shown++ * LONG_AGO_MS)) }) {
                customer()?.state?.value?.sheet != null
            }
        val customer = checkNotNull(customer())
        customer.act(CustomerAction.Type("120,00"))
        until({}) { customer.state.value.canCommit }
        val sale =
            until({ customer.act(CustomerAction.Commit) }) {
                // The core asks once whether a second sale so soon is meant.
                if (customer.state.value.again) customer.act(CustomerAction.Commit)
                route() is Route.Done
            }
        return scan to sale
    }

    /** What each key of [text] costs. */
    private fun searched(text: String): List<Double> {
        desk.screens.go(Route.Search())
        drawn()
        val search = desk.screens.place.value.presenter as SearchPresenter
        val took =
            (1..text.length).map { end ->
                until({ search.act(SearchAction.Type(text.take(end))) }) {
                    search.state.value.run { !searching && found != null }
                }
            }
        desk.screens.back()
        return took
    }

    /** Through the whole history, one page after another as a thumb would. */
    private fun scrolled(customer: Long) {
        desk.screens.go(Route.History(customer))
        val history = desk.screens.place.value.presenter as HistoryPresenter
        until({}) { history.state.value.sales != null }
        val frames = mutableListOf<Long>()
        while (history.state.value.next != null && frames.size < MOST_FRAMES) {
            scene.sendPointerEvent(PointerEventType.Scroll, Offset(WIDTH / 2f, HEIGHT / 2f), Offset(0f, ROWS_A_FRAME))
            frames += drawn()
        }
        val rows = history.state.value.sales.orEmpty().size
        said("a frame while $rows rows scroll by", frames.map { it / MS })
        val late = frames.count { it > FRAME_NS }
        println("frames later than a sixtieth of a second: $late of ${frames.size}")
    }

    private fun memory() {
        System.gc()
        val heap = ManagementFactory.getMemoryMXBean().heapMemoryUsage.used shr MEGA
        val status = File("/proc/self/status").takeIf { it.exists() }?.readLines().orEmpty()
        val all = status.firstOrNull { it.startsWith("VmRSS") }?.filter { it.isDigit() }?.toLong()
        println("memory: heap $heap MB, in all ${all?.shr(MEGA - KILO)} MB")
    }

    private fun customer(): CustomerPresenter? = desk.screens.place.value.presenter as? CustomerPresenter

    private fun route(): Route = desk.screens.place.value.route

    /** From [event] to the frame that shows what is then [true][there], in milliseconds. */
    private fun until(event: () -> Unit, there: () -> Boolean): Double {
        val began = System.nanoTime()
        event()
        while (!there()) Thread.onSpinWait()
        drawn()
        return (System.nanoTime() - began) / MS
    }

    override fun close() {
        scene.close()
        desk.close()
    }

    private companion object {
        /** So far apart that the same card is no repeat. */
        const val LONG_AGO_MS = 10_000L
        const val ROWS_A_FRAME = 6f
        const val MOST_FRAMES = 20_000
        const val MEGA = 20
        const val KILO = 10
    }
}

/** A card's code before the camera. */
private fun DeskPhone.frame(code: String): (Long) -> LumaFrame {
    val qr = checkNotNull(core.squares(code))
    val square = 8
    val width = qr.side * square
    val luma =
        ByteArray(width * width) { at ->
            if (qr.dark[at / width / square * qr.side + at % width / square]) INK else PAPER
        }
    return { atMillis -> LumaFrame(luma, width, width, width, atMillis) }
}

private const val INK: Byte = 20

/** 226 of 255. */
private const val PAPER: Byte = -30

private fun said(what: String, took: Double): Unit = println("%s: %.0f ms".format(what, took))

private fun said(what: String, took: List<Double>) {
    val sorted = took.sorted()
    val (median, most) = sorted[sorted.size / 2] to sorted[(sorted.size * 95 / 100).coerceAtMost(sorted.lastIndex)]
    println("%s: median %.1f ms, 95 %% %.1f ms (%d times)".format(what, median, most, sorted.size))
}
