// What systemd says of a service, handed on to a transient unit, comes out as the same: systemd itself is asked of both.
import { expect, test } from "@jest/globals";
import { MINUTES, eachFromPristine, type Pristine } from "../pristine";
import { programFolder, quoted } from "../../../lab/drive/tuned";

let host: Pristine;

eachFromPristine((pristine) => {
  host = pristine;
});

/** One of each that a service can be shut in with; what a system's systemd does not know it passes over. */
const SERVICE = String.raw`[Service]
User=site
Group=site
SupplementaryGroups=www-data adm
WorkingDirectory=-/srv/site
Environment="A=b c" 'Q="x"' P=50%% N=a\nb
EnvironmentFile=-/etc/none.env
EnvironmentFile=/etc/hostname
PassEnvironment=PATH LANG
UnsetEnvironment=HOME
UMask=0027
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectHome=read-only
ProtectSystem=full
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectHostname=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallFilter=@system-service
SystemCallFilter=~@mount
SystemCallErrorNumber=EPERM
SystemCallArchitectures=native
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SYS_NICE
IPAddressDeny=any
IPAddressAllow=127.0.0.0/8 ::1 10.1.0.0/16
ReadOnlyPaths=/srv -/srv/none
ReadWritePaths="-/srv/a b"
InaccessiblePaths=-/srv/secret
BindReadOnlyPaths=/etc/hostname:/srv/site/name
TemporaryFileSystem=/srv/empty:ro,size=1M
SetCredential=key:a"%%\x41 b\n
LimitNOFILE=100:200
LimitNPROC=50
LimitSTACK=infinity
MemoryMax=300M
TasksMax=40
ExecStart=/bin/sleep 60
`;

const COMPARE = `import json, subprocess, sys
sys.path.insert(0, sys.argv[1])
from heavyload.system import bus, surroundings
said = bus.unit("caged.service")
options = [word for line in surroundings.properties(said) for word in ("-p", line)]
subprocess.run(["systemd-run", "--quiet", "--unit=copy.service", *options, "/bin/sleep", "60"], check=True)
copy = bus.unit("copy.service")
names = [line.partition("=")[0] for line in sys.stdin.read().splitlines() if "=" in line and "ExecStart" not in line]
names = [{"EnvironmentFile": "EnvironmentFiles"}.get(name, name) for name in dict.fromkeys(names)]
names += ["LimitNOFILESoft", "LimitNPROCSoft"]
known = [name for name in names if name in said]
def of(unit, name):  # the order of addresses says nothing
    return sorted(unit[name]) if name.startswith("IPAddress") else unit.get(name)
print(json.dumps([len(known), {name: [said[name], copy.get(name)] for name in known if of(said, name) != of(copy, name)}]))
`;

test(
  "user, variables, files, limits and sandbox of a service are those of what runs in its place",
  async () => {
    const { tuned } = host;
    await tuned.root(
      "mkdir -p /srv/empty; cat >/etc/systemd/system/caged.service; systemctl daemon-reload",
      SERVICE,
    );
    await tuned.install();
    try {
      const code = `python3 -c ${quoted(COMPARE)} ${programFolder}`;
      const [known, other] = JSON.parse(await tuned.root(code, SERVICE)) as [number, object];
      expect(other).toEqual({});
      expect(known).toBeGreaterThan(30);
    } finally {
      await tuned.root(
        "systemctl stop copy caged; rm -r /srv/empty /etc/systemd/system/caged.service; systemctl daemon-reload; systemctl reset-failed",
      );
      await tuned.down();
    }
    expect(await host.untouched()).toEqual([]);
  },
  MINUTES,
);
