"""What a service runs in, as systemd says it by D-Bus and as systemd-run takes it."""

from __future__ import annotations

from heavyload.system import surroundings

SAID = {
    "User": "shop",
    "Group": "",
    "WorkingDirectory": "!/srv/shop",
    "RootDirectory": "",
    "Environment": ["A=b c", 'Q="x"\\n'],
    "EnvironmentFiles": [["/etc/shop.env", False], ["/etc/ours.env", True]],
    "SupplementaryGroups": ["www-data"],
    "RuntimeDirectory": ["shop", "shop/more"],
    "UMask": 0o27,
    "NoNewPrivileges": True,
    "PrivateTmp": False,
    "MemoryMax": 2**64 - 1,
    "TasksMax": 100,
    "LimitNOFILE": 2**64 - 1,
    "LimitNOFILESoft": 1024,
    "BindPaths": [["/srv/a b:c", "/data", True, 0x4000]],
    "ExecStartPre": [["/bin/true", [], False]],
}


def test_each_property_is_handed_on_in_systemds_own_spelling() -> None:
    assert surroundings.properties(SAID) == [
        "User=shop",
        "WorkingDirectory=-/srv/shop",
        'SupplementaryGroups="www-data"',
        'Environment="RUNTIME_DIRECTORY=/run/shop:/run/shop/more" "A=b c" "Q=\\"x\\"\\\\n"',
        "NoNewPrivileges=yes",
        "TasksMax=100",
        "UMask=0027",
        "EnvironmentFile=/etc/shop.env",
        "EnvironmentFile=-/etc/ours.env",
        "BindPaths=-/srv/a\\ b\\:c:/data:rbind",
        "LimitNOFILE=1024:infinity",
    ]


def test_its_variables_alone() -> None:
    said = surroundings.variables(SAID)
    assert [line.partition("=")[0] for line in said] == [
        *("User", "SupplementaryGroups", "Environment", "EnvironmentFile", "EnvironmentFile"),
    ]
