"""Whether running several photos through a network at once is cheaper than one after the other.

python benchmarks/batching.py
"""

import time
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

MODELS = Path(__file__).resolve().parents[1] / "models"
BATCHES = (1, 2, 4, 8, 16)
SECONDS = 1.5


def main() -> None:
    """Print processor milliseconds an item by batch, for each network that takes a batch."""
    print(
        f"| network | {' | '.join(f'batch {n}' for n in BATCHES)} | best gain |\n|---|{'---|' * (len(BATCHES) + 1)}"
    )
    for file in sorted(MODELS.rglob("*.tflite")):
        costs = [_cost(file, batch) for batch in BATCHES]
        told = [f"{1000 * cost:.2f}" if cost else "–" for cost in costs]
        known = [cost for cost in costs if cost]
        gain = f"{(known[0] / min(known) - 1):.0%}" if costs[0] and len(known) > 1 else "takes one at a time"
        print(f"| {file.stem} | {' | '.join(told)} | {gain} |", flush=True)


def _cost(file: Path, batch: int) -> float | None:
    """Processor seconds an item; None where the network takes no such batch."""
    network = Interpreter(str(file), num_threads=1)
    try:
        for given in network.get_input_details():
            network.resize_tensor_input(given["index"], [given["shape"][0] * batch, *given["shape"][1:]])
        network.allocate_tensors()
        rng = np.random.default_rng(1)
        for given in network.get_input_details():
            network.set_tensor(given["index"], rng.random(given["shape"]).astype(given["dtype"]))
        network.invoke()
    except (RuntimeError, ValueError):
        return None
    best, until = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        began = time.process_time()
        network.invoke()
        best = min(best, time.process_time() - began)
    return best / batch


if __name__ == "__main__":
    main()
