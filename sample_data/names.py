"""Names that nobody bears, put together from the words of the fens."""

from random import Random

FIRST = ("Bram", "Dun", "Elver", "Fenn", "Gos", "Hazel", "Ise", "Jorr", "Kest", "Lode", "Osi", "Quill", "Rush", "Zoë")
LAST = ("by", "win", "line", "ona", "eck", "lyn", "mund", "ette")
HOUSE = (
    "Bulrush",
    "Cotter",
    "Eel",
    "Gault",
    "Heron",
    "Ink",
    "Mire",
    "Ouse",
    "Peat",
    "Reed",
    "Sedge",
    "Tussock",
    "Wash",
)
PLACE = ("dyke", "lode", "mere", "bank", "water", "wick", "drove", "staithe")


def full_name(dice: Random) -> str:
    """A first name and a surname."""
    return f"{dice.choice(FIRST)}{dice.choice(LAST)} {dice.choice(HOUSE)}{dice.choice(PLACE)}"
