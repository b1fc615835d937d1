"""Bytes as people read them: in hexadecimal, with the names of control characters."""

from __future__ import annotations

from typing import Final

_NAMES: Final = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR"),
    *("SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC"),
    *("FS", "GS", "RS", "US", "SP"),
)
_SHOWN: Final = 8


def describe_bytes(data: bytes) -> str:
    """The first bytes as words, like `2 bytes, 0x0D (CR) 0x0A (LF)`."""
    shown = " ".join(map(describe_byte, data[:_SHOWN]))
    more = " …" if len(data) > _SHOWN else ""
    return f"{len(data)} byte{'s' if len(data) != 1 else ''}, {shown}{more}"


def describe_byte(byte: int) -> str:
    """Like `0x0D (CR)`."""
    return f"0x{byte:02X} ({letter_of(byte)})"


def letter_of(byte: int) -> str:
    """The letter of ASCII, or the name of the control character; a dot for a byte that is neither."""
    if byte < len(_NAMES):
        return _NAMES[byte]
    return chr(byte) if byte < 0x7F else "DEL" if byte == 0x7F else "."


def dump(data: bytes, offset: int, *, width: int = 16) -> list[str]:
    """Lines of offset, hexadecimal digits and letters; a control character is its name in brackets."""
    lines = []
    for start in range(0, len(data), width):
        row = data[start : start + width]
        digits = f"{row[: width // 2].hex(' ').upper()}  {row[width // 2 :].hex(' ').upper()}".rstrip()
        letters = "".join(chr(byte) if byte == 0x20 else _in_brackets(letter_of(byte)) for byte in row)
        lines.append(f"{offset + start:08X}  {digits:<{width * 3}}  {letters}")
    return lines


def _in_brackets(name: str) -> str:
    return f"<{name}>" if len(name) > 1 else name


def printable_name(data: bytes) -> str:
    """A name from the operating system, with what is no letter left out."""
    return "".join(filter(str.isprintable, data.decode("utf_8", "replace")))
