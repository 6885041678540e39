"""The awkward texts: edited in the one place that counts, everything else byte for byte."""

from __future__ import annotations

import pytest
from heavyload.nginxtext import configuration, edits, tuning
from heavyload.nginxtext.edits import Note, undone
from heavyload.nginxtext.values import NUMBER, TIME, WORD, holds
from heavyload.problem import Refused
from heavyload.system.addresses import INET, UNIX, Address
from heavyload.wishes import Wish
from nginxediting import FACTS, one, seen, tuned, wanted
from nginxgrammar import MAIN, ROOT, SITE, Folder


def test_directives_are_set_where_they_count() -> None:
    text = "events{}\nhttp{sendfile on;tcp_nopush off;}"
    assert one(text, worker_connections="at least 9000", tcp_nopush="on", send_timeout="at most 15") == (
        "events{worker_connections 9000;}\nhttp{sendfile on;tcp_nopush on;send_timeout 15;}"
    )
    lines = "events {\n}\nhttp {\n\ttypes { sendfile on; }\n\t# sendfile on;\n}\n# end"
    assert one(lines, sendfile="on", worker_processes="auto") == (
        "worker_processes auto;\n" + lines.replace("on;\n}", "on;\n\tsendfile on;\n}")
    )
    crlf = "events {\r\n  accept_mutex off;\r\n}\r\nhttp { }\r\n"
    assert one(crlf, worker_connections="at least 9000") == crlf.replace("off;", "off;\r\n  worker_connections 9000;")


def test_what_satisfies_already_stays_as_it_is_written() -> None:
    text = (
        'worker_rlimit_nofile 500000; events { } http { keepalive_timeout "1m 5s"; send_timeout 500ms; sendfile ON; }'
    )
    times = tuned({MAIN: text.encode()}, keepalive_timeout="65", send_timeout="at most 15")
    assert times == {MAIN: text.encode()}
    assert one(text, worker_rlimit_nofile="at least 131072", sendfile="on") == text
    assert holds(TIME, "at most", b"1m", b"60") and not holds(TIME, "at most", b"1m1s", b"60")
    assert not holds(NUMBER, "at least", b"10k", b"5") and holds(WORD, "exactly", b"Auto", b"auto")


def test_what_is_put_in_stands_as_deep_as_its_block() -> None:
    text = (
        "events { }\nhttp {\n  sendfile on;\n\n  server {\n    listen 1;\n    location / {\n      return 204;\n"
        "    }\n  }\n}\n"
    )
    assert one(text, send_timeout="15") == text.replace("  }\n}\n", "  }\n  send_timeout 15;\n}\n")
    assert one("events { }\nhttp {\n}\n", send_timeout="15") == "events { }\nhttp {\n    send_timeout 15;\n}\n"


def test_a_text_that_cannot_be_read_is_all_that_is_said() -> None:
    with pytest.raises(Refused) as caught:
        configuration.read(MAIN, Folder({MAIN: b"events { }\nhttp { server { listen 80 }\n"}))
    assert len(caught.value.problems) == 1


def test_times_that_a_site_has_chosen_stay() -> None:
    own = "events { } http { send_timeout 300; keepalive_timeout 620s 600s; }"
    wishes = {"nginx.send_timeout": Wish("by default", "15"), "nginx.keepalive_timeout": Wish("at least", "65")}
    found = tuning.tuned(configuration.read(MAIN, Folder({MAIN: own.encode()})), wishes, FACTS)
    assert (found.texts, found.outcome.base) == ({}, {"nginx.keepalive_timeout": "620s"})
    assert "send_timeout 15;" in one("events { } http { }", send_timeout="by default 15")
    assert "keepalive_timeout 65;" in one("events { } http { keepalive_timeout 15; }", keepalive_timeout="at least 65")


def test_a_directive_is_edited_in_the_file_that_has_it() -> None:
    files = {MAIN: b"events {} http { include conf.d/*.conf; }", SITE: b"sendfile off; # ours\n"}
    assert tuned(files, sendfile="on") == {**files, SITE: b"sendfile on; # ours\n"}


def test_a_file_that_means_two_things_is_not_edited() -> None:
    files = {MAIN: b"events {} http { include conf.d/site.conf; server { include conf.d/site.conf; } }"}
    (left,) = seen({**files, SITE: b"sendfile off;"}, sendfile="on").left
    assert left.where == f"{SITE}:1" and "included more than once" in left.found


def test_a_server_that_means_it_otherwise_is_named_and_left() -> None:
    files = {MAIN: b"events {} http { send_timeout 15; server {\n send_timeout 300; } }"}
    found = tuning.tuned(configuration.read(MAIN, Folder(files)), {"nginx.send_timeout": Wish("at most", "15")}, FACTS)
    assert found.texts == {}
    assert found.outcome.notes == (f"{MAIN}:2 says send_timeout 300 for its server: it stays",)


def test_the_command_line_is_not_said_twice() -> None:
    text = "events {} http {}"
    assert one(text, FACTS._replace(switch="worker_processes auto;"), worker_processes="auto") == text
    few = seen({MAIN: text.encode()}, FACTS._replace(switch="daemon on; worker_processes 1;"), worker_processes="auto")
    assert "nginx.worker_processes: wanted exactly auto, found 1 (nginx's command line, -g)" in str(few.left[0])
    many = seen({MAIN: text.encode()}, FACTS._replace(switch="worker_processes 3;"), worker_processes="auto")
    assert (many.left, many.base) == ((), {"nginx.worker_processes": "3"})


def test_what_people_chose_stays() -> None:
    text = "worker_processes 8;\nevents {}\nhttp { sendfile off; server { listen 80 so_keepalive=off; } }\n"
    default = dict.fromkeys(("sendfile", "listen__so_keepalive"), "by default on")
    assert one(text, FACTS, worker_processes="auto", **default) == text
    notes = seen({MAIN: text.encode()}, FACTS, worker_processes="auto", **default).notes
    assert [note.partition(" has ")[2] for note in notes] == [
        "sendfile off, the site's own choice: it stays",
        "so_keepalive=off, the site's own choice: it stays",
    ]
    forced = one(text, sendfile="on", listen__so_keepalive="on")
    assert forced == text.replace("sendfile off", "sendfile on").replace("so_keepalive=off", "so_keepalive=on")
    assert one(text.replace("s 8", "s 1"), worker_processes="auto") == text.replace("s 8", "s auto")


GUNICORN = FACTS._replace(gunicorn=(Address(INET, "127.0.0.1", 8000), Address(UNIX, "/run/app.sock")))
NEWER = GUNICORN._replace(version=(1, 29, 7))
_PASSES = "server { location / { proxy_pass http://app; } }"


@pytest.mark.parametrize(
    ("upstream", "facts", "wanted"),
    [
        ("server unix:/run/app.sock;", NEWER, "server unix:/run/app.sock; keepalive 0;"),
        (
            "least_conn; server 127.0.0.1:8000 weight=2;",
            NEWER,
            "least_conn; server 127.0.0.1:8000 weight=2; keepalive 0;",
        ),
        ("server 127.0.0.1:8000;", GUNICORN, None),  # kept by nobody
        ("server 127.0.0.1:8000; keepalive 16;", NEWER, None),  # people's own
        ("server 127.0.0.1:8000; server 10.0.0.9:80;", NEWER, None),  # another backend's too
        ("server 10.0.0.9:80;", NEWER, None),
    ],
)
def test_no_connections_are_kept_to_gunicorn_where_nobody_has_chosen(
    upstream: str, facts: tuning.Facts, wanted: str | None
) -> None:
    text = f"events {{}} http {{ upstream app {{ {upstream} }} {_PASSES} }}"
    assert one(text, facts, upstream__keepalive="0") == text.replace(upstream, wanted or upstream)


def test_edits_that_others_changed_since_are_named_and_the_rest_is_taken_back() -> None:
    files = {MAIN: b"events {}\nhttp {\n    sendfile off;\n}\n"}
    config = configuration.read(MAIN, Folder(files))
    wishes = {"nginx.sendfile": Wish("exactly", "on"), "nginx.send_timeout": Wish("at most", "15")}
    found = tuning.tuned(config, wishes, FACTS)
    edited = found.texts[MAIN].replace(b"send_timeout 15", b"send_timeout 99") + b"# theirs\n"
    text, lost = undone(edited, found.notes[MAIN])
    assert text == files[MAIN].replace(b"off;", b"off;\n    send_timeout 99;") + b"# theirs\n"
    assert lost == [Note(("http",), "", "send_timeout 15;", 0)]


def test_includes_are_found_as_nginx_finds_them() -> None:
    files = {
        MAIN: b"include *.main; events {} http { include conf.d/[ab].conf; include conf.d/none*; }",
        f"{ROOT}/x.main": b"worker_processes 4;",
        f"{ROOT}/.y.main": b"worker_processes 5;",
        f"{ROOT}/conf.d/a.conf": b"server { listen 81; }",
        f"{ROOT}/conf.d/c.conf": b"broken",
    }
    config = configuration.read(MAIN, Folder(files))
    assert set(config.texts) == {MAIN, f"{ROOT}/x.main", f"{ROOT}/conf.d/a.conf"}
    with pytest.raises(Refused, match="No such file or directory .*none.conf"):
        configuration.read(MAIN, Folder({MAIN: b"events {} http { include conf.d/none.conf; }"}))
    with pytest.raises(Refused, match="includes itself"):
        configuration.read(MAIN, Folder({MAIN: b"events {} http { include nginx.conf; }"}))


@pytest.mark.parametrize(
    ("ours", "edited", "back"),
    [
        (
            "backlog=9000 so_keepalive=on",
            "listen 80 default_server backlog=9000 so_keepalive=on deferred;",
            "listen 80 default_server deferred;",
        ),
        (
            "backlog=9000 so_keepalive=on",
            "listen 80 backlog=9000 http2 so_keepalive=on default_server;",
            "listen 80 http2 default_server;",
        ),
        ("backlog=9000 so_keepalive=on", "listen 80 default_server backlog=9000;", None),
    ],
)
def test_our_words_go_back_out_of_a_line_that_others_have_edited(ours: str, edited: str, back: str | None) -> None:
    before = "events {}\nhttp { server { listen 80 default_server; } }\n"
    files = {MAIN: before.encode()}
    wishes = wanted({"listen__backlog": "at least 9000", "listen__so_keepalive": "on"})
    found = tuning.tuned(configuration.read(MAIN, Folder(files)), wishes, FACTS)
    tuned_text = found.texts[MAIN].decode()
    assert ours in tuned_text
    theirs = tuned_text.replace(f"listen 80 default_server {ours};", edited)
    text, lost = edits.undone(theirs.encode(), found.notes[MAIN])
    assert text.decode() == (before.replace("listen 80 default_server;", back) if back else theirs)
    assert len(lost) == (back is None)


def test_of_two_lines_alike_each_goes_back_where_it_stood() -> None:
    before = "events {}\nhttp { server { listen 80 default_server; listen [::]:80 default_server; } }\n"
    wishes = wanted({"listen__backlog": "at least 9000", "listen__so_keepalive": "on"})
    found = tuning.tuned(configuration.read(MAIN, Folder({MAIN: before.encode()})), wishes, FACTS)
    theirs = found.texts[MAIN].replace(b"so_keepalive=on;", b"so_keepalive=on deferred;")
    wished = before.replace("default_server;", "default_server deferred;").encode()
    assert edits.undone(theirs, found.notes[MAIN]) == (wished, [])


def test_a_value_of_ours_goes_back_beside_words_of_others() -> None:
    before = "events { worker_connections 768; }\nhttp { keepalive_timeout 20; }\n"
    files = {MAIN: before.encode()}
    wishes = wanted({"keepalive_timeout": "at least 65"})
    found = tuning.tuned(configuration.read(MAIN, Folder(files)), wishes, FACTS)
    theirs = found.texts[MAIN].replace(b"keepalive_timeout 65;", b"keepalive_timeout 65 60;")
    assert edits.undone(theirs, found.notes[MAIN]) == (before.replace("20;", "20 60;").encode(), [])


def test_a_server_listens_where_nginx_has_it_listen() -> None:
    text = b"events {}\nhttp { server { server_name a.test; } }\n"
    config = configuration.read(MAIN, Folder({MAIN: text}), 8000)
    found = tuning.tuned(config, wanted({"listen__backlog": "at least 9000"}), FACTS)
    assert b"listen 8000 backlog=9000;" in found.texts[MAIN]


def test_an_upstream_that_a_stream_reads_too_is_left() -> None:
    files = {
        MAIN: b"events {}\nstream { include up.conf; }\nhttp { include up.conf; server { proxy_pass http://app; } }\n",
        f"{MAIN.rpartition('/')[0]}/up.conf": b"upstream app { server unix:/run/app.sock; }\n",
    }
    found = tuning.tuned(configuration.read(MAIN, Folder(files)), wanted({"upstream__keepalive": "0"}), NEWER)
    assert found.texts == {} and "included more than once" in str(found.outcome.left[0])


def test_of_several_upstreams_the_one_that_is_not_as_wished_is_told() -> None:
    text = (
        b"events {}\nhttp { upstream a { server unix:/run/app.sock; }\n"
        b"upstream b { server unix:/run/app.sock; keepalive 0; } }\n"
    )
    found = seen({MAIN: text}, NEWER, upstream__keepalive="0")
    assert found.base == {"nginx.upstream.keepalive": "32"}
