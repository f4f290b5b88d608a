"""Vietnamese letters of the years before Unicode, as CAD drawings and DBF tables still carry them.

Text comes as one character a byte, which is how readers that know no better hand it on. Whether it
is UTF-8, windows-1258, TCVN3 (ABC) or VNI is told by what makes Vietnamese syllables of it; text
that is right as it stands stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gis.language import Text, say

Lettering = Literal["utf-8", "windows-1258", "tcvn3", "vni"]

NAMES: Mapping[Lettering, Text] = {
    "utf-8": Text("UTF-8 đọc sai", "UTF-8 read as something else"),
    "windows-1258": Text("windows-1258", "windows-1258"),
    "tcvn3": Text("TCVN3 (ABC)", "TCVN3 (ABC)"),
    "vni": Text("VNI", "VNI"),
}
BYTE_LETTERINGS: tuple[Lettering, ...] = ("tcvn3", "vni", "windows-1258")
SURE_SHARE = 0.8  # of the words a lettering changes: so many must come out as syllables
FEWEST_WORDS = 2  # different ones, or a long one
LONG_WORD = 3  # letters
MOST_SAMPLES = 3
MOST_WORDS = 5_000  # looked at; a file of more says the same
SAMPLE_CHARACTERS = 40

# --- tables --------------------------------------------------------------------------------------

# TCVN 5712:1993. Fonts called .Vn… have no capitals with a tone: they draw the small letter large.
TCVN_FIRST = 0xA1
TCVN_LETTERS = (
    "ĂÂÊÔƠƯĐăâêôơưđẰ" "     àảãáạẲằẳẵắẴ"
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịò"
    "ỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)  # fmt: skip
TCVN_CAPITALS = "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ"  # 0x80 to 0x9F: VN1, not in fonts
# VNI: a letter, then a mark for its tone, or for its hat and tone together.
GRAVE, ACUTE, HOOK, TILDE, DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
HAT, BREVE, HORN = "\u0302", "\u0306", "\u031b"
VNI_TONES = dict(zip("ùøûõï", (ACUTE, GRAVE, HOOK, TILDE, DOT), strict=True))
VNI_HATS = dict(zip("âáàåãä", ("", ACUTE, GRAVE, HOOK, TILDE, DOT), strict=True))
VNI_BREVES = dict(zip("êéèúüë", ("", ACUTE, GRAVE, HOOK, TILDE, DOT), strict=True))
VNI_WHOLE = {"ñ": "đ", "ö": "ư", "ô": "ơ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _tcvn_table() -> dict[int, str]:
    table = {
        TCVN_FIRST + place: letter
        for place, letter in enumerate(TCVN_LETTERS)
        if not letter.isspace()
    }
    return table | {0x80 + place: letter for place, letter in enumerate(TCVN_CAPITALS)}


def _vni_table() -> dict[str, str]:
    table = dict(VNI_WHOLE)
    for letter in "aeouy":
        table |= {letter + mark: letter + tone for mark, tone in VNI_TONES.items()}
    for letter, whole in (("ô", "o"), ("ö", "u")):
        table |= {letter + mark: whole + HORN + tone for mark, tone in VNI_TONES.items()}
    for letter in "aeo":
        table |= {letter + mark: letter + HAT + tone for mark, tone in VNI_HATS.items()}
    table |= {"a" + mark: "a" + BREVE + tone for mark, tone in VNI_BREVES.items()}
    composed = {key: unicodedata.normalize("NFC", value) for key, value in table.items()}
    capitals = {key.upper(): value.upper() for key, value in composed.items()}
    mixed = {key[0].upper() + key[1:]: value.upper() for key, value in composed.items()}
    return composed | mixed | capitals


TCVN_TABLE = _tcvn_table()
VNI_TABLE = _vni_table()
VNI_PIECES = re.compile("|".join(sorted(map(re.escape, VNI_TABLE), key=len, reverse=True)))


# --- one lettering to Unicode --------------------------------------------------------------------


def from_tcvn3(text: str) -> str:
    """TCVN3 (ABC) letters as Unicode; capitals where the letters around them are capitals."""
    words = [word.translate(TCVN_TABLE) for word in re.split(r"(\s+)", text)]
    is_loud = not any("a" <= c <= "z" for c in text) and any(map(_is_loud, words))
    return "".join(word.upper() if is_loud or _is_loud(word) else word for word in words)


def _is_loud(word: str) -> bool:
    """Whether a word is set in capitals, as far as its plain letters show."""
    return not re.search("[a-z]", word) and len(re.findall("[A-ZĂÂÊÔƠƯĐ]", word)) > 1


def from_vni(text: str) -> str:
    """VNI letters as Unicode."""
    return VNI_PIECES.sub(lambda found: VNI_TABLE[found[0]], text)


def from_windows_1258(text: str) -> str:
    """Windows-1258 as Unicode: its tones are marks of their own."""
    return unicodedata.normalize("NFC", _bytes(text).decode("cp1258", "replace"))


def from_utf_8(text: str) -> str:
    """UTF-8 as Unicode; a letter that a narrow column cut in two is left out.

    Raises: UnicodeDecodeError.
    """
    return getincrementaldecoder("utf-8")().decode(_bytes(text))


CONVERSIONS: Mapping[Lettering, Callable[[str], str]] = {
    "utf-8": from_utf_8,
    "windows-1258": from_windows_1258,
    "tcvn3": from_tcvn3,
    "vni": from_vni,
}


@lru_cache(maxsize=1)
def _byte_of() -> Mapping[str, int]:
    """The byte behind each character, whether it was read as Latin-1 or as windows-1252."""
    known = {chr(n): n for n in range(256)}
    for number in range(0x80, 0xA0):
        letter = bytes([number]).decode("cp1252", "ignore")
        if letter:
            known[letter] = number
    return known


def _bytes(text: str) -> bytes:
    return bytes(_byte_of()[character] for character in text)


def _raw(text: str) -> str | None:
    """Text as one character a byte, Latin-1 or windows-1252; None where it is true Unicode.

    A drawing that says it is of windows-1258 is read so, whatever letters its font had.
    """
    if all(character in _byte_of() for character in text):
        return text
    try:
        data = [(character, character.encode("cp1258")[0]) for character in text]
    except UnicodeEncodeError:
        return None
    return "".join(c if 0x80 <= byte < 0xA0 else chr(byte) for c, byte in data)


# --- which lettering it is -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Conversion:
    """Texts as they should read, the lettering they were in, and some of them before and after."""

    texts: tuple[str, ...]
    lettering: Lettering | None = None
    changed: int = 0
    samples: tuple[tuple[str, str], ...] = ()

    @property
    def note(self) -> Text | None:
        """What was converted, shown before and after; nothing where nothing was."""
        if not self.changed or self.lettering is None:
            return None
        shown = "; ".join(f"“{before}” → “{after}”" for before, after in self.samples)
        return say(
            "{n} giá trị viết bằng chữ {name} đã được chuyển sang Unicode, ví dụ: {samples}",
            "{n} values in {name} letters were converted to Unicode, such as: {samples}",
            n=self.changed,
            name=NAMES[self.lettering],
            samples=shown,
        )


def readable(texts: Sequence[str], lettering: Lettering | None = None) -> Conversion:
    """Texts of one file as Unicode, by the lettering told, or else by the one they show.

    A text that already is Unicode, or that a lettering would make worse, stays as it is.
    """
    chosen = lettering or lettering_of(texts)
    if chosen is None:
        return Conversion(tuple(texts))
    after = [_converted(text, chosen) for text in texts]
    changes = dict.fromkeys(pair for pair in zip(texts, after, strict=True) if pair[0] != pair[1])
    samples = tuple((_short(a), _short(b)) for a, b in list(changes)[:MOST_SAMPLES])
    changed = sum(a != b for a, b in zip(texts, after, strict=True))
    return Conversion(tuple(after), chosen, changed, samples)


def _short(text: str) -> str:
    return text if len(text) <= SAMPLE_CHARACTERS else f"{text[:SAMPLE_CHARACTERS]}…"


def _converted(text: str, lettering: Lettering) -> str:
    raw = None if text.isascii() else _raw(text)
    if raw is None:
        return text
    try:
        after = CONVERSIONS[lettering](raw)
    except UnicodeDecodeError:
        return text
    worse = _syllables(after) < _syllables(text) and _syllables(text) == len(_words(text))
    return text if worse else after


def lettering_of(texts: Iterable[str]) -> Lettering | None:
    """The lettering that makes Vietnamese of these texts, if they are not so as they stand."""
    marked = [t for t in dict.fromkeys(texts) if not t.isascii()]
    before = [word for text in marked for word in _words(text)][:MOST_WORDS]
    legacy = [raw for raw in map(_raw, marked) if raw is not None]
    if not before or _share(before) >= SURE_SHARE or not legacy:
        return None
    if all(map(_is_utf_8, legacy)):
        return "utf-8"
    scores: dict[Lettering, tuple[float, int]] = {}
    for lettering in BYTE_LETTERINGS:
        words = list(_words_made(legacy, lettering))[:MOST_WORDS]
        if _is_enough(words) and _share(words) >= SURE_SHARE:
            scores[lettering] = (_share(words), len(words))
    return max(scores.items(), key=lambda item: item[1])[0] if scores else None


def _is_utf_8(text: str) -> bool:
    try:
        return bool(from_utf_8(text).strip("\ufffd"))
    except UnicodeDecodeError:
        return False


def _words_made(texts: Iterable[str], lettering: Lettering) -> Iterator[str]:
    """The words with marks that a lettering makes of texts."""
    for text in texts:
        yield from _words(CONVERSIONS[lettering](text))


def _is_enough(words: Sequence[str]) -> bool:
    different = {word.lower() for word in words}
    return len(different) >= FEWEST_WORDS or any(len(word) >= LONG_WORD for word in different)


def _share(words: Sequence[str]) -> float:
    return sum(map(is_vietnamese, words)) / len(words) if words else 0.0


def _syllables(text: str) -> int:
    return sum(map(is_vietnamese, _words(text)))


# --- Vietnamese syllables ------------------------------------------------------------------------

ONSET_LETTERS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
RIME_LETTERS = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet
    oc oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uơ uôc uôi uôm uôn uông uôt
    uy uya uych uyên uyêt uynh uyp uyt uyu
    ư ưa ưc ưi ưm ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu
"""
ONSETS = ("", *ONSET_LETTERS.split())
RIMES = frozenset(RIME_LETTERS.split())
SHORTENED = re.compile("[bcdđghklmnpqrstvx]+", re.IGNORECASE)  # QĐ, CĐ: no syllable, and right
STOPPED = ("c", "ch", "p", "t")  # such a syllable has one of two tones
TONES = (GRAVE, ACUTE, HOOK, TILDE, DOT)
SIGNS = "¡¢£¤¥¦§¨©«¬\xad®¯´µ¶·¸¹»¼½¾¿"  # letters of TCVN3, signs elsewhere
RUNS = re.compile(rf"(?:[^\W\d_]|[{SIGNS}\u0300-\u036f])+")


def _words(text: str) -> list[str]:
    """The words of a text that have a letter beyond ASCII, signs within words among them."""
    composed = unicodedata.normalize("NFC", text)
    return [run for run in RUNS.findall(composed) if _is_told(run)]


def _is_told(run: str) -> bool:
    """Whether a run tells anything: marked, with a letter, and no abbreviation such as QĐ."""
    return not run.isascii() and any(map(str.isalpha, run)) and not SHORTENED.fullmatch(run)


@lru_cache(maxsize=65536)
def is_vietnamese(word: str) -> bool:
    """Whether a word is a syllable as Vietnamese spells it, with its tone where it belongs."""
    if not (word.islower() or word.isupper() or word[1:].islower()):
        return False
    plain, tones = "", []
    for letter in unicodedata.normalize("NFC", word.lower()):
        marks = unicodedata.normalize("NFD", letter)
        found = [mark for mark in marks if mark in TONES]
        tones += [(mark, len(plain)) for mark in found]
        bare = "".join(mark for mark in marks if mark not in TONES)
        plain += unicodedata.normalize("NFC", bare)
    if len(tones) > 1 or not plain.isalpha():
        return False
    tone, place = tones[0] if tones else ("", -1)
    return any(
        plain.startswith(onset) and _is_rime(plain[len(onset) :], tone, place - len(onset))
        for onset in ONSETS
    )


def _is_rime(rime: str, tone: str, place: int) -> bool:
    """Whether a rime is one of the language and bears its tone on the right vowel."""
    if rime not in RIMES or (rime.endswith(STOPPED) and tone not in (ACUTE, DOT)):
        return False
    return not tone or (rime != "oong" and place in _tone_places(rime))


def _tone_places(rime: str) -> tuple[int, ...]:
    """The letters of a rime that may bear its tone; old and new spelling differ in oa, oe, uy."""
    hatted = [n for n, letter in enumerate(rime) if letter in "ăâêôơư"]
    vowels = [n for n, letter in enumerate(rime) if letter in "aăâeêioôơuưy"]
    if hatted:
        return (hatted[-1],)
    if rime in ("oa", "oe", "uy"):
        return (0, 1)
    if len(vowels) == 1 or (len(vowels) == 2 and len(rime) == 2):
        return (vowels[0],)
    return (vowels[1],)
