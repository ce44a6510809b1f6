"""How hard a text is to read: the Flesch–Kincaid grade, near enough for plain letters.

Grade 7 is the American class of twelve-year-olds. Syllables are counted as groups of vowels without a silent e, which
errs to the hard side for English.
"""

import re


def grade(text: str) -> float:
    """The Flesch–Kincaid grade of running text; figures and dates are left out, since people read them as one."""
    sentences = [words for sentence in re.split(r"[.!?:;]+(?:\s|$)", text) if (words := _words(sentence))]
    words = [word for sentence in sentences for word in sentence]
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _words(sentence: str) -> list[str]:
    return re.findall(r"[A-Za-z]+(?:['’][a-z]+)?", sentence)


def _syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower())
    is_silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(groups) > 1
    return max(1, len(groups) - is_silent)
