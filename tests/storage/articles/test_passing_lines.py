from storage.articles.passing_lines import differ_in_passing_lines_only

BODY = [
    ("paragraph", f"The council of the town heard report number {n} on the bridge over the river.")
    for n in ("one", "two", "three", "four", "five")
]


def body(*lines):
    return [*BODY, *(("paragraph", line) for line in lines)]


def test_counters_and_times_of_the_last_update_are_no_change():
    assert differ_in_passing_lines_only(body("1,204 views"), body("1,377 views"))
    assert differ_in_passing_lines_only(body("Updated 3 hours ago"), body("Updated 5 hours ago"))
    assert differ_in_passing_lines_only(body("12 Kommentare"), body("14 Kommentare"))
    assert differ_in_passing_lines_only(body(), body("5 min read"))


def test_a_teaser_that_rotates_is_no_change():
    old, new = (
        body("Ferry captain wins lottery again"),
        body("School cook retires after forty years"),
    )
    assert differ_in_passing_lines_only(old, new)


def test_prose_is_a_change():
    assert not differ_in_passing_lines_only(body(), body("The mayor resigned on Monday."))
    assert not differ_in_passing_lines_only(BODY, BODY[:-1])
    changed = [
        ("paragraph", text.replace("report number two", "report number 2")) for _, text in BODY
    ]
    assert not differ_in_passing_lines_only(BODY, changed)


def test_a_number_within_prose_is_a_change():
    old, new = (
        body("The flood killed 12 people in the valley."),
        body("The flood killed 14 people in the valley."),
    )
    assert not differ_in_passing_lines_only(old, new)


def test_nothing_changed_is_not_a_passing_change():
    assert not differ_in_passing_lines_only(BODY, BODY)
