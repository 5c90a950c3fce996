"""What Alembic's modules share."""

from __future__ import annotations

import pytest


def test_a_dispatcher_gives_the_function_of_the_nearest_base() -> None:
    from alembic.util import Dispatcher

    registry = Dispatcher()
    registry.dispatch_for(int)(lambda: "int")
    registry.dispatch_for(object, qualifier="sqlite")(lambda: "sqlite")

    assert registry.dispatch(True)() == "int"
    assert registry.dispatch(1.5, "sqlite")() == "sqlite"
    with pytest.raises(ValueError, match=r"1\.5"):
        registry.dispatch(1.5)


def test_a_dispatcher_refuses_a_second_function_unless_it_is_to_replace_the_first() -> None:
    from alembic.util import Dispatcher

    registry = Dispatcher()
    registry.dispatch_for(int)(lambda: 1)

    with pytest.raises(ValueError, match="replace=True"):
        registry.dispatch_for(int)(lambda: 2)
    registry.branch().dispatch_for(int, replace=True)(lambda: 2)

    assert registry.dispatch(3)() == 1


def test_all_functions_of_a_priority_dispatcher_run_until_their_group_is_stopped() -> None:
    from alembic.util import DispatchPriority, PriorityDispatcher, PriorityDispatchResult

    called = []
    registry = PriorityDispatcher()

    def add(name: str, result: object = None, **keywords: object) -> None:
        def function() -> object:
            called.append(name)
            return result

        registry.dispatch_for("table", **keywords)(function)  # type: ignore[arg-type]

    add("last", priority=DispatchPriority.LAST)
    add("stops", PriorityDispatchResult.STOP, subgroup="types", priority=DispatchPriority.FIRST)
    add("stopped", subgroup="types")
    add("other dialect", qualifier="mysql")
    add("dialect", qualifier="sqlite")

    registry.dispatch("table", qualifier="sqlite")()

    assert called == ["stops", "dialect", "last"]


def test_a_module_speaks_for_the_object_that_is_active() -> None:
    from alembic.util import ModuleClsProxy

    class Speaker(ModuleClsProxy):
        name: str

        def __init__(self, name: str) -> None:
            self.name = name

        def greet(self, word: str) -> str:
            return f"{word} {self.name}"

    module: dict[str, object] = {"__name__": "speaker"}
    Speaker.create_module_class_proxy(module, module)
    greet = module["__getattr__"]("greet")  # type: ignore[operator]
    with pytest.raises(NameError, match="'greet'"):
        greet("hello")

    outer, inner = Speaker("outer"), Speaker("inner")
    outer._install_proxy()
    inner._install_proxy()
    assert greet("hello") == "hello inner"
    inner._remove_proxy()
    assert greet("hello") == "hello outer"
    assert module["__getattr__"]("name") == "outer"  # type: ignore[operator]
    module["_proxy"] = Speaker("by hand")
    assert greet("hello") == "hello by hand"
    outer._remove_proxy()
    assert module["_proxy"] is None


def test_a_class_is_asked_for_its_method_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic.util import ModuleClsProxy

    class Speaker(ModuleClsProxy):
        def greet(self) -> str:
            return "plain"

    module: dict[str, object] = {"__name__": "speaker"}
    Speaker.create_module_class_proxy(module, module)
    greet = module["__getattr__"]("greet")  # type: ignore[operator]
    one = Speaker()
    one._install_proxy()
    monkeypatch.setattr(Speaker, "greet", lambda self: "wrapped")

    assert greet() == "wrapped"
    one._remove_proxy()
