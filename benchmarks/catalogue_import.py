"""How fast tables are imported, and in how much memory: `python benchmarks/catalogue_import.py`.

Each size runs in a process of its own on a made-up CSV with the columns of a well-kept shop. Seconds are of the
processor; the peak is of the whole process, the interpreter with its libraries included.
"""

import argparse
import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (10_000, 100_000, 1_000_000)
_HEADER = ("SKU", "Brand", "Model", "Title", "Gender", "Frame Shape", "Rim Type", "Frame Material", "Frame Colour",
           "Temple Colour", "Price (EUR)", "In stock", "Lens width (mm)", "Bridge (mm)", "Temple length (mm)",
           "Image URL")  # fmt: skip
_CHOICES = {
    "Gender": ("Women", "Men", "Unisex"),
    "Frame Shape": ("Rectangle", "Cat-Eye", "Square", "Round", "Oval", "Pilot", "Browline"),
    "Rim Type": ("Full Rim", "Semi-Rimless", "Rimless"),
    "Frame Material": ("Acetate", "Metal", "Titanium", "Stainless steel"),
    "Frame Colour": (
        "Black",
        "Dark Havana",
        "Gold",
        "Navy",
        "Silver",
        "Burgundy",
        "Crystal",
        "Matte black/gold",
    ),
    "Temple Colour": ("Black", "Gold", "Silver", ""),
    "In stock": ("yes", "no", "12"),
}


def write_table(path: Path, count: int) -> None:
    """A table of `count` frames; one row in a thousand is faulty."""
    rng = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(_HEADER)
        for number in range(count):
            picked = {name: rng.choice(words) for name, words in _CHOICES.items()}
            brand, model = f"Brand {number % 97}", f"M{number // 4}"
            price = -1 if number % 1000 == 999 else rng.randint(30, 700)
            told = {**picked, "SKU": f"SKU-{number:08}", "Brand": brand, "Model": model,
                    "Title": f"{brand} {model} {picked['Frame Colour']}", "Price (EUR)": f"{price},90",
                    "Lens width (mm)": rng.randint(46, 60), "Bridge (mm)": rng.randint(14, 22),
                    "Temple length (mm)": rng.choice((135, 140, 145, 150)),
                    "Image URL": f"https://shop.example/{number}.jpg"}  # fmt: skip
            rows.writerow([told[name] for name in _HEADER])


def measure(table: Path, home: Path) -> None:
    """Import a table here and tell how it went."""
    from workers.search.importing.table import import_table  # noqa: PLC0415  its cost counts

    start, wall = time.process_time(), time.perf_counter()
    report = import_table(table, "benchmark", data_dir=home, problems_file=home / "problems.jsonl")
    seconds, wall = time.process_time() - start, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{report.rows:>9,} rows  {report.rejected:>5,} rejected  {seconds:6.1f} s CPU  {wall:6.1f} s wall  "
          f"{1e6 * seconds / report.rows:5.1f} µs a row  {peak:6.0f} MB peak")  # fmt: skip


def main() -> None:
    """Print a line for each size, and one for the published tables where they are given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--published", type=Path, help="folder of the three published tables")
    parser.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if given.table:
            measure(given.table, home)
            return
        tables = [given.published] if given.published else []
        for size in given.sizes:
            tables.append(home / f"{size}.csv")
            write_table(tables[-1], size)
        for table in tables:
            subprocess.run([sys.executable, __file__, "--table", str(table)], check=True)


if __name__ == "__main__":
    main()
