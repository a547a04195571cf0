// Plain Kotlin: no Android, no generated code of the core. The texts come from `cargo xtask generate`.
plugins {
    alias(libs.plugins.kotlin.jvm)
}

kotlin {
    jvmToolchain(17)
    explicitApi()
    sourceSets["main"].kotlin.srcDirs("src/main/kotlin", "src/generated/kotlin")
}

dependencies {
    api(libs.coroutines.core)
}
