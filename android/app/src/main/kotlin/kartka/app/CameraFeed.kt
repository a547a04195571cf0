package kartka.app

import android.annotation.SuppressLint
import android.content.Context
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.view.Surface
import kartka.presentation.LumaFrame

/** What the camera tells the screens, on the camera's thread. */
interface CameraEar {
    /** A picture, its brightness alone. */
    fun frame(frame: LumaFrame)

    /** Frames will come. */
    fun searching()

    /** Another app has it, or it died: it may be tried again. */
    fun busy()
}

/**
 * The back camera: its picture goes to a surface, its brightness plane straight to the ear.
 *
 * Of frames that nobody has read yet only the newest is kept. The permission is somebody else's care.
 */
class CameraFeed(context: Context, private val ear: CameraEar) {
    private val manager = context.getSystemService(Context.CAMERA_SERVICE) as CameraManager
    private val thread = HandlerThread("camera").apply { start() }
    private val handler = Handler(thread.looper)
    private var device: CameraDevice? = null
    private var session: CameraCaptureSession? = null
    private var reader: ImageReader? = null
    private var picture: Surface? = null
    private var torch = false

    /** Somebody wants frames; a camera that comes when nobody does is let go again. */
    private var wanted = false

    /** The camera was asked for and has not answered. */
    private var opening = false

    /** Opens the camera, drawing on [texture] where there is one. */
    fun open(texture: SurfaceTexture?) {
        handler.post {
            wanted = true
            if (device != null) return@post
            picture?.release()
            texture?.setDefaultBufferSize(WIDTH, HEIGHT)
            picture = texture?.let(::Surface)
            if (!opening) working { open() }
        }
    }

    /** Lets go of the camera; it may be opened again. */
    fun close() {
        handler.post { letGo() }
    }

    @SuppressLint("MissingPermission")
    private fun open() {
        val id = back() ?: return died()
        try {
            manager.openCamera(id, opened, handler)
            opening = true
        } catch (_: SecurityException) {
            // Taken away between the question and the answer: the permission's own screen says so.
            letGo()
        }
    }

    private fun letGo() {
        wanted = false
        session?.close()
        device?.close()
        reader?.close()
        picture?.release()
        session = null
        device = null
        reader = null
        picture = null
    }

    /** Another app has it, or it is gone. */
    private fun died() {
        letGo()
        ear.busy()
    }

    /** Does [work] with a camera that may die in the middle of it. */
    private fun working(work: () -> Unit): Unit =
        try {
            work()
        } catch (_: CameraAccessException) {
            died()
        } catch (_: IllegalStateException) {
            // It was closed meanwhile.
            died()
        } catch (_: IllegalArgumentException) {
            // It was unplugged meanwhile, or a surface was given up.
            died()
        }

    /** Lets go for good. */
    fun end() {
        close()
        thread.quitSafely()
    }

    /** Turns the light on, or off again. */
    fun turnTorch() {
        handler.post {
            torch = !torch
            working { repeat() }
        }
    }

    private fun back(): String? =
        manager.cameraIdList.firstOrNull { id ->
            val facing = manager.getCameraCharacteristics(id).get(CameraCharacteristics.LENS_FACING)
            facing == CameraCharacteristics.LENS_FACING_BACK
        } ?: manager.cameraIdList.firstOrNull()

    private val opened =
        object : CameraDevice.StateCallback() {
            override fun onOpened(camera: CameraDevice) {
                opening = false
                if (!wanted) return camera.close()
                device = camera
                working { start(camera) }
            }

            override fun onDisconnected(camera: CameraDevice) {
                opening = false
                camera.close()
                died()
            }

            override fun onError(camera: CameraDevice, error: Int): Unit = onDisconnected(camera)
        }

    @Suppress("DEPRECATION") // the newer form needs API 28
    private fun start(camera: CameraDevice) {
        val luma = ImageReader.newInstance(WIDTH, HEIGHT, ImageFormat.YUV_420_888, KEPT_IMAGES)
        luma.setOnImageAvailableListener({ it.newest()?.let(ear::frame) }, handler)
        reader = luma
        camera.createCaptureSession(
            listOfNotNull(luma.surface, picture),
            object : CameraCaptureSession.StateCallback() {
                override fun onConfigured(configured: CameraCaptureSession) {
                    if (device !== camera) return
                    session = configured
                    ear.searching()
                    working { repeat() }
                }

                override fun onConfigureFailed(failed: CameraCaptureSession): Unit = died()
            },
            handler,
        )
    }

    private fun repeat() {
        val (camera, running) = Pair(device ?: return, session ?: return)
        val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
        listOfNotNull(reader?.surface, picture).forEach(request::addTarget)
        request.set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
        val light = if (torch) CaptureRequest.FLASH_MODE_TORCH else CaptureRequest.FLASH_MODE_OFF
        request.set(CaptureRequest.FLASH_MODE, light)
        running.setRepeatingRequest(request.build(), null, handler)
    }

    private companion object {
        /** Read at 66 ms a frame; finer pictures cost more than they find. */
        const val WIDTH = 1280
        const val HEIGHT = 720
        const val KEPT_IMAGES = 2
    }
}

private const val NANOS = 1_000_000L

/** The newest picture's brightness; null where the camera took it back before it was read. */
private fun ImageReader.newest(): LumaFrame? =
    try {
        acquireLatestImage()?.use { it.luma() }
    } catch (_: IllegalStateException) {
        null
    }

/** The brightness plane as it lies in memory: rows of its stride, whatever size the camera chose. */
private fun Image.luma(): LumaFrame {
    val plane = planes[0]
    val bytes = ByteArray(plane.buffer.remaining()).also { plane.buffer.get(it) }
    return LumaFrame(bytes, width, height, plane.rowStride, timestamp / NANOS)
}
