"""What is said to a person about a text: in English where it is made, and in other languages by its form."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Self


class Message(str):
    """A sentence or a part of one, in English, that remembers its form and its values.

    `templates/remarks/<language>.toml` has what stands for each form in another language. So a form is written as it
    is where the message is made, and a test finds all of them there.
    """

    __slots__ = ("form", "values")
    form: str
    values: tuple[object, ...]

    def __new__(cls, form: str, *values: object) -> Self:
        """`{}` in the form stands for a value, as in str.format; a value may be a Message too."""
        made = super().__new__(cls, form.format(*values))
        made.form, made.values = form, values
        return made

    def __reduce__(self) -> tuple[type[Message], tuple[object, ...]]:
        """What a copy is made from, in another process too."""
        return Message, (self.form, *self.values)

    def say_in(self, forms: Mapping[str, str] | None) -> str:
        """The same with other forms, by the English one; they may have the values in another order. None: in English.

        A form that is not among them raises what the mapping raises for a key.
        """
        if forms is None or not self:
            return str(self)
        said = [value.say_in(forms) if isinstance(value, Message) else value for value in self.values]
        return forms[self.form].format(*said)


NOTHING = Message("")


def join_and(parts: Iterable[object]) -> Message:
    """Several things in a sentence: “this and that”. There is at least one."""
    return Message("{}", reduce(lambda one, other: Message("{} and {}", one, other), parts))


def join_or(parts: Iterable[object]) -> Message:
    """Several things in a sentence: “this or that”. There is at least one."""
    return Message("{}", reduce(lambda one, other: Message("{} or {}", one, other), parts))
