//! The border to Kotlin, Swift and Python.
