plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.android)
    alias(libs.plugins.compose.compiler)
}

android {
    namespace = "kartka.app"
    compileSdk = libs.versions.compileSdk.get().toInt()
    defaultConfig {
        applicationId = "app.kartka"
        minSdk = libs.versions.minSdk.get().toInt()
        targetSdk = libs.versions.compileSdk.get().toInt()
        versionCode = 1
        versionName = "0.1.0"
        ndk {
            abiFilters += libs.versions.ndkAbis.get().split(",")
        }
    }
    sourceSets["main"].res.srcDirs("src/main/res", "src/generated/res")
    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"), "proguard-rules.pro")
        }
    }
    packaging {
        // Libraries stay uncompressed and aligned to 16 KB pages in the APK.
        jniLibs.useLegacyPackaging = false
    }
}

kotlin {
    jvmToolchain(17)
}

dependencies {
    implementation(project(":corebridge"))
    implementation(project(":ui"))
    implementation(libs.coroutines.android)
    implementation(libs.activity.compose)
    implementation(libs.core.ktx)
    implementation(libs.work.runtime)
}
