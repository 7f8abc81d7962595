"""What a frame's row may tell, and what shops call it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.eyewear.spec import UpperLine
from workers.search.importing.words import COLOURS, GENDERS, MATERIALS, RIMS, SHAPES, STOCK, Words, plain


class Kind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    WORDS = "words"
    NUMBER = "number"
    FLAG = "flag"
    SIZE = "size"
    URL = "url"
    FILE = "file"


@dataclass(frozen=True)
class Field:
    """One thing a row may tell.

    Attributes:
        kind: How its cells are read.
        headers: What shops call the column, the best first; plain words.
        words: For `words` and `flag`: theirs and ours.
        bounds: For `number`: what frames have.
        unit: Of the bounds.
        strict: Whether a value that cannot be read or be true rejects its row; else it counts as not told.
    """

    kind: Kind
    headers: tuple[str, ...]
    words: Words | None = None
    bounds: tuple[float, float] = (0.0, 0.0)
    unit: str = ""
    strict: bool = False


def _millimetres(low: float, high: float, *headers: str) -> Field:
    return Field(Kind.NUMBER, headers, bounds=(low, high), unit="mm")


def _words(words: Words, *headers: str) -> Field:
    return Field(Kind.WORDS, headers, words)


FIELDS: Mapping[str, Field] = {
    "id": Field(Kind.TEXT, (
        "id", "sku", "frame id", "product id", "item id", "article", "article number", "artikelnummer", "item number",
        "product code", "item code", "code", "ean", "gtin", "upc", "артикул", "код")),
    "name": Field(Kind.TEXT, (
        "name", "title", "product name", "product title", "product", "item name", "bezeichnung", "nom", "название",
        "наименование", "товар")),
    "brand": Field(Kind.TEXT, (
        "brand", "vendor", "manufacturer", "maker", "make", "label", "designer", "marke", "hersteller", "marque",
        "бренд", "марка", "производитель")),
    "model": Field(Kind.TEXT, (
        "model", "model number", "model name", "model code", "modell", "style number", "style code", "item group id",
        "parent sku", "modèle", "модель")),
    "gender": _words(GENDERS, "gender", "sex", "target group", "audience", "geschlecht", "genre", "пол"),
    "shape": _words(SHAPES, "shape", "frame shape", "form", "forme", "lens shape", "frame form", "форма",
                    "форма оправы"),
    "rim": _words(RIMS, "rim", "rim type", "rim style", "frame type", "frame style", "rand", "cerclage", "тип оправы",
                  "ободок", "конструкция"),
    "material": _words(MATERIALS, "material", "frame material", "front material", "matériau", "материал",
                       "материал оправы"),
    "color": _words(COLOURS, "color", "colour", "main color", "maincolor", "main colour", "frame color",
                    "frame colour", "front color", "colors", "colours", "farbe", "couleur", "цвет", "цвет оправы"),
    "second_color": _words(COLOURS, "second color", "second colour", "secondary color", "secondary colour",
                           "anothercolor", "another color", "temple color", "temple colour", "цвет дужек"),
    "upper_line": _words({word.value: word.value for word in UpperLine}, "upper line", "top line", "brow line shape"),
    "price": Field(Kind.NUMBER, (
        "current price", "sale price", "price", "selling price", "retail price", "regular price", "original price",
        "list price", "msrp", "rrp", "preis", "prix", "цена", "стоимость"), bounds=(0.0, 1e9), strict=True),
    "currency": Field(Kind.TEXT, ("currency", "currency code", "währung", "devise", "валюта")),
    "in_stock": Field(Kind.FLAG, (
        "in stock", "stock", "availability", "available", "quantity", "qty", "inventory", "stock quantity",
        "lagerbestand", "bestand", "наличие", "остаток"), STOCK),
    "lens_width": _millimetres(30, 68, "lens width", "eye size", "eyesize", "lens size", "caliber", "calibre", "a size",
                               "glasbreite", "ширина линзы"),
    "lens_height": _millimetres(16, 64, "lens height", "b size", "glashöhe", "высота линзы"),
    "bridge_width": _millimetres(8, 30, "bridge width", "bridge", "bridge size", "dbl", "stegbreite", "steg", "pont",
                                 "мост", "ширина моста"),
    "temple_length": _millimetres(100, 170, "temple length", "temple", "temple size", "arm length", "bügellänge",
                                  "branche", "длина дужки", "длина заушника"),
    "total_width": _millimetres(90, 158, "total width", "frame width", "front width", "width", "breite",
                                "ширина оправы"),
    "rim_thickness": _millimetres(0.6, 12, "rim thickness", "thickness", "толщина ободка"),
    "size": Field(Kind.SIZE, ("size", "frame size", "sizes", "dimensions", "measurements", "größe", "taille", "размер")),
    "nose_pads": Field(Kind.FLAG, ("nose pads", "nosepads", "adjustable nose pads", "носоупоры"), {
        **STOCK,
        "adjustable": "yes", "fixed": "no", "moulded": "no", "molded": "no", "none": "no"}),
    "popularity": Field(Kind.NUMBER, (
        "sold", "units sold", "sales", "sold count", "orders", "popularity", "best seller rank", "продажи", "продано"),
        bounds=(0.0, 1e12)),
    "image": Field(Kind.FILE, (
        "image", "image file", "image path", "image name", "filename", "file name", "file", "picture", "photo", "img",
        "bild", "bilddatei", "изображение", "файл", "фото")),
    "image_url": Field(Kind.URL, (
        "image url", "image link", "image src", "img url", "img src", "picture url", "photo url", "main image", "bild url",
        "ссылка на изображение", "ссылка на фото")),
    "link": Field(Kind.URL, ("link", "url", "product url", "product link", "page", "href", "ссылка")),
    "text": Field(Kind.TEXT, (
        "description", "short description", "tags", "keywords", "category", "beschreibung", "описание", "категория")),
}  # fmt: skip

# A header of these besides a known one means the same: `frame_shape_name`, `price (EUR)`.
_HARMLESS = frozenset(
    (
        *(
            "frame",
            "frames",
            "glasses",
            "eyeglasses",
            "eyewear",
            "spectacles",
            "product",
            "item",
            "variant",
            "name",
        ),
        *(
            "catalogue",
            "catalog",
            "type",
            "value",
            "mm",
            "inr",
            "usd",
            "eur",
            "gbp",
            "rub",
            "the",
            "of",
            "in",
            "main",
        ),
        *("оправы", "очков", "руб"),
    )
)


def plain_header(header: str) -> str:
    """Small letters, words apart: `LensWidth_(mm)` is `lens width mm`."""
    return plain(re.sub(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])", " ", header))


def called(header: str, headers: tuple[str, ...]) -> tuple[int, int] | None:
    """How well a header names a field: words too many, then place among the field's headers; none when it does not."""
    words = plain_header(header).split()
    best: tuple[int, int] | None = None
    for place, known in enumerate(headers):
        wanted = known.split()
        spare = list(words)
        for word in wanted:
            if word in spare:
                spare.remove(word)
            else:
                break
        else:
            if all(word in _HARMLESS for word in spare):
                found = (len(spare), place)
                best = found if best is None else min(best, found)
    return best
