package kartka.ui.component

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.FilterChip
import androidx.compose.material3.FilterChipDefaults
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.error
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.input.PasswordVisualTransformation
import androidx.compose.ui.text.input.VisualTransformation
import androidx.compose.ui.unit.dp
import kartka.ui.design.Kartka
import kartka.ui.design.Space

/**
 * One of several: the chosen one carries a check as well as a colour, and a screen reader says that choosing one drops the
 * other. [spoken] is what it says where [word] tells something only by its place.
 */
@OptIn(ExperimentalLayoutApi::class)
@Composable
fun <T> Choices(
    of: List<T>,
    chosen: T?,
    word: (T) -> String,
    onChoose: (T) -> Unit,
    modifier: Modifier = Modifier,
    spoken: ((T) -> String)? = null,
) {
    FlowRow(
        modifier.selectableGroup(),
        horizontalArrangement = Arrangement.spacedBy(Space.small),
        verticalArrangement = Arrangement.spacedBy(Space.tiny),
    ) {
        of.forEach { each ->
            FilterChip(
                selected = each == chosen,
                onClick = { onChoose(each) },
                label = { Text(word(each), style = Kartka.type.strong) },
                modifier =
                    Modifier.heightIn(min = Space.target).semantics {
                        role = Role.RadioButton
                        if (spoken != null) contentDescription = spoken(each)
                    },
                leadingIcon = if (each == chosen) ({ Sign(Glyph.Check, size = 18.dp) }) else null,
                shape = RoundedCornerShape(Space.corner),
                colors =
                    FilterChipDefaults.filterChipColors(
                        labelColor = Kartka.colours.page.ink,
                        selectedContainerColor = Kartka.colours.chosen.ground,
                        selectedLabelColor = Kartka.colours.chosen.ink,
                        selectedLeadingIconColor = Kartka.colours.chosen.ink,
                    ),
            )
        }
    }
}

/** One thing typed, in its [unit]; [about] explains it, and what is wrong with it stands in the same place in words. */
@Composable
fun Entry(
    label: String,
    text: String,
    onText: (String) -> Unit,
    modifier: Modifier = Modifier,
    wrong: String? = null,
    keyboard: KeyboardType = KeyboardType.Text,
    secret: Boolean = false,
    about: String? = null,
    unit: String? = null,
) {
    val under = wrong ?: about
    OutlinedTextField(
        value = text,
        onValueChange = onText,
        modifier = modifier.fillMaxWidth().semantics { if (wrong != null) error(wrong) },
        textStyle = Kartka.type.body,
        label = { Text(label, style = Kartka.type.small) },
        suffix = unit?.let { { Text(it, style = Kartka.type.body, color = Kartka.colours.muted) } },
        supportingText = under?.let { { Text(it, style = Kartka.type.small) } },
        isError = wrong != null,
        singleLine = true,
        visualTransformation = if (secret) PasswordVisualTransformation() else VisualTransformation.None,
        keyboardOptions = KeyboardOptions(keyboardType = keyboard),
        shape = RoundedCornerShape(Space.corner),
    )
}
