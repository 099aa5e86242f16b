"""No module needs another that needs it: what is read first can be understood alone."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import grimp


def circle_in(imports: Mapping[str, set[str]]) -> list[str]:
    """Return modules that import each other in a circle; empty when there are none. Imports inside functions count."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("abhiyan", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 500
    assert circle_in(imports) == []


def test_a_planted_circle_is_found() -> None:
    assert set(circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
    assert circle_in({"a": {"b", "c"}, "b": {"c"}}) == []
