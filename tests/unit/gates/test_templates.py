"""Templates keep the walls of the content security policy, and the gate sees what breaks them."""

from __future__ import annotations

import pytest

from tests.gates.templates import broken_walls


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("<script>alert(1)</script>", "inline <script>"),
        ("<style>p{}</style>", "inline <style>"),
        ('<p style="color:{{ colour }}">x</p>', "style= on <p>"),
        ('<button onclick="go()">x</button>', "onclick= on <button>"),
        ('<div hx-on:click="go()">x</div>', "hx-on:click= on <div>"),
        ('<script src="/a.js" nonce="{{ n }}"></script>', "nonce= on <script>"),
        ('<script src="https://cdn.example/a.js"></script>', "src= fetches from another host on <script>"),
        ('<img src="//cdn.example/a.png" alt="">', "src= fetches from another host on <img>"),
        ('<link rel="stylesheet" href="https://fonts.example/f.css">', "href= fetches from another host on <link>"),
        ('<a href="javascript:go()">x</a>', "href= with a script or data address on <a>"),
        ("{{ text|safe }}", "output without escaping"),
        ("{% autoescape off %}{{ text }}{% endautoescape %}", "output without escaping"),
    ],
)
def test_a_broken_wall_is_seen(source: str, what: str) -> None:
    assert what in [sentence for _line, sentence in broken_walls(source)]


def test_it_says_the_line_even_after_tags_of_several_lines() -> None:
    source = "{% comment %}\nnada\n{% endcomment %}\n{% include 'x.html' with\n a=1 %}\n<p style='x'>"
    assert [line for line, _sentence in broken_walls(source)] == [6]


@pytest.mark.parametrize(
    "source",
    [
        "<script src=\"{% static 'custodia/filing.js' %}\" defer></script>",
        '<a href="https://www.example.org/norma">Norma</a>',
        '<p class="{% if x %}on{% endif %}" {% if y %}hidden{% endif %}>{{ text }}</p>',
        "{# <style> in a comment #}{% comment %}<script>x</script>{% endcomment %}",
    ],
)
def test_what_keeps_the_walls_passes(source: str) -> None:
    assert list(broken_walls(source)) == []
