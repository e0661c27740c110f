"""Text whose UTF-8 was taken for Latin-1 or Windows-1252 before it was published: "itâ€™s", "MÃ¼nchen".

Such a page decodes without an error, and each of its lines is wrong. It is told by there being hardly
a letter with an accent that does not begin such a sequence, and each sequence is read as what it was.
"""

from __future__ import annotations

import re

__all__ = ["may_be_encoded_twice", "read_once"]

_BYTES = {
    **{chr(code): code for code in range(0x80, 0x100)},
    **{
        character: code
        for code in range(0x80, 0xA0)
        if (character := bytes([code]).decode("cp1252", "ignore"))
    },
}
_LATER = "".join(re.escape(character) for character, code in _BYTES.items() if code < 0xC0)
_SEQUENCE = re.compile(
    f"[\u00c2-\u00df][{_LATER}]|[\u00e0-\u00ef][{_LATER}]{{2}}|[\u00f0-\u00f4][{_LATER}]{{3}}"
)
#: What begins most such sequences, with the sign behind it: quotes and dashes, accents.
_SIGNS = ("\u00e2\u20ac", "\u00e2\u0080", "\u00c3")
_LEADING = re.compile("[\u00c2-\u00f4]")
_FEWEST, _SHARE = 3, 0.9
#: The second bytes of the first ones of ``_SIGNS`` in UTF-8, whose first is 0xC3 as that of most accents.
_BEHIND = (b"\xa2", b"\x83")
_MOST_TRIED = 500


def may_be_encoded_twice(utf8: bytes) -> bool:
    """Whether the text that was read from ``utf8`` has a sign that begins most such sequences.

    One byte is found many times quicker than two, and than a sign in a text that is not all ASCII.
    """
    at = utf8.find(0xC3)
    for _ in range(_MOST_TRIED):
        if at < 0:
            return False
        if utf8[at + 1 : at + 2] in _BEHIND:
            return True
        at = utf8.find(0xC3, at + 1)
    return b"\xc3\xa2" in utf8 or b"\xc3\x83" in utf8


def read_once(text: str) -> str:
    """``text`` as it was meant, where its encoding was applied twice; else itself."""
    if text.isascii() or not any(sign in text for sign in _SIGNS):
        return text
    found = len(_SEQUENCE.findall(text))
    if found < _FEWEST or found < _SHARE * len(_LEADING.findall(text)):
        return text
    return _SEQUENCE.sub(_meant, text)


def _meant(sequence: re.Match[str]) -> str:
    data = bytes(_BYTES[character] for character in sequence[0])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return sequence[0]
