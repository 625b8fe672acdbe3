"""The results as JSON and as a Markdown table, compared with their targets."""

import json, statistics
from dataclasses import asdict, dataclass, field


@dataclass
class Result:
    """One line of the table: a ratio with one value per round, or a single number."""

    row: int
    what: str
    peer: str
    unit: str
    values: list
    # None: no target, only for comparison.
    wanted: float | None
    at_least: bool = True
    ours: str = ""
    theirs: str = ""
    rounds: list = field(default_factory=list)

    @property
    def value(self):
        return statistics.median(self.values)

    @property
    def is_met(self):
        if self.wanted is None:
            return True
        return self.value >= self.wanted if self.at_least else self.value <= self.wanted

    def spread(self):
        if len(self.values) == 1:
            return ""
        return f"{plain(min(self.values))}–{plain(max(self.values))}"

    def wish(self):
        if self.wanted is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {plain(self.wanted)}{self.unit}"

    def as_json(self):
        return asdict(self) | {"median": self.value, "is_met": self.is_met}


def plain(number):
    """A number with three significant digits."""
    return f"{number:.2f}" if number < 10 else f"{number:.1f}" if number < 100 else f"{number:,.0f}"


def ratios(row, what, measured, wanted, ours="rollcall"):
    """The results of all rounds: in each, the time of a peer divided by ours."""
    for peer, wish in wanted.items():
        values = [turn[peer]["microseconds"] / turn[ours]["microseconds"] for turn in measured]
        yield Result(row, what, peer, "", values, wish, True, load(measured, ours), load(measured, peer), measured)


def load(measured, name):
    median = lambda key: statistics.median(turn[name][key] for turn in measured)
    return f"{plain(median('microseconds'))} µs, {median('per_second'):,.0f}/s"


def line(result):
    median = f"{'' if result.is_met else '✗ '}{plain(result.value)}{result.unit}"
    cells = [result.row, result.what, result.peer, result.wish(), median, result.spread(), result.ours, result.theirs]
    return "| " + " | ".join(map(str, cells)) + " |"


def markdown(results):
    head = ["| | what | peer | target | median | rounds | Rollcall | peer |", "|--:|---|---|--:|--:|--:|--:|--:|"]
    return "\n".join(head + [line(result) for result in results]) + "\n"


def write(path, machine, versions, options, results):
    rows = [result.as_json() for result in results]
    whole = {"machine": machine, "versions": versions, "options": options, "results": rows}
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
