from __future__ import annotations

import pytest
from heavyload import systems

FORKY = {"ID": "debian", "VERSION_CODENAME": "forky", "PRETTY_NAME": "Debian GNU/Linux forky/sid"}


def release(name: str, version: str) -> dict[str, str]:
    return {"ID": name, "VERSION_ID": version}


@pytest.mark.parametrize("version", ["11", "12", "13", "14"])
def test_says_nothing_of_a_system_that_the_tests_have_run_on(version: str) -> None:
    assert systems.objection(release("debian", version)) is None
    assert systems.notes(release("debian", version)) == ()


def test_a_debian_in_the_making_has_a_name_and_no_number() -> None:
    found = systems.of(FORKY)
    assert found and found.title == "debian 14"
    assert systems.objection({**FORKY, "VERSION_CODENAME": "duke"}) is not None
    assert systems.objection({"ID": "debian"}) is not None


@pytest.mark.parametrize("version", ["22.04", "24.04", "26.04"])
def test_takes_ubuntu_and_says_what_is_not_known_of_it(version: str) -> None:
    assert systems.objection(release("ubuntu", version)) is None
    (said,) = systems.notes(release("ubuntu", version))
    assert said.startswith(f"ubuntu {version} itself no test has run on")
    assert "debian 11, debian 12, debian 13, debian 14" in said and "ubuntu" not in said[10:]


@pytest.mark.parametrize(
    "given",
    [
        release("ubuntu", "20.04"),
        release("ubuntu", "25.10"),
        release("debian", "10"),
        release("amzn", "2023"),
        {"ID": "linuxmint", "VERSION_ID": "22", "ID_LIKE": "ubuntu debian", "UBUNTU_CODENAME": "noble"},
        # A number counts before a name.
        {"ID": "debian", "VERSION_ID": "15", "VERSION_CODENAME": "forky"},
        {},
    ],
)
def test_refuses_every_other_one_and_names_those_that_are_taken(given: dict[str, str]) -> None:
    said = str(systems.objection(given))
    assert said.startswith("system: wanted one of debian 11, ")
    assert f"found {given.get('ID', 'none')} {given.get('VERSION_ID', 'no version')} (/etc/os-release)" in said
    assert "heavyload:allowUntested" in said
    assert systems.notes(given) == ()
