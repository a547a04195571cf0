// The only module that sees generated code: `cargo xtask generate` writes it, `cargo ndk` the libraries (see README).
plugins {
    alias(libs.plugins.android.library)
    alias(libs.plugins.kotlin.android)
}

android {
    namespace = "kartka.corebridge"
    compileSdk = libs.versions.compileSdk.get().toInt()
    defaultConfig {
        minSdk = libs.versions.minSdk.get().toInt()
        consumerProguardFiles("../app/proguard-rules.pro")
    }
    sourceSets["main"].kotlin.srcDirs("src/main/kotlin", "src/generated/kotlin")
    sourceSets["main"].jniLibs.srcDirs("src/main/jniLibs")
}

kotlin {
    jvmToolchain(17)
}

dependencies {
    api(project(":presentation"))
    implementation(libs.jna) {
        artifact { type = "aar" }
    }
}
