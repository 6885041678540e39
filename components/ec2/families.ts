import { SYSTEMS, type Tests } from "../tuning/systems";

/** CPU architectures, as Debian and Ubuntu name them. */
export type Architecture = "amd64" | "arm64";

/** Images of one distribution and release, as their makers publish them on AWS. */
export interface Family {
  /** The user that the image lets in. */
  readonly user: string;
  /** The public SSM parameter that holds the newest image's id. */
  readonly parameter: (architecture: Architecture) => string;
  /** How components/host/firstBoot.sh installs what is missing. */
  readonly installer: "apt" | "dnf";
  /** Packages by the program that they bring. */
  readonly packages: Readonly<Record<string, string>>;
  /** The user of nginx's workers. */
  readonly nginxUser: string;
  /** The site that the package of nginx brings along, where that is a file of its own: it would answer in place of ours. */
  readonly packagedSite?: string;
}

const DEBIAN_SITE = "/etc/nginx/sites-enabled/default";

const debian = (release: string): Family => ({
  user: "admin",
  parameter: (architecture) => `/aws/service/debian/release/${release}/latest/${architecture}`,
  installer: "apt",
  packages: { nginx: "nginx", gunicorn: "gunicorn" },
  nginxUser: "www-data",
  packagedSite: DEBIAN_SITE,
});

const ubuntu = (release: string): Family => ({
  user: "ubuntu",
  parameter: (architecture) =>
    `/aws/service/canonical/ubuntu/server/${release}/stable/current/${architecture}/hvm/ebs-gp3/ami-id`,
  installer: "apt",
  packages: { nginx: "nginx", gunicorn: "gunicorn" },
  nginxUser: "www-data",
  packagedSite: DEBIAN_SITE,
});

/** Amazon's own name for amd64. */
const AMAZON: Readonly<Record<Architecture, string>> = { amd64: "x86_64", arm64: "arm64" };

/** Image families by the name that `image` takes. Sources: the makers' pages on their SSM parameters. */
export const FAMILIES: ReadonlyMap<string, Family> = new Map<string, Family>([
  ["debian-12", debian("12")],
  ["debian-13", debian("13")],
  ["ubuntu-22.04", ubuntu("22.04")],
  ["ubuntu-24.04", ubuntu("24.04")],
  ["ubuntu-26.04", ubuntu("26.04")],
  [
    "al2023",
    {
      user: "ec2-user",
      parameter: (architecture) =>
        `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${AMAZON[architecture]}`,
      installer: "dnf",
      // It has no package of gunicorn: firstBoot.sh takes pip's.
      packages: { nginx: "nginx", pip3: "python3-pip" },
      nginxUser: "nginx",
    },
  ],
]);

export const DEFAULT_FAMILY = "debian-12";

/** @throws Error if there is no such family: arguments are checked before */
export function familyOf(name: string): Family {
  const family = FAMILIES.get(name);
  if (!family) throw new Error(`unreachable: the image family ${name} was let through`);
  return family;
}

/** How far the tests speak for a family; `none`: they say nothing of it. */
export const testsOf = (name: string): Tests | "none" =>
  SYSTEMS.find(({ id, version }) => `${id}-${version}` === name)?.tests ?? "none";

/** What a person should know of a family that is taken though no test has run on it. */
export function reservationOf(name: string): string | undefined {
  if (testsOf(name) !== "between") return undefined;
  return (
    `heavyload's tests have not run on ${name}; they have on Debian 11 to 14, ` +
    "between whose versions of nginx, systemd and Python its own lie."
  );
}
