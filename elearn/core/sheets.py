"""What is printed for someone who is handed a way in: a few sentences in that person's own language. Pure."""

SHEETS: dict[str, dict[str, str]] = {
    "fr": {
        "title": "Votre lien pour entrer",
        "how": "Visez ce carré avec l'appareil photo d'un téléphone. Ou ouvrez l'adresse ci-dessous et tapez le code.",
        "screen": "Il sert une seule fois, dans les trente minutes.",
        "paper": "Il sert une seule fois, avant le {day}.",
        "care": "Gardez-le pour vous : toute personne qui l'a peut entrer à votre place.",
        "address": "Adresse",
        "code": "Code",
    },
    "en": {
        "title": "Your link to get in",
        "how": "Point a phone's camera at this square. Or open the address below and type the code.",
        "screen": "It works once, within thirty minutes.",
        "paper": "It works once, before {day}.",
        "care": "Keep it to yourself: anyone who has it can get in as you.",
        "address": "Address",
        "code": "Code",
    },
}
"""Language -> words. The name of the person is not among them: a sheet that is lost names nobody."""


def sheet(locale: str, lasts: str, day: str) -> dict[str, str]:
    """Words for a person who reads `locale`, French where it is another. `lasts`: screen or paper."""
    words = SHEETS.get(locale, SHEETS["fr"])
    return {**words, "lasts": words[lasts].format(day=day)}
