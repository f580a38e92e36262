import pytest

from training.titles import parse_title


@pytest.mark.parametrize(
    ("raw", "title", "year", "alternates"),
    [
        ("Toy Story (1995)", "Toy Story", 1995, ()),
        ("Matrix, The (1999)", "The Matrix", 1999, ()),
        (
            "City of Lost Children, The (Cité des enfants perdus, La) (1995)",
            "The City of Lost Children",
            1995,
            ("La Cité des enfants perdus",),
        ),
        ("Seven (a.k.a. Se7en) (1995)", "Seven", 1995, ("Se7en",)),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009, ()),
        ("Atalante, L' (1934)", "L'Atalante", 1934, ()),
        ("Fawlty Towers (1975-1979)", "Fawlty Towers", 1975, ()),
        ("Babylon 5", "Babylon 5", None, ()),
        ("2001: A Space Odyssey (1968) ", "2001: A Space Odyssey", 1968, ()),
        ("Me, Myself & Irene (2000)", "Me, Myself & Irene", 2000, ()),
        ("(1995)", "(1995)", None, ()),
        ("", "", None, ()),
    ],
)
def test_titles_are_taken_apart(raw, title, year, alternates):
    assert parse_title(raw) == (title, year, alternates)
