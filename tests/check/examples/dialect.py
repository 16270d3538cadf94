"""What Markdown did not take."""

from tests.check.examples import Edit, Example

LAST = "Doe het zolang die naam er nog werkt."

EXAMPLES = {
    "preview-differs": Example(
        bad=(Edit(LAST, f"{LAST}\n- Bel hem\n- Schrijf het op"),),
        at="- Bel hem",
        good=(Edit(LAST, f"{LAST}\n\n- Bel hem\n- Schrijf het op"),),
    ),
    "leftover-mark": Example(
        bad=(Edit(LAST, f"{LAST} **Bel hem nu."),),
        at="**Bel hem",
        good=(Edit(LAST, f"{LAST} **Bel hem nu.** Eén \\* en `**`."),),
    ),
    "lost-cell": Example(
        bad=(Edit(LAST, f"{LAST}\n\n| Wie | Wanneer |\n| --- | --- |\n| Jij | Nu | Bellen |"),),
        at="| Bellen |",
        good=(Edit(LAST, f"{LAST}\n\n| Wie | Wanneer |\n| --- | --- |\n| Jij | `Nu | Bellen` |"),),
    ),
    "dropped": Example(
        bad=(Edit(LAST, f"[{LAST}](https://example.org/){{ target=_blank }}"),),
        at="target=_blank",
        good=(Edit(LAST, f'{LAST} Zie [de site van ons](https://example.org/ "site van ons").'),),
    ),
    "unused-note": Example(
        bad=(Edit(LAST, f"{LAST}\n\n[^mijn]: Een noot die nergens bij hoort."),),
        at="[^mijn]:",
        good=(Edit(LAST, f"{LAST}[^mijn]\n\n[^mijn]: Een noot die ergens bij hoort."),),
    ),
}
