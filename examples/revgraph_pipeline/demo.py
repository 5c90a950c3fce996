"""Order the steps of a data pipeline, run what is missing, and redo only what a change touches."""

from __future__ import annotations

from pipeline import PIPELINE, RATES, Data
from revgraph import downgrade, reduce_heads, to_mermaid, upgrade, walk


def run(data: Data, done: tuple[str, ...], to: str) -> tuple[str, ...]:
    """Run what *to* needs and isn't done; give what is done now."""
    plan = upgrade(PIPELINE, done, to)
    for step in plan:
        work = step.revision.payload
        assert work is not None, "every step of this pipeline has work"
        data[step.revision.id] = work(data)
        print(f"    ran {step.revision.id}")
    return plan.heads_after


def forget(data: Data, done: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Drop what a step has made, and all that was made of it; give what is still done."""
    kept = data.keys() - PIPELINE.descendants(name)
    plan = downgrade(PIPELINE, done, reduce_heads(PIPELINE, kept), only=True)
    for step in plan:
        del data[step.revision.id]
        print(f"    forgot {step.revision.id}")
    return plan.heads_after


def main() -> None:
    data: Data = {}
    print("As far as the clean orders; rates aren't needed for that:")
    done = run(data, (), "clean_orders")
    print("The rest:")
    done = run(data, done, "heads")
    print(f"    {data['report']}")
    print("The rates have changed; what doesn't use them stays:")
    RATES["eur"] = 1.2
    done = forget(data, done, "read_rates")
    done = run(data, done, "heads")
    print(f"    {data['report']}")

    print("The same as a picture for a page:")
    print(to_mermaid(PIPELINE, applied=done))

    print("And without revisions, on a dictionary of your own:")
    needs = {"bake": ["mix", "heat"], "mix": ["weigh"], "heat": [], "weigh": []}
    print("    " + ", ".join(walk.topological(needs, parents=needs.__getitem__)))


if __name__ == "__main__":
    main()
