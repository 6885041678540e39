import { expect, it } from "@jest/globals";
import { isEverywhere, sourceOf } from "../../../components/ec2/source";

it.each([
  ["203.0.113.0/24", { cidrIpv4: "203.0.113.0/24" }],
  ["203.0.113.7/32", { cidrIpv4: "203.0.113.7/32" }],
  ["2001:db8::/48", { cidrIpv6: "2001:db8::/48" }],
  ["::/0", { cidrIpv6: "::/0" }],
  ["sg-0a1b2c", { referencedSecurityGroupId: "sg-0a1b2c" }],
  ["pl-0a1b2c", { prefixListId: "pl-0a1b2c" }],
])("takes %s", (text, source) => expect(sourceOf(text)).toEqual(source));

it.each([
  "203.0.113.0",
  "203.0.113.0/33",
  "300.0.0.0/8",
  "2001:db8::/129",
  "sg-x",
  "office",
  "",
  "1.2.3.4/24/8",
])("does not take %j", (text) => expect(sourceOf(text)).toBeUndefined());

it.each([
  ["0.0.0.0/0", true],
  ["::/0", true],
  ["10.0.0.0/8", false],
  ["203.0.113.0/10", false],
])("%s is everywhere: %s", (text, everywhere) => expect(isEverywhere(text)).toBe(everywhere));
