import { describe, expect, it } from "@jest/globals";
import { appProblems, appSettings, type App } from "../../components/tuning/app";

const SHOP: App = { wsgi: "shop.wsgi", directory: "/srv/shop", user: "shop" };

const found = (app: unknown) => appProblems(app).map(({ path, value }) => `${path} ${value}`);

describe("an application", () => {
  it("needs a module, a folder and a user, and may be left out", () => {
    expect(found(undefined)).toEqual([]);
    expect(found(SHOP)).toEqual([]);
    expect(found({})).toEqual(["app.wsgi not given", "app.directory not given", "app.user not given"]);
    expect(found("shop")).toEqual(["app a text (not shown)"]);
  });

  it("is refused with everything that is wrong with it", () => {
    expect(
      found({ ...SHOP, wsgi: "shop wsgi", directory: "srv", serverNames: [], staticroot: "/srv" }),
    ).toEqual([
      'app.wsgi "shop wsgi"',
      'app.directory "srv"',
      "app.serverNames []",
      'app["staticroot"] given',
    ]);
  });

  it.each([
    ["wsgi", "shop.wsgi:make()"],
    ["wsgi", "-shop"],
    ["directory", "/srv/shop\nExecStartPre=/bin/true"],
    ["directory", "/srv/%h"],
    ["user", "shop; id"],
    ["virtualenv", "/srv/$HOME"],
    ["environmentFile", "-/etc/shop.env"],
    ["staticRoot", "/srv/static; } evil {"],
    ["staticRoot", '/srv/"static"'],
    ["serverNames", ["shop.example; return 444"]],
    ["serverNames", ["~^shop"]],
    ["serverNames", ["$hostname"]],
  ])("never lets %s mean something else to systemd or nginx: %j", (name, value) => {
    expect(appProblems({ ...SHOP, [name]: value }).map(({ path }) => path)).toEqual([`app.${name}`]);
  });

  it.each([
    "shop.example",
    "*.shop.example",
    ".shop.example",
    "www.shop.*",
    "xn--bcher-kva.example",
    "_",
    "10.0.0.1",
  ])("may answer to %s", (name) => expect(found({ ...SHOP, serverNames: [name] })).toEqual([]));

  it("is told to the steps that need it, each folder in one spelling", () => {
    const app = { ...SHOP, directory: "/srv/shop/", staticRoot: "/srv/static/" };
    expect(appSettings(app, "app").map(({ name, value }) => `${name} ${value}`)).toEqual([
      "app.wsgi shop.wsgi",
      "app.directory /srv/shop",
      "app.user shop",
    ]);
    expect(appSettings(app, "nginx").map(({ name, value }) => `${name} ${value}`)).toEqual([
      "app.server_names _",
      "app.static_root /srv/static",
    ]);
    expect(appSettings(app, "gunicorn")).toEqual([]);
  });
});
